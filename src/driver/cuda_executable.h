// Programs on a CUDA device.
#pragma once
#include "src/executable.h"

namespace croton::driver {

/// Without a device the program is still built and printed: `code("source")` gives its CUDA C, and running it throws the
/// DeviceError that says what is missing.
std::shared_ptr<const Executable> compile_cuda(const Program& program, int index);

} // namespace croton::driver
