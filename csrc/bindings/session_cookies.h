// The cookies of a session as scripts read and write them, and the jar that its calls share.
#pragma once

#include <memory>
#include <string_view>

#include "bindings/python_ref.h"
#include "http/cookies.h"
#include "http/url.h"

namespace locust_like::bindings {

struct SessionObject;

// Takes over the jar of a finished call: the session's own, one that its reply made, or null.
void adopt_jar(SessionObject* session, const std::shared_ptr<http::CookieJar>& jar);

// "a=1; b=2" of one call. False: exception set (CR, LF or NUL would split the request).
bool read_cookie_line(PyObject* value, std::string& line);

// What the Set-Cookie fields of a reply from `url` store, as a list like Session.cookie_list().
PyObject* cookies_of_reply(const http::Headers& headers, const http::Url& url);

PyObject* session_cookie_list(PyObject* self, PyObject* unused);
PyObject* session_put_cookie(PyObject* self, PyObject* args);
PyObject* session_remove_cookies(PyObject* self, PyObject* args);

}  // namespace locust_like::bindings
