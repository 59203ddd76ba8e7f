// Raw kernels as functions: Croton writes the frame, the user's statements stand in it as they are.
#pragma once
#include "codegen/c.h"

namespace croton::codegen {

/// Appends the functions of the nodes' kernels and fills in `raw_entries`.
void add_raw(CSource& source, std::span<const ir::Ref> raws, const CLanguage& language);

} // namespace croton::codegen
