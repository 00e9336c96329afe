// The worker's transport: a DEALER that connects until it is told to stop.
#include <utility>

#include "cluster/zmq_socket.h"
#include "cluster/zmq_transport.h"

namespace locust_like::cluster {
namespace {

constexpr int kFirstRetry_ms = 100;
constexpr int kLastRetry_ms = 2000;
constexpr int kConnectTimeout_ms = 2000;
// A dead link is left, and another tried, after so long without an answer: later than our own limit
// for a master's silence, whose text is the better one.
constexpr int kProbeInterval_ms = 1000;
constexpr int kProbeTimeout_ms = 5000;

class WorkerTransport final : public Transport {
 public:
  // Throws zmq::error_t.
  WorkerTransport(const JoinToken& token, const Endpoint& endpoint, const PeerId& id)
      : master_(endpoint.text()), dealer_(zmq::socket_type::dealer) {
    zmq::socket_t& socket = dealer_.socket();
    socket.set(zmq::sockopt::routing_id, id);
    socket.set(zmq::sockopt::immediate, true);
    socket.set(zmq::sockopt::reconnect_ivl, kFirstRetry_ms);
    socket.set(zmq::sockopt::reconnect_ivl_max, kLastRetry_ms);
    socket.set(zmq::sockopt::connect_timeout, kConnectTimeout_ms);
    socket.set(zmq::sockopt::heartbeat_ivl, kProbeInterval_ms);
    socket.set(zmq::sockopt::heartbeat_timeout, kProbeTimeout_ms);
    socket.set(zmq::sockopt::curve_serverkey, as_buffer(token.server_public_key));
    socket.set(zmq::sockopt::curve_publickey, as_buffer(token.client.public_key));
    socket.set(zmq::sockopt::curve_secretkey, as_buffer(token.client.secret_key));
    socket.connect("tcp://" + master_);
  }

  Sent send(const PeerId& /*peer*/, std::string_view bytes) override {
    if (!dealer_.is_ours()) return Sent::kGone;
    try {
      const auto sent = dealer_.socket().send(as_buffer(bytes), zmq::send_flags::dontwait);
      return sent ? Sent::kYes : Sent::kFull;
    } catch (const zmq::error_t&) {
      return Sent::kGone;
    }
  }

  bool receive(Incoming& incoming) override {
    return dealer_.is_ours() && receive_parts(dealer_.socket(), nullptr, incoming.bytes);
  }

  std::optional<Notice> take_notice() override {
    if (!dealer_.is_ours()) return std::nullopt;
    while (const auto event = dealer_.take_monitor_event()) {
      if (std::optional<Notice> notice = notice_of(event->event)) return notice;
    }
    return std::nullopt;
  }

  void wait(Nanos time) override { dealer_.wait(time, nullptr); }
  void wake() override { dealer_.wake(); }
  void close(Nanos linger) override { dealer_.close(linger, nullptr); }

 private:
  enum class Stage { kNone, kTcp, kRefused, kReady };

  std::optional<Notice> notice_of(int event) {
    const bool was_tried = std::exchange(was_tried_, event != ZMQ_EVENT_CONNECT_RETRIED);
    switch (event) {
      case ZMQ_EVENT_CONNECT_RETRIED:
        if (was_tried) return std::nullopt;
        return refused("the name in " + master_ + " cannot be found: correct --master-host");
      case ZMQ_EVENT_CONNECTED:
        stage_ = Stage::kTcp;
        return std::nullopt;
      case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
        stage_ = Stage::kReady;
        return Notice{Notice::Kind::kConnected, {}};
      case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH:
        stage_ = Stage::kRefused;
        return refused("the master at " + master_ +
                       " does not know this join token; give this worker the token that the "
                       "master printed");
      case ZMQ_EVENT_CLOSED:
      case ZMQ_EVENT_DISCONNECTED:
        return notice_of_loss(std::exchange(stage_, Stage::kNone));
      default:
        return std::nullopt;
    }
  }

  // ZeroMQ does not say why a handshake ended: a master that cannot read our first message, as it
  // is meant for another key, hangs up.
  std::optional<Notice> notice_of_loss(Stage stage) const {
    switch (stage) {
      case Stage::kReady:
        return Notice{Notice::Kind::kDisconnected, {}};
      case Stage::kTcp:
        return refused(master_ +
                       " hangs up on us: the join token is another master's, this is no "
                       "locust-like master, or larger packets get lost on the way; compare tokens, "
                       "ports and MTU");
      case Stage::kNone:
        return refused("nobody listens at " + master_ +
                       ", or no network leads there: start the master, or correct --master-host "
                       "and --master-port");
      case Stage::kRefused:
        return std::nullopt;  // told already
    }
    return std::nullopt;
  }

  static Notice refused(std::string text) { return {Notice::Kind::kRefused, std::move(text)}; }

  const std::string master_;
  ZmqSocket dealer_;
  Stage stage_ = Stage::kNone;
  // Whether something happened to a connection since the last try: if not, there was no address.
  bool was_tried_ = true;
};

}  // namespace

Result<std::unique_ptr<Transport>> connect_to_master(const JoinToken& token,
                                                     const Endpoint& endpoint, const PeerId& id) {
  if (endpoint.host.empty() || endpoint.port == 0) {
    return Status(Code::kInvalidArgument, "connect to a master: host or port is missing");
  }
  try {
    return std::unique_ptr<Transport>(std::make_unique<WorkerTransport>(token, endpoint, id));
  } catch (const zmq::error_t& error) {
    return status_of(error, "connect to " + endpoint.text());
  }
}

}  // namespace locust_like::cluster
