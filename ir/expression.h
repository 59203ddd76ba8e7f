// Elementwise expressions from text: "a * x + y" over operands that have names, in the language of ir/pattern.h.
#pragma once
#include "ir/node.h"
#include <string_view>
#include <utility>
#include <vector>

namespace croton::ir {

/// The expression's value; literals take the operands' dtype. Operators are calls of their ops, and every elementwise op
/// may be called: "where(a < b, a, b)". ValueError with the column where it is not one, or does not fit the dtype;
/// `who` stands in front.
Ref parse_elementwise(std::string_view text, const std::vector<std::pair<std::string_view, Ref>>& operands, std::string_view who);

} // namespace croton::ir
