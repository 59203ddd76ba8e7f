// Part of a program's code: the phases that are printed.
#pragma once
#include <cstddef>
#include <functional>

namespace croton::codegen {

/// Which phases are printed: the others' names are "".
using WantedPhases = std::function<bool(std::size_t kernel, std::size_t phase)>;

} // namespace croton::codegen
