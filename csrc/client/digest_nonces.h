// DigestNonces: the challenges that a user has answered, so that its next calls need no 401 each.
//
// A nonce serves until the server sends another challenge; `count` goes up with each request, as
// the server expects (RFC 7616 3.4, nc). Algorithms with "-sess" are challenged each time: their
// key would be bound to the first request. Thread: the loop's.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>

#include "client/digest_auth.h"

namespace locust_like::client {

struct DigestNonce {
  DigestChallenge challenge;
  uint32_t count = 0;  // requests that were sent with it
};

class DigestNonces {
 public:
  // Null: none that can serve again. Valid until the next remember().
  DigestNonce* find(const std::string& origin, const DigestCredentials& credentials);
  DigestNonce& remember(const std::string& origin, const DigestCredentials& credentials,
                        DigestChallenge challenge);

 private:
  // Origin, user, password: a script may have users of its own in one session.
  std::map<std::tuple<std::string, std::string, std::string>, DigestNonce> known_;
};

}  // namespace locust_like::client
