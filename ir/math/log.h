#pragma once
// log, log2, log10, log1p.
//
// Method: x = m * 2^e with m in [3/4, 3/2), f = m - 1 exactly, log(1+f) = f + f^2 * h(f), h a minimax polynomial:
// no division, which GPUs emulate in software for f64.
#include "ir/math/parts.h"

namespace croton::ir::math {

// log(x) = exponent * ln2 + f + square * h. Nothing is special: zero and infinity have infinite exponents, a negative x
// a NaN for f.
template <class V> struct LogParts {
  V exponent, f, square, h;
};

template <class V> V log_poly_f32(V f) {
  return fma(poly(f, 0x1.5555a4p-2, -0x1.000042p-2, 0x1.996966p-3, -0x1.54ef16p-3, 0x1.2886b8p-3, -0x1.0d93f4p-3,
                  0x1.aca08ep-4, -0x1.713e36p-5),
             f, -0.5);
} // log1p to 2^-27.6
template <class V> V log_poly_f64(V f) {
  return fma(poly(f, 0x1.5555555555848p-2, -0x1.fffffffffe5e9p-3, 0x1.9999999916a62p-3, -0x1.55555555e97ffp-3,
                  0x1.24924960d32ep-3, -0x1.0000003890562p-3, 0x1.c71c583c9ac91p-4, -0x1.9999588ccefd3p-4,
                  0x1.745fc07ff946ep-4, -0x1.55608f06ab4aap-4, 0x1.3af6d479f3f22p-4, -0x1.23b296cf99578p-4,
                  0x1.10aa89868805fp-4, -0x1.0742f9dfc7092p-4, 0x1.028d614bb1c57p-4, -0x1.bf5befd8a1646p-5,
                  0x1.0b31ed8f00394p-5, -0x1.30438f2529772p-7),
             f, -0.5);
} // log1p to 2^-54.0

template <class V> LogParts<V> log_parts(V x, V (*h)(V)) {
  V m = significand(x), f = m - 1.0, e = logb(x);
  return {select(lt(m, 1.0), e + 1.0, e), f, f * f, h(f)};
}
template <class V> LogParts<V> log_parts_f32(V x) { return log_parts(x, log_poly_f32<V>); }
template <class V> LogParts<V> log_parts_f64(V x) { return log_parts(x, log_poly_f64<V>); }

template <class V> V log_f32(V x) {
  auto p = log_parts_f32(x);
  return fma(p.exponent, 0x1.62e43p-1, fma(p.square, p.h, p.f));
}
template <class V> V log_f64(V x) {
  auto p = log_parts_f64(x);
  // The low part of e ln2 joins the small terms: |e| goes to 1074 and one constant would cost 0.3 ulp. Low parts that
  // meet an exponent are positive, so that infinite ones do not cancel.
  V small = fma(p.square, p.h, p.exponent * 0x1.abc9e3b39803fp-56);
  return fma(p.exponent, 0x1.62e42fefa39efp-1, p.f + small);
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
  return log_scaled(log_parts_f32(x), 0x1.715476p0, 0x1.4ae0cp-26, 1, 0);
}
template <class V> V log2_f64(V x) {
  return log_scaled(log_parts_f64(x), 0x1.71547652b82fep0, 0x1.777d0ffda0d24p-56, 1, 0);
}
template <class V> V log10_f32(V x) {
  return log_scaled(log_parts_f32(x), 0x1.bcb7b2p-2, -0x1.5b235ep-27, 0x1.344134p-2, 0x1.09f7ap-26);
}
template <class V> V log10_f64(V x) {
  return log_scaled(log_parts_f64(x), 0x1.bcb7b1526e50ep-2, 0x1.95355baaafad3p-57, 0x1.34413509f79fep-2,
                    0x1.e623e2566b02ep-55);
}

// The exponent of x above 3/4, as an integer: x * 2^-e is in [3/4, 3/2).
template <class V> auto exponent_f32(V x) { return sar(bits(x) - 0x3f400000, 23); }
template <class V> auto exponent_f64(V x) { return sar(bits(x) - 0x3fe8000000000000, 52); }

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
  auto upper = gt(x, 0.5);
  V f = select(upper, fma(x, 0.5, -0.5), x);
  return fma(f * f, log_poly_f32(f), f) + select_v(upper, x, 0x1.62e43p-1, 0.0);
}
template <class V> V log1p_unit_f64(V x) {
  auto upper = gt(x, 0.5);
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
