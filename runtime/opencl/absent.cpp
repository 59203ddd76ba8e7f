// Built where the OpenCL headers are not installed.
#include "croton/error.h"
#include "runtime/opencl/opencl.h"

namespace croton::runtime::opencl {

const std::vector<DeviceFacts>& list() {
  static const std::vector<DeviceFacts> none;
  return none;
}
const std::string& missing() {
  static const std::string reason = "this build has no OpenCL: install opencl-headers (Debian) or opencl-headers-devel (Fedora) and configure again";
  return reason;
}
std::string products_text() { return missing(); }
DevicePtr open(int) { throw DeviceError("[opencl] " + missing() + "."); }

} // namespace croton::runtime::opencl
