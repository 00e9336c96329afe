#include <utility>

#include "client/tunnel.h"
#include "http/head_parser.h"

namespace locust_like::client {
namespace {

constexpr int kMostInterimReplies = 32;

class ConnectTunnel final : public Tunnel {
 public:
  ConnectTunnel(std::string target, std::string_view authorization)
      : target_(std::move(target)), authorization_(authorization) {}

  void start(std::string& out) override {
    out.append("CONNECT ").append(target_).append(" HTTP/1.1\r\nHost: ").append(target_);
    if (!authorization_.empty()) out.append("\r\nProxy-Authorization: ").append(authorization_);
    out.append("\r\n\r\n");
  }

  Result<bool> receive(std::string_view& bytes, std::string& /*out*/) override {
    while (true) {
      const auto complete = parser_.parse(bytes, head_);
      if (!complete.ok()) return Status(Code::kProxy, tried() + complete.status().message());
      if (!complete.value()) return false;
      if (head_.status >= 200) break;
      if (++interim_replies_ > kMostInterimReplies) {
        return Status(Code::kProxy, tried() + "more than 32 interim (1xx) replies");
      }
      head_.clear();
      parser_.reset();
    }
    if (head_.status < 300) return true;
    return Status(Code::kProxy, tried() + std::to_string(head_.status) + " " + head_.reason);
  }

 private:
  std::string tried() const { return "proxy refuses CONNECT " + target_ + ": "; }

  const std::string target_;
  const std::string authorization_;
  http::HeadParser parser_{http::HeadParser::Kind::kResponse};
  http::ResponseHead head_;
  int interim_replies_ = 0;
};

}  // namespace

std::unique_ptr<Tunnel> make_connect_tunnel(const TunnelEnd& end, std::string_view authorization) {
  const bool is_ipv6 = end.host.find(':') != std::string::npos;
  std::string target = is_ipv6 ? "[" + end.host.substr(0, end.host.find('%')) + "]" : end.host;
  target.append(":").append(std::to_string(end.port));
  return std::make_unique<ConnectTunnel>(std::move(target), authorization);
}

}  // namespace locust_like::client
