#include "stats/proc_sampler.h"

#include <array>
#include <charconv>
#include <fstream>
#include <iterator>

namespace locust_like::stats {
namespace {

// Position of `steal` among the numbers after "cpu"; guest times, which follow, are in user
// already.
constexpr size_t kStealField = 7;

// Reads up to N numbers separated by blanks; returns how many there were.
template <size_t N>
size_t parse_numbers(std::string_view text, std::array<uint64_t, N>& numbers) {
  size_t count = 0;
  while (count < N) {
    const size_t start = text.find_first_not_of(' ');
    if (start == std::string_view::npos) break;
    text.remove_prefix(start);
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), numbers[count]);
    if (error != std::errc()) break;
    text.remove_prefix(static_cast<size_t>(end - text.data()));
    ++count;
  }
  return count;
}

std::string read_first_line(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

double share_of(uint64_t now, uint64_t before, double whole) {
  return now <= before ? 0.0 : static_cast<double>(now - before) / whole;
}

}  // namespace

std::optional<ThreadTimes> parse_schedstat(std::string_view text) {
  std::array<uint64_t, 2> numbers{};
  if (parse_numbers(text, numbers) < numbers.size()) return std::nullopt;
  return ThreadTimes{numbers[0], numbers[1]};
}

std::optional<MachineTimes> parse_machine_stat(std::string_view text) {
  constexpr std::string_view kLabel = "cpu ";
  if (text.substr(0, kLabel.size()) != kLabel) return std::nullopt;
  std::array<uint64_t, kStealField + 1> numbers{};
  if (parse_numbers(text.substr(kLabel.size()), numbers) < numbers.size()) return std::nullopt;
  MachineTimes times;
  for (const uint64_t number : numbers) times.total_ticks += number;
  times.steal_ticks = numbers[kStealField];
  return times;
}

ThreadSampler::ThreadSampler(int thread_id)
    : path_("/proc/self/task/" + std::to_string(thread_id) + "/schedstat") {}

std::optional<ThreadShares> ThreadSampler::sample(TimePoint now) {
  return sample(now, parse_schedstat(read_first_line(path_)));
}

std::optional<ThreadShares> ThreadSampler::sample(TimePoint now,
                                                  const std::optional<ThreadTimes>& times) {
  const std::optional<ThreadTimes> before = last_;
  const auto passed_ns = static_cast<double>((now - last_time_).count());
  last_ = times;
  last_time_ = now;
  if (!before || !times || passed_ns <= 0) return std::nullopt;
  return ThreadShares{share_of(times->run_ns, before->run_ns, passed_ns),
                      share_of(times->wait_ns, before->wait_ns, passed_ns)};
}

std::optional<double> StealSampler::sample() {
  return sample(parse_machine_stat(read_first_line("/proc/stat")));
}

std::optional<double> StealSampler::sample(const std::optional<MachineTimes>& times) {
  const std::optional<MachineTimes> before = last_;
  last_ = times;
  if (!before || !times || times->total_ticks <= before->total_ticks) return std::nullopt;
  return share_of(times->steal_ticks, before->steal_ticks,
                  static_cast<double>(times->total_ticks - before->total_ticks));
}

}  // namespace locust_like::stats
