#include "target/deadlines.h"

#include <cassert>

namespace locust_like::target {

Deadline::~Deadline() { cancel(); }

void Deadline::cancel() {
  if (heap_ != nullptr) heap_->remove(*this);
}

DeadlineHeap::~DeadlineHeap() {
  for (Deadline* entry : entries_) entry->heap_ = nullptr;
}

void DeadlineHeap::arm(Deadline& entry, TimePoint due) {
  assert(entry.heap_ == nullptr || entry.heap_ == this);
  entry.due_ = due;
  if (entry.heap_ == nullptr) {
    entry.heap_ = this;
    entries_.push_back(&entry);
    entry.index_ = entries_.size() - 1;
  }
  sift_up(entry.index_);
  sift_down(entry.index_);
}

size_t DeadlineHeap::fire_due(TimePoint now) {
  size_t fired = 0;
  while (!entries_.empty() && entries_.front()->due_ <= now) {
    Deadline& entry = *entries_.front();
    remove(entry);
    ++fired;
    entry.on_deadline(entry.due_);
  }
  return fired;
}

std::optional<TimePoint> DeadlineHeap::next_due() const {
  if (entries_.empty()) return std::nullopt;
  return entries_.front()->due_;
}

void DeadlineHeap::remove(Deadline& entry) {
  size_t index = entry.index_;
  Deadline* last = entries_.back();
  entries_.pop_back();
  entry.heap_ = nullptr;
  if (last == &entry) return;
  place(index, last);
  sift_up(index);
  sift_down(last->index_);
}

void DeadlineHeap::place(size_t index, Deadline* entry) {
  entries_[index] = entry;
  entry->index_ = index;
}

void DeadlineHeap::sift_up(size_t index) {
  Deadline* entry = entries_[index];
  while (index > 0) {
    size_t parent = (index - 1) / 2;
    if (entries_[parent]->due_ <= entry->due_) break;
    place(index, entries_[parent]);
    index = parent;
  }
  place(index, entry);
}

void DeadlineHeap::sift_down(size_t index) {
  Deadline* entry = entries_[index];
  for (;;) {
    size_t child = 2 * index + 1;
    if (child >= entries_.size()) break;
    if (child + 1 < entries_.size() && entries_[child + 1]->due_ < entries_[child]->due_) ++child;
    if (entry->due_ <= entries_[child]->due_) break;
    place(index, entries_[child]);
    index = child;
  }
  place(index, entry);
}

}  // namespace locust_like::target
