// Making CURVE keys, which only ZeroMQ knows how to do.
// Thread: any. Errors: Code::kInternal where ZeroMQ was built without CURVE.
#pragma once

#include "base/result.h"
#include "cluster/keys.h"

namespace locust_like::cluster {

Result<KeyPair> make_curve_pair();
Result<Key> curve_public_key(const Key& secret_key);

}  // namespace locust_like::cluster
