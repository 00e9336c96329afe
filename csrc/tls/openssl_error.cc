#include "tls/openssl_error.h"

#include <openssl/err.h>

#include <cerrno>
#include <cstring>

namespace locust_like::tls {

std::string take_openssl_reason() {
  const unsigned long error = ERR_get_error();
  ERR_clear_error();
  if (error == 0) return "unknown reason";
  // Failed system calls, such as opening a file, carry errno in place of a reason.
  if (ERR_SYSTEM_ERROR(error)) return std::strerror(ERR_GET_REASON(error));
  const char* reason = ERR_reason_error_string(error);
  return reason != nullptr ? reason : "error " + std::to_string(error);
}

}  // namespace locust_like::tls
