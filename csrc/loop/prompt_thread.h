// make_thread_prompt: what an I/O thread asks of the kernel so that it runs as soon as it is woken.
//
// A short time slice: since Linux 6.12 a thread may ask for its own, and one with a shorter slice
// preempts a computing thread (Python) when it wakes up, also on the same core. And no slack on
// timers. Neither needs privileges; kernels that know neither go on as before. Portable builds do
// nothing. Source: Linux Documentation/scheduler/sched-eevdf.rst, prctl(2) PR_SET_TIMERSLACK.
#pragma once

namespace locust_like::loop {

// Thread: the one that calls.
void make_thread_prompt();

}  // namespace locust_like::loop
