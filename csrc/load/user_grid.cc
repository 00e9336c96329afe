#include "load/user_grid.h"

#include <algorithm>
#include <cstddef>

namespace locust_like::load {

UserGrid::UserGrid(size_t seats, size_t classes)
    : cells_(seats * classes, 0),
      present_(seats, ClassSet(classes)),
      loads_(seats, 0),
      totals_(classes, 0) {}

void UserGrid::add(size_t seat, size_t user_class) { add_many(seat, user_class, 1); }

void UserGrid::add_many(size_t seat, size_t user_class, int count) {
  if (count == 0) return;
  cells_[seat * classes() + user_class] += count;
  present_[seat].insert(user_class);
  loads_[seat] += count;
  totals_[user_class] += count;
  users_ += count;
}

void UserGrid::remove(size_t seat, size_t user_class) {
  if (--cells_[seat * classes() + user_class] == 0) present_[seat].erase(user_class);
  --loads_[seat];
  --totals_[user_class];
  --users_;
}

std::span<const int> UserGrid::row(size_t seat) const {
  return std::span(cells_).subspan(seat * classes(), classes());
}

UserGrid UserGrid::with_seats(const std::vector<size_t>& from) const {
  UserGrid grid(from.size(), classes());
  std::vector<bool> kept(seats(), false);
  for (size_t seat = 0; seat < from.size(); ++seat) {
    if (from[seat] == kNew) continue;
    kept[from[seat]] = true;
    const std::span<const int> cells = row(from[seat]);
    std::copy(cells.begin(), cells.end(),
              grid.cells_.begin() + static_cast<ptrdiff_t>(seat * classes()));
    grid.present_[seat] = present_[from[seat]];
    grid.loads_[seat] = loads_[from[seat]];
  }
  grid.totals_ = totals_;
  grid.users_ = users_;
  for (size_t seat = 0; seat < seats(); ++seat) {
    if (kept[seat]) continue;
    for (size_t i = 0; i < classes(); ++i) grid.totals_[i] -= at(seat, i);
    grid.users_ -= loads_[seat];
  }
  return grid;
}

UserGrid UserGrid::with_classes(const std::vector<size_t>& from) const {
  UserGrid grid(seats(), from.size());
  for (size_t seat = 0; seat < seats(); ++seat) {
    for (size_t i = 0; i < from.size(); ++i) {
      if (from[i] != kNew) grid.add_many(seat, i, at(seat, from[i]));
    }
  }
  return grid;
}

}  // namespace locust_like::load
