#include "cluster/keys.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "cluster/zmq_curve.h"

namespace locust_like::cluster {
namespace {

constexpr std::string_view kTokenPrefix = "llj1-";
constexpr std::string_view kKeysPrefix = "llk1-";
constexpr std::string_view kBlanks = " \t\r\n";
constexpr std::string_view kDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr int kDigitBits = 6;

using TwoKeys = std::array<Key, 2>;

// base64url without padding, RFC 4648 section 5.
std::string encode_keys(std::string_view prefix, const Key& first, const Key& second) {
  std::string text(prefix);
  uint32_t bits = 0;
  int count = 0;
  for (const Key* key : {&first, &second}) {
    for (const uint8_t byte : *key) {
      bits = (bits << 8) | byte;
      for (count += 8; count >= kDigitBits; count -= kDigitBits) {
        text.push_back(kDigits[(bits >> (count - kDigitBits)) & 0x3F]);
      }
    }
  }
  if (count > 0) text.push_back(kDigits[(bits << (kDigitBits - count)) & 0x3F]);
  return text;
}

std::optional<TwoKeys> decode_keys(std::string_view prefix, std::string_view text) {
  const size_t start = text.find_first_not_of(kBlanks);
  if (start == std::string_view::npos) return std::nullopt;
  text = text.substr(start, text.find_last_not_of(kBlanks) - start + 1);
  if (text.substr(0, prefix.size()) != prefix) return std::nullopt;
  std::vector<uint8_t> bytes;
  uint32_t bits = 0;
  int count = 0;
  for (const char digit : text.substr(prefix.size())) {
    const size_t value = kDigits.find(digit);
    if (value == std::string_view::npos) return std::nullopt;
    bits = (bits << kDigitBits) | static_cast<uint32_t>(value);
    count += kDigitBits;
    if (count < 8) continue;
    count -= 8;
    bytes.push_back(static_cast<uint8_t>(bits >> count));
  }
  TwoKeys keys;
  if (bytes.size() != keys[0].size() + keys[1].size() || (bits & ((1U << count) - 1)) != 0) {
    return std::nullopt;
  }
  std::copy_n(bytes.begin(), keys[0].size(), keys[0].begin());
  std::copy_n(bytes.begin() + static_cast<ptrdiff_t>(keys[0].size()), keys[1].size(),
              keys[1].begin());
  return keys;
}

}  // namespace

Result<JoinToken> JoinToken::decode(std::string_view text) {
  const std::optional<TwoKeys> keys = decode_keys(kTokenPrefix, text);
  if (!keys) {
    return Status(Code::kInvalidArgument,
                  "the join token is damaged: it starts with \"llj1-\" and has 91 characters in "
                  "all; take it from the master again");
  }
  JoinToken token;
  token.server_public_key = (*keys)[0];
  token.client.secret_key = (*keys)[1];
  Result<Key> public_key = curve_public_key(token.client.secret_key);
  if (!public_key.ok()) return public_key.status();
  token.client.public_key = public_key.value();
  return token;
}

Result<ClusterKeys> ClusterKeys::generate() {
  Result<KeyPair> server = make_curve_pair();
  if (!server.ok()) return server.status();
  Result<KeyPair> client = make_curve_pair();
  if (!client.ok()) return client.status();
  return ClusterKeys{server.value(), client.value()};
}

Result<ClusterKeys> ClusterKeys::decode(std::string_view text) {
  const std::optional<TwoKeys> secrets = decode_keys(kKeysPrefix, text);
  if (!secrets) {
    return Status(Code::kInvalidArgument,
                  "the master's key file is damaged: its text starts with \"llk1-\" and has 91 "
                  "characters in all; delete it, and new keys are made");
  }
  ClusterKeys keys;
  keys.server.secret_key = (*secrets)[0];
  keys.client.secret_key = (*secrets)[1];
  for (KeyPair* pair : {&keys.server, &keys.client}) {
    Result<Key> public_key = curve_public_key(pair->secret_key);
    if (!public_key.ok()) return public_key.status();
    pair->public_key = public_key.value();
  }
  return keys;
}

std::string ClusterKeys::encode() const {
  return encode_keys(kKeysPrefix, server.secret_key, client.secret_key);
}

std::string ClusterKeys::join_token() const {
  return encode_keys(kTokenPrefix, server.public_key, client.secret_key);
}

}  // namespace locust_like::cluster
