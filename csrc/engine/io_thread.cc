#include "engine/io_thread.h"

#include <algorithm>
#include <utility>

#include "loop/prompt_thread.h"

namespace locust_like::engine {
namespace {

// A first interval that is shorter than this becomes part of the next one: shares of so little time
// say nothing.
constexpr Nanos kShortestLoad = std::chrono::milliseconds(500);
constexpr Nanos kBufferIdle = std::chrono::seconds(2);  // TLS buffers unused for longer are freed

TimePoint next_second(TimePoint time) {
  return std::chrono::floor<std::chrono::seconds>(time) + std::chrono::seconds(1);
}

template <typename T>
void append(std::vector<T>& to, std::vector<T>& from) {
  if (to.empty()) {
    to.swap(from);
    return;
  }
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
  from.clear();
}

}  // namespace

void SleepOperation::on_timer() { thread_->on_sleep_over(*this); }

IoThread::IoThread(ThreadId id, std::function<void()> announce)
    : id_(id), announce_(std::move(announce)) {}

IoThread::~IoThread() = default;

void IoThread::start() {
  thread_ = std::thread([this] { run(); });
}

void IoThread::run() {
  loop::make_thread_prompt();
  resolver_ = std::make_unique<loop::Resolver>(loop_);
  services_ = std::make_unique<client::Services>(loop_, *resolver_);
  interval_start_ = steady_now();
  load_start_ = interval_start_;
  loop_.wheel().schedule(*this, next_second(interval_start_));
  loop_.set_hooks(this);
  loop_.run();
  loop_.set_hooks(nullptr);
}

void IoThread::stop() {
  loop_.post([this] { shut_down(); });
  loop_.stop();
  if (thread_.joinable()) thread_.join();
  {
    MutexLock lock(in_mutex_);
    ended_ = true;
  }
  return_late_submissions();
}

// The thread is gone: whoever submits now ends it, as cancelled, so that nobody waits for ever.
void IoThread::return_late_submissions() {
  MutexLock lock(late_mutex_);
  take_up_submissions();
  hand_over_finished();
}

void IoThread::shut_down() {
  take_up_submissions();
  stopping_ = true;
  while (!running_.empty()) cancel(*running_.back());
  Timer::cancel();
  for (PoolHandle* handle : pools_) handle->pool_.reset();
  pools_.clear();
  for (const auto& recorder : recorders_) recorder->close_interval(id_, interval_start_);
  services_->told.clear();
  resolver_.reset();
  hand_over_finished();
}

void IoThread::submit(Batch& batch) {
  bool ended = false;
  {
    MutexLock lock(in_mutex_);
    append(incoming_.samples, batch.samples);
    append(incoming_.operations, batch.operations);
    append(incoming_.cancels, batch.cancels);
    append(incoming_.closed_pools, batch.closed_pools);
    ended = ended_;
  }
  if (ended) return return_late_submissions();
  if (asleep_.exchange(false)) loop_.wake();
}

bool IoThread::take_finished(std::vector<Operation*>& out) {
  out.clear();
  MutexLock lock(out_mutex_);
  out.swap(outgoing_);
  return !out.empty();
}

void IoThread::post(std::function<void()> work) {
  bool ended = false;
  {
    MutexLock lock(in_mutex_);
    ended = ended_;
  }
  if (ended) {
    MutexLock lock(late_mutex_);
    take_up_submissions();
    return work();
  }
  loop_.post([this, work = std::move(work)] {
    take_up_submissions();
    work();
  });
}

void IoThread::before_poll() {
  if (stopping_) return;
  while (take_up_submissions()) {
  }
  hand_over_finished();
  load_meter_.pass_ends(steady_now());
  asleep_ = true;
  // Somebody may have submitted between the last look and the announcement.
  bool found = false;
  {
    MutexLock lock(in_mutex_);
    found = !incoming_.empty();
  }
  if (found && asleep_.exchange(false)) loop_.poll_again();
}

void IoThread::after_poll() {
  asleep_ = false;
  load_meter_.pass_begins(steady_now());
}

bool IoThread::take_up_submissions() {
  {
    MutexLock lock(in_mutex_);
    if (incoming_.empty()) return false;
    std::swap(taken_, incoming_);
  }
  for (PendingSample& pending : taken_.samples) {
    const stats::ReadyCapture ready(std::move(pending.capture));
    pending.sample.failure_text = pending.failure_text;
    pending.sample.source = ready.capture() ? &ready : nullptr;
    pending.recorder->record(id_, pending.sample);
  }
  for (Operation* operation : taken_.operations) begin(*operation);
  for (Operation* operation : taken_.cancels) {
    cancel(*operation);
    finished_.push_back(operation);  // the acknowledgement
  }
  for (PoolHandle* handle : taken_.closed_pools) close_pool(*handle);
  taken_.clear();
  return true;
}

void IoThread::begin(Operation& operation) {
  if (operation.lent_) return go_on(static_cast<CallOperation&>(operation));
  operation.running_slot_ = running_.size();
  running_.push_back(&operation);
  if (operation.kind == Operation::Kind::kCall) {
    return begin_call(static_cast<CallOperation&>(operation));
  }
  auto& sleep = static_cast<SleepOperation&>(operation);
  if (stopping_) return finish(sleep);
  sleep.thread_ = this;
  loop_.wheel().schedule(sleep, sleep.due);
}

void IoThread::begin_call(CallOperation& call) {
  // A streamed one that ended with the thread while its submitter had it.
  if (call.request.step != client::CallRequest::Step::kStart) return finish(call);
  PoolHandle& handle = *call.pool;
  if (stopping_) call.request.cancelled = true;
  if (!handle.pool_) {
    handle.pool_ = std::make_unique<client::Pool>(*services_);
    handle.slot_ = pools_.size();
    pools_.push_back(&handle);
  }
  call.start(*handle.pool_, *services_, *this);
}

void IoThread::go_on(CallOperation& call) {
  call.lent_ = false;
  if (call.request.cancelled) return call.client::Call::cancel();
  call.client::Call::go_on();
}

void IoThread::cancel(Operation& operation) {
  const bool is_call = operation.kind == Operation::Kind::kCall;
  if (operation.running_slot_ == Operation::kNotRunning) {  // it finished meanwhile
    if (is_call) record_unjudged(static_cast<CallOperation&>(operation));
  } else if (is_call) {
    static_cast<CallOperation&>(operation).client::Call::cancel();
  } else {
    static_cast<SleepOperation&>(operation).loop::Timer::cancel();
    finish(operation);
  }
}

// Nobody is left who could judge it.
void IoThread::record_unjudged(CallOperation& call) {
  if (!call.recorder || !call.judged_by_script) return;
  if (call.sample.outcome == stats::Outcome::kCancelled) return;  // recorded when it ended
  call.sample.outcome = stats::Outcome::kCancelled;
  call.sample.failure = Code::kOk;
  call.recorder->record(id_, call.sample);
}

void IoThread::finish(Operation& operation) {
  const size_t slot = std::exchange(operation.running_slot_, Operation::kNotRunning);
  running_[slot] = running_.back();
  running_[slot]->running_slot_ = slot;
  running_.pop_back();
  operation.running_slot_ = Operation::kNotRunning;  // also when it was the last one itself
  if (!std::exchange(operation.lent_, false)) return_to_submitter(operation);
}

void IoThread::return_to_submitter(Operation& operation) {
  if (operation.signal != nullptr) return operation.signal->on_finished();
  finished_.push_back(&operation);
}

void IoThread::on_call_done(client::Call& call) {
  auto& operation = static_cast<CallOperation&>(call);
  const bool cancelled = call.sample.outcome == stats::Outcome::kCancelled;
  if (operation.recorder && (!operation.judged_by_script || cancelled)) {
    operation.recorder->record(id_, call.sample);
  }
  if (call.sample.failure == Code::kResources) load_meter_.note_resource_error();
  finish(operation);
}

void IoThread::on_call_paused(client::Call& call) {
  auto& operation = static_cast<CallOperation&>(call);
  operation.lent_ = true;
  return_to_submitter(operation);
}

void IoThread::on_sleep_over(SleepOperation& sleep) {
  load_meter_.note_lateness(steady_now() - sleep.due);
  finish(sleep);
}

void IoThread::close_pool(PoolHandle& handle) {
  if (handle.pool_) {
    pools_[handle.slot_] = pools_.back();
    pools_[handle.slot_]->slot_ = handle.slot_;
    pools_.pop_back();
  }
  std::unique_ptr<PoolHandle> owned(&handle);
}

void IoThread::hand_over_finished() {
  if (finished_.empty()) return;
  bool was_empty = false;
  {
    MutexLock lock(out_mutex_);
    was_empty = outgoing_.empty();
    append(outgoing_, finished_);
  }
  if (was_empty) announce_();
}

void IoThread::on_timer() {
  const TimePoint now = steady_now();
  end_interval(now);
  for (PoolHandle* handle : pools_) handle->pool_->release_idle_buffers(now - kBufferIdle);
  if (now - load_start_ >= kShortestLoad) {
    load_meter_.close_interval(load_start_, now);
    load_start_ = now;
  }
  loop_.wheel().schedule(*this, next_second(now));
}

void IoThread::end_interval(TimePoint now) {
  for (const auto& recorder : recorders_) recorder->close_interval(id_, interval_start_);
  interval_start_ = now;
}

void IoThread::add_recorder(std::shared_ptr<Recorder> recorder) {
  recorders_.push_back(std::move(recorder));
}

void IoThread::remove_recorder(const Recorder* recorder) {
  std::erase_if(recorders_, [&](const auto& r) { return r.get() == recorder; });
}

void IoThread::close_interval(Recorder& recorder) {
  const TimePoint now = steady_now();
  // Where the beat is late, what is recorded from here on belongs to the next second all the same.
  if (now >= next_second(interval_start_)) return end_interval(now);
  recorder.close_interval(id_, interval_start_);
}

}  // namespace locust_like::engine
