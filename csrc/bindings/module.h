// What module.cc calls: one bind function a file. Only bindings/ sees pybind11 and Python.h.
#pragma once

#include <pybind11/pybind11.h>

namespace locust_like::bindings {

void bind_stats(pybind11::module_& module);    // Snapshot, EntryStats, ErrorStats, TimelinePoint
void bind_capture(pybind11::module_& module);  // Capture, CapturedMessage
void bind_health(pybind11::module_& module);   // HealthInterval, engine_health
void bind_cluster(pybind11::module_& module);  // MasterLink, WorkerLink, ClusterKeys
void bind_load(pybind11::module_& module);     // UserSequence
void bind_target(pybind11::module_& module);   // Target

}  // namespace locust_like::bindings
