#include "bindings/profile_options.h"

#include <memory>
#include <utility>
#include <vector>

#include "bindings/call_options.h"
#include "bindings/errors.h"
#include "bindings/network_options.h"

namespace locust_like::bindings {
namespace {

// One TLS context per setting for the whole process: it costs 884 KB and 21 ms.
std::shared_ptr<client::TlsProvider> shared_tls(const tls::Settings& settings) {
  struct Known {
    tls::Settings settings;
    std::shared_ptr<client::TlsProvider> provider;
  };
  static std::vector<Known> known;  // guarded by the GIL
  for (const Known& one : known) {
    if (one.settings == settings) return one.provider;
  }
  known.push_back({settings, std::make_shared<client::TlsProvider>(settings)});
  return known.back().provider;
}

// Reads one option after the other; false with an exception for unknown ones.
class OptionReader {
 public:
  OptionReader(client::Profile& profile, bool& full_url_name, std::string& shared_pool)
      : profile_(profile),
        options_(profile.options),
        full_url_name_(full_url_name),
        shared_pool_(shared_pool) {}

  bool read(const std::string& name, PyObject* value) {
    if (name == "connect_timeout_s")
      return read_duration(value, "connect_timeout_s", options_.connect_timeout);
    if (name == "read_timeout_s")
      return read_duration(value, "read_timeout_s", options_.read_timeout);
    if (name == "total_timeout_s")
      return read_duration(value, "total_timeout_s", options_.total_timeout);
    if (name == "max_redirects") return integer(value, options_.max_redirects);
    if (name == "max_connections") return max_connections(value);
    if (name == "keepalive_expiry_s")
      return read_duration(value, "keepalive_expiry_s", options_.idle_expiry);
    if (name == "reuse_connections") return boolean(value, options_.reuse_connections);
    if (name == "retry_stale") return boolean(value, options_.retry_stale);
    if (name == "follow_redirects") return boolean(value, options_.follow_redirects);
    if (name == "discard_body") return boolean(value, options_.discard_body);
    if (name == "keeps_cookies") return boolean(value, options_.keeps_cookies);
    if (name == "full_url_name") return boolean(value, full_url_name_);
    if (name == "http_version") return http_version(value);
    if (name == "verify") return verify(value);
    if (name == "cert") return cert(value);
    if (name == "tls_min_version") return tls_version(value, tls_.min_version);
    if (name == "tls_max_version") return tls_version(value, tls_.max_version);
    if (name == "tls_ciphers") return text_or_none(value, tls_.ciphers);
    if (name == "tls_server_name") return text_or_none(value, profile_.tls_server_name);
    if (name == "tls_resumption") return boolean(value, tls_.resumes);
    if (name == "proxies") return proxies(value);
    if (name == "no_proxy") return no_proxy(value);
    if (name == "shared_pool") return utf8_of(value, shared_pool_);
    if (name == "source_addresses") return read_source_addresses(value, profile_.sources);
    PyErr_Format(PyExc_TypeError, "unknown profile option '%s'", name.c_str());
    return false;
  }

  // Once all are read.
  void finish() {
    options_.shared_connections = !shared_pool_.empty();
    tls_.alpn = client::alpn_protocols(options_.http_version);
    profile_.tls = shared_tls(tls_);
    if (has_proxies_) {
      // The same trust; but certificates of the client, and HTTP/2, are for servers.
      tls::Settings for_proxies = tls_;
      for_proxies.certificate_file = for_proxies.key_file = "";
      for_proxies.alpn = {"http/1.1"};
      profile_.proxy_tls = shared_tls(for_proxies);
      profile_.proxies = std::make_shared<const client::ProxyRules>(std::move(rules_));
    }
  }

 private:
  static bool integer(PyObject* value, int& out) {
    const long number = PyLong_AsLong(value);
    if (number == -1 && PyErr_Occurred() != nullptr) return false;
    out = static_cast<int>(number);
    return true;
  }
  static bool boolean(PyObject* value, bool& out) {
    const int truth = PyObject_IsTrue(value);
    out = truth == 1;
    return truth >= 0;
  }
  bool max_connections(PyObject* value) {
    if (!integer(value, options_.max_connections)) return false;
    if (options_.max_connections >= 1) return true;
    PyErr_Format(PyExc_ValueError,
                 "concurrency (max_connections) is %R, but no request leaves without a "
                 "connection: at least 1",
                 value);
    return false;
  }
  bool http_version(PyObject* value) {
    if (value == Py_None) return true;
    std::string text;
    if (!utf8_of(value, text)) return false;
    const auto version = client::parse_http_version(text);
    if (!version.ok()) return raise_status(version.status()) != nullptr;
    options_.http_version = version.value();
    return true;
  }
  bool verify(PyObject* value) {
    if (!PyUnicode_Check(value)) return boolean(value, tls_.verify);
    return utf8_of(value, tls_.ca_file);
  }
  bool cert(PyObject* value) {
    if (value == Py_None) return true;
    if (PyUnicode_Check(value)) return utf8_of(value, tls_.certificate_file);
    PyObject *certificate = nullptr, *key = nullptr;
    return is_tuple(value, "cert is a path or (certificate, key)") &&
           PyArg_ParseTuple(value, "UU;cert is a path or (certificate, key)", &certificate, &key) &&
           utf8_of(certificate, tls_.certificate_file) && utf8_of(key, tls_.key_file);
  }

  static bool text_or_none(PyObject* value, std::string& out) {
    return value == Py_None || utf8_of(value, out);
  }
  static bool tls_version(PyObject* value, std::string& out) {
    if (!text_or_none(value, out)) return false;
    if (out.empty() || out == "1.2" || out == "1.3") return true;
    PyErr_Format(PyExc_ValueError, "a TLS version is '1.2' or '1.3', not %R", value);
    return false;
  }
  // Pairs of pattern and proxy, as ProxyRules::add() takes them.
  bool proxies(PyObject* value) {
    if (!is_tuple(value, "proxies are (pattern, proxy) pairs")) return false;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(value); ++i) {
      PyObject *pattern = nullptr, *proxy = nullptr;
      std::string pattern_text, proxy_text;
      if (!is_tuple(PyTuple_GET_ITEM(value, i), "proxies are (pattern, proxy) pairs") ||
          !PyArg_ParseTuple(PyTuple_GET_ITEM(value, i), "UU;proxies are pairs", &pattern, &proxy) ||
          !utf8_of(pattern, pattern_text) || !utf8_of(proxy, proxy_text)) {
        return false;
      }
      const Status status = rules_.add(pattern_text, proxy_text);
      if (!status.ok()) return raise_status(status) != nullptr;
      has_proxies_ = true;
    }
    return true;
  }
  bool no_proxy(PyObject* value) {
    std::string text;
    if (!utf8_of(value, text)) return false;
    rules_.set_exceptions(text);
    return true;
  }

  client::Profile& profile_;
  client::Options& options_;
  bool& full_url_name_;
  std::string& shared_pool_;
  tls::Settings tls_;
  client::ProxyRules rules_;
  bool has_proxies_ = false;
};

}  // namespace

bool utf8_of(PyObject* text, std::string& out) {
  if (!PyUnicode_Check(text)) {
    PyErr_Format(PyExc_TypeError, "expected str, got %.100s", Py_TYPE(text)->tp_name);
    return false;
  }
  Py_ssize_t size = 0;
  const char* utf8 = PyUnicode_AsUTF8AndSize(text, &size);
  if (utf8 == nullptr) return false;
  out.assign(utf8, static_cast<size_t>(size));
  return true;
}

bool is_tuple(PyObject* value, const char* message) {
  if (PyTuple_Check(value)) return true;
  PyErr_SetString(PyExc_TypeError, message);
  return false;
}

bool read_profile_options(PyObject* options, client::Profile& profile, bool& full_url_name,
                          std::string& shared_pool) {
  OptionReader reader(profile, full_url_name, shared_pool);
  PyObject *name = nullptr, *value = nullptr;
  Py_ssize_t position = 0;
  while (PyDict_Next(options, &position, &name, &value) != 0) {
    std::string text;
    if (!utf8_of(name, text) || !reader.read(text, value)) return false;
  }
  reader.finish();
  return true;
}

}  // namespace locust_like::bindings
