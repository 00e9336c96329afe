// Keys: who may join, and whom a worker believes to be its master.
//
// The master has a CURVE key pair of its own (server) and one that all its workers share (client).
// The join token that workers get holds the server's public key and the client's secret key: with
// it a worker knows the master, and the master knows that the worker was given the token. It holds
// not the server's secret, so nobody who can join can play master.
// Thread: values. Errors: Code::kInvalidArgument with one sentence for people; texts never quote
// the keys.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace locust_like::cluster {

using Key = std::array<uint8_t, 32>;

struct KeyPair {
  Key public_key{};
  Key secret_key{};
};

// What a worker needs to join.
struct JoinToken {
  Key server_public_key{};
  KeyPair client;

  static Result<JoinToken> decode(std::string_view text);
};

// What a master keeps. A restarted master with the same keys is accepted by waiting workers.
struct ClusterKeys {
  KeyPair server;
  KeyPair client;

  static Result<ClusterKeys> generate();
  // Both ignore blanks around the text.
  static Result<ClusterKeys> decode(std::string_view text);
  std::string encode() const;
  std::string join_token() const;
};

}  // namespace locust_like::cluster
