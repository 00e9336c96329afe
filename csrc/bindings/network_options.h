// What an operator says of the network of a run, as Recorder.set_targets() and set_network() get
// it; it holds for the profiles made from then on.
#pragma once

#include <memory>

#include "bindings/python_ref.h"
#include "client/source_addresses.h"

namespace locust_like::bindings {

PyObject* recorder_set_targets(PyObject* recorder, PyObject* args, PyObject* kwargs);
PyObject* recorder_set_network(PyObject* recorder, PyObject* args, PyObject* kwargs);

// From a sequence of IP addresses; null in `out` for an empty one. False: exception set (ValueError
// for what is no address).
bool read_source_addresses(PyObject* texts, std::shared_ptr<const client::SourceAddresses>& out);

}  // namespace locust_like::bindings
