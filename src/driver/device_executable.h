// Programs on a device with memory of its own (runtime/device.h): the plan's steps over blocks of that memory. What the
// host gives is copied in, what it wants is copied out, and values that live on the device stay there.
#pragma once
#include "codegen/c.h"
#include "runtime/device.h"
#include "src/driver/built_executable.h"

namespace croton::driver {

/// What joins a device to the pipeline.
struct DeviceBackend {
  runtime::DevicePtr device;
  Target target;
  const codegen::CLanguage* language;
  int workers; ///< blocks that share a phase
};

/// UnsupportedError for a dtype that the device has not.
std::shared_ptr<const Executable> compile_for_device(const Program& program, const DeviceBackend& backend);

} // namespace croton::driver
