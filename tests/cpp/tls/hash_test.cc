#include "tls/hash.h"

#include <catch2/catch.hpp>

namespace locust_like::tls {
namespace {

TEST_CASE("hashes are those of their RFCs") {
  CHECK(hash_hex(Hash::kMd5, "abc") == "900150983cd24fb0d6963f7d28e17f72");  // RFC 1321 A.5
  CHECK(hash_hex(Hash::kSha256, "abc") ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");  // RFC 6234 8.5
}

TEST_CASE("random text has its length and differs") {
  CHECK(random_hex(16).size() == 32);
  CHECK(random_hex(16) != random_hex(16));
  CHECK(random_hex(0).empty());
}

}  // namespace
}  // namespace locust_like::tls
