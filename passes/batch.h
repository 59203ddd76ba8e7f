// The same computation on many values at once, along a new leading axis.
//
// Needs: a graph. Establishes: a graph whose nodes that depend on the batched variables have one more axis in front.
// Each op says how in its record (Op::batch); pointwise ops and reductions follow from their bodies.
#pragma once
#include "ir/node.h"
#include <span>
#include <vector>

namespace croton::passes {

/// The outputs with each variable replaced by values of shape {count} + variable.shape; an output has shape
/// {count} + output.shape, also when it does not depend on a variable.
std::vector<ir::Ref> batch(std::span<const ir::Ref> outputs, std::span<const ir::Ref> variables,
                           std::span<const ir::Ref> values);

} // namespace croton::passes
