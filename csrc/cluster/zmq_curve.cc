#include "cluster/zmq_curve.h"

#include <zmq.h>

#include <cerrno>

namespace locust_like::cluster {
namespace {

using Z85 = std::array<char, 41>;

Status no_curve() {
  return Status::from_errno(Code::kInternal, "make CURVE keys with this ZeroMQ", errno);
}

}  // namespace

Result<KeyPair> make_curve_pair() {
  Z85 public_text{};
  Z85 secret_text{};
  if (zmq_curve_keypair(public_text.data(), secret_text.data()) != 0) return no_curve();
  KeyPair pair;
  zmq_z85_decode(pair.public_key.data(), public_text.data());
  zmq_z85_decode(pair.secret_key.data(), secret_text.data());
  return pair;
}

Result<Key> curve_public_key(const Key& secret_key) {
  Z85 public_text{};
  Z85 secret_text{};
  zmq_z85_encode(secret_text.data(), secret_key.data(), secret_key.size());
  if (zmq_curve_public(public_text.data(), secret_text.data()) != 0) return no_curve();
  Key key{};
  zmq_z85_decode(key.data(), public_text.data());
  return key;
}

}  // namespace locust_like::cluster
