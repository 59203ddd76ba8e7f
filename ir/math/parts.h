#pragma once
// The parts of a floating-point number, for targets without instructions for them: x·2ᵏ, the exponent, the significand.
// AVX-512 has one instruction for each, with the same results.
#include "ir/math/vocabulary.h"

namespace croton::ir::math {

// y * 2^k for integral k from -250 to 250 (f32), -2000 to 2000 (f64), and y near 1: 2^k in two factors, of the halves of
// k, each normal. The product overflows to infinity and underflows gradually with a single rounding.
template <class V> V scaleb_f32(V y, V k) {
  auto i = bits(k + (kRound32 + 254));
  auto half = shr(i, 1);
  return y * from_bits(shl(half, 23)) * from_bits(shl(i - half, 23));
}
template <class V> V scaleb_f64(V y, V k) {
  auto i = bits(k + (kRound64 + 2046));
  auto half = shr(i, 1);
  return y * from_bits(shl(half, 52)) * from_bits(shl(i - half, 52));
}

// |x| as a normal number, and the power of two that was multiplied in.
template <class V> struct Normalised {
  V x, power;
};
template <class V> Normalised<V> normalised_f32(V x) {
  V a = fabs(x);
  auto tiny = lt(a, 0x1p-126);
  return {select(tiny, a * 0x1p23, a), select_v(tiny, x, 23, 0)};
}
template <class V> Normalised<V> normalised_f64(V x) {
  V a = fabs(x);
  auto tiny = lt(a, 0x1p-1022);
  return {select(tiny, a * 0x1p52, a), select_v(tiny, x, 52, 0)};
}

// floor(log2 |x|); minus infinity at 0, infinity at infinity, NaN of NaN.
template <class V> V logb_special(V x, V e) {
  V a = fabs(x);
  return select(gt(a, 0.0), select(lt(a, kInf), e, a), select(eq(a, 0.0), -kInf, a));
}
template <class V> V logb_f32(V x) {
  auto n = normalised_f32(x);
  return logb_special(x, to_float(shr(bits(n.x), 23) - 127) - n.power);
}
template <class V> V logb_f64(V x) {
  auto n = normalised_f64(x);
  return logb_special(x, small_to_float_f64(shr(bits(n.x), 52) - 1023) - n.power);
}

// x times the power of two that brings it into [3/4, 3/2); 1 at both zeros and at infinity, NaN below 0.
template <class V> V significand_special(V x, V m) {
  m = select(gt(x, 0.0) & lt(x, kInf), m, 1.0);
  return select(ge(x, 0.0), m, kNaN);
}
template <class V> V significand_f32(V x) {
  auto i = bits(normalised_f32(x).x);
  return significand_special(x, from_bits(i - shl(sar(i - 0x3f400000, 23), 23)));
}
template <class V> V significand_f64(V x) {
  auto i = bits(normalised_f64(x).x);
  return significand_special(x, from_bits(i - shl(sar(i - 0x3fe8000000000000, 52), 52)));
}

// The plain implementation of the three operations of the vocabulary.
template <class T> Plain<T> scaleb(Plain<T> y, Plain<T> k) {
  if constexpr (Plain<T>::is_double) return scaleb_f64(y, k);
  else return scaleb_f32(y, k);
}
template <class T> Plain<T> logb(Plain<T> x) {
  if constexpr (Plain<T>::is_double) return logb_f64(x);
  else return logb_f32(x);
}
template <class T> Plain<T> significand(Plain<T> x) {
  if constexpr (Plain<T>::is_double) return significand_f64(x);
  else return significand_f32(x);
}

} // namespace croton::ir::math
