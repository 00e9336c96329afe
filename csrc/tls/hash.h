// Hashes and random text for authentication; the only users of OpenSSL outside a conversation.
//
// Thread: any.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace locust_like::tls {

enum class Hash { kMd5, kSha256 };

// Lower-case hexadecimal. None where the system's policy forbids the hash (MD5 under FIPS).
std::optional<std::string> hash_hex(Hash hash, std::string_view text);

// `count` unpredictable bytes in hexadecimal.
std::string random_hex(size_t count);

std::string base64(std::string_view bytes);  // with padding

}  // namespace locust_like::tls
