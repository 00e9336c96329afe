#include "loop/system_lookup.h"

#include <netdb.h>
#include <uv.h>

#include <memory>
#include <utility>

namespace locust_like::loop {
namespace {

Status failure(const std::string& host, int error) {
  const bool is_ours = error == UV_ENOMEM || error == UV_EAI_MEMORY;
  return {is_ours ? Code::kResources : Code::kDns, "look up " + host + ": " + uv_strerror(error)};
}

}  // namespace

// Owned by libuv until its callback, which comes also when the request was cancelled.
struct SystemLookup::Pending {
  uv_getaddrinfo_t uv = {};  // first, so that the request leads back here
  SystemLookup* asker;       // null once it is gone
  std::string host;
  Done done;

  static void answer(uv_getaddrinfo_t* request, int error, addrinfo* found) {
    const std::unique_ptr<Pending> pending(reinterpret_cast<Pending*>(request));
    const std::unique_ptr<addrinfo, void (*)(addrinfo*)> freed(found, uv_freeaddrinfo);
    if (pending->asker == nullptr) return;
    pending->asker->pending_ = nullptr;
    Addresses addresses;
    for (const addrinfo* node = found; node != nullptr; node = node->ai_next) {
      addresses.push_back(Address::from_sockaddr(node->ai_addr));
    }
    if (error == 0 && addresses.empty()) error = UV_EAI_NODATA;
    if (error != 0) return pending->done(failure(pending->host, error));
    pending->done(addresses);
  }
};

SystemLookup::SystemLookup(Loop& loop, const std::string& host, int family, Done done)
    : pending_(new Pending{.asker = this, .host = host, .done = std::move(done)}) {
  addrinfo hints = {};
  hints.ai_family = family;
  hints.ai_socktype = SOCK_STREAM;
  const int error =
      uv_getaddrinfo(loop.uv(), &pending_->uv, Pending::answer, host.c_str(), nullptr, &hints);
  if (error == 0) return;
  status_ = failure(host, error);
  delete std::exchange(pending_, nullptr);
}

SystemLookup::~SystemLookup() {
  if (pending_ == nullptr) return;
  pending_->asker = nullptr;
  uv_cancel(reinterpret_cast<uv_req_t*>(&pending_->uv));
}

}  // namespace locust_like::loop
