// Raw kernels in plans: which body a device needs, and how it is run there.
#pragma once
#include "runtime/device.h"
#include "src/driver/prepared.h"

namespace croton::driver {

/// Throws UnsupportedError, naming the node and the device, where the kernel has no body for it.
void expect_raw_body(const ir::Node& node, const RawSupport& support);
/// The step of a node, without its buffers.
ir::RawStep raw_step(const ir::Node& node);
/// The nodes of the plan's raw steps, in order.
std::vector<ir::Ref> raw_nodes(const ir::Plan& plan);

/// The launch of a kernel that has one of its own; DeviceError where the device cannot.
runtime::Grid raw_grid(const ReadyRaw& raw, const runtime::DeviceFacts& facts);
/// By the reference body, over the host's memory.
void run_reference(const ReadyRaw& raw, const Prepared& ready, void* const* pointers, char* arena);

} // namespace croton::driver
