// What NVIDIA's compiler makes of a CUDA C source, for people. NVRTC is enough: no driver and no device are needed.
#pragma once
#include "runtime/kernel_facts.h"
#include <string>
#include <string_view>
#include <vector>

namespace croton::driver {

/// The architecture that is compiled for where there is no device: CROTON_CUDA_ARCH, or "sm_90". ValueError for a name
/// that is none.
std::string default_architecture();

/// "ptx" and "sass"; "" for another stage. UnsupportedError naming the package where NVRTC, or for SASS nvdisasm, is not installed.
std::string cuda_code(std::string_view stage, const std::string& source, const std::string& architecture, const std::string& name);
/// Registers, memory and spills of each entry of the source. UnsupportedError where NVRTC is not installed.
std::vector<runtime::KernelFacts> cuda_facts(const std::string& source, const std::string& architecture, const std::string& name);

} // namespace croton::driver
