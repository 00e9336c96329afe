// CookieJar: what one user has been told to remember, and what of it goes with a request.
//
// Design: a user without cookies has no jar at all; the first Set-Cookie of a reply (or the script)
// makes one, so the plain path costs a null check and a look over the reply's field names. Cookies
// stand in the order in which they are sent, so composing a Cookie line is one pass that appends
// to a reused buffer.
// Thread: any; a mutex guards the list, as the I/O thread reads it while a script may write. It is
// taken once an exchange, only by users with cookies.
// Limits: kMaxStored cookies (the one that expired, else the oldest, makes room), kMaxPerReply
// Set-Cookie lines of a reply, kMaxSent cookies and kMaxSentBytes in a request.
// Source: RFC 6265 5.3, 5.4, 6.1; the numbers are curl's where it has any.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/mutex.h"
#include "http/headers.h"
#include "http/set_cookie.h"
#include "http/url.h"

namespace locust_like::http {

// True when a reply stores cookies: whether a jar is needed.
bool sets_cookies(const Headers& headers);

class CookieJar {
 public:
  static constexpr size_t kMaxStored = 1000;
  static constexpr size_t kMaxPerReply = 50;
  static constexpr size_t kMaxSent = 150;
  static constexpr size_t kMaxSentBytes = 8190;

  // Stores what the Set-Cookie fields of a reply from `url` ask for.
  void store(const Headers& headers, const Url& url, int64_t now_s);
  // Adds or replaces (same name, domain, path); one that has expired is removed.
  void put(Cookie cookie, int64_t now_s);
  // Takes over all cookies of `other`; its own are newer.
  void merge(const CookieJar& other, int64_t now_s);
  // Removes cookies of that domain, path and name; null: any. Returns how many.
  size_t remove(const std::string* domain, const std::string* path, const std::string* name);

  // What is asked for of a request to `url`.
  struct Wanted {
    const Url& url;
    // "a=1; b=2" of this call alone: goes first, and cookies of the jar with the same name stay.
    std::string_view own;
    bool any_host = true;  // also cookies without a domain; false once a redirect left the origin
  };
  // Appends "Cookie: ...\r\n" to `lines`, or nothing when there is nothing to send.
  void append_line(const Wanted& wanted, int64_t now_s, std::string& lines) const;

  // Unexpired cookies in the order of sending.
  std::vector<Cookie> list(int64_t now_s) const;

 private:
  void insert(Cookie cookie, int64_t now_s) LL_REQUIRES(mutex_);
  // RFC 6265bis 5.7 step 16: a plain origin may not shadow a Secure cookie.
  bool shadows_secure(const Cookie& cookie) const LL_REQUIRES(mutex_);
  void make_room(int64_t now_s) LL_REQUIRES(mutex_);

  struct Stored {
    Cookie cookie;
    uint64_t created;  // counts up; a replacement keeps the number of what it replaces
  };
  mutable Mutex mutex_;
  std::vector<Stored> cookies_ LL_GUARDED_BY(mutex_);  // longest path first, then oldest
  uint64_t next_created_ LL_GUARDED_BY(mutex_) = 0;
};

// The Cookie line of a user without a jar; nothing when `own` is empty.
void append_own_cookies(std::string_view own, std::string& lines);

}  // namespace locust_like::http
