// Digest authentication: from a 401 to the Authorization of the second exchange; pure.
//
// Thread: any. Source: RFC 7616 (RFC 2617 where a server sends no qop). Left out: auth-int, which
// hardly anybody offers, and user name hashing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/headers.h"
#include "tls/hash.h"

namespace locust_like::client {

struct DigestCredentials {
  std::string user;
  std::string password;
};

struct DigestChallenge {
  std::string realm;  // this and the others as they stood between the quotes
  std::string nonce;
  std::string opaque;
  std::string algorithm;  // as the server wrote it; empty: MD5
  tls::Hash hash = tls::Hash::kMd5;
  bool session_keyed = false;  // an algorithm with "-sess"
  bool has_qop = false;        // it offers qop=auth; otherwise the form of RFC 2069
};

// The first Digest challenge in the WWW-Authenticate fields that can be answered, or none.
std::optional<DigestChallenge> find_digest_challenge(const http::Headers& headers);

// The value of Authorization; none where the hash is forbidden. `target` is the request's target
// as sent, `cnonce` unpredictable text without quotes, `count` how often the nonce was used, with
// this time.
std::optional<std::string> digest_authorization(const DigestChallenge& challenge,
                                                const DigestCredentials& credentials,
                                                std::string_view method, std::string_view target,
                                                std::string_view cnonce, uint32_t count = 1);

}  // namespace locust_like::client
