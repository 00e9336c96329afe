#include "loop/socket_calls.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <unistd.h>

#include <cerrno>

namespace locust_like::loop {
namespace {

socklen_t size_of(const Address& address) {
  return address.is_ipv6() ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
}

void set_no_delay(int fd) {
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

#if defined(LL_PORTABLE)
int prepared(int fd) {
  if (fd < 0) return -errno;
  fcntl(fd, F_SETFL, O_NONBLOCK);
  fcntl(fd, F_SETFD, FD_CLOEXEC);
  return fd;
}
#endif

}  // namespace

int open_socket(int family) {
  if (family != AF_INET && family != AF_INET6) return -EINVAL;
#if defined(LL_PORTABLE)
  const int fd = prepared(socket(family, SOCK_STREAM, 0));
  if (fd < 0) return fd;
#else
  const int fd = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return -errno;
#endif
  set_no_delay(fd);
  return fd;
}

int accept_socket(int listening_fd) {
  int fd = -1;
  do {
#if defined(LL_PORTABLE)
    fd = accept(listening_fd, nullptr, nullptr);
#else
    fd = accept4(listening_fd, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
#endif
  } while (fd < 0 && errno == EINTR);
  if (fd < 0) return -errno;
#if defined(LL_PORTABLE)
  fd = prepared(fd);
#endif
  set_no_delay(fd);
  return fd;
}

int bind_source(int fd, const Address& address) {
#if !defined(LL_PORTABLE)
  const int on = 1;
  setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
#endif
  return bind(fd, address.get(), size_of(address)) == 0 ? 0 : -errno;
}

int connect_socket(int fd, const Address& address) {
  int result = 0;
  do {
    result = connect(fd, address.get(), size_of(address));
  } while (result != 0 && errno == EINTR);
  return result == 0 ? 0 : -errno;
}

int listen_socket(int fd, const Address& address, int backlog) {
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const bool bound = bind(fd, address.get(), size_of(address)) == 0;
  return bound && listen(fd, backlog) == 0 ? 0 : -errno;
}

void close_socket(int fd) {
  if (fd >= 0) close(fd);
}

int take_error(int fd) {
  int error = 0;
  socklen_t size = sizeof error;
  return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? -error : -errno;
}

Address socket_name(int fd, NameCall* call) {
  sockaddr_storage storage = {};
  socklen_t length = sizeof storage;
  auto* address = reinterpret_cast<sockaddr*>(&storage);
  return fd >= 0 && call(fd, address, &length) == 0 ? Address::from_sockaddr(address) : Address();
}

}  // namespace locust_like::loop
