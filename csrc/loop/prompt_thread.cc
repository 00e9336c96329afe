#include "loop/prompt_thread.h"

#ifndef LL_PORTABLE
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>
#endif

namespace locust_like::loop {

#ifdef LL_PORTABLE

void make_thread_prompt() {}

#else

namespace {

// struct sched_attr of linux/sched/types.h, whose glibc wrapper and header clash with sched.h.
struct SchedulingAttributes {
  uint32_t size = sizeof(SchedulingAttributes);
  uint32_t policy = 0;  // SCHED_OTHER
  uint64_t flags = 0;
  int32_t nice = 0;
  uint32_t priority = 0;
  uint64_t runtime_ns = 0;  // for SCHED_OTHER: the slice
  uint64_t deadline_ns = 0;
  uint64_t period_ns = 0;
};

constexpr uint64_t kSlice_ns = 100'000;  // the shortest that the kernel grants

}  // namespace

void make_thread_prompt() {
  prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0);
  SchedulingAttributes attributes;
  if (syscall(SYS_sched_getattr, 0, &attributes, sizeof attributes, 0) != 0) return;
  attributes.runtime_ns = kSlice_ns;
  syscall(SYS_sched_setattr, 0, &attributes, 0);
}

#endif

}  // namespace locust_like::loop
