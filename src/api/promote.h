// Which dtype operands are computed in: the one place that decides it.
#pragma once
#include "ir/op.h"
#include "src/api/bridge.h"
#include <span>

namespace croton::api {

/// The operand in its own dtype; a literal takes the dtype of its kind (bool, i64, the default float).
Ref operand(const In& x);
/// The operand cast to the dtype; a literal must fit it (ValueError).
Ref operand_as(std::string_view op, const In& x, DType dtype);

/// The common dtype: that of the expressions, which literals widen only in kind.
DType common_dtype(std::string_view op, std::span<const In> operands);
/// The dtype to compute an op in that accepts these, from the common one: integers become the default float where it wants
/// floats; bool has no arithmetic (DTypeError).
DType compute_dtype(std::string_view op, ir::Accepts accepts, DType common);

/// All operands in the dtype the op computes in.
Refs promoted(std::string_view op, ir::Accepts accepts, std::span<const In> operands);
/// x in a float dtype.
Ref as_float(std::string_view op, const In& x);
/// x as sums and products take it: bool and integers as wide as can be.
Ref as_summable(std::string_view op, const In& x);
/// A pointwise public function: promotes and builds. At least one operand.
Expr pointwise(std::string_view op, std::span<const In> operands);
Expr pointwise(std::string_view op, std::initializer_list<In> operands);

} // namespace croton::api
