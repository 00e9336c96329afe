// Recorder as Python sees it; plain CPython, because firing may run listeners that
// switch greenlets.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "bindings/python_ref.h"
#include "client/call.h"
#include "client/source_addresses.h"
#include "client/target_rules.h"
#include "engine/recorder.h"

namespace locust_like::bindings {

class SharedPool;

struct RecorderObject {
  PyObject_HEAD std::shared_ptr<engine::Recorder> native;
  PyObject* names;      // {method: {name: id}}
  PyObject* profiles;   // {key: Profile}
  PyObject* listeners;  // the request event's list, or null
  uint32_t epoch;       // of the bridge it is registered with
  pid_t pid;            // of the process whose calls it counts
  // Of the profiles made from now on; dns null: as the system asks.
  std::shared_ptr<const client::TargetRules> targets;
  std::shared_ptr<const client::SourceAddresses> sources;
  std::shared_ptr<const loop::Resolver::Options> dns;
  std::map<std::string, std::weak_ptr<SharedPool>> shared_pools;  // by name; the sessions own them

  bool has_listeners() const { return listeners != nullptr && PyList_GET_SIZE(listeners) > 0; }
};

// Makes sure the recorder is registered with a running engine. False: exception set.
bool ensure_registered(RecorderObject* recorder);
// The id of (method, name). False: exception set.
bool name_id(RecorderObject* recorder, PyObject* method, PyObject* name, NameId& id);
// Hands a judged sample to `thread`; the recorder must be registered. A failure may be captured
// from `call`, null where a script reports it.
void submit_sample(RecorderObject* recorder, const stats::Sample& sample, std::string failure_text,
                   ThreadId thread, const client::Call* call = nullptr);
// The text of `exception` in statistics: its repr(); a plain string becomes
// CatchResponseError('...').
bool failure_text_of(PyObject* exception, std::string& text);

extern PyTypeObject* recorder_type;
// Adds Recorder and Profile to the module. False: exception set.
bool add_recorder_types(PyObject* module);

}  // namespace locust_like::bindings
