// What a failed socket call means: libuv's error number to a Status of the right class.
#pragma once

#include <string_view>

#include "base/status.h"

namespace locust_like::loop {

// `uv_error` is negative, as libuv returns it; `what` says what was tried, on which address.
// Running out of descriptors, ports or memory is kResources, with the limit and how to raise it;
// everything else is `otherwise` (a connect that the kernel timed out: kTimeoutConnect).
Status socket_status(Code otherwise, std::string_view what, int uv_error);

}  // namespace locust_like::loop
