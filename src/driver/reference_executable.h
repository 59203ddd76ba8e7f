// Programs evaluated as they were written, node by node: no rewrite, no fusion, no kernel. The oracle of every device.
#pragma once
#include "src/executable.h"

namespace croton::driver {

std::shared_ptr<const Executable> compile_reference(const Program& program);

} // namespace croton::driver
