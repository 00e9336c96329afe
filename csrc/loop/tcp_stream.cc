#include "loop/tcp_stream.h"

#include <sys/socket.h>

#include <utility>

#include "loop/cell.h"
#include "loop/socket_errors.h"

namespace locust_like::loop {
namespace {

using ConnectRequest = Request<uv_connect_t, Address>;
using WriteRequest = Request<uv_write_t, std::string>;
using ShutdownRequest = Request<uv_shutdown_t, char>;

template <typename Uv>
uv_stream_t* stream_of(const Handle<Uv>& handle) {
  return reinterpret_cast<uv_stream_t*>(&handle->uv);
}

template <typename Request>
TcpStream* owner_of_request(const Request* request) {
  return owner_of<TcpStream>(request->handle);
}

using NameFunction = int(const uv_tcp_t*, sockaddr*, int*);

Address socket_name(const Handle<uv_tcp_t>& handle, NameFunction* name_of) {
  if (handle == nullptr) return {};
  sockaddr_storage storage = {};
  int length = sizeof storage;
  if (name_of(&handle->uv, reinterpret_cast<sockaddr*>(&storage), &length) != 0) return {};
  return Address::from_sockaddr(reinterpret_cast<const sockaddr*>(&storage));
}

// libuv calls it the end of the stream, too, when a RST came together with the last bytes.
int pending_error(const Handle<uv_tcp_t>& handle) {
  uv_os_fd_t fd = -1;
  int error = 0;
  socklen_t size = sizeof error;
  if (uv_fileno(handle->base(), &fd) != 0) return 0;
  return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? uv_translate_sys_error(error)
                                                                  : 0;
}

Handle<uv_tcp_t> make_tcp(Loop& loop, void* owner) {
  Handle<uv_tcp_t> handle = make_handle<uv_tcp_t>(loop, owner, uv_tcp_init);
  // Remembered by libuv and set as soon as there is a socket.
  if (handle != nullptr) uv_tcp_nodelay(&handle->uv, 1);
  return handle;
}

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
      stream_.events_.on_connected(status_);
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

TcpStream::TcpStream(Loop& loop, Events& events)
    : loop_(loop), events_(events), handle_(make_tcp(loop, this)) {}

TcpStream::~TcpStream() {
  loop_.assert_on_thread();
  assert(!in_event_ && "a stream must not be destroyed inside its own event");
}

void TcpStream::connect(const Address& address) {
  assert(handle_ != nullptr);
  auto request = std::make_unique<ConnectRequest>();
  request->payload = address;
  const auto on_connect = [](uv_connect_t* raw, int error) {
    TcpStream* const self = owner_of_request(raw);
    const auto done = ConnectRequest::reclaim(raw);
    if (self != nullptr) self->connected(error, done->payload);
  };
  const int error = uv_tcp_connect(&request->uv, &handle_->uv, address.get(), on_connect);
  if (error == 0) {
    ConnectRequest::hand_over(std::move(request));
    return;
  }
  broken_ = true;
  late_ = std::make_unique<LateReport>(
      *this, true, socket_status(Code::kConnect, "connect to " + address.to_string(), error));
}

void TcpStream::connected(int error, const Address& address) {
  const InEvent guard(*this);
  if (error != 0) {
    broken_ = true;
    events_.on_connected(socket_status(Code::kConnect, "connect to " + address.to_string(), error));
    return;
  }
  start_reading();
  events_.on_connected(Status());
}

void TcpStream::start_reading() {
  const auto on_allocate = [](uv_handle_t* handle, size_t, uv_buf_t* buffer) {
    auto* self = owner_of<TcpStream>(handle);
    *buffer = uv_buf_init(self == nullptr ? nullptr : self->loop_.read_buffer(),
                          self == nullptr ? 0 : Loop::kReadBufferBytes);
  };
  const auto on_read = [](uv_stream_t* handle, ssize_t count, const uv_buf_t* buffer) {
    if (auto* self = owner_of<TcpStream>(handle)) self->read(count, buffer->base);
  };
  uv_read_start(stream_of(handle_), on_allocate, on_read);
}

void TcpStream::read(int64_t count, const char* bytes) {
  if (count == 0) return;  // EAGAIN
  const InEvent guard(*this);
  if (count > 0) {
    events_.on_bytes({bytes, static_cast<size_t>(count)});
  } else if (const int error = count == UV_EOF ? pending_error(handle_) : 0; error != 0) {
    report_broken(socket_status(Code::kReset, "read from " + remote_address().to_string(), error));
  } else if (count == UV_EOF) {
    events_.on_end();
  } else {
    report_broken(socket_status(Code::kReset, "read from " + remote_address().to_string(),
                                static_cast<int>(count)));
  }
}

void TcpStream::write(std::string_view bytes) {
  if (broken_ || late_ != nullptr || bytes.empty()) return;
  const auto buffer_of = [](std::string_view view) {
    return uv_buf_init(const_cast<char*>(view.data()), static_cast<unsigned>(view.size()));
  };
  uv_buf_t buffer = buffer_of(bytes);
  const int taken = uv_try_write(stream_of(handle_), &buffer, 1);
  if (taken > 0) bytes.remove_prefix(static_cast<size_t>(taken));
  if (bytes.empty()) return;
  if (taken < 0 && taken != UV_EAGAIN) {
    break_late(taken, "write to ");
    return;
  }
  auto request = std::make_unique<WriteRequest>();
  request->payload = bytes;
  buffer = buffer_of(request->payload);
  const auto on_written = [](uv_write_t* raw, int error) {
    TcpStream* const self = owner_of_request(raw);
    const auto done = WriteRequest::reclaim(raw);
    if (self != nullptr) self->written(error);
  };
  const int error = uv_write(&request->uv, stream_of(handle_), &buffer, 1, on_written);
  if (error != 0) {
    break_late(error, "write to ");
    return;
  }
  WriteRequest::hand_over(std::move(request));
}

void TcpStream::written(int error) {
  if (error != 0) {
    break_late(error, "write to ");
  } else if (queued_bytes() == 0 && !broken_) {
    const InEvent guard(*this);
    events_.on_drained();
  }
}

void TcpStream::break_late(int error, std::string_view what) {
  if (broken_ || late_ != nullptr) return;
  const std::string tried = std::string(what) + remote_address().to_string();
  late_ = std::make_unique<LateReport>(*this, false, socket_status(Code::kReset, tried, error));
}

void TcpStream::report_broken(const Status& status) {
  if (std::exchange(broken_, true)) return;
  if (late_ != nullptr) late_->cancel();
  pause_reading();
  const InEvent guard(*this);
  events_.on_broken(status);
}

size_t TcpStream::queued_bytes() const {
  return handle_ == nullptr ? 0 : uv_stream_get_write_queue_size(stream_of(handle_));
}

void TcpStream::pause_reading() {
  if (handle_ != nullptr) uv_read_stop(stream_of(handle_));
}

void TcpStream::resume_reading() {
  if (!broken_) start_reading();
}

void TcpStream::shutdown_write() {
  if (broken_ || late_ != nullptr) return;
  auto request = std::make_unique<ShutdownRequest>();
  // A failure shows in reading, too.
  const auto on_shutdown = [](uv_shutdown_t* raw, int) { ShutdownRequest::reclaim(raw); };
  if (uv_shutdown(&request->uv, stream_of(handle_), on_shutdown) == 0) {
    ShutdownRequest::hand_over(std::move(request));
  }
}

void TcpStream::close() {
  broken_ = true;
  late_.reset();
  handle_.reset();
}

void TcpStream::set_reset_on_close() {
  uv_os_fd_t fd = -1;
  if (handle_ == nullptr || uv_fileno(handle_->base(), &fd) != 0) return;
  const linger reset = {.l_onoff = 1, .l_linger = 0};
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
}

Address TcpStream::local_address() const { return socket_name(handle_, uv_tcp_getsockname); }

Address TcpStream::remote_address() const { return socket_name(handle_, uv_tcp_getpeername); }

TcpListener::TcpListener(Loop& loop, Events& events)
    : loop_(loop), events_(events), handle_(make_handle<uv_tcp_t>(loop, this, uv_tcp_init)) {}

TcpListener::~TcpListener() = default;

Status TcpListener::listen(const Address& address, int backlog) {
  const auto on_connection = [](uv_stream_t* server, int error) {
    auto* self = owner_of<TcpListener>(server);
    // Errors are connections that were gone or refused for want of descriptors; libuv goes on.
    if (self != nullptr && error == 0) self->events_.on_accept(*self);
  };
  int error = uv_tcp_bind(&handle_->uv, address.get(), 0);
  if (error == 0) error = uv_listen(stream_of(handle_), backlog, on_connection);
  if (error != 0) return socket_status(Code::kConnect, "listen on " + address.to_string(), error);
  return {};
}

Address TcpListener::local_address() const { return socket_name(handle_, uv_tcp_getsockname); }

std::unique_ptr<TcpStream> TcpListener::accept(TcpStream::Events& events) {
  auto stream = std::make_unique<TcpStream>(loop_, events);
  if (uv_accept(stream_of(handle_), stream_of(stream->handle_)) != 0) return nullptr;
  stream->start_reading();
  return stream;
}

}  // namespace locust_like::loop
