// collapse: neighbouring loops that walk memory like one become one.
//
// Needs: a nest. Establishes: no two adjacent axes whose strides say that the slower steps exactly past the faster.
#pragma once
#include "passes/nest.h"

namespace croton::passes {

void collapse(Nest& nest);

/// How many loads and stores of the nest move by one element per step of the variable.
int unit_strides(const Nest& nest, const ir::Ref& var);

} // namespace croton::passes
