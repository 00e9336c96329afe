#include "cluster/roster.h"

#include <algorithm>

namespace locust_like::cluster {
namespace {

constexpr char kIdPrefix = 'w';
constexpr size_t kIdBytes = 16;

}  // namespace

Member* Roster::find(const PeerId& peer) {
  const auto found = index_of_.find(peer);
  return found == index_of_.end() ? nullptr : at(found->second);
}

Member* Roster::at(uint32_t index) {
  const auto found = members_.find(index);
  return found == members_.end() ? nullptr : &found->second;
}

Member& Roster::add(const PeerId& peer) {
  const uint32_t index = next_index_++;
  index_of_[peer] = index;
  Member& member = members_[index];
  member.peer = peer;
  member.index = index;
  return member;
}

void Roster::forget_old() {
  while (members_.size() - present() > kMaxGoneWorkers) {
    const auto oldest =
        std::min_element(members_.begin(), members_.end(), [](const auto& a, const auto& b) {
          if (a.second.is_present() != b.second.is_present()) return b.second.is_present();
          return a.second.gone_since < b.second.gone_since;
        });
    index_of_.erase(oldest->second.peer);
    members_.erase(oldest);
  }
}

size_t Roster::present() const {
  return static_cast<size_t>(std::count_if(
      members_.begin(), members_.end(), [](const auto& item) { return item.second.is_present(); }));
}

std::vector<Member*> Roster::all() {
  std::vector<Member*> members;
  members.reserve(members_.size());
  for (auto& [index, member] : members_) members.push_back(&member);
  return members;
}

std::vector<const Member*> Roster::all() const {
  std::vector<const Member*> members;
  members.reserve(members_.size());
  for (const auto& [index, member] : members_) members.push_back(&member);
  return members;
}

std::optional<std::string> worker_id_of(const PeerId& peer) {
  if (peer.size() != kIdBytes + 1 || peer.front() != kIdPrefix) return std::nullopt;
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string id;
  for (const char c : std::string_view(peer).substr(1)) {
    const auto byte = static_cast<unsigned char>(c);
    id.push_back(kDigits[byte >> 4]);
    id.push_back(kDigits[byte & 0xF]);
  }
  return id;
}

PeerId peer_of(std::string_view id_bytes) { return kIdPrefix + std::string(id_bytes); }

}  // namespace locust_like::cluster
