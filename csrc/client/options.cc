#include "client/options.h"

#include <utility>

#include "http/request_template.h"

namespace locust_like::client {
namespace {

constexpr std::string_view kProxyAuthorization = "Proxy-Authorization";

std::shared_ptr<Origin> make_origin(const http::Url& url, const Profile& profile) {
  auto origin = std::make_shared<Origin>();
  origin->tls = url.scheme == "https";
  origin->host = url.host;
  origin->port = url.port;
  origin->key = url.origin();
  if (origin->tls) {
    origin->tls_provider = profile.tls;
    origin->server_name = profile.tls_server_name.empty() ? url.host : profile.tls_server_name;
  }
  if (profile.proxies) origin->proxy = profile.proxies->choose(url);
  if (!origin->proxy) return origin;
  origin->key += " through proxy " + origin->proxy->label();
  if (origin->proxy->kind == Proxy::Kind::kHttps) origin->proxy_tls = profile.proxy_tls;
  origin->tunnels = origin->tls || !origin->proxy->speaks_http() ||
                    profile.options.http_version == HttpVersion::kPriorKnowledge;
  return origin;
}

}  // namespace

Result<HttpVersion> parse_http_version(std::string_view text) {
  if (text == "1.1") return HttpVersion::k11;
  if (text == "2") return HttpVersion::k2;
  if (text == "h2c") return HttpVersion::kPriorKnowledge;
  return Status(Code::kInvalidArgument,
                "http_version is '1.1', '2' or 'h2c', not '" + std::string(text) + "'");
}

bool must_multiplex(HttpVersion version) {
  return version == HttpVersion::k2 || version == HttpVersion::kPriorKnowledge;
}

std::vector<std::string> alpn_protocols(HttpVersion version) {
  switch (version) {
    case HttpVersion::kAgreed:
      return {"h2", "http/1.1"};
    case HttpVersion::k11:
      return {"http/1.1"};
    case HttpVersion::k2:
    case HttpVersion::kPriorKnowledge:
      return {"h2"};
  }
  return {};
}

Result<std::shared_ptr<tls::Context>> TlsProvider::context() {
  MutexLock lock(mutex_);
  if (!context_) {
    auto made = tls::Context::make_client(settings_);
    if (!made.ok()) return made.status();
    context_ = std::move(made).value();
  }
  return context_;
}

bool share_connections(const Origin& a, const Origin& b) {
  if (&a == &b) return true;
  return a.key == b.key && a.tls_provider == b.tls_provider && a.server_name == b.server_name &&
         a.proxy_authorization == b.proxy_authorization && a.proxy_tls == b.proxy_tls &&
         (a.proxy == b.proxy || (a.proxy && b.proxy && *a.proxy == *b.proxy));
}

Result<std::shared_ptr<const PreparedRequest>> prepare_request(std::string_view method,
                                                               const http::Url& url,
                                                               const http::Headers& headers,
                                                               const Profile& profile) {
  auto origin = make_origin(url, profile);
  const bool leads_on = origin->tunnels && origin->proxy->speaks_http();
  http::Headers for_origin = headers;
  if (leads_on) {
    origin->proxy_authorization =
        headers.get(kProxyAuthorization).value_or(origin->proxy->authorization());
    for_origin.remove(kProxyAuthorization);
  }
  // RFC 9112 9.6. HTTP/2 has no such field and leaves it out.
  if (!profile.options.reuse_connections && !headers.get("Connection")) {
    for_origin.add("Connection", "close");
  }
  auto request = http::make_request_template(method, url, for_origin);
  if (!request.ok()) return request.status();
  if (origin->proxy && !origin->tunnels) {
    http::use_absolute_form(url, origin->proxy->authorization(), request.value());
  }
  auto prepared = std::make_shared<PreparedRequest>();
  prepared->request = std::move(request).value();
  prepared->url = url;
  prepared->origin = std::move(origin);
  return std::shared_ptr<const PreparedRequest>(std::move(prepared));
}

}  // namespace locust_like::client
