#include "bindings/session_cookies.h"

#include <string>
#include <utility>

#include "base/clock.h"
#include "bindings/session_type.h"

namespace locust_like::bindings {
namespace {

SessionObject* as_session(PyObject* self) { return reinterpret_cast<SessionObject*>(self); }

int64_t now_s() { return static_cast<int64_t>(wall_now_s()); }

// Servers send UTF-8 or Latin-1; what a script sets is UTF-8.
PyObject* text(std::string_view bytes) {
  const auto size = static_cast<Py_ssize_t>(bytes.size());
  PyObject* decoded = PyUnicode_DecodeUTF8(bytes.data(), size, nullptr);
  if (decoded != nullptr || PyErr_ExceptionMatches(PyExc_UnicodeDecodeError) == 0) return decoded;
  PyErr_Clear();
  return PyUnicode_DecodeLatin1(bytes.data(), size, nullptr);
}

PyObject* cookie_tuple(const http::Cookie& cookie) {
  PyObject* expires = cookie.expires_s == http::kNeverExpires
                          ? Py_NewRef(Py_None)
                          : PyLong_FromLongLong(cookie.expires_s);
  // N takes the references over, also when one is null.
  return Py_BuildValue("(NNNNNNNN)", text(cookie.name), text(cookie.value), text(cookie.domain),
                       text(cookie.path), expires, PyBool_FromLong(cookie.secure ? 1 : 0),
                       PyBool_FromLong(cookie.http_only ? 1 : 0),
                       PyBool_FromLong(cookie.host_only ? 1 : 0));
}

PyObject* cookie_tuples(const std::vector<http::Cookie>& cookies) {
  Ref list = Ref::steal(PyList_New(0));
  for (const http::Cookie& cookie : cookies) {
    Ref item = list ? Ref::steal(cookie_tuple(cookie)) : Ref();
    if (!item || PyList_Append(list.get(), item.get()) < 0) return nullptr;
  }
  return list.release();
}

bool is_sendable(std::string_view part, std::string_view refused) {
  if (part.find_first_of(refused) == std::string_view::npos) return true;
  PyErr_SetString(PyExc_ValueError, "a cookie with CR, LF, NUL or ';' in it: nothing was sent");
  return false;
}

constexpr std::string_view kSplitsCookie("\r\n\0;", 4);
constexpr std::string_view kSplitsLine("\r\n\0", 3);

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(http::tables::kLower[static_cast<unsigned char>(c)]);
  return text;
}

}  // namespace

void adopt_jar(SessionObject* session, const std::shared_ptr<http::CookieJar>& jar) {
  if (jar == session->jar || !jar) return;
  if (!session->jar) {
    session->jar = jar;
  } else {  // two calls of one session have each made the first one
    session->jar->merge(*jar, now_s());
  }
}

bool read_cookie_line(PyObject* value, std::string& line) {
  Py_ssize_t size = 0;
  const char* utf8 = PyUnicode_AsUTF8AndSize(value, &size);
  if (utf8 == nullptr) return false;
  line.assign(utf8, static_cast<size_t>(size));
  return is_sendable(line, kSplitsLine);
}

PyObject* cookies_of_reply(const http::Headers& headers, const http::Url& url) {
  http::CookieJar jar;
  jar.store(headers, url, now_s());
  return cookie_tuples(jar.list(now_s()));
}

PyObject* session_cookie_list(PyObject* self, PyObject* /*unused*/) {
  const auto& jar = as_session(self)->jar;
  return jar ? cookie_tuples(jar->list(now_s())) : PyList_New(0);
}

PyObject* session_put_cookie(PyObject* self, PyObject* args) {
  const char *name = nullptr, *value = nullptr, *domain = nullptr, *path = nullptr;
  PyObject* expires = nullptr;
  int secure = 0, http_only = 0, host_only = 0;
  if (PyArg_ParseTuple(args, "ssssOppp:put_cookie", &name, &value, &domain, &path, &expires,
                       &secure, &http_only, &host_only) == 0) {
    return nullptr;
  }
  http::Cookie cookie;
  cookie.name = name;
  cookie.value = value;
  cookie.domain = lower(domain);
  if (cookie.domain.starts_with('.')) cookie.domain.erase(0, 1);
  if (*path == '/') cookie.path = path;
  cookie.secure = secure != 0;
  cookie.http_only = http_only != 0;
  cookie.host_only = host_only != 0;
  if (expires != Py_None) {
    const double seconds = PyFloat_AsDouble(expires);
    if (seconds == -1.0 && PyErr_Occurred() != nullptr) return nullptr;
    if (seconds < 1e15) cookie.expires_s = static_cast<int64_t>(seconds);
  }
  if (cookie.name.empty() || cookie.name.find('=') != std::string::npos) {
    PyErr_SetString(PyExc_ValueError, "a cookie needs a name without '='");
    return nullptr;
  }
  if (!is_sendable(cookie.name, kSplitsCookie) || !is_sendable(cookie.value, kSplitsCookie)) {
    return nullptr;
  }
  SessionObject* session = as_session(self);
  if (!session->jar) session->jar = std::make_shared<http::CookieJar>();
  session->jar->put(std::move(cookie), now_s());
  Py_RETURN_NONE;
}

PyObject* session_remove_cookies(PyObject* self, PyObject* args) {
  const char *domain = nullptr, *path = nullptr, *name = nullptr;
  if (PyArg_ParseTuple(args, "zzz:remove_cookies", &domain, &path, &name) == 0) return nullptr;
  const auto& jar = as_session(self)->jar;
  if (!jar) return PyLong_FromLong(0);
  const auto wanted = [](const char* given) { return std::string(given == nullptr ? "" : given); };
  const std::string its_domain = wanted(domain), its_path = wanted(path), its_name = wanted(name);
  return PyLong_FromSize_t(jar->remove(domain == nullptr ? nullptr : &its_domain,
                                       path == nullptr ? nullptr : &its_path,
                                       name == nullptr ? nullptr : &its_name));
}

}  // namespace locust_like::bindings
