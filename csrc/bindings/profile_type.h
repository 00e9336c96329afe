// Profile: base URL, default headers, options and prepared requests, shared by all sessions that
// look alike, so that thousands of users cost one cache.
#pragma once

#include <array>
#include <memory>

#include "bindings/recorder_type.h"
#include "client/options.h"

namespace locust_like::bindings {

// The verbs with a cache of prepared requests; another method is prepared for each call.
inline constexpr std::array<const char*, 7> kVerbs = {"GET", "OPTIONS", "HEAD",  "POST",
                                                      "PUT", "PATCH",   "DELETE"};
inline constexpr int kOtherVerb = -1;

struct ProfileObject {
  PyObject_HEAD RecorderObject* recorder;  // strong
  std::shared_ptr<const client::Profile> native;
  http::Headers headers;
  std::string shared_pool;  // name of the pool that sessions share; empty: each has its own
  PyObject* base_url;
  std::array<PyObject*, kVerbs.size()> prepared;  // {url: PreparedObject}; null until used
  bool full_url_name;
};

// A prepared request with the id of its default name.
struct PreparedObject {
  PyObject_HEAD std::shared_ptr<const client::PreparedRequest> native;
  NameId name_id;
  PyObject* name;
  PyObject* method;
};

extern PyTypeObject* profile_type;
bool add_profile_types();  // false: exception set

// Options as documented in _core.pyi at Recorder.profile. Null: exception set.
PyObject* make_profile(RecorderObject* recorder, PyObject* base_url, PyObject* headers,
                       PyObject* options);
// The prepared request for `url`, absolute or joined to the base URL; `verb` indexes kVerbs or is
// kOtherVerb. A new reference; null: exception set (ValueError for a bad URL or header).
PreparedObject* prepare(ProfileObject* profile, PyObject* method, int verb, PyObject* url);
// The same with other headers than the profile's; not cached.
PreparedObject* prepare_with(ProfileObject* profile, PyObject* method, PyObject* url,
                             const http::Headers& headers);

}  // namespace locust_like::bindings
