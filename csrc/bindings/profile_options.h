// The options of a profile, as Recorder.profile() gets them.
#pragma once

#include <memory>
#include <string>

#include "bindings/python_ref.h"
#include "client/options.h"

namespace locust_like::bindings {

// Fills `profile` from a dict of the options that _core.pyi lists. False: exception set (TypeError
// for unknown ones, ValueError for values that make no sense).
bool read_profile_options(PyObject* options, client::Profile& profile, bool& full_url_name,
                          std::string& shared_pool);

// The text of a str. False: exception set.
bool utf8_of(PyObject* text, std::string& out);
// PyArg_ParseTuple() takes nothing else. False: TypeError with `message` is set.
bool is_tuple(PyObject* value, const char* message);

}  // namespace locust_like::bindings
