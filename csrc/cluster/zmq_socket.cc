#include "cluster/zmq_socket.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include "cluster/limits.h"

namespace locust_like::cluster {
namespace {

constexpr int kHandshakeTimeout_ms = 3000;
constexpr int kLinger_ms = 500;
constexpr int kQueuedMessages = 64;  // to and from one peer; the window of reports is smaller
constexpr const char* kMonitorAddress = "inproc://monitor";

}  // namespace

ZmqSocket::ZmqSocket(zmq::socket_type type)
    : pid_(getpid()),
      context_(std::make_unique<zmq::context_t>()),
      socket_(std::make_unique<zmq::socket_t>(*context_, type)) {
  if (pipe2(wakeup_.data(), O_NONBLOCK | O_CLOEXEC) != 0) throw zmq::error_t();
  socket_->set(zmq::sockopt::linger, kLinger_ms);
  socket_->set(zmq::sockopt::sndhwm, kQueuedMessages);
  socket_->set(zmq::sockopt::rcvhwm, kQueuedMessages);
  socket_->set(zmq::sockopt::maxmsgsize, static_cast<int64_t>(kMaxMessageBytes));
  socket_->set(zmq::sockopt::handshake_ivl, kHandshakeTimeout_ms);
  socket_->set(zmq::sockopt::ipv6, true);
  constexpr int kEvents = ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_CLOSED |
                          ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | ZMQ_EVENT_HANDSHAKE_SUCCEEDED |
                          ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH |
                          ZMQ_EVENT_CONNECTED | ZMQ_EVENT_CONNECT_DELAYED |
                          ZMQ_EVENT_CONNECT_RETRIED;
  if (zmq_socket_monitor(socket_->handle(), kMonitorAddress, kEvents) != 0) throw zmq::error_t();
  monitor_ = std::make_unique<zmq::socket_t>(*context_, zmq::socket_type::pair);
  monitor_->set(zmq::sockopt::linger, 0);
  monitor_->connect(kMonitorAddress);
}

ZmqSocket::~ZmqSocket() {
  for (const int fd : wakeup_) {
    if (fd >= 0) ::close(fd);
  }
  if (is_ours()) {
    close(Nanos(0), nullptr);
    return;
  }
  // Closing would wait for threads that do not exist here.
  (void)monitor_.release();
  (void)socket_.release();
  (void)context_.release();
}

std::optional<MonitorEvent> ZmqSocket::take_monitor_event() {
  std::string event;
  std::string address;
  if (!receive_parts(*monitor_, &event, address)) return std::nullopt;
  MonitorEvent result;
  uint16_t number = 0;
  if (event.size() != sizeof number + sizeof result.value) return std::nullopt;
  std::memcpy(&number, event.data(), sizeof number);
  std::memcpy(&result.value, event.data() + sizeof number, sizeof result.value);
  result.event = number;
  return result;
}

void ZmqSocket::wait(Nanos time, zmq::socket_t* other) {
  std::vector<zmq::pollitem_t> items = {{socket_->handle(), 0, ZMQ_POLLIN, 0},
                                        {monitor_->handle(), 0, ZMQ_POLLIN, 0},
                                        {nullptr, wakeup_[0], ZMQ_POLLIN, 0}};
  if (other != nullptr) items.push_back({other->handle(), 0, ZMQ_POLLIN, 0});
  const auto timeout = std::chrono::ceil<std::chrono::milliseconds>(std::max(time, Nanos(0)));
  try {
    zmq::poll(items, timeout);
  } catch (const zmq::error_t&) {  // a signal; the caller comes back anyway
    return;
  }
  if ((items[2].revents & ZMQ_POLLIN) != 0) drain_wakeups();
}

void ZmqSocket::wake() {
  const char byte = 0;
  while (write(wakeup_[1], &byte, 1) < 0 && errno == EINTR) {
  }
}

void ZmqSocket::close(Nanos linger, zmq::socket_t* other) {
  if (!is_ours() || !socket_) return;
  zmq_socket_monitor(socket_->handle(), nullptr, 0);
  monitor_.reset();
  socket_->set(zmq::sockopt::linger,
               static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(linger).count()));
  socket_.reset();
  if (other != nullptr) other->close();
  context_.reset();
}

void ZmqSocket::drain_wakeups() {
  std::array<char, 64> bytes{};
  while (read(wakeup_[0], bytes.data(), bytes.size()) > 0) {
  }
}

bool receive_parts(zmq::socket_t& socket, std::string* first, std::string& last) {
  try {
    zmq::message_t part;
    size_t count = 0;
    do {
      if (!socket.recv(part, zmq::recv_flags::dontwait)) return false;
      ++count;
      std::string* to = count == 1 && first != nullptr ? first : &last;
      to->assign(part.data<char>(), part.size());
    } while (part.more());
    if (count != (first == nullptr ? 1 : 2)) last.clear();
    return true;
  } catch (const zmq::error_t&) {
    return false;
  }
}

zmq::const_buffer as_buffer(std::string_view bytes) { return zmq::buffer(bytes); }

zmq::const_buffer as_buffer(const Key& key) { return zmq::buffer(key); }

Status status_of(const zmq::error_t& error, const std::string& what) {
  const bool is_ours = error.num() == EINVAL || error.num() == ENODEV;
  return {is_ours ? Code::kInvalidArgument : Code::kResources, what + ": " + error.what()};
}

}  // namespace locust_like::cluster
