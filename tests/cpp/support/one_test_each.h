// one_test_each: makes each line of a table a Catch2 test of its own, so that a case has a name
// which can be listed, run alone, and pointed at by tests/rows.toml.
//
//   const bool kRegistered = one_test_each("replies: ", replies(), play);
//
// A line has a member `name`. Called while static objects are made, like TEST_CASE itself.
#pragma once

#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

namespace locust_like::testing {

template <typename Line>
class LineTest final : public Catch::ITestInvoker {
 public:
  LineTest(Line line, void (*test)(const Line&)) : line_(std::move(line)), test_(test) {}
  void invoke() const override { test_(line_); }

 private:
  const Line line_;
  void (*const test_)(const Line&);
};

template <typename Line>
bool one_test_each(const std::string& prefix, std::vector<Line> lines, void (*test)(const Line&)) {
  for (Line& line : lines) {
    const std::string name = prefix + std::string(line.name);
    // Catch2 owns the invoker from here on.
    const Catch::AutoReg registered(new LineTest<Line>(std::move(line), test),
                                    CATCH_INTERNAL_LINEINFO, "", Catch::NameAndTags{name});
  }
  return true;
}

}  // namespace locust_like::testing
