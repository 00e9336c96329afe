#include "tls/tickets.h"

#include <openssl/ssl.h>

namespace locust_like::tls {
namespace {

constexpr size_t kMostServers = 1000;

}  // namespace

void Tickets::Freed::operator()(ssl_session_st* session) const noexcept {
  SSL_SESSION_free(session);
}

void Tickets::put(const std::string& server, ssl_session_st* session) {
  if (by_server_.size() >= kMostServers) by_server_.clear();
  by_server_[server].reset(session);
}

void Tickets::use(const std::string& server, ssl_st* ssl) {
  const auto found = by_server_.find(server);
  if (found == by_server_.end()) return;
  SSL_SESSION* session = found->second.get();
  SSL_set_session(ssl, session);
  if (SSL_SESSION_get_protocol_version(session) == TLS1_3_VERSION) by_server_.erase(found);
}

}  // namespace locust_like::tls
