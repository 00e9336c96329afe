#include "loop/socket_errors.h"

#include <uv.h>

#include <string>

namespace locust_like::loop {
namespace {

// The limit that was hit and how to raise it; empty for errors that are not ours.
std::string_view resource_hint(int uv_error) {
  switch (uv_error) {
    case UV_EMFILE:
      return "this process may open no more descriptors; raise its limit with 'ulimit -n'";
    case UV_ENFILE:
      return "the system may open no more descriptors; raise 'sysctl fs.file-max'";
    case UV_EADDRNOTAVAIL:
      return "no free local port towards this address; widen 'sysctl "
             "net.ipv4.ip_local_port_range', reuse connections, or add addresses with "
             "--source-address";
    case UV_ENOBUFS:
      return "the kernel has no socket buffers left; raise 'sysctl net.ipv4.tcp_mem'";
    case UV_ENOMEM:
      return "the system is out of memory; start fewer users or add memory";
    default:
      return {};
  }
}

}  // namespace

Status socket_status(Code otherwise, std::string_view what, int uv_error) {
  const std::string_view hint = resource_hint(uv_error);
  if (!hint.empty()) {
    const Status plain = Status::from_errno(Code::kResources, what, -uv_error);
    return {Code::kResources, plain.message() + " (" + std::string(hint) + ")"};
  }
  if (otherwise == Code::kConnect && uv_error == UV_ETIMEDOUT) otherwise = Code::kTimeoutConnect;
  return Status::from_errno(otherwise, what, -uv_error);
}

}  // namespace locust_like::loop
