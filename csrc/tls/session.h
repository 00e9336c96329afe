// Session: one TLS conversation through a BIO of our own; no sockets, no copies in idle state.
//
// Ciphertext from the peer is lent to receive(); the BIO reads from that view directly. Ciphertext
// for the peer is appended to the string given to each call. Memory BIOs would copy both and keep
// their buffers (41.7 KB a connection against 27.7 KB).
// Plaintext passes through one buffer per thread and is not kept.
// Thread: the loop's.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "tls/context.h"
#include "tls/tickets.h"

struct ssl_st;

namespace locust_like::tls {

// Receives decrypted bytes; the view dies with the call. It may write() to or close() the session
// that calls it, but not destroy it, nor call receive() on any.
class PlaintextSink {
 public:
  virtual ~PlaintextSink() = default;
  virtual void on_plaintext(std::string_view bytes) = 0;
};

class Session {
 public:
  // Client. `server_name`: host to verify and to send as SNI (IP literals are verified as IP SAN
  // and not sent as SNI). The subject's common name never counts as a host name.
  Session(std::shared_ptr<Context> context, const std::string& server_name);
  explicit Session(std::shared_ptr<Context> context);  // server
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // Client: resumes what `tickets` hold of `server`, and keeps there what it offers from now on.
  // No-op when the context does not resume. REQUIRES: before start(); tickets outlive the session.
  void resume_from(Tickets& tickets, const std::string& server);
  // Client: appends the ClientHello. Server: does nothing. REQUIRES: called once, before receive().
  Status start(std::string& out);
  // Takes all of `ciphertext`, in pieces of any size; appends what must be sent (handshake, alerts,
  // KeyUpdate) to `out`, also when it fails; gives plaintext to `sink`.
  // A failed handshake or record: kTls with OpenSSL's reason, and why the certificate was refused.
  // REQUIRES: no earlier failure. Bytes after the peer's close_notify are ignored.
  Status receive(std::string_view ciphertext, std::string& out, PlaintextSink& sink);
  // Appends ciphertext. REQUIRES: established().
  Status write(std::string_view plaintext, std::string& out);
  void close(std::string& out);  // close_notify, once; nothing before the handshake is done
  // Gives back OpenSSL's record buffers (33 KB) until the next record; for connections that will
  // be idle for seconds. Not for each request: allocating them again costs more than a record.
  void release_buffers();

  // The handshake is done and, for a verifying client, the certificate accepted.
  bool established() const { return established_; }
  bool resumed() const;                              // the handshake was a short one
  bool peer_closed() const { return peer_closed_; }  // close_notify came
  std::string_view alpn() const;                     // empty: none agreed
  std::string_view version() const;                  // "TLSv1.3"

 private:
  struct Freed {
    void operator()(ssl_st* ssl) const noexcept;
  };
  struct Bio;
  class Lent;
  friend void keep_tickets(ssl_ctx_st* context);

  void attach();
  void expect_server(const std::string& server_name);
  Status shake_hands();
  Status read_records(PlaintextSink& sink);
  Status failure(std::string_view tried) const;

  std::shared_ptr<Context> context_;  // shared: a context lives as long as its last connection
  std::unique_ptr<ssl_st, Freed> ssl_;
  std::string_view input_;         // ciphertext not yet read, inside receive()
  std::string* output_ = nullptr;  // inside start, receive, write and close
  Tickets* tickets_ = nullptr;     // null: nothing is resumed
  std::string server_;             // whose tickets
  bool established_ = false;
  bool peer_closed_ = false;
};

}  // namespace locust_like::tls
