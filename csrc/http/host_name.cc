#include "http/host_name.h"

#include <idn2.h>

#include <algorithm>
#include <utility>

#include "http/headers.h"

namespace locust_like::http {
namespace {

Status refused(std::string_view why) {
  return {Code::kInvalidArgument, "the host name has no IDNA form (xn--...): " + std::string(why)};
}

}  // namespace

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

Result<std::string> ascii_host_name(const std::string& name) {
  if (name.find('\0') != std::string::npos) return refused("it contains a NUL byte");
  char* found = nullptr;
  const int code = idn2_to_ascii_8z(name.c_str(), &found, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
  if (code != IDN2_OK) return refused(idn2_strerror(code));
  std::string ascii(found);
  idn2_free(found);
  // libidn2 lets empty labels pass, and names of which nothing is left (a soft hyphen alone).
  if (ascii.empty() || ascii.starts_with('.') || ascii.find("..") != std::string::npos) {
    return refused("a part of it is empty");
  }
  return ascii;
}

std::string canonical_host_name(std::string_view name) {
  std::string canonical(name);
  if (!is_ascii(canonical)) {
    auto ascii = ascii_host_name(canonical);
    if (ascii.ok()) canonical = std::move(ascii).value();
  }
  for (char& c : canonical) c = static_cast<char>(tables::kLower[static_cast<unsigned char>(c)]);
  return canonical;
}

}  // namespace locust_like::http
