// Programs on a CUDA device.
#pragma once
#include "src/driver/target.h"
#include "src/executable.h"

namespace croton::driver {

/// Without a device the program is still built and printed: `code("source")` gives its CUDA C, and running it throws the
/// DeviceError that says what is missing.
std::shared_ptr<const Executable> compile_cuda(const Program& program, int index);

/// Blocks of threads for a device with these facts; `threads` of a block at most.
Target gpu_target(bool strict, i64 threads, i64 subgroup);

} // namespace croton::driver
