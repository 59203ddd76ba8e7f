// The reference: evaluates a graph as written, node by node, for clarity. It shares no code with lowering or the
// emitters: it is what they are tested against.
//
// Pointwise nodes take the exact value functions of their records; f32 operands take the f32 function. Sums and products
// of floats accumulate in f64 and integers in 128 bits, rounded or wrapped once at the end. Views, generators and gathers
// evaluate their index map for every output index. Every read is checked.
#pragma once
#include "ir/array.h"
#include "ir/node.h"
#include <span>
#include <unordered_map>
#include <vector>

namespace croton::ir {

/// Values of leaves: inputs, shared variables, and dims (as i64 scalars) that no bound leaf's shape determines.
using Bindings = std::unordered_map<Ref, Array>;

/// The values of the roots. Dims are bound by the shapes of the bound arrays, all of which must agree (ShapeError).
/// Throws IndexError, ShapeError or ValueError with the node and the user's line for what goes wrong at these values.
std::vector<Array> interpret(std::span<const Ref> roots, const Bindings& bindings);
Array interpret(const Ref& root, const Bindings& bindings);

/// The value of a Pointwise node from those of its operands, as its dtype holds it.
Scalar pointwise_value(const Node& node, const Scalar* operands);

} // namespace croton::ir
