// Elementwise expressions from text: "a * x + y" over operands that have names, in the language of ir/pattern.h.
#pragma once
#include "ir/node.h"
#include "ir/pattern.h"
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace croton::ir {

/// The expression's value; literals take the operands' dtype. Operators are calls of their ops, and every elementwise op
/// may be called: "where(a < b, a, b)". ValueError with the column where it is not one, DTypeError where its value has not the
/// operands' dtype; `who` stands in front.
Ref parse_elementwise(std::string_view text, const std::vector<std::pair<std::string_view, Ref>>& operands, std::string_view who);

/// The names in an expression that stand for values, in order of appearance.
std::vector<std::string> names_in(const Pattern& expression);
/// The expression whose names stand for these values in order of appearance; ValueError where there are not as many.
Ref parse_elementwise(std::string_view text, std::span<const Ref> values, std::string_view who);

} // namespace croton::ir
