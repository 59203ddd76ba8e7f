// Expressions for people.
#pragma once
#include "croton/expr.h"
#include "croton/function.h"
#include <string>

namespace croton {

/// The graph of an expression as "text" (which parses back), "json", "dot" or "svg".
std::string dump(const Expr& x, const DumpOptions& options = {}, std::source_location here = std::source_location::current());
/// In the short form of mathematics: `mean((x·W + b − y)²)`.
std::string pretty(const Expr& x);

} // namespace croton
