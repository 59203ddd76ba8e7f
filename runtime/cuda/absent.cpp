// Built where the CUDA toolkit's headers are not installed.
#include "croton/error.h"
#include "runtime/cuda/cuda.h"

namespace croton::runtime::cuda {

const std::vector<DeviceFacts>& list() {
  static const std::vector<DeviceFacts> none;
  return none;
}
const std::string& missing() {
  static const std::string reason = "this build has no CUDA: install the headers of CUDA 12 or later (nvidia-cuda-toolkit on Debian) and configure again";
  return reason;
}
DevicePtr open(int) { throw DeviceError("[cuda] " + missing() + "."); }
std::vector<std::byte> compile(const std::string&, const std::string&, const std::string&) { throw DeviceError("[cuda] " + missing() + "."); }
std::string compile_to_ptx(const std::string&, const std::string&, const std::string&) { throw DeviceError("[cuda] " + missing() + "."); }
std::vector<KernelFacts> kernel_facts(const std::string&, const std::string&, const std::string&) { throw DeviceError("[cuda] " + missing() + "."); }
std::string missing_compiler() { return missing(); }
std::string products_text() { return missing(); }

} // namespace croton::runtime::cuda
