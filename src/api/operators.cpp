// Operators, selection and casts.
#include "src/api/promote.h"

namespace croton {

namespace {

bool is_bool(const In& x) {
  return x.is_literal() ? x.kind() == In::Kind::boolean : api::ref(x.expr())->dtype() == DType::bool_;
}

// & | ^ are logical where both sides are bool, else on bits.
Expr bits_or_logic(std::string_view bits, std::string_view logic, const In& x, const In& y) {
  bool both = api::at(x.where(), [&] { return is_bool(x) && is_bool(y); });
  return api::pointwise(both ? logic : bits, {x, y});
}

} // namespace

#define CROTON_BINARY(symbol, op)                                                                                      \
  Expr operator symbol(In x, In y) { return api::pointwise(op, {x, y}); }
CROTON_BINARY(+, "add")
CROTON_BINARY(-, "subtract")
CROTON_BINARY(*, "multiply")
CROTON_BINARY(/, "divide")
CROTON_BINARY(%, "remainder")
CROTON_BINARY(<, "less")
CROTON_BINARY(<=, "less_equal")
CROTON_BINARY(>, "greater")
CROTON_BINARY(>=, "greater_equal")
CROTON_BINARY(==, "equal")
CROTON_BINARY(!=, "not_equal")
CROTON_BINARY(<<, "left_shift")
CROTON_BINARY(>>, "right_shift")
CROTON_BINARY(&&, "logical_and")
CROTON_BINARY(||, "logical_or")
#undef CROTON_BINARY

Expr operator&(In x, In y) { return bits_or_logic("bitwise_and", "logical_and", x, y); }
Expr operator|(In x, In y) { return bits_or_logic("bitwise_or", "logical_or", x, y); }
Expr operator^(In x, In y) { return bits_or_logic("bitwise_xor", "logical_xor", x, y); }
Expr operator~(In x) {
  bool logical = api::at(x.where(), [&] { return is_bool(x); });
  return api::pointwise(logical ? "logical_not" : "bitwise_not", {x});
}
Expr operator!(In x) { return api::pointwise("logical_not", {x}); }
Expr operator-(In x) { return api::pointwise("negative", {x}); }
Expr operator+(In x) {
  return api::expr_at(x.where(), [&] { return api::operand(x); });
}

Expr where(In condition, In x, In y) {
  return api::expr_at(condition.where(), [&] {
    In sides[] = {x, y};
    DType dtype = api::common_dtype("where", sides);
    return ir::where(api::operand(condition), api::operand_as("where", x, dtype), api::operand_as("where", y, dtype));
  });
}

Expr cast(In x, DType dtype) {
  return api::expr_at(x.where(), [&] {
    // A literal is converted, not checked: `cast(1.5, i32)` is 1.
    return ir::cast(api::operand(x), dtype);
  });
}

Expr bitcast(In x, DType dtype) {
  return api::expr_at(x.where(), [&] { return ir::call("bitcast", {api::operand(x)}, {{"dtype", dtype}}); });
}

} // namespace croton
