// The few socket calls that streams and listeners make, with close-on-exec and without blocking.
// Errors are negative error numbers, as libuv's.
#pragma once

#include <sys/socket.h>

#include "loop/address.h"

namespace locust_like::loop {

// -EINVAL for a family that is no IP. TCP_NODELAY is on.
int open_socket(int family);
// The next connection of a listening socket, TCP_NODELAY on. -EAGAIN when nobody waits.
int accept_socket(int listening_fd);
// Lets connections start from this address; the kernel chooses the port once it knows the target,
// so that each target has all ports of the address.
int bind_source(int fd, const Address& address);
// 0, or -EINPROGRESS: take_error() tells once the socket is writable.
int connect_socket(int fd, const Address& address);
// Binds, with SO_REUSEADDR, and listens.
int listen_socket(int fd, const Address& address, int backlog);
// No-op for a negative descriptor.
void close_socket(int fd);
// What the socket's last failure was; clears it. 0 = none.
int take_error(int fd);

using NameCall = int(int, sockaddr*, socklen_t*);
// getsockname or getpeername; empty when there is none.
Address socket_name(int fd, NameCall* call);

}  // namespace locust_like::loop
