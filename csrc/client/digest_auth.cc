#include "client/digest_auth.h"

#include <utility>
#include <vector>

namespace locust_like::client {
namespace {

// Reads a list of challenges, "Digest a=b, c=\"d\", Basic realm=x" (RFC 9110 11.6.1).
class ChallengeReader {
 public:
  explicit ChallengeReader(std::string_view text) : rest_(text) {}

  std::vector<DigestChallenge> read() {
    while (!rest_.empty()) {
      const std::string_view word = take_token();
      if (word.empty()) {
        rest_.remove_prefix(1);
        continue;
      }
      skip_blanks();
      if (!rest_.starts_with('=')) {
        begin(word);
        continue;
      }
      rest_.remove_prefix(1);
      skip_blanks();
      set(word, rest_.starts_with('"') ? take_quoted() : take_token());
    }
    return std::move(found_);
  }

 private:
  void begin(std::string_view scheme) {
    in_digest_ = http::equals_ignoring_case(scheme, "Digest");
    if (in_digest_) found_.emplace_back();
  }

  void set(std::string_view name, std::string_view value) {
    if (!in_digest_) return;
    DigestChallenge& challenge = found_.back();
    if (http::equals_ignoring_case(name, "realm")) challenge.realm = value;
    if (http::equals_ignoring_case(name, "nonce")) challenge.nonce = value;
    if (http::equals_ignoring_case(name, "opaque")) challenge.opaque = value;
    if (http::equals_ignoring_case(name, "algorithm")) challenge.algorithm = value;
    if (http::equals_ignoring_case(name, "qop")) {
      challenge.has_qop = http::list_has_token(value, "auth");
    }
  }

  void skip_blanks() {
    while (rest_.starts_with(' ') || rest_.starts_with('\t')) rest_.remove_prefix(1);
  }
  std::string_view take(size_t size) {
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(taken.size());
    return taken;
  }
  std::string_view take_token() {
    size_t size = 0;
    while (size < rest_.size() && http::is_token_char(rest_[size])) ++size;
    return take(size);
  }
  std::string_view take_quoted() {
    rest_.remove_prefix(1);
    size_t size = 0;
    while (size < rest_.size() && rest_[size] != '"') size += rest_[size] == '\\' ? 2 : 1;
    const std::string_view taken = take(size);
    if (!rest_.empty()) rest_.remove_prefix(1);
    return taken;
  }

  std::string_view rest_;
  bool in_digest_ = false;
  std::vector<DigestChallenge> found_;
};

bool know_algorithm(DigestChallenge& challenge) {
  std::string_view name = challenge.algorithm;
  constexpr std::string_view kSession = "-sess";
  if (name.size() > kSession.size() &&
      http::equals_ignoring_case(name.substr(name.size() - kSession.size()), kSession)) {
    challenge.session_keyed = true;
    name.remove_suffix(kSession.size());
  }
  challenge.hash =
      http::equals_ignoring_case(name, "SHA-256") ? tls::Hash::kSha256 : tls::Hash::kMd5;
  return challenge.hash == tls::Hash::kSha256 || name.empty() ||
         http::equals_ignoring_case(name, "MD5");
}

std::string joined(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (const std::string_view part : parts) text.append(part).push_back(':');
  text.pop_back();
  return text;
}

// RFC 7616 3.4: nc is 8 digits.
std::string count_text(uint32_t count) {
  constexpr size_t kDigits = 8;
  std::string text(kDigits, '0');
  for (size_t i = kDigits; i-- > 0; count >>= 4) text[i] = "0123456789abcdef"[count & 0xf];
  return text;
}

std::string quoted(std::string_view text) {
  std::string out("\"");
  for (const char c : text) {
    if (c == '"' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  return out.append("\"");
}

}  // namespace

std::optional<DigestChallenge> find_digest_challenge(const http::Headers& headers) {
  for (size_t i = 0; i < headers.size(); ++i) {
    const auto [name, value] = headers.at(i);
    if (!http::equals_ignoring_case(name, "WWW-Authenticate")) continue;
    for (DigestChallenge& challenge : ChallengeReader(value).read()) {
      if (!challenge.nonce.empty() && know_algorithm(challenge)) return std::move(challenge);
    }
  }
  return std::nullopt;
}

std::optional<std::string> digest_authorization(const DigestChallenge& challenge,
                                                const DigestCredentials& credentials,
                                                std::string_view method, std::string_view target,
                                                std::string_view cnonce, uint32_t count) {
  const std::string nc = count_text(count);
  const auto hash = [&](std::initializer_list<std::string_view> parts) {
    return tls::hash_hex(challenge.hash, joined(parts));
  };
  auto secret = hash({credentials.user, challenge.realm, credentials.password});
  if (secret && challenge.session_keyed) secret = hash({*secret, challenge.nonce, cnonce});
  const auto request = hash({method, target});
  if (!secret || !request) return std::nullopt;
  const auto response = challenge.has_qop
                            ? hash({*secret, challenge.nonce, nc, cnonce, "auth", *request})
                            : hash({*secret, challenge.nonce, *request});
  if (!response) return std::nullopt;
  std::string value = "Digest username=" + quoted(credentials.user);
  const auto add = [&](std::string_view name, std::string_view text) {
    value.append(", ").append(name).append("=").append(text);
  };
  const auto add_quoted = [&](std::string_view name, std::string_view raw) {
    add(name, "\"" + std::string(raw) + "\"");
  };
  add_quoted("realm", challenge.realm);
  add_quoted("nonce", challenge.nonce);
  add_quoted("uri", target);
  add_quoted("response", *response);
  if (!challenge.algorithm.empty()) add("algorithm", challenge.algorithm);
  if (!challenge.opaque.empty()) add_quoted("opaque", challenge.opaque);
  if (challenge.has_qop) add("qop", "auth");
  if (challenge.has_qop) add("nc", nc);
  if (challenge.has_qop || challenge.session_keyed) add_quoted("cnonce", cnonce);
  return value;
}

}  // namespace locust_like::client
