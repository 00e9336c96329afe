// The keywords of events.request.fire(): one finished request that a script reports.
//
// Scripts compute what they give, so whatever is a number or a text is taken.
// Thread: with the GIL.
#pragma once

#include <string>

#include "bindings/python_ref.h"
#include "stats/sample.h"

namespace locust_like::bindings {

// What is read of the keywords, borrowed; the rest is for the listeners.
struct Fired {
  PyObject* request_type = nullptr;
  PyObject* name = nullptr;
  PyObject* response_time = nullptr;
  PyObject* response_length = nullptr;
  PyObject* exception = nullptr;
};

// Finds them among the arguments of a vectorcall, all of which are keywords.
Fired fired_of(PyObject* const* args, PyObject* kwnames);

// Fills sample and failure text, but for the name. False: exception set.
bool read_fired(const Fired& fired, stats::Sample& sample, std::string& failure_text);

}  // namespace locust_like::bindings
