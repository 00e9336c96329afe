// Mutex with Clang thread-safety annotations (std::mutex has none) and the macros that state which
// lock or thread guards what. No lock is taken on the request path more than once a batch.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

#if defined(__clang__)
#define LL_ATTRIBUTE(x) __attribute__((x))
#else
#define LL_ATTRIBUTE(x)
#endif
#define LL_CAPABILITY(x) LL_ATTRIBUTE(capability(x))
#define LL_SCOPED_CAPABILITY LL_ATTRIBUTE(scoped_lockable)
#define LL_GUARDED_BY(x) LL_ATTRIBUTE(guarded_by(x))
#define LL_REQUIRES(x) LL_ATTRIBUTE(requires_capability(x))
#define LL_ACQUIRE(...) LL_ATTRIBUTE(acquire_capability(__VA_ARGS__))
#define LL_RELEASE(...) LL_ATTRIBUTE(release_capability(__VA_ARGS__))
// Documents a member or function that only its loop's thread may touch.
#define LL_LOOP_ONLY

namespace locust_like {

class LL_CAPABILITY("mutex") Mutex {
 public:
  void lock() LL_ACQUIRE() { mutex_.lock(); }
  void unlock() LL_RELEASE() { mutex_.unlock(); }

 private:
  friend class Condition;
  std::mutex mutex_;
};

class LL_SCOPED_CAPABILITY MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) LL_ACQUIRE(mutex) : mutex_(mutex) { mutex_.lock(); }
  ~MutexLock() LL_RELEASE() { mutex_.unlock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

 private:
  Mutex& mutex_;
};

// Condition variable over Mutex. Wait in a loop on your predicate.
class Condition {
 public:
  void wait(Mutex& mutex) LL_REQUIRES(mutex) {
    std::unique_lock<std::mutex> lock(mutex.mutex_, std::adopt_lock);
    condition_.wait(lock);
    lock.release();
  }
  // False when the time is up.
  bool wait_until(Mutex& mutex, std::chrono::steady_clock::time_point time) LL_REQUIRES(mutex) {
    std::unique_lock<std::mutex> lock(mutex.mutex_, std::adopt_lock);
    const bool in_time = condition_.wait_until(lock, time) == std::cv_status::no_timeout;
    lock.release();
    return in_time;
  }
  void notify_all() { condition_.notify_all(); }

 private:
  std::condition_variable condition_;
};

}  // namespace locust_like
