// Names: the (method, name) pairs of one Environment, interned to dense ids.
//
// At most kMaxNames different pairs; later ones count under (method, "(other)"), so a script that
// puts ids into request names costs neither memory nor the table's readability. Should the methods
// themselves be without end, they share ("(other)", "(other)").
// Ownership: names live as long as somebody holds their shared_ptr; they are shared, because
// snapshots outlive the Names that they came from.
// Thread: not thread-safe (Collector guards it).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/ids.h"

namespace locust_like::stats {

inline constexpr size_t kMaxNames = 1000;
inline constexpr size_t kMaxNamesWithOther = kMaxNames + 100;
inline constexpr size_t kMaxNameBytes = 4096;
inline constexpr std::string_view kOther = "(other)";

struct Name {
  std::string method;
  std::string name;
};

// A pair by its texts, which somebody else holds.
struct NameKey {
  std::string_view method;
  std::string_view name;
  friend bool operator==(const NameKey&, const NameKey&) = default;
};
struct NameKeyHash {
  size_t operator()(const NameKey& key) const;
};

class Names {
 public:
  // Id of the pair, new if there was none. Texts are cut at kMaxNameBytes.
  NameId intern(std::string_view method, std::string_view name);

  // Null for a pair that was never interned. Valid until the next intern().
  const NameId* find(std::string_view method, std::string_view name) const;

  // REQUIRES: `id` came from intern().
  const std::shared_ptr<const Name>& at(NameId id) const { return names_[id.value]; }
  size_t size() const { return names_.size(); }

 private:
  NameId add(NameKey key);

  std::vector<std::shared_ptr<const Name>> names_;
  std::unordered_map<NameKey, NameId, NameKeyHash> index_;  // keys point into names_
};

}  // namespace locust_like::stats
