#include "client/options.h"

#include <utility>

#include "http/request_template.h"

namespace locust_like::client {

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

Result<std::shared_ptr<const PreparedRequest>> prepare_request(std::string_view method,
                                                               const http::Url& url,
                                                               const http::Headers& headers) {
  auto request = http::make_request_template(method, url, headers);
  if (!request.ok()) return request.status();
  auto origin = std::make_shared<Origin>();
  origin->tls = url.scheme == "https";
  origin->host = url.host;
  origin->port = url.port;
  origin->key = url.origin();
  auto prepared = std::make_shared<PreparedRequest>();
  prepared->request = std::move(request).value();
  prepared->url = url;
  prepared->origin = std::move(origin);
  return std::shared_ptr<const PreparedRequest>(std::move(prepared));
}

}  // namespace locust_like::client
