#include "client/digest_nonces.h"

#include <utility>

namespace locust_like::client {
namespace {

// Scripts may make credentials up without end.
constexpr size_t kMostKnown = 1000;

}  // namespace

DigestNonce* DigestNonces::find(const std::string& origin, const DigestCredentials& credentials) {
  const auto found = known_.find({origin, credentials.user, credentials.password});
  if (found == known_.end() || found->second.challenge.session_keyed) return nullptr;
  return &found->second;
}

DigestNonce& DigestNonces::remember(const std::string& origin, const DigestCredentials& credentials,
                                    DigestChallenge challenge) {
  if (known_.size() >= kMostKnown) known_.clear();
  DigestNonce& known = known_[{origin, credentials.user, credentials.password}];
  if (known.challenge.nonce != challenge.nonce) known.count = 0;
  known.challenge = std::move(challenge);
  return known;
}

}  // namespace locust_like::client
