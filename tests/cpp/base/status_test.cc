#include "base/status.h"

#include <catch2/catch.hpp>
#include <cerrno>
#include <set>

#include "base/ids.h"
#include "base/result.h"

namespace locust_like {
namespace {

TEST_CASE("every code has a name of its own") {
  std::set<std::string_view> names;
  for (int code = 0; code < kCodeCount; ++code) names.insert(code_name(static_cast<Code>(code)));
  CHECK(names.size() == kCodeCount);
  CHECK(names.count("") == 0);
  CHECK(code_name(Code::kTimeoutConnect) == "timeout-connect");
  CHECK(code_name(Code::kInternal) == "internal");
}

TEST_CASE("a status says its class and what was tried") {
  CHECK(Status().ok());
  CHECK(Status().to_string() == "ok");
  const Status status = Status::from_errno(Code::kConnect, "connect to 127.0.0.1:1", ECONNREFUSED);
  CHECK_FALSE(status.ok());
  CHECK(status.message() == "connect to 127.0.0.1:1: Connection refused");
  CHECK(status.to_string() == "connect: connect to 127.0.0.1:1: Connection refused");
}

TEST_CASE("what a message quotes is escaped") {
  CHECK(Status(Code::kDns, "no such name: a\nb").message() == "no such name: a\\nb");
}

TEST_CASE("a result is a value or a status") {
  Result<std::string> good(std::string("value"));
  REQUIRE(good.ok());
  CHECK(std::move(good).value() == "value");
  const Result<std::string> bad(Status(Code::kDns, "no"));
  REQUIRE_FALSE(bad.ok());
  CHECK(bad.status().code() == Code::kDns);
}

TEST_CASE("ids of one kind compare by value") {
  CHECK(NameId{1} == NameId{1});
  CHECK(NameId{1} < NameId{2});
  STATIC_REQUIRE_FALSE(std::is_convertible_v<NameId, ThreadId>);
}

}  // namespace
}  // namespace locust_like
