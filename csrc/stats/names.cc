#include "stats/names.h"

#include <functional>

#include "stats/wire.h"

namespace locust_like::stats {

size_t NameKeyHash::operator()(const NameKey& key) const {
  const std::hash<std::string_view> hash;
  return hash(key.name) * 31 + hash(key.method);
}

NameId Names::intern(std::string_view method, std::string_view name) {
  NameKey key = {utf8_prefix(method, kMaxNameBytes), utf8_prefix(name, kMaxNameBytes)};
  if (const auto found = index_.find(key); found != index_.end()) return found->second;
  if (names_.size() < kMaxNames) return add(key);
  key.name = kOther;
  if (const auto found = index_.find(key); found != index_.end()) return found->second;
  if (names_.size() < kMaxNamesWithOther) return add(key);
  key.method = kOther;
  if (const auto found = index_.find(key); found != index_.end()) return found->second;
  return add(key);
}

const NameId* Names::find(std::string_view method, std::string_view name) const {
  const auto found =
      index_.find({utf8_prefix(method, kMaxNameBytes), utf8_prefix(name, kMaxNameBytes)});
  return found == index_.end() ? nullptr : &found->second;
}

NameId Names::add(NameKey key) {
  auto name = std::make_shared<const Name>(Name{std::string(key.method), std::string(key.name)});
  const NameId id{static_cast<uint32_t>(names_.size())};
  index_.emplace(NameKey{name->method, name->name}, id);
  names_.push_back(std::move(name));
  return id;
}

}  // namespace locust_like::stats
