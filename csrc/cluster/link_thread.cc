#include "cluster/link_thread.h"

#include <pthread.h>
#include <unistd.h>

#include <utility>

#include "cluster/limits.h"

namespace locust_like::cluster {
namespace {

constexpr Nanos kStepInterval = 100ms;

}  // namespace

LinkThread::LinkThread(std::unique_ptr<Transport> transport, Step step, Step last)
    : pid_(getpid()),
      transport_(std::move(transport)),
      step_(std::move(step)),
      last_(std::move(last)),
      thread_(std::make_unique<std::thread>([this] { run(); })) {}

LinkThread::~LinkThread() {
  stop(Nanos(0));
  if (!is_ours()) (void)thread_.release();  // it is the parent's
}

bool LinkThread::is_ours() const { return getpid() == pid_; }

void LinkThread::wake() {
  if (is_ours()) transport_->wake();
}

void LinkThread::stop(Nanos linger) {
  if (!is_ours() || !thread_->joinable()) return;
  linger_ns_ = linger.count();
  stopping_ = true;
  transport_->wake();
  thread_->join();
}

void LinkThread::run() {
  pthread_setname_np(pthread_self(), "ll-cluster");
  while (!stopping_) {
    transport_->wait(kStepInterval);
    step_(*transport_);
  }
  last_(*transport_);
  transport_->close(Nanos(linger_ns_.load()));
}

}  // namespace locust_like::cluster
