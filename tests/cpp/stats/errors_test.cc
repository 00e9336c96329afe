#include "stats/errors.h"

#include <catch2/catch.hpp>
#include <string>

#include "stats/samples.h"

namespace locust_like::stats {
namespace {

constexpr NameId kA{0};
constexpr NameId kB{1};

}  // namespace

TEST_CASE("failures of the engine are one row for each name, class and status") {
  ErrorTable errors;
  errors.record(kA, Code::kConnect, 0, "connect to 127.0.0.1:1: Connection refused");
  errors.record(kA, Code::kConnect, 0, "connect to 127.0.0.1:1: another text");
  errors.record(kB, Code::kConnect, 0, "connect to 127.0.0.1:1: Connection refused");
  errors.record(kA, Code::kStatus, 503, {});
  errors.record(kA, Code::kStatus, 500, {});
  REQUIRE(errors.rows().size() == 4);
  CHECK(errors.rows()[0].occurrences == 2);
  CHECK(errors.rows()[0].text == "connect to 127.0.0.1:1: Connection refused");
  CHECK(errors.rows()[2].text == "HTTP 503");
  CHECK(errors.rows()[3].status == 500);
}

TEST_CASE("an engine failure without a text is named by its class") {
  ErrorTable errors;
  errors.record(kA, Code::kTimeoutRead, 0, {});
  CHECK(errors.rows()[0].text == "timeout-read");
}

TEST_CASE("failures of scripts are one row for each text, with addresses masked") {
  ErrorTable errors;
  errors.record(kA, Code::kScript, 200, "bad <Thing object at 0x7f00aa12bc90>");
  errors.record(kA, Code::kScript, 200, "bad <Thing object at 0x7f00aa999999>");
  errors.record(kA, Code::kScript, 200, "worse");
  errors.record(kA, Code::kScript, 200, "worse");
  errors.record(kB, Code::kScript, 200, "worse");
  REQUIRE(errors.rows().size() == 3);
  CHECK(errors.rows()[0].text == "bad <Thing object at 0x....>");
  CHECK(errors.rows()[0].occurrences == 2);
  CHECK(errors.rows()[1].occurrences == 2);
}

TEST_CASE("only what looks like an address is masked") {
  CHECK(masked_error_text("0x1234") == "0x....");
  CHECK(masked_error_text("code 0x12 at 0xDEADbeef, 0x7fffz") == "code 0x12 at 0x...., 0x....z");
  CHECK(masked_error_text("0x") == "0x");
  CHECK(masked_error_text("0x0x00ff") == "0x0x....");
  CHECK(masked_error_text("") == "");
}

TEST_CASE("long texts are cut between characters") {
  const std::string euro = "\xE2\x82\xAC";
  std::string text;
  while (text.size() <= kMaxErrorTextBytes) text += euro;
  const std::string masked = masked_error_text(text);
  CHECK(masked.size() <= kMaxErrorTextBytes);
  CHECK(masked.size() % euro.size() == 0);
  ErrorTable errors;
  errors.record(kA, Code::kTls, 0, text);
  CHECK(errors.rows()[0].text == masked);
}

TEST_CASE("beyond the cap, texts share a row of their name and class") {
  ErrorTable errors(3);
  for (size_t i = 0; i < 10; ++i) errors.record(kA, Code::kScript, 0, numbered("text ", i));
  errors.record(kB, Code::kConnect, 0, "refused");
  errors.record(kB, Code::kStatus, 500, {});
  errors.record(kB, Code::kStatus, 501, {});
  errors.record(kA, Code::kScript, 0, "text 1");
  REQUIRE(errors.rows().size() == 6);
  CHECK(errors.rows()[1].occurrences == 2);
  CHECK(errors.rows()[3].text == kOtherErrors);
  CHECK(errors.rows()[3].occurrences == 7);
  CHECK(errors.rows()[4].code == Code::kConnect);
  CHECK(errors.rows()[5].occurrences == 2);
  CHECK(errors.rows()[5].status == 0);
}

TEST_CASE("merged rows keep the first text, the first and the last time") {
  ErrorTable run;
  ErrorTable delta;
  delta.record(kA, Code::kConnect, 0, "first");
  ErrorRow row = delta.rows()[0];
  row.first_seen_wall_s = row.last_seen_wall_s = 20;
  run.merge(row);
  row.text = "second";
  row.first_seen_wall_s = row.last_seen_wall_s = 10;
  run.merge(row);
  row.first_seen_wall_s = row.last_seen_wall_s = 30;
  run.merge(row);
  REQUIRE(run.rows().size() == 1);
  CHECK(run.rows()[0].text == "first");
  CHECK(run.rows()[0].occurrences == 3);
  CHECK(run.rows()[0].first_seen_wall_s == 10);
  CHECK(run.rows()[0].last_seen_wall_s == 30);
}

TEST_CASE("the shared rows of two tables meet again when merged") {
  ErrorTable run;
  for (size_t table = 0; table < 2; ++table) {
    ErrorTable delta(0);
    delta.record(kA, Code::kScript, 200, numbered("anything ", table));
    for (const ErrorRow& row : delta.rows()) run.merge(row);
  }
  REQUIRE(run.rows().size() == 1);
  CHECK(run.rows()[0].text == kOtherErrors);
  CHECK(run.rows()[0].occurrences == 2);
}

TEST_CASE("a moved table still finds its rows, a cleared one has none") {
  ErrorTable errors;
  errors.record(kA, Code::kScript, 0, "short");
  ErrorTable moved = std::move(errors);
  moved.record(kA, Code::kScript, 0, "short");
  CHECK(moved.rows().size() == 1);
  CHECK(moved.rows()[0].occurrences == 2);
  moved.clear();
  CHECK(moved.empty());
  moved.record(kA, Code::kScript, 0, "short");
  CHECK(moved.rows()[0].occurrences == 1);
}

}  // namespace locust_like::stats
