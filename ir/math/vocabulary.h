#pragma once
// The vocabulary that the expansions in this directory are written in, and its plain scalar implementation.
//
// An expansion is a template over a value type V and uses nothing but the operations below, found by ADL. Instantiated
// with Plain<float> or Plain<double> it computes; instantiated with a graph node it records the same operations. There
// are therefore no branches on values, no data-dependent table lookups and no operation that a SIMD target lacks.
//
//   V (value), I (signed integer of V's width, wrapping arithmetic), M (mask)
//
//   V: + - * / (V,V) (V,double) (double,V), unary -      each exactly one IEEE operation, never contracted,
//   reassociated
//                                                        or simplified: (x + c) - c is a rounding step here
//      fma(V,V,V) (V,double,V) (V,V,double) (V,double,double)        one rounding
//      sqrt(V) fabs(V) trunc(V) copysign(V,V) copysign(double,V)
//      scaleb(V,V) logb(V) significand(V)               ir/math/parts.h
//   M: lt le gt ge eq ne (V,V) (V,double)                false on NaN, except ne
//      isnan(V), eq(I,int64_t), & | !
//   select(M,V,V) (M,double,V) (M,V,double) (M,I,I); select_v(M, V like, double, double) for two literals
//   I: + - & ^ (I,I) (I,int64_t), - (int64_t,I); shl (logical) sar shr (I,int)
//      bits(V) -> I, from_bits(I) -> V, to_float(I) -> V (only with a 32-bit I, |i| < 2^24)
//
// A literal stands for a value of V's own precision: f32 expansions write literals that are exact in binary32.
// No expansion needs a conversion from value to integer: rounding is done by adding 1.5 * 2^(p-1) and reading the bits,
// which costs one addition and exists on every target.
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace croton::ir::math {

// ---- the plain implementation -------------------------------------------------------------------------------------

struct PlainMask {
  bool v;
  friend constexpr PlainMask operator&(PlainMask a, PlainMask b) { return {bool(a.v & b.v)}; }
  friend constexpr PlainMask operator|(PlainMask a, PlainMask b) { return {bool(a.v | b.v)}; }
  friend constexpr PlainMask operator!(PlainMask a) { return {!a.v}; }
};

template <class Int> struct PlainInt {
  using Unsigned = std::make_unsigned_t<Int>;
  Int v;
  friend PlainInt operator+(PlainInt a, PlainInt b) { return {Int(Unsigned(a.v) + Unsigned(b.v))}; }
  friend PlainInt operator-(PlainInt a, PlainInt b) { return {Int(Unsigned(a.v) - Unsigned(b.v))}; }
  friend PlainInt operator&(PlainInt a, PlainInt b) { return {Int(a.v & b.v)}; }
  friend PlainInt operator^(PlainInt a, PlainInt b) { return {Int(a.v ^ b.v)}; }
  friend PlainInt operator+(PlainInt a, int64_t b) { return a + PlainInt{Int(b)}; }
  friend PlainInt operator-(PlainInt a, int64_t b) { return a - PlainInt{Int(b)}; }
  friend PlainInt operator&(PlainInt a, int64_t b) { return a & PlainInt{Int(b)}; }
  friend PlainInt operator^(PlainInt a, int64_t b) {
    return a ^ PlainInt { Int(b) };
  }
  friend PlainInt operator-(int64_t a, PlainInt b) { return PlainInt{Int(a)} - b; }
  friend PlainInt shl(PlainInt a, int n) { return {Int(Unsigned(a.v) << n)}; }
  friend PlainInt sar(PlainInt a, int n) { return {Int(a.v >> n)}; }
  friend PlainInt shr(PlainInt a, int n) { return {Int(Unsigned(a.v) >> n)}; }
  friend PlainMask eq(PlainInt a, int64_t b) { return {a.v == Int(b)}; }
  friend PlainInt select(PlainMask m, PlainInt a, PlainInt b) { return {m.v ? a.v : b.v}; }
};

template <class T> struct Plain {
  static constexpr bool is_double = sizeof(T) == 8;
  using Int = std::conditional_t<is_double, int64_t, int32_t>;
  using I = PlainInt<Int>;
  using M = PlainMask;
  T v;

  friend Plain operator-(Plain a) { return {-a.v}; }
#define CROTON_PLAIN_BINARY(op)                                                                                        \
  friend Plain operator op(Plain a, Plain b) { return {a.v op b.v}; }                                                  \
  friend Plain operator op(Plain a, double b) { return {a.v op T(b)}; }                                                \
  friend Plain operator op(double a, Plain b) { return {T(a) op b.v}; }
  CROTON_PLAIN_BINARY(+)
  CROTON_PLAIN_BINARY(-)
  CROTON_PLAIN_BINARY(*)
  CROTON_PLAIN_BINARY(/)
#undef CROTON_PLAIN_BINARY

  static T fma_of(T a, T b, T c) {
    if constexpr (is_double)
      return __builtin_fma(a, b, c);
    else
      return __builtin_fmaf(a, b, c);
  }
  friend Plain fma(Plain a, Plain b, Plain c) { return {fma_of(a.v, b.v, c.v)}; }
  friend Plain fma(Plain a, double b, Plain c) { return {fma_of(a.v, T(b), c.v)}; }
  friend Plain fma(Plain a, Plain b, double c) { return {fma_of(a.v, b.v, T(c))}; }
  friend Plain fma(Plain a, double b, double c) { return {fma_of(a.v, T(b), T(c))}; }
  friend Plain sqrt(Plain a) {
    if constexpr (is_double)
      return {__builtin_sqrt(a.v)};
    else
      return {__builtin_sqrtf(a.v)};
  }
  friend Plain fabs(Plain a) {
    if constexpr (is_double)
      return {__builtin_fabs(a.v)};
    else
      return {__builtin_fabsf(a.v)};
  }
  friend Plain trunc(Plain a) {
    if constexpr (is_double)
      return {__builtin_trunc(a.v)};
    else
      return {__builtin_truncf(a.v)};
  }
  friend Plain copysign(Plain a, Plain b) {
    if constexpr (is_double)
      return {__builtin_copysign(a.v, b.v)};
    else
      return {__builtin_copysignf(a.v, b.v)};
  }
  friend Plain copysign(double a, Plain b) { return copysign(Plain{T(a)}, b); }

#define CROTON_PLAIN_COMPARE(name, op)                                                                                 \
  friend M name(Plain a, Plain b) { return {a.v op b.v}; }                                                             \
  friend M name(Plain a, double b) { return {a.v op T(b)}; }
  CROTON_PLAIN_COMPARE(lt, <)
  CROTON_PLAIN_COMPARE(le, <=)
  CROTON_PLAIN_COMPARE(gt, >)
  CROTON_PLAIN_COMPARE(ge, >=)
  CROTON_PLAIN_COMPARE(eq, ==)
  CROTON_PLAIN_COMPARE(ne, !=)
#undef CROTON_PLAIN_COMPARE
  friend M isnan(Plain a) { return {a.v != a.v}; }

  friend Plain select(M m, Plain a, Plain b) { return {m.v ? a.v : b.v}; }
  friend Plain select(M m, double a, Plain b) { return {m.v ? T(a) : b.v}; }
  friend Plain select(M m, Plain a, double b) { return {m.v ? a.v : T(b)}; }
  // Both branches literal: `like` only names the type.
  friend Plain select_v(M m, Plain, double a, double b) { return {m.v ? T(a) : T(b)}; }

  friend I bits(Plain a) { return {std::bit_cast<Int>(a.v)}; }
};

template <class Int> auto from_bits(PlainInt<Int> i) {
  using T = std::conditional_t<sizeof(Int) == 8, double, float>;
  return Plain<T>{std::bit_cast<T>(i.v)};
}
inline Plain<float> to_float(PlainInt<int32_t> i) { return {float(i.v)}; }

// ---- helpers shared by the expansions, built from the vocabulary --------------------------------------------------

inline constexpr double kInf = std::numeric_limits<double>::infinity();
inline constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

// c0 + x*(c1 + x*(c2 + ...)), one fma a coefficient: the fewest operations and registers.
template <class V> V horner(V x, double c0, double c1) { return fma(x, c1, c0); }
template <class V, class... C> V horner(V x, double c0, double c1, C... rest) {
  return fma(horner(x, c1, rest...), x, c0);
}

// Every `step`th of the coefficients from `from`, by Horner in x.
template <size_t from, size_t step, class V, size_t n> V horner_strided(V x, const std::array<double, n>& c) {
  if constexpr (from + 2 * step >= n)
    return fma(x, c[from + step], c[from]);
  else
    return fma(horner_strided<from + step, step>(x, c), x, c[from]);
}
// The same polynomial in two or four interleaved chains. A long Horner chain is bound by its latency even in a loop of
// independent iterations, because they do not all fit into the processor's schedulers; this costs two or three
// operations more and divides the latency.
template <class V, class... C> V poly(V x, C... coefficients) {
  constexpr size_t n = sizeof...(C);
  const std::array<double, n> c = {coefficients...};
  if constexpr (n < 5) {
    return horner(x, coefficients...);
  } else if constexpr (n < 12) {
    V x2 = x * x;
    return fma(horner_strided<1, 2>(x2, c), x, horner_strided<0, 2>(x2, c));
  } else {
    V x2 = x * x, x4 = x2 * x2;
    V even = fma(horner_strided<2, 4>(x4, c), x2, horner_strided<0, 4>(x4, c));
    V odd = fma(horner_strided<3, 4>(x4, c), x2, horner_strided<1, 4>(x4, c));
    return fma(odd, x, even);
  }
}

// c0 + x*(c1 + ... + x*tail): the leading coefficients by Horner, where the accuracy is decided.
template <class V> V horner_then(V tail, V x, double c0) { return fma(tail, x, c0); }
template <class V, class... C> V horner_then(V tail, V x, double c0, double c1, C... rest) {
  return fma(horner_then(tail, x, c1, rest...), x, c0);
}

// x clamped from above, from below; a NaN stays.
template <class V> V at_most(V x, double c) { return select(gt(x, c), c, x); }
template <class V> V at_least(V x, double c) { return select(lt(x, c), c, x); }

// Adding one of these to |v| < 2^(p-2) leaves rint(v) in the low bits of the sum, biased by the exponent's bias so that
// one left shift makes it a power of two; subtracting it gives rint(v) as a value.
inline constexpr double kRound32 = 0x1.8p23;
inline constexpr double kRound64 = 0x1.8p52;
inline constexpr double kRoundBiased32 = kRound32 + 127;
inline constexpr double kRoundBiased64 = kRound64 + 1023;

// 2^n of n as `n + kRoundBiased`, for n in the normal range.
template <class V> V pow2_rounded_f32(V n_biased) { return from_bits(shl(bits(n_biased), 23)); }
template <class V> V pow2_rounded_f64(V n_biased) { return from_bits(shl(bits(n_biased), 52)); }

// A 64-bit integer of |i| < 2^51 as a value, without the conversion instruction that many targets lack.
template <class I> auto small_to_float_f64(I i) { return from_bits(i + std::bit_cast<int64_t>(kRound64)) - kRound64; }

// hi + lo, unevaluated.
template <class V> struct Pair {
  V hi, lo;
};
// Exact sum where |a| >= |b| or a == 0.
template <class V> Pair<V> fast_two_sum(V a, V b) {
  V s = a + b;
  return {s, b - (s - a)};
}
// Products of pairs to about twice the working precision, less a few bits.
template <class V> Pair<V> mul(Pair<V> a, Pair<V> b) {
  V p = a.hi * b.hi;
  V e = fma(a.hi, b.hi, -p);
  return {p, fma(a.hi, b.lo, fma(a.lo, b.hi, e))};
}
template <class V> Pair<V> mul(Pair<V> a, double hi, double lo) {
  V p = a.hi * hi;
  V e = fma(a.hi, hi, -p);
  return {p, fma(a.hi, lo, fma(a.lo, hi, e))};
}

} // namespace croton::ir::math
