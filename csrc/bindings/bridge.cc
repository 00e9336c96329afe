#include "bindings/bridge.h"

#include <greenlet.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "bindings/errors.h"

namespace locust_like::bindings {
namespace {

constexpr size_t kFlushEvery = 16;
constexpr size_t kMaxPendingSamples = 1024;
constexpr Nanos kDrainSlice = std::chrono::milliseconds(1);
constexpr size_t kMaxResumeDelays = 8192;  // enough for a p99 of one interval

// Set in the child of a fork: the engine's threads do not exist there.
bool forked = false;
// Stays set in the child: what the parent made is the parent's to clean up.
bool is_child = false;

PyObject* call_drain(PyObject* /*self*/, PyObject* /*args*/) {
  Bridge::get().drain();
  Py_RETURN_NONE;
}

PyObject* call_before_hub_polls(PyObject* /*self*/, PyObject* /*args*/) {
  Bridge::get().before_hub_polls();
  Py_RETURN_NONE;
}

PyMethodDef drain_method = {"drain", call_drain, METH_NOARGS, nullptr};
PyMethodDef flush_method = {"before_hub_polls", call_before_hub_polls, METH_NOARGS, nullptr};

PyGreenlet* as_greenlet(PyObject* object) { return reinterpret_cast<PyGreenlet*>(object); }

// Waits of OS threads that have no hub of ours.
class ThreadSignal final : public engine::FinishSignal {
 public:
  void on_finished() override {
    MutexLock lock(mutex_);
    finished_ = true;
    condition_.notify_all();
  }
  void wait() {
    MutexLock lock(mutex_);
    while (!finished_) condition_.wait(mutex_);
  }

 private:
  Mutex mutex_;
  Condition condition_;
  bool finished_ LL_GUARDED_BY(mutex_) = false;
};

}  // namespace

Bridge& Bridge::get() {
  // Never destroyed: the interpreter may already be gone when static objects die.
  static Bridge* bridge = nullptr;
  if (bridge == nullptr || forked) {
    const uint32_t epoch = bridge == nullptr ? 0 : bridge->epoch_ + 1;
    if (bridge == nullptr) pthread_atfork(nullptr, nullptr, [] { forked = is_child = true; });
    forked = false;
    if (bridge != nullptr) bridge->leave_to_parent();
    bridge = std::unique_ptr<Bridge>(new Bridge()).release();
    bridge->epoch_ = epoch;
    bridge->main_thread_ = PyThread_get_thread_ident();  // modules are imported there
  }
  return *bridge;
}

bool Bridge::was_forked() { return is_child; }

void Bridge::leave_to_parent() {
  PyObject *type = nullptr, *value = nullptr, *traceback = nullptr;
  PyErr_Fetch(&type, &value, &traceback);
  close_watchers();
  PyErr_Restore(type, value, traceback);
}

void Bridge::close_watchers() {
  if (!hub_) return;
  for (Ref* watcher : {&watcher_, &prepare_}) {
    Ref closed = Ref::steal(PyObject_CallMethod(watcher->get(), "close", nullptr));
    // A child of a fork may have destroyed the loop already (locust_like/users/forks.py).
    if (!closed) is_child ? PyErr_Clear() : PyErr_WriteUnraisable(watcher->get());
    *watcher = Ref();
  }
}

std::shared_ptr<engine::Engine> Bridge::engine() {
  if (!engine_ && !start()) return nullptr;
  return engine_;
}

bool Bridge::start() {
  PyGreenlet_Import();
  if (PyErr_Occurred() != nullptr) return false;
  event_fd_ = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (event_fd_ < 0) {
    PyErr_SetFromErrno(PyExc_OSError);
    return false;
  }
  batches_.resize(static_cast<size_t>(io_threads_));
  engine_ = std::make_shared<engine::Engine>(io_threads_, [this] { announce(); });
  ++epoch_;
  return true;
}

void Bridge::announce() const {
  const uint64_t one = 1;
  while (write(event_fd_, &one, sizeof one) < 0 && errno == EINTR) {
  }
}

// The hub that matters is the main thread's; another thread's only where it has one already.
bool Bridge::may_attach() const {
  if (PyThread_get_thread_ident() == main_thread_) return true;
  Ref local = Ref::steal(PyImport_ImportModule("gevent._hub_local"));
  Ref hub =
      local ? Ref::steal(PyObject_CallMethod(local.get(), "get_hub_if_exists", nullptr)) : Ref();
  if (!hub) PyErr_Clear();
  return hub && hub.get() != Py_None;
}

bool Bridge::attach_hub() {
  Ref gevent = Ref::steal(PyImport_ImportModule("gevent"));
  if (!gevent) return false;
  Ref hub = Ref::steal(PyObject_CallMethod(gevent.get(), "get_hub", nullptr));
  if (!hub) return false;
  Ref loop = Ref::steal(PyObject_GetAttrString(hub.get(), "loop"));
  if (!loop) return false;
  // READ = 1. Not referenced while nothing is waited for, else gevent.wait() would never return.
  Ref watcher = Ref::steal(PyObject_CallMethod(loop.get(), "io", "iiO", event_fd_, 1, Py_False));
  if (!watcher) return false;
  Ref drain = Ref::steal(PyCFunction_New(&drain_method, nullptr));
  Ref started = Ref::steal(PyObject_CallMethod(watcher.get(), "start", "O", drain.get()));
  if (!started) return false;
  // The lowest priority: after gevent's own prepare watcher, which runs spawned greenlets.
  Ref prepare = Ref::steal(PyObject_CallMethod(loop.get(), "prepare", "Oi", Py_False, -2));
  if (!prepare) return false;
  Ref flush = Ref::steal(PyCFunction_New(&flush_method, nullptr));
  started = Ref::steal(PyObject_CallMethod(prepare.get(), "start", "O", flush.get()));
  if (!started) return false;
  // The first caller may run between the loop's prepare watchers and its poll: too late for ours.
  Ref first = Ref::steal(PyObject_CallMethod(loop.get(), "run_callback", "O", flush.get()));
  if (!first) return false;
  hub_ = std::move(hub);
  watcher_ = std::move(watcher);
  prepare_ = std::move(prepare);
  hub_thread_ = PyThread_get_thread_ident();
  loop_held_ = false;
  return true;
}

bool Bridge::on_hub_thread() const { return PyThread_get_thread_ident() == hub_thread_; }

bool Bridge::wait(engine::Operation& operation, ThreadId thread) {
  if (!hub_ && may_attach() && !attach_hub()) {
    refuse(operation, thread);
    return false;
  }
  return hub_ && on_hub_thread() ? wait_in_greenlet(operation, thread)
                                 : wait_in_thread(operation, thread);
}

bool Bridge::wait_in_greenlet(engine::Operation& operation, ThreadId thread) {
  PyGreenlet* current = PyGreenlet_GetCurrent();  // a new reference, kept by the operation
  if (reinterpret_cast<PyObject*>(current) == hub_.get()) {
    Py_DECREF(current);
    refuse(operation, thread);
    raise_blocking_switch_out();
    return false;
  }
  operation.waiter = current;
  operation.returns_due = 1;
  batches_[thread.value].operations.push_back(&operation);
  if (waiting_++ == 0) hold_loop(true);
  added_one();
  while (operation.returns_due > 0) {
    PyObject* woken = PyGreenlet_Switch(as_greenlet(hub_.get()), nullptr, nullptr);
    if (woken == nullptr) {
      abandon(operation, thread);
      return false;
    }
    Py_DECREF(woken);  // a stray wake-up finds returns_due unchanged and waits again
  }
  return true;
}

// The greenlet was killed or timed out while it waited; a Python exception is set.
void Bridge::abandon(engine::Operation& operation, ThreadId thread) {
  if (this != &get()) return;        // the parent's operation, in a forked child
  if (operation.returns_due == 0) {  // it ended with the engine, and was killed before it ran again
    recycle(operation);
    return;
  }
  Py_CLEAR(reinterpret_cast<PyObject*&>(operation.waiter));
  if (is_pending(operation, thread) && operation.kind == engine::Operation::Kind::kCall) {
    static_cast<engine::CallOperation&>(operation).request.cancelled = true;
    return;
  }
  ++operation.returns_due;  // the cancel comes back as well
  batches_[thread.value].cancels.push_back(&operation);
  added_one();
}

// Nobody can wait for it here.
void Bridge::refuse(engine::Operation& operation, ThreadId thread) {
  if (operation.kind == engine::Operation::Kind::kCall) {
    auto& call = static_cast<engine::CallOperation&>(operation);
    if (call.request.step != client::CallRequest::Step::kStart) {
      call.request.cancelled = true;
      return let_end(call, thread);
    }
  }
  recycle(operation);
}

void Bridge::let_end(engine::CallOperation& call, ThreadId thread) {
  PyObject *type = nullptr, *value = nullptr, *traceback = nullptr;
  PyErr_Fetch(&type, &value, &traceback);
  if (hub_) {
    call.returns_due = 1;
    batches_[thread.value].operations.push_back(&call);
    if (waiting_++ == 0) hold_loop(true);
    added_one();
  } else {
    wait_in_thread(call, thread);
    recycle(&call);
  }
  PyErr_Restore(type, value, traceback);
}

bool Bridge::is_pending(const engine::Operation& operation, ThreadId thread) const {
  for (const engine::Operation* pending : batches_[thread.value].operations) {
    if (pending == &operation) return true;
  }
  return false;
}

bool Bridge::wait_in_thread(engine::Operation& operation, ThreadId thread) {
  ThreadSignal signal;
  operation.signal = &signal;
  batches_[thread.value].operations.push_back(&operation);
  flush();
  Py_BEGIN_ALLOW_THREADS;
  signal.wait();
  Py_END_ALLOW_THREADS;
  operation.signal = nullptr;
  return true;
}

void Bridge::added_one() {
  ++batched_;
  if (batched_ >= kFlushEvery || !on_hub_thread() || !hub_) flush();
}

void Bridge::flush() {
  if (!engine_) return;
  for (size_t i = 0; i < batches_.size(); ++i) {
    if (!batches_[i].empty()) engine_->submit(ThreadId{static_cast<uint32_t>(i)}, batches_[i]);
  }
  batched_ = 0;
}

void Bridge::drain() {
  uint64_t count = 0;
  while (read(event_fd_, &count, sizeof count) < 0 && errno == EINTR) {
  }
  const TimePoint slice_end = steady_now() + kDrainSlice;
  bool more = true;
  while (more) {
    if (next_finished_ == finished_.size()) {
      next_finished_ = 0;
      more = engine_ && engine_->take_finished(finished_);
      if (!more) finished_.clear();
      continue;
    }
    const TimePoint now = steady_now();
    if (now >= slice_end) break;
    deliver(*finished_[next_finished_++], now);
  }
  flush();
  if (more) announce();  // call again after gevent's other watchers
  if (waiting_ == 0) hold_loop(false);
}

void Bridge::deliver(engine::Operation& operation, TimePoint now) {
  if (--operation.returns_due > 0) return;
  --waiting_;
  Ref waiter = Ref::steal(static_cast<PyObject*>(std::exchange(operation.waiter, nullptr)));
  if (!waiter) return recycle(operation);
  if (operation.kind == engine::Operation::Kind::kCall &&
      resume_delays_ns_.size() < kMaxResumeDelays) {
    // The pieces of a streamed body may have waited for their reader, or their maker.
    const auto& call = static_cast<engine::CallOperation&>(operation);
    const bool is_piece = call.request.step != client::CallRequest::Step::kStart ||
                          call.reply.wants != client::CallReply::Wants::kNothing;
    if (!is_piece) resume_delays_ns_.push_back((now - call.reply.last_byte).count());
  }
  resume(waiter.get());
}

// Not switched to from here: shutdown() need not run in the hub.
void Bridge::return_after_stop(engine::Operation& operation) {
  if (--operation.returns_due > 0) return;
  --waiting_;
  Ref waiter = Ref::steal(static_cast<PyObject*>(std::exchange(operation.waiter, nullptr)));
  if (!waiter) return recycle(operation);
  Ref loop = Ref::steal(PyObject_GetAttrString(hub_.get(), "loop"));
  Ref resume = Ref::steal(PyObject_GetAttrString(waiter.get(), "switch"));
  Ref called = Ref::steal(PyObject_CallMethod(loop.get(), "run_callback", "O", resume.get()));
  if (!called) PyErr_WriteUnraisable(waiter.get());
}

void Bridge::resume(PyObject* greenlet) {
  PyObject* result = PyGreenlet_Switch(as_greenlet(greenlet), nullptr, nullptr);
  if (result != nullptr) {
    Py_DECREF(result);
    return;
  }
  PyObject *type = nullptr, *value = nullptr, *traceback = nullptr;
  PyErr_Fetch(&type, &value, &traceback);
  PyErr_NormalizeException(&type, &value, &traceback);
  Ref owned[] = {Ref::steal(type), Ref::steal(value), Ref::steal(traceback)};
  Ref handled = Ref::steal(PyObject_CallMethod(hub_.get(), "handle_error", "OOOO", greenlet, type,
                                               value != nullptr ? value : Py_None,
                                               traceback != nullptr ? traceback : Py_None));
  if (!handled) PyErr_WriteUnraisable(greenlet);
}

void Bridge::hold_loop(bool hold) {
  if (hold == loop_held_ || !watcher_) return;
  loop_held_ = hold;
  if (PyObject_SetAttrString(watcher_.get(), "ref", hold ? Py_True : Py_False) < 0) {
    PyErr_WriteUnraisable(watcher_.get());
  }
}

void Bridge::add_sample(engine::PendingSample&& sample, ThreadId thread) {
  std::vector<engine::PendingSample>& samples = batches_[thread.value].samples;
  samples.push_back(std::move(sample));
  // Nobody waits for a row: it rides with the next operations, or leaves before the hub polls.
  if (samples.size() >= kMaxPendingSamples || !hub_ || !on_hub_thread()) flush();
}

void Bridge::close_pool(engine::PoolHandle* pool, ThreadId thread) {
  batches_[thread.value].closed_pools.push_back(pool);
  added_one();
}

std::vector<int64_t> Bridge::take_resume_delays_ns() {
  return std::exchange(resume_delays_ns_, {});
}

void Bridge::shutdown() {
  if (!engine_) return;
  flush();
  const std::shared_ptr<engine::Engine> stopping = engine_;
  Py_BEGIN_ALLOW_THREADS;
  stopping->stop();
  Py_END_ALLOW_THREADS;
  if (engine_ != stopping) return;  // another thread did the same meanwhile
  flush();                          // what other threads added meanwhile comes back at once
  do {  // first what a drain has not delivered yet: one of its greenlets may have called us
    while (next_finished_ < finished_.size()) return_after_stop(*finished_[next_finished_++]);
    next_finished_ = 0;
  } while (engine_->take_finished(finished_));
  close_watchers();
  hub_ = Ref();
  engine_.reset();
  close(event_fd_);
  event_fd_ = -1;
  ++epoch_;
}

}  // namespace locust_like::bindings
