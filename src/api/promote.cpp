#include "src/api/promote.h"
#include "ir/op.h"
#include <algorithm>
#include <atomic>
#include <cfloat>
#include <cmath>

namespace croton {

namespace {
std::atomic<DType> default_float_dtype{DType::f32};

[[noreturn]] void no_common(DType a, DType b) {
  throw DTypeError("[promote] no dtype holds both " + std::string(name(a)) + " and " + std::string(name(b)) + ". Cast one of them.");
}

DType promote_integers(DType a, DType b) {
  const DTypeInfo &x = info(a), &y = info(b);
  if (x.is_signed == y.is_signed) return x.bytes >= y.bytes ? a : b;
  DType is_signed = x.is_signed ? a : b, is_unsigned = x.is_signed ? b : a;
  if (size_of(is_signed) > size_of(is_unsigned)) return is_signed;
  switch (size_of(is_unsigned)) { // the next wider signed holds both
  case 1: return DType::i16;
  case 2: return DType::i32;
  case 4: return DType::i64;
  default: no_common(a, b);
  }
}

DType promote_floats(DType a, DType b) {
  if (size_of(a) == size_of(b)) return DType::f32; // f16 and bf16: each has what the other lacks
  return size_of(a) > size_of(b) ? a : b;
}
} // namespace

DType promote(DType a, DType b) {
  if (a == b) return a;
  DTypeKind x = info(a).kind, y = info(b).kind;
  if (x == DTypeKind::complex || y == DTypeKind::complex) {
    bool wide = a == DType::c128 || b == DType::c128 || a == DType::f64 || b == DType::f64;
    return wide ? DType::c128 : DType::c64;
  }
  if (x != y) return x > y ? a : b;
  return x == DTypeKind::integer ? promote_integers(a, b) : promote_floats(a, b);
}

void set_default_float(DType dtype) {
  if (dtype != DType::f32 && dtype != DType::f64)
    throw DTypeError("[set_default_float] found " + std::string(name(dtype)) + ", expected f32 or f64.");
  default_float_dtype = dtype;
}
DType default_float() { return default_float_dtype; }

namespace api {

namespace {

std::string prefix(std::string_view op) { return "[" + std::string(op) + "] "; }

std::string spelled(const In& literal) {
  if (literal.kind() == In::Kind::boolean) return literal.integer() ? "true" : "false";
  if (literal.kind() == In::Kind::integer)
    return literal.huge() ? std::to_string(static_cast<u64>(literal.integer())) : std::to_string(literal.integer());
  std::string text = std::to_string(literal.number());
  return text.substr(0, text.find_last_not_of('0') + 2);
}

[[noreturn]] void does_not_fit(std::string_view op, const In& literal, DType dtype) {
  throw ValueError(prefix(op) + "the literal " + spelled(literal) + " does not fit " + std::string(name(dtype)) +
                   ". Cast the operand to a dtype that holds it.");
}

bool fits_integer(const In& literal, DType dtype) {
  int bits = static_cast<int>(size_of(dtype)) * 8;
  i64 v = literal.integer();
  if (!info(dtype).is_signed) return bits == 64 ? literal.huge() || v >= 0 : !literal.huge() && v >= 0 && (v >> bits) == 0;
  return !literal.huge() && (bits == 64 || (v >= -(i64(1) << (bits - 1)) && v < (i64(1) << (bits - 1))));
}

Ref float_literal(std::string_view op, const In& literal, DType dtype) {
  double v = literal.number();
  if (dtype == DType::f32 && std::isfinite(v) && std::fabs(v) > static_cast<double>(FLT_MAX)) does_not_fit(op, literal, dtype);
  return ir::constant(dtype, v);
}

Ref literal_as(std::string_view op, const In& literal, DType dtype) {
  switch (info(dtype).kind) {
  case DTypeKind::floating: return float_literal(op, literal, dtype);
  case DTypeKind::complex: throw UnsupportedError(prefix(op) + "dtype " + std::string(name(dtype)) + " is not built yet. Use f32 or f64.");
  case DTypeKind::boolean:
    if (literal.integer() == 0 || literal.integer() == 1)
      if (literal.kind() != In::Kind::floating) return ir::constant_int(dtype, literal.integer());
    does_not_fit(op, literal, dtype);
  case DTypeKind::integer: break;
  }
  if (literal.kind() == In::Kind::floating) {
    double v = literal.number();
    if (v != std::trunc(v) || std::fabs(v) >= 9.2e18) does_not_fit(op, literal, dtype);
    return literal_as(op, In(static_cast<i64>(v)), dtype);
  }
  if (!fits_integer(literal, dtype)) does_not_fit(op, literal, dtype);
  return ir::constant_int(dtype, literal.integer());
}

DTypeKind kind_of(const In& literal) {
  if (literal.kind() == In::Kind::boolean) return DTypeKind::boolean;
  return literal.kind() == In::Kind::integer ? DTypeKind::integer : DTypeKind::floating;
}
DType own_dtype(DTypeKind kind, bool huge) {
  if (kind == DTypeKind::boolean) return DType::bool_;
  if (kind == DTypeKind::integer) return huge ? DType::u64 : DType::i64;
  return default_float();
}

} // namespace

Ref operand(const In& x) {
  if (!x.is_literal()) return ref(x.expr());
  return literal_as("literal", x, own_dtype(kind_of(x), x.huge()));
}

Ref operand_as(std::string_view op, const In& x, DType dtype) {
  return x.is_literal() ? literal_as(op, x, dtype) : ir::cast(ref(x.expr()), dtype);
}

DType common_dtype(std::string_view, std::span<const In> operands) {
  std::optional<DType> common;
  DTypeKind literals = DTypeKind::boolean;
  bool huge = false;
  for (const In& x : operands) {
    if (x.is_literal()) {
      literals = std::max(literals, kind_of(x));
      huge |= x.huge();
      continue;
    }
    DType d = ref(x.expr())->dtype();
    common = common ? promote(*common, d) : d;
  }
  if (!common) return own_dtype(literals, huge);
  return literals > info(*common).kind ? own_dtype(literals, huge) : *common;
}

DType compute_dtype(std::string_view op, ir::Accepts accepts, DType common) {
  DTypeKind kind = info(common).kind;
  if (accepts == ir::Accepts::floating && kind < DTypeKind::floating) return default_float();
  if (kind == DTypeKind::boolean && (accepts == ir::Accepts::numeric || accepts == ir::Accepts::real_number))
    throw DTypeError(prefix(op) + "bool has no arithmetic. Use logical_and, logical_or and logical_xor, or cast to a number first.");
  return common;
}

Refs promoted(std::string_view op, ir::Accepts accepts, std::span<const In> operands) {
  DType dtype = compute_dtype(op, accepts, common_dtype(op, operands));
  Refs refs;
  for (const In& x : operands) refs.push_back(operand_as(op, x, dtype));
  return refs;
}

Ref as_float(std::string_view op, const In& x) { return promoted(op, ir::Accepts::floating, std::span(&x, 1))[0]; }

Ref as_summable(std::string_view, const In& x) {
  Ref value = operand(x);
  if (is_float(value->dtype()) || info(value->dtype()).kind == DTypeKind::complex) return value;
  bool is_unsigned = is_integer(value->dtype()) && !info(value->dtype()).is_signed;
  return ir::cast(value, is_unsigned ? DType::u64 : DType::i64);
}

Expr pointwise(std::string_view op, std::span<const In> operands) {
  return expr_at(operands[0].where(), [&] {
    const ir::Op& record = *ir::find_op(op);
    return ir::make(record, promoted(op, record.accepts, operands));
  });
}
Expr pointwise(std::string_view op, std::initializer_list<In> operands) { return pointwise(op, std::span(operands.begin(), operands.size())); }

} // namespace api

} // namespace croton
