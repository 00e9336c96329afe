// Context: OpenSSL settings shared by all connections of one (verify, certificate, ciphers)
// setting.
//
// A context with a CA bundle costs 884 KB and 21 ms of CPU, so there is one per setting, never one
// per user. TLS 1.2 and up, security level 2 (no RSA-1024, no SHA-1 signatures), no renegotiation.
// Without `resumes` every connection makes a full handshake, as a new user would; with it a session
// resumes what the Tickets it is given hold. Where SSLKEYLOGFILE is set, the keys of connections go
// there for tools that decrypt captured traffic.
// Immutable after make(). Thread: may be shared by I/O threads.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"

struct ssl_ctx_st;

namespace locust_like::tls {

// Members have initializers so that `{.ca_file = ...}` names only what differs.
struct Settings {
  bool verify = true;
  // PEM; with ca_path empty, too: default trust. What its CRLs revoke is refused (RFC 5280 6.3).
  std::string ca_file = {};
  std::string ca_path = {};           // directory of hashed PEM files
  std::string certificate_file = {};  // PEM chain; client certificate, or the server's own
  std::string key_file = {};          // empty: in certificate_file
  // OpenSSL's list; names that begin with TLS_ are suites of TLS 1.3, the others are for 1.2. A
  // version that none is named of keeps OpenSSL's default.
  std::string ciphers = {};
  std::string min_version = {};        // "1.2" or "1.3"; empty: 1.2
  std::string max_version = {};        // likewise; empty: the newest
  bool resumes = false;                // client: take the tickets that servers offer
  std::vector<std::string> alpn = {};  // offered (client) or accepted (server), best first
  // Part of the default trust: used when nothing above and no environment variable says otherwise
  // (Python gives certifi's bundle). Empty: OpenSSL's own paths.
  std::string fallback_ca_file = {};
  friend bool operator==(const Settings&, const Settings&) = default;
};

class Context {
 public:
  // Default trust, the first that is set: SSL_CERT_FILE and SSL_CERT_DIR, REQUESTS_CA_BUNDLE,
  // CURL_CA_BUNDLE, fallback_ca_file, OpenSSL's paths. Error: kInvalidArgument naming the file or
  // setting, with OpenSSL's reason.
  static Result<std::shared_ptr<Context>> make_client(const Settings& settings);
  // REQUIRES: a certificate_file. Clients are not asked for certificates.
  static Result<std::shared_ptr<Context>> make_server(const Settings& settings);
  // For make_shared; only make() has a Key. Takes over `context`.
  class Key {
    Key() = default;
    friend class Context;
  };
  Context(Key, ssl_ctx_st* context, bool verify) : context_(context), verify_(verify) {}
  ~Context();
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  bool verifies() const { return verify_; }
  bool resumes() const { return resumes_; }
  ssl_ctx_st* get() const { return context_.get(); }

 private:
  struct Freed {
    void operator()(ssl_ctx_st* context) const noexcept;
  };

  static Result<std::shared_ptr<Context>> make(const Settings& settings, bool server);
  Status set_versions(const Settings& settings);
  Status set_ciphers(const Settings& settings);
  Status set_trust(const Settings& settings);
  Status set_certificate(const Settings& settings);
  Status set_alpn(const Settings& settings, bool server);
  Status log_keys();

  std::unique_ptr<ssl_ctx_st, Freed> context_;
  bool verify_;
  bool resumes_ = false;
  int key_log_ = -1;       // descriptor, written to by every thread that uses the context
  std::string alpn_wire_;  // length-prefixed names (RFC 7301 section 3.1)
};

}  // namespace locust_like::tls
