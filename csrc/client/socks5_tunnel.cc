#include <algorithm>
#include <array>
#include <utility>

#include "client/tunnel.h"

namespace locust_like::client {
namespace {

constexpr char kVersion = 5;
constexpr char kPasswordVersion = 1;
constexpr char kNoAuthentication = 0;
constexpr char kPassword = 2;
constexpr char kConnect = 1;
enum AddressType : char { kIpv4 = 1, kName = 3, kIpv6 = 4 };
constexpr size_t kIpv4Bytes = 4;
constexpr size_t kIpv6Bytes = 16;
constexpr size_t kMostNameBytes = 255;

// RFC 1928 section 6.
std::string_view reply_text(unsigned char reply) {
  static constexpr std::array<std::string_view, 9> kTexts = {
      "succeeded",           "general failure",       "not allowed by its rules",
      "network unreachable", "host unreachable",      "connection refused",
      "TTL expired",         "command not supported", "address type not supported"};
  return reply < kTexts.size() ? kTexts.at(reply) : "unknown reply";
}

Status refused(std::string text) { return {Code::kProxy, "proxy (SOCKS5): " + std::move(text)}; }

class Socks5Tunnel final : public Tunnel {
 public:
  Socks5Tunnel(TunnelEnd end, const Proxy& proxy) : end_(std::move(end)), proxy_(proxy) {}

  void start(std::string& out) override {
    out.push_back(kVersion);
    out.push_back(proxy_.has_credentials() ? 2 : 1);
    out.push_back(kNoAuthentication);
    if (proxy_.has_credentials()) out.push_back(kPassword);
  }

  // A step is as large as the field that comes next, so nothing behind the last reply is taken.
  Result<bool> receive(std::string_view& bytes, std::string& out) override {
    while (state_ != State::kOpen) {
      const size_t missing = wanted() - held_.size();
      const size_t taken = std::min(missing, bytes.size());
      held_.append(bytes.substr(0, taken));
      bytes.remove_prefix(taken);
      if (taken < missing) return false;
      if (wanted() > held_.size()) continue;  // the length of the address is known now
      Status status = step(out);
      if (!status.ok()) return status;
      held_.clear();
    }
    return true;
  }

 private:
  enum class State : uint8_t { kMethod, kPasswordReply, kReply, kOpen };
  // Of a reply: version, reply, reserved, type of address, and the first byte of that.
  static constexpr size_t kReplyStart = 5;

  size_t wanted() const {
    if (state_ != State::kReply) return 2;
    if (held_.size() < kReplyStart) return kReplyStart;
    constexpr size_t kBeforeAddress = kReplyStart - 1;
    constexpr size_t kPortBytes = 2;
    switch (held_[3]) {
      case kIpv4:
        return kBeforeAddress + kIpv4Bytes + kPortBytes;
      case kIpv6:
        return kBeforeAddress + kIpv6Bytes + kPortBytes;
      case kName:
        return kReplyStart + static_cast<unsigned char>(held_[4]) + kPortBytes;
      default:
        return kReplyStart;  // step() refuses it
    }
  }

  Status step(std::string& out) {
    switch (state_) {
      case State::kMethod:
        return choose_method(out);
      case State::kPasswordReply:
        if (held_[1] != 0) return refused("user or password refused");
        return ask(out);
      case State::kReply:
        return read_reply();
      case State::kOpen:
        break;
    }
    return {};
  }

  Status choose_method(std::string& out) {
    if (held_[0] != kVersion) return refused("the peer does not speak SOCKS5");
    if (held_[1] == kNoAuthentication) return ask(out);
    if (held_[1] != kPassword || !proxy_.has_credentials()) {
      return refused(proxy_.has_credentials() ? "it takes no user and password"
                                              : "it demands a user and password");
    }
    out.push_back(kPasswordVersion);
    append_counted(proxy_.user, out);
    append_counted(proxy_.password, out);
    state_ = State::kPasswordReply;
    return {};
  }

  Status ask(std::string& out) {
    if (!end_.address && end_.host.size() > kMostNameBytes) {
      return refused("the name of the server has more than 255 bytes");
    }
    out.push_back(kVersion);
    out.push_back(kConnect);
    out.push_back(0);
    if (end_.address) {
      out.push_back(end_.address->is_ipv6() ? kIpv6 : kIpv4);
      out.append(end_.address->ip_bytes());
    } else {
      out.push_back(kName);
      append_counted(end_.host, out);
    }
    out.push_back(static_cast<char>(end_.port >> 8));
    out.push_back(static_cast<char>(end_.port & 0xff));
    state_ = State::kReply;
    return {};
  }

  Status read_reply() {
    const auto reply = static_cast<unsigned char>(held_[1]);
    if (held_[0] != kVersion) return refused("a reply of another version");
    if (reply != 0) {
      return refused("no way to " + end_.host + ":" + std::to_string(end_.port) + ": " +
                     std::string(reply_text(reply)) + " (" + std::to_string(reply) + ")");
    }
    if (wanted() == kReplyStart) return refused("a reply with an unknown type of address");
    state_ = State::kOpen;
    return {};
  }

  static void append_counted(std::string_view text, std::string& out) {
    out.push_back(static_cast<char>(text.size()));
    out.append(text);
  }

  const TunnelEnd end_;
  const Proxy& proxy_;
  State state_ = State::kMethod;
  std::string held_;
};

}  // namespace

std::unique_ptr<Tunnel> make_socks5_tunnel(const TunnelEnd& end, const Proxy& proxy) {
  return std::make_unique<Socks5Tunnel>(end, proxy);
}

}  // namespace locust_like::client
