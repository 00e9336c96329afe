// Any bytes as what a proxy says: no crash, and the same end, answers and rest however they are
// cut. The same bytes as the texts that say which proxy and which targets: no crash.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "client/target_rules.h"
#include "client/tunnel.h"

namespace {

using locust_like::Result;
namespace client = locust_like::client;
namespace http = locust_like::http;

void require(bool holds) {
  if (!holds) std::abort();
}

struct Played {
  bool open = false;
  bool failed = false;
  std::string answers;
  std::string rest;
  friend bool operator==(const Played&, const Played&) = default;
};

std::unique_ptr<client::Tunnel> make_tunnel(unsigned kind, const client::Proxy& proxy) {
  const client::TunnelEnd end{.host = "app.test", .port = 443, .address = {}};
  return kind == 0 ? client::make_connect_tunnel(end, "") : client::make_socks5_tunnel(end, proxy);
}

Played play(unsigned kind, std::string_view first, std::string_view second) {
  static const client::Proxy proxies[] = {client::parse_proxy("socks5h://p").value(),
                                          client::parse_proxy("socks5h://user:word@p").value()};
  const auto tunnel = make_tunnel(kind, proxies[kind == 2 ? 1 : 0]);
  Played played;
  tunnel->start(played.answers);
  for (std::string_view bytes : {first, second}) {
    if (played.open) {
      played.rest.append(bytes);
      continue;
    }
    const Result<bool> open = tunnel->receive(bytes, played.answers);
    if (!open.ok()) {
      require(open.status().code() == locust_like::Code::kProxy);
      played.failed = true;
      return played;
    }
    played.open = open.value();
    require(played.open || bytes.empty());
    played.rest.append(bytes);
  }
  return played;
}

void read_texts(std::string_view text) {
  client::ProxyRules proxies;
  (void)proxies.add("all", text);
  (void)proxies.add(text, "http://p");
  proxies.set_exceptions(text);
  client::TargetRules targets;
  (void)targets.add_addresses(text);
  (void)targets.block(text);
  static const http::Url url = http::parse_url("https://app.test/").value();
  (void)proxies.choose(url);
  (void)targets.check_host("app.test");
  (void)targets.check_host("127.0.0.1");
}

}  // namespace

// The first byte chooses the kind of proxy, the second where its words are cut.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
  const size_t cut = std::min(bytes.size(), static_cast<size_t>(data[1]));
  const unsigned kind = data[0] % 3;
  require(play(kind, bytes, "") == play(kind, bytes.substr(0, cut), bytes.substr(cut)));
  read_texts(bytes);
  return 0;
}
