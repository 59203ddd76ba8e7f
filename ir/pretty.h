// A graph in the short form of mathematics: `mean((x·W + b − y)²)`.
#pragma once
#include "ir/node.h"
#include <string>

namespace croton::ir {

/// Views that only stretch or add axes are not shown; parts that are used twice and would be long are named behind the
/// formula, `t₁² + t₁ where t₁ = exp(x)`, and so are parts that would make it longer than a line.
std::string pretty(const Ref& root);

} // namespace croton::ir
