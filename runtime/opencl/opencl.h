// OpenCL devices, through the ICD loader. The loader is opened when the first device is asked for, so that a program
// starts on a machine that has none; a build without the OpenCL headers has no devices and says which package brings them.
#pragma once
#include "runtime/device.h"

namespace croton::runtime::opencl {

/// Every device of every platform, in the loader's order: number k is the device `opencl:k`.
const std::vector<DeviceFacts>& list();
/// Why there are none and what to install; "" when there are.
const std::string& missing();
/// The library of matrix products, or why there is none.
std::string products_text();
/// The process's own of each, opened on first use. DeviceError when there is no such device or it cannot be opened.
DevicePtr open(int index);

} // namespace croton::runtime::opencl
