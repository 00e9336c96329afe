#include "cluster/keys.h"

#include <catch2/catch.hpp>

namespace locust_like::cluster {

TEST_CASE("keys and token survive being written down") {
  const ClusterKeys keys = ClusterKeys::generate().value();
  const Result<ClusterKeys> again = ClusterKeys::decode(keys.encode());
  REQUIRE(again.ok());
  CHECK(again.value().server.public_key == keys.server.public_key);
  CHECK(again.value().client.public_key == keys.client.public_key);
  CHECK(again.value().join_token() == keys.join_token());
  const Result<JoinToken> token = JoinToken::decode(" " + keys.join_token() + "\n");
  REQUIRE(token.ok());
  CHECK(token.value().server_public_key == keys.server.public_key);
  CHECK(token.value().client.public_key == keys.client.public_key);
  CHECK(token.value().client.secret_key == keys.client.secret_key);
}

TEST_CASE("a join token holds nothing to play master with") {
  const ClusterKeys keys = ClusterKeys::generate().value();
  const std::string token = keys.join_token();
  CHECK(token.substr(0, 5) == "llj1-");
  CHECK(token.size() == 91);
  CHECK(keys.encode().substr(0, 5) == "llk1-");
  CHECK_FALSE(ClusterKeys::decode(token).ok());
  CHECK_FALSE(JoinToken::decode(keys.encode()).ok());
}

TEST_CASE("each generated set of keys is another one") {
  CHECK(ClusterKeys::generate().value().encode() != ClusterKeys::generate().value().encode());
}

TEST_CASE("a damaged token is told from a good one, and not repeated") {
  const std::string good = ClusterKeys::generate().value().join_token();
  for (const std::string& bad :
       {std::string(), std::string("llj1-"), std::string("llj1-AAAA"), good.substr(0, 90),
        good + "A", "x" + good, good.substr(0, 50) + "?" + good.substr(51), good.substr(5)}) {
    const Result<JoinToken> token = JoinToken::decode(bad);
    REQUIRE_FALSE(token.ok());
    CHECK(token.status().code() == Code::kInvalidArgument);
    if (bad.size() > 20) {
      CHECK(token.status().message().find(bad.substr(10, 10)) == std::string::npos);
    }
  }
}

}  // namespace locust_like::cluster
