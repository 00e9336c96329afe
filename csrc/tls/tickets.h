// Tickets: what servers gave one user so that the next handshake is short (RFC 8446 2.2).
//
// The newest of each server is kept; those of TLS 1.3 are used once (RFC 8446 C.4).
// Thread: that of the user's connections.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>

struct ssl_ctx_st;
struct ssl_session_st;
struct ssl_st;

namespace locust_like::tls {

class Tickets {
 public:
  Tickets() = default;
  Tickets(const Tickets&) = delete;
  Tickets& operator=(const Tickets&) = delete;

  // Takes over the reference.
  void put(const std::string& server, ssl_session_st* session);
  // Makes `ssl` try the ticket of `server`, if there is one.
  void use(const std::string& server, ssl_st* ssl);

 private:
  struct Freed {
    void operator()(ssl_session_st* session) const noexcept;
  };
  std::unordered_map<std::string, std::unique_ptr<ssl_session_st, Freed>> by_server_;
};

// Makes the sessions of `context` tell their tickets; see Session::resume_from().
void keep_tickets(ssl_ctx_st* context);

}  // namespace locust_like::tls
