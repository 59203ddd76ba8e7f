// What an OpenCL device says of itself.
#pragma once
#include "runtime/device.h"
#include "runtime/opencl/library.h"

namespace croton::runtime::opencl {

struct Found {
  cl_platform_id platform;
  cl_device_id id;
  DeviceFacts facts;
};

/// Every device; throws nothing: a platform that fails to answer is left out.
std::vector<Found> find_devices(const Library& cl);

} // namespace croton::runtime::opencl
