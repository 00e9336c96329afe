#include "tls/context.h"

#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <optional>

#include "tls/openssl_error.h"
#include "tls/tickets.h"

namespace locust_like::tls {
namespace {

Status refused(const std::string& what) {
  return {Code::kInvalidArgument, what + ": " + take_openssl_reason()};
}

std::string environment(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nobody sets it meanwhile
  return value == nullptr ? "" : value;
}

bool is_directory(const std::string& path) {
  struct stat found = {};
  return stat(path.c_str(), &found) == 0 && S_ISDIR(found.st_mode);
}

struct Trust {
  std::string file;
  std::string path;
  bool empty() const { return file.empty() && path.empty(); }
};

// requests and curl take a bundle or a directory in the same variable.
Trust file_or_directory(const std::string& name) {
  return is_directory(name) ? Trust{.file = {}, .path = name} : Trust{.file = name, .path = {}};
}

Trust chosen_trust(const Settings& settings) {
  for (const Trust& trust :
       {Trust{.file = settings.ca_file, .path = settings.ca_path},
        Trust{.file = environment("SSL_CERT_FILE"), .path = environment("SSL_CERT_DIR")},
        file_or_directory(environment("REQUESTS_CA_BUNDLE")),
        file_or_directory(environment("CURL_CA_BUNDLE"))}) {
    if (!trust.empty()) return trust;
  }
  return {.file = settings.fallback_ca_file, .path = {}};
}

// Server: picks the first of our protocols that the client offers, none otherwise (RFC 7301 would
// have a fatal alert; going on without ALPN is what servers do).
int select_alpn(SSL*, const unsigned char** chosen, unsigned char* length,
                const unsigned char* offered, unsigned offered_length, void* ours) {
  const auto& wire = *static_cast<const std::string*>(ours);
  unsigned char* picked = nullptr;
  const int result =
      SSL_select_next_proto(&picked, length, reinterpret_cast<const unsigned char*>(wire.data()),
                            static_cast<unsigned>(wire.size()), offered, offered_length);
  *chosen = picked;
  return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

std::optional<int> version_number(const std::string& version, int otherwise) {
  if (version.empty()) return otherwise;
  if (version == "1.2") return TLS1_2_VERSION;
  if (version == "1.3") return TLS1_3_VERSION;
  return std::nullopt;
}

bool has_crl(X509_STORE* store) {
  const STACK_OF(X509_OBJECT)* objects = X509_STORE_get0_objects(store);
  for (int i = 0; i < sk_X509_OBJECT_num(objects); ++i) {
    if (X509_OBJECT_get_type(sk_X509_OBJECT_value(objects, i)) == X509_LU_CRL) return true;
  }
  return false;
}

// A list of one authority says nothing about the certificates of the others.
int needs_no_crl(int ok, X509_STORE_CTX* chain) {
  return ok == 1 || X509_STORE_CTX_get_error(chain) == X509_V_ERR_UNABLE_TO_GET_CRL ? 1 : 0;
}

void append_name(std::string_view name, std::string& list) {
  if (!list.empty()) list.push_back(':');
  list.append(name);
}

}  // namespace

Context::~Context() {
  if (key_log_ >= 0) ::close(key_log_);
}

void Context::Freed::operator()(ssl_ctx_st* context) const noexcept { SSL_CTX_free(context); }

Result<std::shared_ptr<Context>> Context::make_client(const Settings& settings) {
  return make(settings, false);
}

Result<std::shared_ptr<Context>> Context::make_server(const Settings& settings) {
  if (settings.certificate_file.empty()) {
    return Status(Code::kInvalidArgument, "a TLS server needs a certificate file");
  }
  return make(settings, true);
}

Result<std::shared_ptr<Context>> Context::make(const Settings& settings, bool server) {
  ERR_clear_error();
  SSL_CTX* raw = SSL_CTX_new(server ? TLS_server_method() : TLS_client_method());
  if (raw == nullptr) return refused("set up OpenSSL");
  auto context = std::make_shared<Context>(Key(), raw, settings.verify && !server);
  SSL_CTX_set_options(raw, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);
  context->resumes_ = settings.resumes && !server;
  if (context->resumes_) keep_tickets(raw);
  SSL_CTX_set_verify(raw, context->verify_ ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
  Status status = context->set_versions(settings);
  if (status.ok()) status = context->set_ciphers(settings);
  if (status.ok() && context->verify_) status = context->set_trust(settings);
  if (status.ok()) status = context->set_certificate(settings);
  if (status.ok()) status = context->set_alpn(settings, server);
  if (status.ok() && !server) status = context->log_keys();
  if (!status.ok()) return status;
  return context;
}

Status Context::set_versions(const Settings& settings) {
  const auto least = version_number(settings.min_version, TLS1_2_VERSION);
  const auto most = version_number(settings.max_version, 0);
  if (!least || !most || (*most != 0 && *most < *least)) {
    return {Code::kInvalidArgument, "TLS versions are '1.2' and '1.3', not '" +
                                        settings.min_version + "' to '" + settings.max_version +
                                        "'"};
  }
  SSL_CTX_set_min_proto_version(get(), *least);
  SSL_CTX_set_max_proto_version(get(), *most);
  return {};
}

Status Context::set_ciphers(const Settings& settings) {
  constexpr int kSecurityLevel = 2;
  SSL_CTX_set_security_level(get(), kSecurityLevel);
  std::string lists[2];  // of TLS 1.2 and of 1.3
  std::string_view rest = settings.ciphers;
  while (!rest.empty()) {
    const std::string_view name = rest.substr(0, rest.find(':'));
    rest.remove_prefix(std::min(rest.size(), name.size() + 1));
    append_name(name, lists[name.starts_with("TLS_") ? 1 : 0]);
  }
  const bool taken = (lists[0].empty() || SSL_CTX_set_cipher_list(get(), lists[0].c_str()) == 1) &&
                     (lists[1].empty() || SSL_CTX_set_ciphersuites(get(), lists[1].c_str()) == 1);
  return taken ? Status() : refused("TLS ciphers '" + settings.ciphers + "'");
}

Status Context::set_trust(const Settings& settings) {
  const Trust trust = chosen_trust(settings);
  if (trust.empty()) {
    if (SSL_CTX_set_default_verify_paths(get()) == 1) return {};
    return refused("load the system's trusted certificates");
  }
  if (!trust.file.empty() && SSL_CTX_load_verify_file(get(), trust.file.c_str()) != 1) {
    return refused("load trusted certificates from '" + trust.file + "'");
  }
  if (!trust.path.empty() && SSL_CTX_load_verify_dir(get(), trust.path.c_str()) != 1) {
    return refused("load trusted certificates from '" + trust.path + "'");
  }
  X509_STORE* store = SSL_CTX_get_cert_store(get());
  if (has_crl(store)) {
    X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK);
    X509_STORE_set_verify_cb(store, needs_no_crl);
  }
  return {};
}

Status Context::set_certificate(const Settings& settings) {
  if (settings.certificate_file.empty()) return {};
  const std::string& certificate = settings.certificate_file;
  const std::string& key = settings.key_file.empty() ? certificate : settings.key_file;
  if (SSL_CTX_use_certificate_chain_file(get(), certificate.c_str()) != 1) {
    return refused("load the certificate '" + certificate + "'");
  }
  if (SSL_CTX_use_PrivateKey_file(get(), key.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(get()) != 1) {
    return refused("load the private key '" + key + "'");
  }
  return {};
}

Status Context::set_alpn(const Settings& settings, bool server) {
  constexpr size_t kLongestName = 255;
  for (const std::string& name : settings.alpn) {
    if (name.empty() || name.size() > kLongestName) {
      return {Code::kInvalidArgument, "'" + name + "' is not an ALPN protocol name"};
    }
    alpn_wire_ += static_cast<char>(name.size());
    alpn_wire_ += name;
  }
  if (alpn_wire_.empty()) return {};
  if (server) {
    SSL_CTX_set_alpn_select_cb(get(), select_alpn, &alpn_wire_);
    return {};
  }
  const auto* wire = reinterpret_cast<const unsigned char*>(alpn_wire_.data());
  // Zero is success here, unlike everywhere else in OpenSSL.
  if (SSL_CTX_set_alpn_protos(get(), wire, static_cast<unsigned>(alpn_wire_.size())) == 0)
    return {};
  return refused("offer ALPN protocols");
}

// A line is one write(), so threads do not mix theirs; a disk that is full loses lines.
Status Context::log_keys() {
  const std::string path = environment("SSLKEYLOGFILE");
  if (path.empty()) return {};
  constexpr mode_t kOwnerOnly = 0600;
  key_log_ = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, kOwnerOnly);
  if (key_log_ < 0) {
    return Status::from_errno(Code::kInvalidArgument, "open SSLKEYLOGFILE '" + path + "'", errno);
  }
  SSL_CTX_set_app_data(get(), this);
  SSL_CTX_set_keylog_callback(get(), [](const SSL* ssl, const char* line) {
    const auto* self = static_cast<Context*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
    const std::string text = std::string(line) + "\n";
    [[maybe_unused]] const auto written = ::write(self->key_log_, text.data(), text.size());
  });
  return {};
}

}  // namespace locust_like::tls
