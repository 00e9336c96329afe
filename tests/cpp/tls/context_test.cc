#include "tls/context.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "tls/tls_pair.h"

using locust_like::Code;
using locust_like::testing::Certificates;
using locust_like::testing::TlsPair;
using locust_like::tls::Context;
using locust_like::tls::Settings;

namespace {

// Sets the variables of TLS for one test (an absent one is unset) and puts the old values back.
class Environment {
 public:
  explicit Environment(const std::map<std::string, std::string>& values) {
    for (const char* name : {"SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE",
                             "CURL_CA_BUNDLE", "SSLKEYLOGFILE"}) {
      const char* old = std::getenv(name);
      if (old != nullptr) old_[name] = old;
      unsetenv(name);
    }
    for (const auto& [name, value] : values) setenv(name.c_str(), value.c_str(), 1);
    for (const auto& [name, value] : values) set_.push_back(name);
  }
  ~Environment() {
    for (const auto& name : set_) unsetenv(name.c_str());
    for (const auto& [name, value] : old_) setenv(name.c_str(), value.c_str(), 1);
  }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

 private:
  std::map<std::string, std::string> old_;
  std::vector<std::string> set_;
};

bool accepted(const Settings& client, const std::string& server_certificate) {
  TlsPair pair(client, {.certificate_file = server_certificate});
  pair.exchange();
  return pair.client.session.established();
}

}  // namespace

TEST_CASE("default trust takes the first variable that is set, then the fallback") {
  Certificates ours;
  Certificates foreign;
  const std::string server = ours.make({});
  const std::string good = ours.ca_file();
  const std::string bad = foreign.ca_file();
  const auto trusts = [&](std::map<std::string, std::string> variables, Settings client = {}) {
    const Environment environment(variables);
    return accepted(client, server);
  };
  CHECK(trusts({{"SSL_CERT_FILE", good}, {"REQUESTS_CA_BUNDLE", bad}}));
  CHECK_FALSE(trusts({{"SSL_CERT_FILE", bad}, {"REQUESTS_CA_BUNDLE", good}}));
  CHECK(trusts({{"REQUESTS_CA_BUNDLE", good}, {"CURL_CA_BUNDLE", bad}}));
  CHECK(trusts({{"CURL_CA_BUNDLE", good}}, {.fallback_ca_file = bad}));
  CHECK_FALSE(trusts({{"CURL_CA_BUNDLE", bad}}, {.fallback_ca_file = good}));
  CHECK(trusts({}, {.fallback_ca_file = good}));
  CHECK_FALSE(trusts({}));
  CHECK(trusts({{"SSL_CERT_FILE", bad}}, {.ca_file = good}));
}

TEST_CASE("files that cannot be used are named, with the reason") {
  Certificates certificates;
  const std::string leaf = certificates.make({});
  const std::string garbage = certificates.directory() + "/garbage.pem";
  std::ofstream(garbage) << "no certificate";
  const std::string ca = certificates.ca_file();
  const std::string other_key = certificates.make({});
  const std::vector<std::pair<Settings, std::string>> cases = {
      {{.ca_file = "/nonexistent.pem"}, "'/nonexistent.pem'"},
      {{.ca_file = garbage}, "garbage.pem'"},
      {{.ca_file = ca, .certificate_file = "/none.pem"}, "'/none.pem'"},
      {{.ca_file = ca, .certificate_file = leaf, .key_file = garbage}, "garbage.pem'"},
      {{.ca_file = ca, .certificate_file = leaf, .key_file = other_key}, "key values mismatch"},
      {{.ca_file = ca, .ciphers = "NONSENSE"}, "'NONSENSE'"},
      {{.ca_file = ca, .ciphers = "TLS_NONSENSE"}, "'TLS_NONSENSE'"},
      {{.ca_file = ca, .min_version = "1.1"}, "'1.1'"},
      {{.ca_file = ca, .min_version = "1.3", .max_version = "1.2"}, "'1.3' to '1.2'"},
      {{.ca_file = ca, .alpn = {""}}, "ALPN"},
  };
  for (const auto& [settings, named] : cases) {
    CAPTURE(named);
    const auto made = Context::make_client(settings);
    REQUIRE_FALSE(made.ok());
    CHECK(made.status().code() == Code::kInvalidArgument);
    CHECK_THAT(made.status().message(), Catch::Contains(named));
  }
}

TEST_CASE("a server needs a certificate, and one with a strong key") {
  Certificates certificates;
  CHECK(Context::make_server({}).status().code() == Code::kInvalidArgument);
  const auto weak =
      Context::make_server({.certificate_file = certificates.make({.rsa_bits = 1024})});
  REQUIRE_FALSE(weak.ok());
  CHECK_THAT(weak.status().message(), Catch::Contains("ee key too small"));
}

TEST_CASE("an unverified client loads no trust at all") {
  CHECK(Context::make_client({.verify = false, .ca_file = "/nonexistent.pem"}).ok());
}

TEST_CASE("settings compare by value, so that equal ones can share a context") {
  const Settings one = {.ca_file = "a", .alpn = {"h2"}};
  Settings other = one;
  CHECK(one == other);
  other.fallback_ca_file = "b";
  CHECK_FALSE(one == other);
}

TEST_CASE("the least and the newest version are kept") {
  Certificates certificates;
  const std::string leaf = certificates.make({});
  const std::string ca = certificates.ca_file();
  TlsPair older({.ca_file = ca, .max_version = "1.2"}, {.certificate_file = leaf});
  older.exchange();
  CHECK(older.client.session.version() == "TLSv1.2");
  TlsPair apart({.ca_file = ca, .min_version = "1.3"},
                {.certificate_file = leaf, .max_version = "1.2"});
  apart.exchange();
  CHECK(apart.client.status.code() == Code::kTls);
}

TEST_CASE("ciphers of both versions are told in one list") {
  Certificates certificates;
  const std::string leaf = certificates.make({});
  const Settings client = {.ca_file = certificates.ca_file(),
                           .ciphers = "TLS_CHACHA20_POLY1305_SHA256:ECDHE-ECDSA-AES128-GCM-SHA256"};
  for (const char* suite : {"TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_GCM_SHA256"}) {
    TlsPair pair(client, {.certificate_file = leaf, .ciphers = suite, .min_version = "1.3"});
    pair.exchange();
    CHECK(pair.client.session.established() ==
          (std::string(suite) == "TLS_CHACHA20_POLY1305_SHA256"));
  }
  TlsPair pair(client, {.certificate_file = leaf, .max_version = "1.2"});
  pair.exchange();
  CHECK(pair.client.session.established());
}

TEST_CASE("keys go where SSLKEYLOGFILE says, for the owner's eyes") {
  Certificates certificates;
  const std::string file = certificates.directory() + "/keys";
  const Environment environment(std::map<std::string, std::string>{{"SSLKEYLOGFILE", file}});
  TlsPair pair({.ca_file = certificates.ca_file()}, {.certificate_file = certificates.make({})});
  pair.exchange();
  REQUIRE(pair.client.session.established());
  std::ifstream written(file);
  std::string text{std::istreambuf_iterator<char>(written), {}};
  CHECK_THAT(text, Catch::Contains("CLIENT_TRAFFIC_SECRET_0 "));
  CHECK(std::filesystem::status(file).permissions() ==
        (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
  const Environment nowhere(
      std::map<std::string, std::string>{{"SSLKEYLOGFILE", "/nonexistent/keys"}});
  const auto refused = Context::make_client({.ca_file = certificates.ca_file()});
  CHECK_THAT(refused.status().message(), Catch::Contains("'/nonexistent/keys': No such file"));
}
