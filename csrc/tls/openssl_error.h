// Text of OpenSSL's error queue.
#pragma once

#include <string>

namespace locust_like::tls {

// The reason of the first error that this thread's queue holds ("certificate verify failed"), and
// empties the queue. Never empty.
std::string take_openssl_reason();

}  // namespace locust_like::tls
