// Expressions of a user's own as scalar arithmetic: what `reduce` combines elements by.
#pragma once
#include "ir/node.h"
#include "ir/pattern.h"
#include <span>
#include <string_view>

namespace croton::ir {

/// The names in an expression that stand for values, in order of appearance.
std::vector<std::string> names_in(const Pattern& expression);

/// The expression over scalars of one dtype: names become the values in order of appearance, literals take the dtype, and
/// calls are elementwise ops. ValueError with the column; DTypeError where the result has another dtype.
Ref scalar_expression(std::string_view text, std::span<const Ref> values, DType dtype);

} // namespace croton::ir
