// The target of devices with many threads in step, whoever makes them.
#pragma once
#include "runtime/device.h"
#include "passes/schedule_gpu.h"
#include "src/driver/target.h"

namespace croton::driver {

/// `raw`: the device and language of raw kernels.
Target gpu_target(const passes::GpuFacts& facts, RawSupport raw = {});
/// What the schedules of a device go by. `exchanges`: threads of a subgroup exchange registers.
passes::GpuFacts gpu_facts(const runtime::DeviceFacts& facts, bool strict, bool exchanges);

/// The products that a library of the device takes, with what it computes besides, become steps of the plan.
void use_products(Target& target, const runtime::DevicePtr& device);

/// Blocks that share a phase: enough for every unit to have some waiting.
int block_count(const runtime::DeviceFacts& facts);

} // namespace croton::driver
