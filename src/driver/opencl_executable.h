// Programs on an OpenCL device.
#pragma once
#include "src/executable.h"

namespace croton::driver {

/// `index` counts the devices of all platforms. DeviceError where there is no such device.
std::shared_ptr<const Executable> compile_opencl(const Program& program, int index);

} // namespace croton::driver
