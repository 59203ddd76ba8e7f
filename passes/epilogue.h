// epilogue: what is computed from a product alone becomes part of it, where the product's library does that too.
//
// Needs: the prepared graph. Establishes: a product whose only reader adds a bias to its rows, takes relu or gelu (the tanh
// form) of it, or both, is one fused_matmul; what the library does not offer stays as it was, a kernel of its own. Stands
// before `fuse`, which would make that kernel.
#pragma once
#include "ir/node.h"
#include "ir/op.h"
#include <functional>

namespace croton::passes {

/// Whether the library that takes this product takes the epilogue with it.
using OffersEpilogue = std::function<bool(const ir::Node& product, bool bias, ir::Activation activation)>;

std::vector<ir::Ref> take_epilogues(std::span<const ir::Ref> roots, const OffersEpilogue& offers);

} // namespace croton::passes
