// How other bindings hand statistics to Python: immutable values that share the native snapshot,
// never copies of its histograms.
// Thread: the GIL must be held.
#pragma once

#include <pybind11/pybind11.h>

#include <memory>
#include <vector>

#include "stats/capture.h"
#include "stats/snapshot.h"
#include "stats/timeline.h"

namespace locust_like::bindings {

// A _core.Snapshot. The snapshot is shared with every EntryStats and ErrorStats read from it.
pybind11::object to_python(std::shared_ptr<const stats::Snapshot> snapshot);
// A _core.Capture.
pybind11::object to_python(std::shared_ptr<const stats::Capture> capture);
// A list of _core.TimelinePoint.
pybind11::object to_python(std::vector<stats::TimelinePoint> points);

}  // namespace locust_like::bindings
