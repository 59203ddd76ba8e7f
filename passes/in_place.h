// Whether a result may take an operand's memory.
#pragma once
#include "ir/kernel.h"

namespace croton::passes {

/// The kernel reads each element of `read` only to write the element of `write` at the same index, and never after that.
bool writes_after_reads(const ir::Kernel& kernel, const ir::Ref& read, const ir::Ref& write);

} // namespace croton::passes
