#include "cluster/roster.h"

#include <catch2/catch.hpp>

namespace locust_like::cluster {

TEST_CASE("a peer's id is a worker's id with a mark") {
  const PeerId peer = peer_of("\x01\x02\xab\xff" + std::string(12, '\0'));
  CHECK(peer.size() == 17);
  CHECK(worker_id_of(peer).value() == "0102abff000000000000000000000000");
  CHECK_FALSE(worker_id_of("").has_value());
  CHECK_FALSE(worker_id_of(peer.substr(1)).has_value());
  CHECK_FALSE(worker_id_of("x" + peer.substr(1)).has_value());
}

TEST_CASE("members are found by peer and by index") {
  Roster roster;
  const PeerId a = peer_of(std::string(16, 'a'));
  const PeerId b = peer_of(std::string(16, 'b'));
  CHECK(roster.add(a).index == 0);
  CHECK(roster.add(b).index == 1);
  CHECK(roster.find(b)->index == 1);
  CHECK(roster.at(0)->peer == a);
  CHECK(roster.find("c") == nullptr);
  CHECK(roster.at(2) == nullptr);
  CHECK(roster.all().size() == 2);
}

TEST_CASE("of the gone ones the last thousand are remembered, with their indices") {
  Roster roster;
  const TimePoint start(std::chrono::hours(1));
  for (uint32_t i = 0; i < 1500; ++i) {
    Member& member = roster.add(peer_of(std::string(12, 'x') + std::to_string(1000 + i)));
    member.presence = i == 3 ? Presence::kHere : Presence::kLost;
    member.gone_since = start - std::chrono::seconds(i);  // the first went last
  }
  roster.forget_old();
  CHECK(roster.all().size() == kMaxGoneWorkers + 1);
  CHECK(roster.at(0) != nullptr);
  CHECK(roster.at(3) != nullptr);
  CHECK(roster.at(1000) != nullptr);
  CHECK(roster.at(1001) == nullptr);
  CHECK(roster.find(peer_of(std::string(12, 'x') + "2400")) == nullptr);
}

}  // namespace locust_like::cluster
