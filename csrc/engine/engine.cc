#include "engine/engine.h"

#include <utility>

namespace locust_like::engine {

Engine::Engine(int io_threads, const std::function<void()>& announce) {
  for (int i = 0; i < io_threads; ++i) {
    threads_.push_back(std::make_unique<IoThread>(ThreadId{static_cast<uint32_t>(i)}, announce));
  }
  for (auto& thread : threads_) thread->start();
}

Engine::~Engine() { stop(); }

ThreadId Engine::next_thread() {
  const auto count = static_cast<uint32_t>(threads_.size());
  return ThreadId{next_thread_.fetch_add(1, std::memory_order_relaxed) % count};
}

bool Engine::take_finished(std::vector<Operation*>& out) {
  out.clear();
  std::vector<Operation*> more;
  for (auto& thread : threads_) {
    if (out.empty()) {
      thread->take_finished(out);
    } else if (thread->take_finished(more)) {
      out.insert(out.end(), more.begin(), more.end());
    }
  }
  return !out.empty();
}

void Engine::add_recorder(const std::shared_ptr<Recorder>& recorder) {
  on_all_threads([&](IoThread& thread) { thread.add_recorder(recorder); });
}

void Engine::remove_recorder(const std::shared_ptr<Recorder>& recorder) {
  MutexLock control(control_mutex_);
  for (auto& thread : threads_) {
    IoThread* io = thread.get();
    io->post([io, recorder] { io->remove_recorder(recorder.get()); });
  }
}

void Engine::on_all_threads(const std::function<void(IoThread&)>& work) {
  MutexLock control(control_mutex_);
  Mutex mutex;
  Condition all_done;
  size_t missing = threads_.size();
  for (auto& thread : threads_) {
    IoThread* io = thread.get();
    io->post([&, io] {
      work(*io);
      MutexLock lock(mutex);
      if (--missing == 0) all_done.notify_all();
    });
  }
  MutexLock lock(mutex);
  while (missing > 0) all_done.wait(mutex);
}

void Engine::collect(Recorder& recorder) {
  on_all_threads([&](IoThread& thread) { thread.close_interval(recorder); });
  recorder.merge_closed();
}

void Engine::reset(Recorder& recorder) {
  on_all_threads([&](IoThread& thread) { thread.close_interval(recorder); });
  recorder.reset();
}

std::vector<std::vector<LoadInterval>> Engine::take_load() {
  std::vector<std::vector<LoadInterval>> load;
  for (auto& thread : threads_) load.push_back(thread->load_meter().take_intervals());
  return load;
}

void Engine::stop() {
  MutexLock control(control_mutex_);
  if (std::exchange(stopped_, true)) return;
  for (auto& thread : threads_) thread->stop();
}

}  // namespace locust_like::engine
