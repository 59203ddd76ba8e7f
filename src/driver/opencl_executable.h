// Programs on an OpenCL device.
#pragma once
#include "src/driver/device_executable.h"

namespace croton::driver {

/// Blocks of threads, which GPUs want and every device must run.
DeviceBackend opencl_blocks(runtime::DevicePtr device, bool strict);

/// `index` counts the devices of all platforms. DeviceError where there is no such device.
std::shared_ptr<const Executable> compile_opencl(const Program& program, int index);

} // namespace croton::driver
