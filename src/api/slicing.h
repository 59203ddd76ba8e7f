// Python's slices on sizes that may be symbols.
#pragma once
#include "croton/index.h"
#include "src/api/bridge.h"

namespace croton::api {

/// Where a slice begins and how many elements it has. `start` is in range whenever `size` is not 0.
struct Range {
  Ref start, size;
};
Range python_range(const slice& part, const Ref& extent);

} // namespace croton::api
