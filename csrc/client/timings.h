// Stamps of one exchange and what a call makes of them.
#pragma once

#include "base/clock.h"
#include "stats/sample.h"

namespace locust_like::client {

// How long it took to set up one connection; zero where a step was not needed.
struct SetupTimes {
  Nanos dns{0};
  Nanos connect{0};
  Nanos tls{0};
  Nanos total() const { return dns + connect + tls; }
};

// All stamps are taken in the I/O thread. An unset stamp is the epoch.
struct ExchangeTimes {
  TimePoint taken_up;    // the exchange asked its pool for a connection
  TimePoint attached;    // it got one
  TimePoint written;     // its request is handed to the kernel (or queued behind it)
  TimePoint first_byte;  // first byte of the reply
  TimePoint last_byte;
  SetupTimes setup;  // of the connection, when this exchange was its first
};

// Adds the phases of a finished exchange; phases whose stamps are missing stay unchanged.
void add_phases(const ExchangeTimes& times, stats::PhaseTimes& phases);

}  // namespace locust_like::client
