// The master's transport: a ROUTER that answers ZAP itself.
#include <algorithm>
#include <array>
#include <cerrno>
#include <iterator>
#include <utility>
#include <vector>

#include "cluster/zmq_socket.h"
#include "cluster/zmq_transport.h"

namespace locust_like::cluster {
namespace {

constexpr int kKeepaliveIdle_s = 10;
constexpr int kKeepaliveInterval_s = 5;
constexpr int kKeepaliveCount = 3;
// With another name ZeroMQ finds no handler, and lets everybody in.
constexpr const char* kZapAddress = "inproc://zeromq.zap.01";
constexpr const char* kZapDomain = "locust_like";

class MasterTransport final : public Transport {
 public:
  // Throws zmq::error_t.
  MasterTransport(const ClusterKeys& keys, Endpoint& endpoint)
      : client_key_(keys.client.public_key),
        router_(zmq::socket_type::router),
        zap_(std::make_unique<zmq::socket_t>(router_.context(), zmq::socket_type::rep)) {
    zap_->set(zmq::sockopt::linger, 0);
    zap_->bind(kZapAddress);
    zmq::socket_t& socket = router_.socket();
    socket.set(zmq::sockopt::router_mandatory, true);
    socket.set(zmq::sockopt::router_handover, true);
    // The kernel finds dead connections. ZeroMQ's own probes are the workers' business: with
    // hundreds of connections its timers would be a tenth of a master's work.
    socket.set(zmq::sockopt::tcp_keepalive, 1);
    socket.set(zmq::sockopt::tcp_keepalive_idle, kKeepaliveIdle_s);
    socket.set(zmq::sockopt::tcp_keepalive_intvl, kKeepaliveInterval_s);
    socket.set(zmq::sockopt::tcp_keepalive_cnt, kKeepaliveCount);
    socket.set(zmq::sockopt::curve_server, true);
    socket.set(zmq::sockopt::curve_secretkey, as_buffer(keys.server.secret_key));
    socket.set(zmq::sockopt::zap_domain, kZapDomain);
    const std::string port = endpoint.port == 0 ? "*" : std::to_string(endpoint.port);
    const std::string address = endpoint.text();
    socket.bind("tcp://" + address.substr(0, address.rfind(':') + 1) + port);
    const std::string bound = socket.get(zmq::sockopt::last_endpoint);
    endpoint.port = static_cast<uint16_t>(std::stoul(bound.substr(bound.rfind(':') + 1)));
  }

  ~MasterTransport() override {
    if (!router_.is_ours()) (void)zap_.release();  // as ~ZmqSocket
  }
  MasterTransport(const MasterTransport&) = delete;
  MasterTransport& operator=(const MasterTransport&) = delete;

  Sent send(const PeerId& peer, std::string_view bytes) override {
    if (!router_.is_ours()) return Sent::kGone;
    try {
      zmq::socket_t& socket = router_.socket();
      const auto flags = zmq::send_flags::dontwait | zmq::send_flags::sndmore;
      if (!socket.send(as_buffer(peer), flags)) return Sent::kFull;
      // A part after the first is never refused.
      (void)socket.send(as_buffer(bytes), zmq::send_flags::dontwait);
      return Sent::kYes;
    } catch (const zmq::error_t& error) {
      return error.num() == EAGAIN ? Sent::kFull : Sent::kGone;
    }
  }

  bool receive(Incoming& incoming) override {
    return router_.is_ours() && receive_parts(router_.socket(), &incoming.peer, incoming.bytes);
  }

  std::optional<Notice> take_notice() override {
    if (!router_.is_ours()) return std::nullopt;
    if (std::optional<Notice> notice = answer_zap()) return notice;
    while (const auto event = router_.take_monitor_event()) {
      if (event->event == ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL ||
          event->event == ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL) {
        return Notice{Notice::Kind::kStranger, "a connection without the join token was refused"};
      }
    }
    return std::nullopt;
  }

  void wait(Nanos time) override { router_.wait(time, zap_.get()); }
  void wake() override { router_.wake(); }
  void close(Nanos linger) override { router_.close(linger, zap_.get()); }

 private:
  // Answers all that wait; the notice is about the last that was refused.
  // Source: https://rfc.zeromq.org/spec/27/
  std::optional<Notice> answer_zap() {
    std::optional<Notice> notice;
    std::vector<std::string> parts;
    while (receive_all(parts)) {
      constexpr size_t kVersion = 0, kRequest = 1, kAddress = 3, kMechanism = 5, kClientKey = 6;
      const bool is_known = parts.size() > kClientKey && parts[kVersion] == "1.0" &&
                            parts[kMechanism] == "CURVE" && is_our_key(parts[kClientKey]);
      const std::string request = parts.size() > kRequest ? parts[kRequest] : std::string();
      answer(request, is_known);
      if (is_known) continue;
      const std::string from = parts.size() > kAddress ? " from " + readable(parts[kAddress]) : "";
      notice = Notice{Notice::Kind::kStranger, "a worker" + from + " has another join token"};
    }
    return notice;
  }

  static std::string readable(std::string_view address) {
    constexpr std::string_view kMapped = "::ffff:";  // IPv4 on a socket for both
    if (address.substr(0, kMapped.size()) == kMapped) address.remove_prefix(kMapped.size());
    return std::string(address);
  }

  bool is_our_key(const std::string& key) const {
    return std::equal(key.begin(), key.end(), client_key_.begin(), client_key_.end(),
                      [](char a, uint8_t b) { return static_cast<uint8_t>(a) == b; });
  }

  bool receive_all(std::vector<std::string>& parts) {
    parts.clear();
    try {
      zmq::message_t part;
      do {
        if (!zap_->recv(part, zmq::recv_flags::dontwait)) return false;
        parts.push_back(part.to_string());
      } while (part.more());
      return true;
    } catch (const zmq::error_t&) {
      return false;
    }
  }

  void answer(const std::string& request, bool is_known) {
    const std::string_view code = is_known ? "200" : "400";
    const std::string_view text = is_known ? "OK" : "unknown key";
    const std::string_view reply[] = {"1.0", request, code, text, "", ""};
    try {
      for (size_t i = 0; i < std::size(reply); ++i) {
        const bool is_last = i + 1 == std::size(reply);
        zap_->send(as_buffer(reply[i]), is_last ? zmq::send_flags::none : zmq::send_flags::sndmore);
      }
    } catch (const zmq::error_t&) {  // nobody waits for the answer any more
    }
  }

  const Key client_key_;
  ZmqSocket router_;
  std::unique_ptr<zmq::socket_t> zap_;
};

}  // namespace

Result<std::unique_ptr<Transport>> listen_for_workers(const ClusterKeys& keys, Endpoint& endpoint) {
  const std::string what = "listen on " + endpoint.text();
  try {
    return std::unique_ptr<Transport>(std::make_unique<MasterTransport>(keys, endpoint));
  } catch (const zmq::error_t& error) {
    if (error.num() == ENODEV) {
      return Status(Code::kInvalidArgument, what + ": no address of this machine has that name");
    }
    return status_of(error, what);
  }
}

}  // namespace locust_like::cluster
