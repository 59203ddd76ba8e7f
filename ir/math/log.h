#pragma once
// log, log2, log10, log1p.
//
// Method: x = m * 2^e with m in [2/3, 4/3), f = m - 1 exactly, log(1+f) = f + f^2 * h(f), h a minimax polynomial:
// no division, which GPUs emulate in software for f64.
#include "ir/math/vocabulary.h"

namespace croton::ir::math {

// log(x) = exponent * ln2 + f + square * h, for finite x > 0 (subnormals too); anything else gives a finite or NaN
// mess.
template <class V> struct LogParts {
  V exponent, f, square, h;
};

template <class V> V log_poly_f32(V f) {
  return fma(poly(f, 0x1.555506p-2, -0x1.fffefp-3, 0x1.99d05ep-3, -0x1.559de4p-3, 0x1.1ed422p-3, -0x1.f30e34p-4,
                  0x1.1e73b8p-3, -0x1.080caap-3),
             f, -0.5);
} // log1p to 2^-27.7
template <class V> V log_poly_f64(V f) {
  return fma(poly(f, 0x1.55555555558e1p-2, -0x1.0000000000b36p-2, 0x1.99999998f52d3p-3, -0x1.55555553e29d3p-3,
                  0x1.24924975211dbp-3, -0x1.0000009181157p-3, 0x1.c71c4b6f054efp-4, -0x1.99995e8879e6ap-4,
                  0x1.7462379adf13dp-4, -0x1.555c54b900c5cp-4, 0x1.3aaa86a692f2cp-4, -0x1.240fd0a97e619p-4,
                  0x1.1633d27998763p-4, -0x1.05e4ae147593p-4, 0x1.960958a8bcb54p-5, -0x1.759b968e4dd1fp-5,
                  0x1.6ae87119ca419p-4, -0x1.623cf3eda45fdp-4),
             f, -0.5);
} // log1p to 2^-54.2

// The exponent of x above 2/3, as an integer: x * 2^-e is in [2/3, 4/3).
template <class V> auto exponent_f32(V x) { return sar(bits(x) - 0x3f2aaaab, 23); }
template <class V> auto exponent_f64(V x) { return sar(bits(x) - 0x3fe5555555555556, 52); }

template <class V> LogParts<V> log_parts_f32(V x) {
  auto tiny = lt(x, 0x1p-126);
  V s = select(tiny, x * 0x1p23, x);
  auto e = exponent_f32(s);
  V f = from_bits(bits(s) - shl(e, 23)) - 1.0;
  return {to_float(select(tiny, e - 23, e)), f, f * f, log_poly_f32(f)};
}
template <class V> LogParts<V> log_parts_f64(V x) {
  auto tiny = lt(x, 0x1p-1022);
  V s = select(tiny, x * 0x1p52, x);
  auto e = sar(bits(s) - 0x3fe5555555555556, 52);
  V f = from_bits(bits(s) - shl(e, 52)) - 1.0;
  return {small_to_float_f64(select(tiny, e - 52, e)), f, f * f, log_poly_f64(f)};
}

// The results outside (0, inf): -inf at zero, NaN below, +inf and NaN themselves.
template <class V> V log_special(V x, V y) {
  y = select(lt(x, kInf), y, x);
  return select(le(x, 0.0), select_v(eq(x, 0.0), x, -kInf, kNaN), y);
}

template <class V> V log_f32(V x) {
  auto p = log_parts_f32(x);
  return log_special(x, fma(p.exponent, 0x1.62e43p-1, fma(p.square, p.h, p.f)));
}
template <class V> V log_f64(V x) {
  auto p = log_parts_f64(x);
  // The low part of e ln2 joins the small terms: |e| goes to 1074 and one constant would cost 0.3 ulp.
  V small = fma(p.square, p.h, p.exponent * 0x1.abc9e3b39803fp-56);
  return log_special(x, fma(p.exponent, 0x1.62e42fefa39efp-1, p.f + small));
}

// Another base: f and the small terms are scaled separately, f by the constant in two parts, so that the product keeps
// its accuracy where e = 0 and the result is small.
template <class V> V log_scaled(const LogParts<V>& p, double hi, double lo, double exponent_hi, double exponent_lo) {
  V t = p.square * p.h;
  V small = fma(p.f, lo, t * hi);
  if (exponent_lo != 0) small = fma(p.exponent, exponent_lo, small);
  V log_m = fma(p.f, hi, small);
  if (exponent_hi == 1) return p.exponent + log_m;
  return fma(p.exponent, exponent_hi, log_m);
}
template <class V> V log2_f32(V x) {
  return log_special(x, log_scaled(log_parts_f32(x), 0x1.715476p0, 0x1.4ae0cp-26, 1, 0));
}
template <class V> V log2_f64(V x) {
  return log_special(x, log_scaled(log_parts_f64(x), 0x1.71547652b82fep0, 0x1.777d0ffda0d24p-56, 1, 0));
}
template <class V> V log10_f32(V x) {
  return log_special(x, log_scaled(log_parts_f32(x), 0x1.bcb7b2p-2, -0x1.5b235ep-27, 0x1.344136p-2, -0x1.ec10cp-27));
}
template <class V> V log10_f64(V x) {
  return log_special(x, log_scaled(log_parts_f64(x), 0x1.bcb7b1526e50ep-2, 0x1.95355baaafad3p-57, 0x1.34413509f79ffp-2,
                                   -0x1.9dc1da994fd21p-59));
}

// log1p of finite x > -1: 1 + x ~ m * 2^e picks e, then f = x * 2^-e + (2^-e - 1) has a single rounding, or is exact.
// Far out 2^-e would be subnormal, and adding 1 does not matter: there f is m - 1.
template <class V> V log1p_finite_f32(V x) {
  V u = x + 1.0;
  auto e = exponent_f32(u);
  V s = from_bits(0x3f800000 - shl(e, 23));
  V f = select(gt(x, 0x1p60), from_bits(bits(u) - shl(e, 23)) - 1.0, fma(x, s, s - 1.0));
  return fma(to_float(e), 0x1.62e43p-1, fma(f * f, log_poly_f32(f), f));
}
template <class V> V log1p_finite_f64(V x) {
  V u = x + 1.0;
  auto e = exponent_f64(u);
  V s = from_bits(0x3ff0000000000000 - shl(e, 52));
  V f = select(gt(x, 0x1p100), from_bits(bits(u) - shl(e, 52)) - 1.0, fma(x, s, s - 1.0));
  V ev = small_to_float_f64(e);
  return fma(ev, 0x1.62e42fefa39efp-1, f + fma(f * f, log_poly_f64(f), ev * 0x1.abc9e3b39803fp-56));
}

// log1p of x in [0, 1] (or NaN): e is 0 or 1, one comparison.
template <class V> V log1p_unit_f32(V x) {
  auto upper = gt(x, 0x1.555554p-2);
  V f = select(upper, fma(x, 0.5, -0.5), x);
  return fma(f * f, log_poly_f32(f), f) + select_v(upper, x, 0x1.62e43p-1, 0.0);
}
template <class V> V log1p_unit_f64(V x) {
  auto upper = gt(x, 0x1.5555555555554p-2);
  V f = select(upper, fma(x, 0.5, -0.5), x);
  return fma(f * f, log_poly_f64(f), f) + select_v(upper, x, 0x1.62e42fefa39efp-1, 0.0);
}

template <class V> V log1p_special(V x, V y) {
  y = copysign(select(lt(x, kInf), y, x), x);
  return select(le(x, -1.0), select_v(eq(x, -1.0), x, -kInf, kNaN), y);
}
template <class V> V log1p_f32(V x) { return log1p_special(x, log1p_finite_f32(x)); }
template <class V> V log1p_f64(V x) { return log1p_special(x, log1p_finite_f64(x)); }

} // namespace croton::ir::math
