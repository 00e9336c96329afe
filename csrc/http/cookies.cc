#include "http/cookies.h"

#include <algorithm>
#include <utility>

namespace locust_like::http {
namespace {

constexpr std::string_view kSetCookie = "Set-Cookie";
constexpr std::string_view kCookieName = "Cookie: ";

bool is_same(const Cookie& a, const Cookie& b) {
  return a.name == b.name && a.domain == b.domain && a.path == b.path;
}

bool goes_to(const Cookie& cookie, const CookieJar::Wanted& wanted, bool secure) {
  if (cookie.secure && !secure) return false;
  if (cookie.domain.empty()) {
    if (!wanted.any_host) return false;
  } else if (cookie.host_only ? wanted.url.host != cookie.domain
                              : !domain_matches(wanted.url.host, cookie.domain)) {
    return false;
  }
  return path_matches(wanted.url.path, cookie.path);
}

// Whether "a=1; b=2" holds a cookie of that name.
bool has_cookie(std::string_view line, std::string_view name) {
  while (!line.empty()) {
    const size_t end = std::min(line.find(';'), line.size());
    const std::string_view pair = trim_blanks(line.substr(0, end));
    if (pair.size() > name.size() && pair.starts_with(name) && pair[name.size()] == '=') {
      return true;
    }
    line.remove_prefix(std::min(end + 1, line.size()));
  }
  return false;
}

}  // namespace

bool sets_cookies(const Headers& headers) {
  for (size_t i = 0; i < headers.size(); ++i) {
    if (equals_ignoring_case(headers.at(i).first, kSetCookie)) return true;
  }
  return false;
}

void append_own_cookies(std::string_view own, std::string& lines) {
  if (!own.empty()) lines.append(kCookieName).append(own).append("\r\n");
}

void CookieJar::store(const Headers& headers, const Url& url, int64_t now_s) {
  const bool secure = is_secure_origin(url);
  size_t count = 0;
  const MutexLock lock(mutex_);
  for (size_t i = 0; i < headers.size(); ++i) {
    const auto [name, value] = headers.at(i);
    if (!equals_ignoring_case(name, kSetCookie)) continue;
    if (++count > kMaxPerReply) return;
    auto cookie = parse_set_cookie(value, url, now_s);
    if (!cookie || (!secure && shadows_secure(*cookie))) continue;
    insert(*std::move(cookie), now_s);
  }
}

void CookieJar::put(Cookie cookie, int64_t now_s) {
  const MutexLock lock(mutex_);
  insert(std::move(cookie), now_s);
}

void CookieJar::merge(const CookieJar& other, int64_t now_s) {
  if (&other == this) return;
  std::vector<Cookie> cookies = other.list(now_s);
  const MutexLock lock(mutex_);
  for (Cookie& cookie : cookies) insert(std::move(cookie), now_s);
}

size_t CookieJar::remove(const std::string* domain, const std::string* path,
                         const std::string* name) {
  const auto matches = [&](const Stored& stored) {
    return (domain == nullptr || stored.cookie.domain == *domain) &&
           (path == nullptr || stored.cookie.path == *path) &&
           (name == nullptr || stored.cookie.name == *name);
  };
  const MutexLock lock(mutex_);
  return std::erase_if(cookies_, matches);
}

bool CookieJar::shadows_secure(const Cookie& cookie) const {
  return std::any_of(cookies_.begin(), cookies_.end(), [&](const Stored& stored) {
    const Cookie& known = stored.cookie;
    return known.secure && known.name == cookie.name &&
           (domain_matches(known.domain, cookie.domain) ||
            domain_matches(cookie.domain, known.domain)) &&
           path_matches(cookie.path, known.path);
  });
}

void CookieJar::insert(Cookie cookie, int64_t now_s) {
  uint64_t created = next_created_++;
  const auto known = std::find_if(cookies_.begin(), cookies_.end(), [&](const Stored& stored) {
    return is_same(stored.cookie, cookie);
  });
  if (known != cookies_.end()) {
    created = known->created;
    cookies_.erase(known);
  }
  if (cookie.expires_s <= now_s) return;
  make_room(now_s);
  const auto after = std::find_if(cookies_.begin(), cookies_.end(), [&](const Stored& stored) {
    const size_t size = stored.cookie.path.size();
    return size < cookie.path.size() || (size == cookie.path.size() && stored.created > created);
  });
  cookies_.insert(after, {std::move(cookie), created});
}

void CookieJar::make_room(int64_t now_s) {
  if (cookies_.size() < kMaxStored) return;
  std::erase_if(cookies_, [&](const Stored& stored) { return stored.cookie.expires_s <= now_s; });
  if (cookies_.size() < kMaxStored) return;
  cookies_.erase(
      std::min_element(cookies_.begin(), cookies_.end(),
                       [](const Stored& a, const Stored& b) { return a.created < b.created; }));
}

void CookieJar::append_line(const Wanted& wanted, int64_t now_s, std::string& lines) const {
  const bool secure = is_secure_origin(wanted.url);
  const size_t start = lines.size();
  lines.append(kCookieName);
  const size_t first = lines.size();
  lines.append(wanted.own);
  size_t count = 0;
  const auto add = [&](const Cookie& cookie) {
    if (count >= kMaxSent || !goes_to(cookie, wanted, secure)) return;
    const size_t bytes = cookie.name.size() + cookie.value.size() + 3;
    if (lines.size() - first + bytes > kMaxSentBytes) return;
    if (lines.size() > first) lines.append("; ");
    lines.append(cookie.name).append("=").append(cookie.value);
    ++count;
  };
  {
    const MutexLock lock(mutex_);
    for (const auto& [cookie, created] : cookies_) {
      if (cookie.expires_s <= now_s || has_cookie(wanted.own, cookie.name)) continue;
      if (!cookie.domain.empty()) add(cookie);
    }
    // What a server has set under the same name comes before what a script set for any host.
    for (const auto& [cookie, created] : cookies_) {
      if (cookie.expires_s <= now_s || !cookie.domain.empty()) continue;
      if (!has_cookie(std::string_view(lines).substr(first), cookie.name)) add(cookie);
    }
  }
  if (lines.size() == first) return lines.resize(start);
  lines.append("\r\n");
}

std::vector<Cookie> CookieJar::list(int64_t now_s) const {
  std::vector<Cookie> cookies;
  const MutexLock lock(mutex_);
  for (const auto& [cookie, created] : cookies_) {
    if (cookie.expires_s > now_s) cookies.push_back(cookie);
  }
  return cookies;
}

}  // namespace locust_like::http
