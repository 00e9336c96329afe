// The keywords of requests in the forms that most calls have, turned into native ones without a
// step through Python: `headers` and `params` a dict of text, `data` bytes, text or such a dict,
// `json` anything.
//
// What they mean is said in client/arguments.py; here is what it would answer, and every other
// keyword or form is left to it (Session._prepare()). Rejected: to know all forms here, as files,
// iterables and Python's own rules of text are Python's business.
// Thread: Python's, with the GIL.
#pragma once

#include "bindings/call_options.h"
#include "bindings/python_ref.h"

namespace locust_like::bindings {

class PlainArguments {
 public:
  // False: not one of these keywords, or in another form. `value` is borrowed until apply() is
  // done.
  bool take(PyObject* keyword, PyObject* value);

  // Nothing was taken that changes the call.
  bool empty() const;

  // Puts what was taken into `options` and `url` (text), which then borrow from this object.
  // `session` answers `_json_body(document)`. False: exception set.
  bool apply(PyObject* session, CallOptions& options, PyObject*& url);

 private:
  bool make_body(PyObject* session, CallOptions& options, const char*& content_type);
  bool make_fields(CallOptions& options, const char* content_type);

  PyObject* headers_ = nullptr;  // null: none, or empty
  PyObject* params_ = nullptr;
  PyObject* data_ = nullptr;
  PyObject* json_ = nullptr;
  Ref body_;
  Ref fields_;
  Ref url_;
};

}  // namespace locust_like::bindings
