#include "stats/names.h"

#include <catch2/catch.hpp>
#include <string>

#include "stats/samples.h"

namespace locust_like::stats {

TEST_CASE("equal pairs have one id, and ids are dense in order of first use") {
  Names names;
  CHECK(names.intern("GET", "/") == NameId{0});
  CHECK(names.intern("POST", "/") == NameId{1});
  CHECK(names.intern("GET", "/") == NameId{0});
  CHECK(names.intern("GETT", "/") == NameId{2});
  CHECK(names.size() == 3);
  CHECK(names.at(NameId{1})->method == "POST");
  CHECK(names.at(NameId{1})->name == "/");
}

TEST_CASE("find makes no name") {
  Names names;
  CHECK(names.find("GET", "/") == nullptr);
  const NameId id = names.intern("GET", "/");
  REQUIRE(names.find("GET", "/") != nullptr);
  CHECK(*names.find("GET", "/") == id);
  CHECK(names.size() == 1);
}

TEST_CASE("beyond the cap, names share one of their method") {
  Names names;
  for (size_t i = 0; i < kMaxNames; ++i) names.intern("GET", numbered("/", i));
  const NameId other_get = names.intern("GET", "/one-more");
  const NameId other_post = names.intern("POST", "/one-more");
  CHECK(names.at(other_get)->name == kOther);
  CHECK(names.at(other_post)->method == "POST");
  CHECK(names.intern("GET", "/two-more") == other_get);
  CHECK(names.intern("GET", "/7") == NameId{7});
}

TEST_CASE("endless methods share one name too") {
  Names names;
  for (size_t i = 0; i < 5000; ++i) names.intern(numbered("M", i), numbered("/", i));
  CHECK(names.size() == kMaxNamesWithOther + 1);
  const NameId last = names.intern("yet another", "/");
  CHECK(names.at(last)->method == kOther);
  CHECK(names.at(last)->name == kOther);
}

TEST_CASE("very long names are cut and still found") {
  Names names;
  const std::string longest(kMaxNameBytes + 10, 'x');
  const NameId id = names.intern("GET", longest);
  CHECK(names.at(id)->name.size() == kMaxNameBytes);
  CHECK(names.intern("GET", longest) == id);
  CHECK(names.find("GET", longest) != nullptr);
}

}  // namespace locust_like::stats
