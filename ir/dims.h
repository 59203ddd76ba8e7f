// Integer arithmetic on dims and indices in one canonical form: a sum of integer multiples of sorted products of atoms
// (symbols and opaque expressions). Equal polynomials are therefore the same node.
#pragma once
#include "ir/node.h"
#include <functional>
#include <optional>
#include <string>

namespace croton::ir {

Dim constant_dim(i64 value);
/// A symbol: equal names are the same size at every call.
Dim symbol_dim(std::string_view name);

std::optional<i64> constant_value(const Ref& scalar); ///< of any integer or bool constant
inline bool is_one(const Dim& d) { return constant_value(d) == 1; }

Ref index_add(const Ref& a, const Ref& b);
Ref index_sub(const Ref& a, const Ref& b);
Ref index_mul(const Ref& a, const Ref& b);
/// Floor division and remainder; exact divisions are carried out.
Ref index_div(const Ref& a, const Ref& b);
Ref index_mod(const Ref& a, const Ref& b);
Ref index_min(const Ref& a, const Ref& b);
Ref index_max(const Ref& a, const Ref& b);

/// Product of all dims, in canonical form.
Dim element_count(const Shape& shape);
/// Row-major strides in elements.
std::vector<Ref> dense_strides(const Shape& shape);

/// True when the two sizes can be proved different whatever the symbols are.
bool provably_different(const Dim& a, const Dim& b);

/// `a·var + b` → (a, b) with neither containing var; nothing when the expression is not linear in var.
struct Linear {
  Ref scale, offset;
};
std::optional<Linear> linear_in(const Ref& expression, const Ref& var);

/// Value of an integer scalar expression; `lookup` gives the values of leaves. Iterative and overflow-checked (ShapeError).
i64 evaluate_index(const Ref& expression, const std::function<i64(const Node&)>& lookup);

std::string to_string(const Dim& dim);
std::string to_string(const Shape& shape); ///< "{batch, 64}"

} // namespace croton::ir
