#include "bindings/module.h"

#include "bindings/core_functions.h"
#include "bindings/recorder_type.h"
#include "bindings/response_type.h"
#include "bindings/session_type.h"

PYBIND11_MODULE(_core, module) {
  using namespace locust_like::bindings;
  module.attr("__version__") = LL_VERSION;
  bind_capture(module);
  bind_stats(module);
  bind_health(module);
  bind_load(module);
  bind_cluster(module);
  bind_target(module);
  if (!add_recorder_types(module.ptr()) || !add_response_type(module.ptr()) ||
      !add_session_type(module.ptr()) || !add_core_functions(module.ptr())) {
    throw pybind11::error_already_set();
  }
}
