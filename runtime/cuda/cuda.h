// CUDA devices: the driver and NVRTC are opened at run time, so that a program that was built with the toolkit's headers
// starts where there is neither.
#pragma once
#include "runtime/device.h"
#include "runtime/kernel_facts.h"

namespace croton::runtime::cuda {

/// Every device of the driver; empty where there is none (see missing()).
const std::vector<DeviceFacts>& list();
/// Why nothing can run and what brings it; "" when a device was found.
const std::string& missing();
/// The device with this number, opened once in a process. DeviceError says what is missing.
DevicePtr open(int index);

/// Compiles CUDA C for an architecture ("sm_90") into a cubin, by NVRTC alone: no driver and no device are needed.
/// DeviceError quotes the compiler's log, or says that NVRTC is missing.
std::vector<std::byte> compile(const std::string& source, const std::string& architecture, const std::string& name);
/// The same source as PTX, the assembly of every NVIDIA processor from that architecture on.
std::string compile_to_ptx(const std::string& source, const std::string& architecture, const std::string& name);
/// What the compiler says about each entry of the source, in the order of their names.
std::vector<KernelFacts> kernel_facts(const std::string& source, const std::string& architecture, const std::string& name);
/// "": NVRTC is there; else what to install.
std::string missing_compiler();
/// The library of matrix products, "cuBLASLt 13.0.2", or why there is none. Opens it.
std::string products_text();

} // namespace croton::runtime::cuda
