#include "cluster/zmq_transport.h"

namespace locust_like::cluster {

std::string Endpoint::text() const {
  const bool is_ipv6 = host.find(':') != std::string::npos && host.front() != '[';
  return (is_ipv6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

}  // namespace locust_like::cluster
