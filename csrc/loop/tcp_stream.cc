#include "loop/tcp_stream.h"

#include <sys/socket.h>

#include <cassert>
#include <cerrno>
#include <utility>

#include "loop/socket_calls.h"
#include "loop/socket_errors.h"

namespace locust_like::loop {
namespace {

// Reads in one pass before other connections get their turn.
constexpr int kMostReads = 32;

}  // namespace

// Marks that one of the stream's events is running, for the destructor's assertion.
class TcpStream::InEvent {
 public:
  explicit InEvent(TcpStream& stream) : stream_(stream), outer_(stream.in_event_) {
    stream_.in_event_ = true;
  }
  ~InEvent() { stream_.in_event_ = outer_; }
  InEvent(const InEvent&) = delete;
  InEvent& operator=(const InEvent&) = delete;

 private:
  TcpStream& stream_;
  const bool outer_;
};

// Reports a failure that was found inside a call of the owner, two loop passes later: a full poll
// lies in between, which delivers what the peer sent before it broke the connection (an early 413).
class TcpStream::LateReport final : public Timer {
 public:
  LateReport(TcpStream& stream, bool connecting, Status status)
      : stream_(stream), connecting_(connecting), status_(std::move(status)) {
    stream_.loop_.wheel().schedule(*this, steady_now());
  }

 private:
  void on_timer() override {
    if (connecting_) {
      const InEvent guard(stream_);
      stream_.events_->on_connected(status_);
    } else if (!polled_) {
      polled_ = true;
      stream_.loop_.wheel().schedule(*this, steady_now());
    } else {
      stream_.report_broken(status_);
    }
  }

  TcpStream& stream_;
  bool connecting_;
  bool polled_ = false;
  Status status_;
};

TcpStream::TcpStream(Loop& loop, TcpStream::Events& events)
    : loop_(loop), events_(&events), watch_(*this) {}

TcpStream::~TcpStream() {
  loop_.assert_on_thread();
  assert(!in_event_ && "a stream must not be destroyed inside its own event");
  close();
}

bool TcpStream::take(int fd) {
  fd_ = fd;
  return watch_.start(loop_, fd_) == 0;
}

void TcpStream::connect(const Address& address, const Address* from) {
  assert(fd_ < 0 && !broken_);
  peer_ = address;
  connecting_ = true;
  const int error = open(address, from);
  if (error == 0) return;
  broken_ = true;
  late_ = std::make_unique<LateReport>(
      *this, true, socket_status(Code::kConnect, "connect to " + address.to_string(), error));
}

// Returns 0, then on_ready tells how it went, or a negative error number.
int TcpStream::open(const Address& address, const Address* from) {
  fd_ = open_socket(address.get()->sa_family);
  if (fd_ < 0) return fd_;
  int error = from != nullptr ? bind_source(fd_, *from) : 0;
  if (error == 0) error = connect_socket(fd_, address);
  if (error != 0 && error != -EINPROGRESS) return error;
  return watch_.start(loop_, fd_);
}

void TcpStream::on_ready(SocketWatch::Ready ready) {
  if (connecting_) {
    if (!ready.writable) return;
    finish_connect();
  }
  if (ready.writable && queued_bytes() > 0) send_queue();
  if (ready.readable && !paused_ && !ended_ && is_open()) read(ready.ending);
}

void TcpStream::finish_connect() {
  const InEvent guard(*this);
  connecting_ = false;
  const int error = take_error(fd_);
  if (error == 0) return events_->on_connected(Status());
  broken_ = true;
  const std::string tried = "connect to " + peer_.to_string();
  events_->on_connected(socket_status(Code::kConnect, tried, error));
}

// Whatever a short read leaves behind comes with an event of its own, but for the end.
void TcpStream::read(bool to_the_end) {
  for (int i = 0; i < kMostReads; ++i) {
    const ssize_t count = recv(fd_, loop_.read_buffer(), Loop::kReadBufferBytes, 0);
    if (count <= 0) {
      if (count < 0 && errno == EINTR) continue;
      return count == 0 ? read_failed(0) : read_failed(errno);
    }
    const InEvent guard(*this);
    events_->on_bytes({loop_.read_buffer(), static_cast<size_t>(count)});
    if (paused_ || !is_open()) return;
    if (static_cast<size_t>(count) < Loop::kReadBufferBytes && !to_the_end) return;
  }
  watch_.again();
}

// `error` 0 = the peer's FIN.
void TcpStream::read_failed(int error) {
  if (error == EAGAIN || error == EWOULDBLOCK) return;
  if (error != 0) {
    return report_broken(
        socket_status(Code::kReset, "read from " + remote_address().to_string(), -error));
  }
  ended_ = true;
  watch_.want(false, queued_bytes() > 0);
  const InEvent guard(*this);
  events_->on_end();
}

void TcpStream::write(std::string_view bytes) {
  if (broken_ || late_ != nullptr) return;
  if (queued_bytes() == 0 && !send_some(bytes)) return;
  if (bytes.empty()) return;
  queue_.append(bytes);
  watch_.want(!paused_ && !ended_, true);
}

// Takes from the front of `bytes` what the kernel takes. False after an error.
bool TcpStream::send_some(std::string_view& bytes) {
  while (!bytes.empty()) {
    const ssize_t taken = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (taken >= 0) {
      bytes.remove_prefix(static_cast<size_t>(taken));
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      return true;
    } else if (errno != EINTR) {
      break_late(-errno);
      return false;
    }
  }
  return true;
}

void TcpStream::send_queue() {
  if (broken_ || late_ != nullptr) return;
  std::string_view rest = std::string_view(queue_).substr(queue_sent_);
  const bool sent = send_some(rest);
  queue_sent_ = queue_.size() - rest.size();
  if (!sent || !rest.empty()) return;
  std::string().swap(queue_);
  queue_sent_ = 0;
  watch_.want(!paused_ && !ended_, false);
  if (finishing_) shutdown(fd_, SHUT_WR);
  const InEvent guard(*this);
  events_->on_drained();
}

void TcpStream::break_late(int error) {
  const std::string tried = "write to " + remote_address().to_string();
  give_up(socket_status(Code::kReset, tried, error));
}

void TcpStream::give_up(Status status) {
  if (broken_ || late_ != nullptr) return;
  late_ = std::make_unique<LateReport>(*this, false, std::move(status));
}

void TcpStream::report_broken(const Status& status) {
  if (std::exchange(broken_, true)) return;
  if (late_ != nullptr) late_->cancel();
  watch_.stop();
  const InEvent guard(*this);
  events_->on_broken(status);
}

void TcpStream::pause_reading() {
  paused_ = true;
  watch_.want(false, queued_bytes() > 0);
}

void TcpStream::resume_reading() {
  paused_ = false;
  watch_.want(!ended_, queued_bytes() > 0);
}

void TcpStream::shutdown_write() {
  if (broken_ || late_ != nullptr) return;
  finishing_ = true;
  // A failure shows in reading, too.
  if (queued_bytes() == 0) shutdown(fd_, SHUT_WR);
}

void TcpStream::close() {
  broken_ = true;
  late_.reset();
  watch_.stop();
  close_socket(std::exchange(fd_, -1));
}

void TcpStream::set_reset_on_close() {
  const linger reset = {.l_onoff = 1, .l_linger = 0};
  setsockopt(fd_, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
}

Address TcpStream::local_address() const { return socket_name(fd_, getsockname); }

Address TcpStream::remote_address() const {
  if (peer_ == Address()) return socket_name(fd_, getpeername);  // accepted
  return fd_ < 0 || connecting_ ? Address() : peer_;
}

}  // namespace locust_like::loop
