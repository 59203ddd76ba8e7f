// Programs on a device with memory of its own (runtime/device.h): the plan's steps over blocks of that memory. What the
// host gives is copied in, what it wants is copied out, and values that live on the device stay there.
#pragma once
#include "codegen/c.h"
#include "runtime/device.h"
#include "src/driver/built_executable.h"
#include <functional>

namespace croton::driver {

/// What joins a device to the pipeline.
struct DeviceBackend {
  runtime::DevicePtr device;
  Target target;
  const codegen::CLanguage* language;
  int workers; ///< blocks that share a phase
  /// What its compiler makes of a source, for people: a stage's text, and facts about the kernels; empty: nothing is known.
  std::function<std::string(std::string_view stage, const std::string& source, const std::string& name)> code = {};
  std::function<std::vector<runtime::KernelFacts>(const std::string& source, const std::string& name)> facts = {};
};

/// UnsupportedError for a dtype that the device has not.
std::shared_ptr<const Executable> compile_for_device(const Program& program, const DeviceBackend& backend);

} // namespace croton::driver
