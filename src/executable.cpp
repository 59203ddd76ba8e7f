#include "src/executable.h"
#include "src/driver/cpu_executable.h"

namespace croton {

std::shared_ptr<const Executable> compile(const Program& program, const std::string& device) {
  if (device == "cpu") return driver::compile_cpu(program);
  throw UnsupportedError("[compile] there is no device '" + device + "'. Use cpu.");
}

} // namespace croton
