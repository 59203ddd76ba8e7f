// The vocabulary of ir/math/vocabulary.h on graph nodes: an expansion instantiated with Ref records its operations.
// Values, integers and masks are all nodes; the dtype tells them apart.
#pragma once
#include "ir/build.h"
#include <concepts>

namespace croton::ir {

inline bool is_mask(const Ref& x) { return x->dtype() == DType::bool_; }
inline DType integer_twin(DType d) { return size_of(d) == 8 ? DType::i64 : DType::i32; }
inline DType float_twin(DType d) { return size_of(d) == 8 ? DType::f64 : DType::f32; }

template <std::integral T> Ref operator+(const Ref& a, T b) { return a + constant_int(a->dtype(), static_cast<i64>(b)); }
template <std::integral T> Ref operator-(const Ref& a, T b) { return a - constant_int(a->dtype(), static_cast<i64>(b)); }
template <std::integral T> Ref operator-(T a, const Ref& b) { return constant_int(b->dtype(), static_cast<i64>(a)) - b; }

inline Ref operator&(const Ref& a, const Ref& b) { return call(is_mask(a) ? "logical_and" : "bitwise_and", {a, b}); }
inline Ref operator|(const Ref& a, const Ref& b) { return call(is_mask(a) ? "logical_or" : "bitwise_or", {a, b}); }
inline Ref operator^(const Ref& a, const Ref& b) { return call("bitwise_xor", {a, b}); }
template <std::integral T> Ref operator&(const Ref& a, T b) { return a & constant_int(a->dtype(), static_cast<i64>(b)); }
template <std::integral T> Ref operator|(const Ref& a, T b) { return a | constant_int(a->dtype(), static_cast<i64>(b)); }
template <std::integral T> Ref operator^(const Ref& a, T b) { return a ^ constant_int(a->dtype(), static_cast<i64>(b)); }
inline Ref operator!(const Ref& m) { return call("logical_not", {m}); }

inline Ref fma(const Ref& a, const Ref& b, const Ref& c) { return call("fma", {a, b, c}); }
inline Ref fma(const Ref& a, double b, const Ref& c) { return fma(a, constant_like(a, b), c); }
inline Ref fma(const Ref& a, const Ref& b, double c) { return fma(a, b, constant_like(a, c)); }
inline Ref fma(const Ref& a, double b, double c) { return fma(a, constant_like(a, b), constant_like(a, c)); }
inline Ref sqrt(const Ref& a) { return call("sqrt", {a}); }
inline Ref fabs(const Ref& a) { return call("abs", {a}); }
inline Ref scaleb(const Ref& y, const Ref& k) { return call("scaleb", {y, k}); }
inline Ref logb(const Ref& x) { return call("logb", {x}); }
inline Ref significand(const Ref& x) { return call("significand", {x}); }
inline Ref rint(const Ref& a) { return call("round", {a}); }
inline Ref trunc(const Ref& a) { return call("trunc", {a}); }
inline Ref floor(const Ref& a) { return call("floor", {a}); }
inline Ref copysign(const Ref& a, const Ref& b) { return call("copysign", {a, b}); }
inline Ref copysign(double a, const Ref& b) { return copysign(constant_like(b, a), b); }

#define CROTON_NODE_COMPARE(name, op)                                                                                  \
  inline Ref name(const Ref& a, const Ref& b) { return call(op, {a, b}); }                                             \
  inline Ref name(const Ref& a, double b) { return name(a, constant_like(a, b)); }                                     \
  template <std::integral T> Ref name(const Ref& a, T b) { return name(a, constant_int(a->dtype(), static_cast<i64>(b))); }
CROTON_NODE_COMPARE(lt, "less")
CROTON_NODE_COMPARE(le, "less_equal")
CROTON_NODE_COMPARE(gt, "greater")
CROTON_NODE_COMPARE(ge, "greater_equal")
CROTON_NODE_COMPARE(eq, "equal")
CROTON_NODE_COMPARE(ne, "not_equal")
#undef CROTON_NODE_COMPARE
inline Ref isnan(const Ref& a) { return call("isnan", {a}); }

inline Ref select(const Ref& m, const Ref& a, const Ref& b) { return where(m, a, b); }
inline Ref select(const Ref& m, double a, const Ref& b) { return where(m, constant_like(b, a), b); }
inline Ref select(const Ref& m, const Ref& a, double b) { return where(m, a, constant_like(a, b)); }
template <std::integral T> Ref select(const Ref& m, T a, const Ref& b) { return where(m, constant_int(b->dtype(), static_cast<i64>(a)), b); }
template <std::integral T> Ref select(const Ref& m, const Ref& a, T b) { return where(m, a, constant_int(a->dtype(), static_cast<i64>(b))); }
inline Ref select_v(const Ref& m, const Ref& like, double a, double b) { return where(m, constant_like(like, a), constant_like(like, b)); }

inline Ref bits(const Ref& a) { return call("bitcast", {a}, {{"dtype", integer_twin(a->dtype())}}); }
inline Ref from_bits(const Ref& i) { return call("bitcast", {i}, {{"dtype", float_twin(i->dtype())}}); }
inline Ref to_float(const Ref& i) { return cast(i, float_twin(i->dtype())); }
inline Ref shl(const Ref& i, int n) { return call("shl", {i, constant_int(i->dtype(), n)}); }
inline Ref sar(const Ref& i, int n) { return call("shr", {i, constant_int(i->dtype(), n)}); }
/// Logical shift of a signed value: through the unsigned twin.
inline Ref shr(const Ref& i, int n) {
  DType u = size_of(i->dtype()) == 8 ? DType::u64 : DType::u32;
  Ref raw = call("bitcast", {i}, {{"dtype", u}});
  return call("bitcast", {call("shr", {raw, constant_int(u, n)})}, {{"dtype", i->dtype()}});
}

} // namespace croton::ir
