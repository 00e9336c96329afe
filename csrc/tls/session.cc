#include "tls/session.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cstring>
#include <utility>

#include "tls/openssl_error.h"

namespace locust_like::tls {
namespace {

constexpr size_t kRecordBytes = 16384;

// Shared by all sessions of a thread: plaintext lives in it only while a sink looks at it.
struct PlaintextBuffer {
  std::array<char, kRecordBytes> bytes;
  bool lent = false;
};

PlaintextBuffer& plaintext_buffer() {
  thread_local PlaintextBuffer buffer;
  return buffer;
}

}  // namespace

// The BIO: reads from the session's lent view, writes to its lent string.
struct Session::Bio {
  static Session& owner(BIO* bio) { return *static_cast<Session*>(BIO_get_data(bio)); }

  static int read(BIO* bio, char* into, int capacity) {
    std::string_view& input = owner(bio).input_;
    BIO_clear_retry_flags(bio);
    if (input.empty()) {
      BIO_set_retry_read(bio);
      return -1;
    }
    const size_t count = std::min(input.size(), static_cast<size_t>(capacity));
    std::memcpy(into, input.data(), count);
    input.remove_prefix(count);
    return static_cast<int>(count);
  }

  static int write(BIO* bio, const char* from, int count) {
    std::string* output = owner(bio).output_;
    assert(output != nullptr);
    output->append(from, static_cast<size_t>(count));
    return count;
  }

  static long control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

  static const BIO_METHOD* method() {
    static const BIO_METHOD* const made = [] {
      BIO_METHOD* method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "session");
      BIO_meth_set_read(method, read);
      BIO_meth_set_write(method, write);
      BIO_meth_set_ctrl(method, control);
      return method;
    }();
    return made;
  }
};

// Lends an output string to the BIO for one call; calls nest when a sink writes.
class Session::Lent {
 public:
  Lent(Session& session, std::string& out)
      : session_(session), outer_(std::exchange(session.output_, &out)) {
    // OpenSSL judges a result by the thread's error queue, which others may have left filled.
    ERR_clear_error();
  }
  ~Lent() { session_.output_ = outer_; }
  Lent(const Lent&) = delete;
  Lent& operator=(const Lent&) = delete;

 private:
  Session& session_;
  std::string* outer_;
};

void Session::Freed::operator()(ssl_st* ssl) const noexcept { SSL_free(ssl); }

Session::Session(std::shared_ptr<Context> context, const std::string& server_name)
    : context_(std::move(context)), ssl_(SSL_new(context_->get())) {
  if (ssl_ == nullptr) return;
  attach();
  SSL_set_connect_state(ssl_.get());
  expect_server(server_name);
}

Session::Session(std::shared_ptr<Context> context)
    : context_(std::move(context)), ssl_(SSL_new(context_->get())) {
  if (ssl_ == nullptr) return;
  attach();
  SSL_set_accept_state(ssl_.get());
}

Session::~Session() {
  // OpenSSL would make a ticket useless whose connection ended without close_notify, which TLS 1.1
  // did away with (RFC 4346 7.2.1).
  if (ssl_ != nullptr) SSL_set_shutdown(ssl_.get(), SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
}

void Session::attach() {
  BIO* bio = BIO_new(Bio::method());
  BIO_set_data(bio, this);
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl_.get(), bio, bio);
}

void Session::expect_server(const std::string& server_name) {
  // Neither the dot of a fully qualified name nor the zone of an IPv6 address is in certificates.
  std::string name = server_name.substr(0, server_name.find('%'));
  if (name.ends_with('.')) name.pop_back();
  X509_VERIFY_PARAM* expected = SSL_get0_param(ssl_.get());
  X509_VERIFY_PARAM_set_hostflags(
      expected, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  if (X509_VERIFY_PARAM_set1_ip_asc(expected, name.c_str()) == 1) return;
  X509_VERIFY_PARAM_set1_host(expected, name.c_str(), name.size());
  SSL_set_tlsext_host_name(ssl_.get(), name.c_str());
}

void Session::resume_from(Tickets& tickets, const std::string& server) {
  if (ssl_ == nullptr || !context_->resumes()) return;
  tickets_ = &tickets;
  server_ = server;
  tickets.use(server, ssl_.get());
}

bool Session::resumed() const { return ssl_ != nullptr && SSL_session_reused(ssl_.get()) == 1; }

// OpenSSL's own cache would be one for all users.
void keep_tickets(ssl_ctx_st* context) {
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(context, [](SSL* ssl, SSL_SESSION* session) {
    const Session& self = Session::Bio::owner(SSL_get_rbio(ssl));
    if (self.tickets_ == nullptr) return 0;
    self.tickets_->put(self.server_, session);
    return 1;  // the reference is kept
  });
}

Status Session::start(std::string& out) {
  const Lent lent(*this, out);
  if (ssl_ == nullptr) return {Code::kResources, "no memory for a TLS session"};
  return SSL_is_server(ssl_.get()) != 0 ? Status() : shake_hands();
}

Status Session::receive(std::string_view ciphertext, std::string& out, PlaintextSink& sink) {
  const Lent lent(*this, out);
  if (ssl_ == nullptr) return {Code::kResources, "no memory for a TLS session"};
  input_ = ciphertext;
  Status status = established_ ? Status() : shake_hands();
  if (status.ok() && established_) status = read_records(sink);
  input_ = {};
  return status;
}

Status Session::shake_hands() {
  const int result = SSL_do_handshake(ssl_.get());
  if (result == 1) {
    established_ = true;
    return {};
  }
  if (SSL_get_error(ssl_.get(), result) == SSL_ERROR_WANT_READ) return {};
  return failure("TLS handshake");
}

Status Session::read_records(PlaintextSink& sink) {
  PlaintextBuffer& buffer = plaintext_buffer();
  assert(!buffer.lent && "receive() inside a sink");
  // Ends without the last SSL_read, which would only say that there is nothing: it costs as much
  // as a small record.
  while (!peer_closed_ && (!input_.empty() || SSL_has_pending(ssl_.get()) != 0)) {
    size_t count = 0;
    const int result = SSL_read_ex(ssl_.get(), buffer.bytes.data(), buffer.bytes.size(), &count);
    if (result == 1) {
      buffer.lent = true;
      sink.on_plaintext({buffer.bytes.data(), count});
      buffer.lent = false;
      continue;
    }
    const int error = SSL_get_error(ssl_.get(), result);
    if (error == SSL_ERROR_WANT_READ) return {};
    if (error != SSL_ERROR_ZERO_RETURN) return failure("TLS read");
    peer_closed_ = true;
  }
  return {};
}

Status Session::write(std::string_view plaintext, std::string& out) {
  assert(established_);
  if (plaintext.empty()) return {};
  const Lent lent(*this, out);
  size_t written = 0;
  if (SSL_write_ex(ssl_.get(), plaintext.data(), plaintext.size(), &written) == 1) return {};
  return failure("TLS write");
}

void Session::close(std::string& out) {
  if (!established_ || (SSL_get_shutdown(ssl_.get()) & SSL_SENT_SHUTDOWN) != 0) return;
  const Lent lent(*this, out);
  SSL_shutdown(ssl_.get());
  ERR_clear_error();
}

void Session::release_buffers() {
  if (ssl_ != nullptr) SSL_free_buffers(ssl_.get());
}

Status Session::failure(std::string_view tried) const {
  std::string message(tried);
  if (const char* host = SSL_get_servername(ssl_.get(), TLSEXT_NAMETYPE_host_name)) {
    message.append(SSL_is_server(ssl_.get()) != 0 ? " for " : " with ").append(host);
  }
  message.append(": ").append(take_openssl_reason());
  const long verdict = SSL_get_verify_result(ssl_.get());
  if (context_->verifies() && verdict != X509_V_OK) {
    message.append(": ").append(X509_verify_cert_error_string(verdict));
  }
  return {Code::kTls, std::move(message)};
}

std::string_view Session::alpn() const {
  const unsigned char* name = nullptr;
  unsigned length = 0;
  if (ssl_ != nullptr) SSL_get0_alpn_selected(ssl_.get(), &name, &length);
  return {reinterpret_cast<const char*>(name), length};
}

std::string_view Session::version() const {
  return ssl_ == nullptr ? "" : SSL_get_version(ssl_.get());
}

}  // namespace locust_like::tls
