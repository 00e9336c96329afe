#include "loop/loop.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "loop/cell.h"

namespace locust_like::loop {
namespace {

uv_loop_t* new_uv_loop() {
  auto uv = std::make_unique<uv_loop_t>();
  if (const int error = uv_loop_init(uv.get()); error != 0) {
    std::fprintf(stderr, "cannot make an event loop: %s\n", uv_strerror(error));
    std::abort();
  }
  return uv.release();
}

void block_sigpipe() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

}  // namespace

// Runs after the loop's own handles were dropped (they are later members). One pass closes them; a
// handle that somebody still holds makes uv_loop_close fail.
void Loop::UvCloser::operator()(uv_loop_s* uv) const noexcept {
  const std::unique_ptr<uv_loop_t> freed(uv);
  uv_run(uv, UV_RUN_NOWAIT);
  [[maybe_unused]] const int result = uv_loop_close(uv);
  assert(result == 0 && "a handle outlives its loop");
}

Loop::Loop()
    : uv_(new_uv_loop()),
      wheel_(steady_now()),
      read_buffer_(std::make_unique_for_overwrite<char[]>(kReadBufferBytes)),
      wakeup_(*this),
      deadline_(*this, [this] { on_deadline(); }) {
  deadline_.keep_loop_alive(false);
  watch_passes();
  own_cells_ = live_cells_;
}

Loop::~Loop() {
  assert(thread_.load() == std::thread::id());
  hooks_ = nullptr;
  delete_deferred();
}

void Loop::watch_passes() {
  prepare_ = make_handle<uv_prepare_t>(*this, this, uv_prepare_init);
  check_ = make_handle<uv_check_t>(*this, this, uv_check_init);
  idle_ = make_handle<uv_idle_t>(*this, this, uv_idle_init);
  uv_prepare_start(&prepare_->uv, [](uv_prepare_t* handle) {
    if (auto* self = owner_of<Loop>(handle)) self->before_poll();
  });
  uv_check_start(&check_->uv, [](uv_check_t* handle) {
    if (auto* self = owner_of<Loop>(handle)) self->after_poll();
  });
  uv_unref(prepare_->base());
  uv_unref(check_->base());
  uv_unref(idle_->base());
}

void Loop::enter() {
  block_sigpipe();
  thread_ = std::this_thread::get_id();
  wakeup_.keep_loop_alive(true);
}

void Loop::leave() { thread_ = std::thread::id(); }

void Loop::run() {
  enter();
  do {
    uv_run(uv(), UV_RUN_DEFAULT);
    delete_deferred();
  } while (uv_loop_alive(uv()) != 0);
  leave();
}

void Loop::run_once() {
  enter();
  uv_run(uv(), UV_RUN_ONCE);
  delete_deferred();
  leave();
}

void Loop::stop() {
  post([this] { wakeup_.keep_loop_alive(false); });
}

void Loop::post(std::function<void()> work) { wakeup_.post(std::move(work)); }

void Loop::wake() { wakeup_.wake(); }

void Loop::set_hooks(PassHooks* hooks) { hooks_ = hooks; }

void Loop::poll_again() {
  uv_idle_start(&idle_->uv, [](uv_idle_t*) {});
}

void Loop::defer_delete(std::unique_ptr<Deferred> object) {
  assert_on_thread();
  deferred_.push_back(std::move(object));
}

void Loop::at_pass_end(PassEnd& work) {
  assert_on_thread();
  at_pass_end_.push_back(&work);
}

void Loop::forget_pass_end(PassEnd& work) { std::erase(at_pass_end_, &work); }

// What is called may put off more, or take out others.
void Loop::end_pass() {
  if (at_pass_end_.empty()) return;
  while (!at_pass_end_.empty()) {
    PassEnd* work = at_pass_end_.back();
    at_pass_end_.pop_back();
    work->on_pass_end();
  }
  poll_again();
}

void Loop::assert_on_thread() const {
  assert(thread_.load(std::memory_order_relaxed) == std::thread::id() ||
         thread_.load(std::memory_order_relaxed) == std::this_thread::get_id());
}

void Loop::before_poll() {
  delete_deferred();
  if (hooks_ != nullptr) hooks_->before_poll();
  end_pass();
  delete_deferred();
  update_deadline();
}

void Loop::after_poll() {
  uv_idle_stop(&idle_->uv);
  if (hooks_ != nullptr) hooks_->after_poll();
}

void Loop::delete_deferred() {
  // A destructor may defer again, so never iterate over the member.
  while (!deferred_.empty()) {
    const auto objects = std::exchange(deferred_, {});
  }
}

void Loop::on_deadline() {
  deadline_fired_ = true;
  wheel_.advance(steady_now());
}

// A timer that is armed for later than the deadline, or cancelled, costs nothing: the deadline
// rings at its old time and is set anew then.
void Loop::update_deadline() {
  const std::optional<TimePoint> due = wheel_.next_due();
  if (!deadline_fired_ && (!due || (armed_for_ && *armed_for_ <= *due))) return;
  deadline_fired_ = false;
  armed_for_ = due;
  due ? deadline_.arm(*due) : deadline_.disarm();
}

}  // namespace locust_like::loop
