#pragma once
// sinh, cosh, tanh, asinh, acosh, atanh.
#include "ir/math/exp.h"
#include "ir/math/log.h"

namespace croton::ir::math {

// sinh, cosh: |x| = k ln2 + r, and with P = 2^(k-2), N = 2^(-k-2)
//   sinh/2 = sinh(r) (P + N) + cosh(r) (P - N),   cosh/2 = cosh(r) (P + N) + sinh(r) (P - N),
// half the result so that it overflows only where it should. cosh(r) enters as 1 + c, c small, which keeps the sums
// accurate; no division, no second exponential.
template <class V> struct HyperbolicParts {
  V s, c, sum, difference; // sinh(r), cosh(r) - 1, P + N, P - N
};
template <class V> HyperbolicParts<V> hyperbolic_parts_f32(V a) {
  a = at_most(a, 89.5);
  V kb = fma(a, 0x1.715476p0, kRoundBiased32 - 2.0);
  V k = kb - (kRoundBiased32 - 2.0);
  V r = fma(k, 0x1.05c61p-29, fma(k, -0x1.62e43p-1, a));
  V z = r * r;
  V s = fma(r * z, horner(z, 0x1.555556p-3, 0x1.110fe2p-7, 0x1.a28f1cp-13), r); // 2^-34
  V c = z * horner(z, 0.5, 0x1.5554e6p-5, 0x1.6d4f26p-10);                      // cosh to 2^-33
  V p = pow2_rounded_f32(kb);
  V n = select(gt(k, 30.0), 0.0, from_bits(0x7d000000 - bits(p)));
  return {s, c, p + n, p - n};
}
template <class V> HyperbolicParts<V> hyperbolic_parts_f64(V a) {
  a = at_most(a, 710.6);
  V kb = fma(a, 0x1.71547652b82fep0, kRoundBiased64 - 2.0);
  V k = kb - (kRoundBiased64 - 2.0);
  V r = fma(k, -0x1.abc9e3b39803fp-56, fma(k, -0x1.62e42fefa39efp-1, a));
  V z = r * r;
  V s = fma(r * z,
            poly(z, 0x1.5555555555559p-3, 0x1.111111110f644p-7, 0x1.a01a01b00ee9cp-13, 0x1.71ddf7e939bd7p-19,
                 0x1.af5f7ca35e8cp-26),
            r); // 2^-61.7
  V c = z * fma(poly(z, 0x1.5555555555558p-5, 0x1.6c16c16c15005p-10, 0x1.a01a01ad7ae4ap-16, 0x1.27e4cc1a8cc3dp-22,
                     0x1.1f8bcebacdbc4p-29),
                z, 0.5); // cosh to 2^-70
  V p = pow2_rounded_f64(kb);
  V n = select(gt(k, 60.0), 0.0, from_bits(0x7fa0000000000000 - bits(p)));
  return {s, c, p + n, p - n};
}
// Halving would round subnormals: tiny x is its own sinh.
template <class V> V sinh_finish(V x, const HyperbolicParts<V>& h, double tiny) {
  V y = fma(h.s, h.sum, h.difference) + h.c * h.difference;
  return select(lt(fabs(x), tiny), x, copysign(y + y, x));
}
template <class V> V cosh_finish(const HyperbolicParts<V>& h) {
  V y = h.sum + fma(h.s, h.difference, h.c * h.sum);
  return y + y;
}
template <class V> V sinh_f32(V x) { return sinh_finish(x, hyperbolic_parts_f32(fabs(x)), 0x1p-13); }
template <class V> V sinh_f64(V x) { return sinh_finish(x, hyperbolic_parts_f64(fabs(x)), 0x1p-28); }
template <class V> V cosh_f32(V x) { return cosh_finish(hyperbolic_parts_f32(fabs(x))); }
template <class V> V cosh_f64(V x) { return cosh_finish(hyperbolic_parts_f64(fabs(x))); }

// tanh: -E / (2 + E) with E = expm1(-2|x|), which is accurate for every x.
template <class V> V tanh_f32(V x) { // f32: in t = r/2, and ln2 in one part: where k is not 0, E is not small
  V a = at_most(fabs(x), 10.0);
  V kb = fma(a, -0x1.715476p1, kRoundBiased32);
  V k = kb - kRoundBiased32;
  V t = fma(k, 0x1.62e43p-2, a);
  V m = fma(t * t, horner(t, 0x1.fffffep0, -0x1.5554bp0, 0x1.555716p-1, -0x1.122798p-2, 0x1.6b735ap-4),
            -2.0 * t); // 2^-26
  V s = pow2_rounded_f32(kb);
  V e = fma(s, m, s - 1.0);
  return copysign(e / (2.0 + e), x);
}
template <class V> V tanh_f64(V x) {
  V c = at_least(fabs(x) * -2.0, -44.0);
  V kb = fma(c, 0x1.71547652b82fep0, kRoundBiased64);
  V k = kb - kRoundBiased64;
  V r = fma(k, -0x1.abc9e3b39803fp-56, fma(k, -0x1.62e42fefa39efp-1, c));
  V m = fma(r * r,
            fma(poly(r, 0x1.555555555553bp-3, 0x1.5555555552107p-5, 0x1.1111111118832p-7, 0x1.6c16c17f310f4p-10,
                     0x1.a01a0177f3158p-13, 0x1.a019a69a16ac1p-16, 0x1.71de81022f1cap-19, 0x1.28a297ae52083p-22,
                     0x1.ae778fd287fc9p-26),
                r, 0x1.0000000000005p-1),
            r);
  V s = pow2_rounded_f64(kb);
  V e = fma(s, m, s - 1.0);
  return copysign(e / (2.0 + e), x);
}

// asinh|x| = log1p(a + a^2 / (1 + sqrt(a^2 + 1))), which has no cancellation; log1p(a) + ln2 once a^2 swamps 1.
template <class V> V asinh_f32(V x) {
  V a = fabs(x), t = a * a;
  auto big = gt(a, 0x1p26);
  V y = log1p_finite_f32(select(big, a, a + t / (1.0 + sqrt(t + 1.0)))) + select_v(big, x, 0x1.62e43p-1, 0.0);
  return copysign(select(lt(a, kInf), y, a), x);
}
template <class V> V asinh_f64(V x) {
  V a = fabs(x), t = a * a;
  auto big = gt(a, 0x1p54);
  V y = log1p_finite_f64(select(big, a, a + t / (1.0 + sqrt(t + 1.0)))) + select_v(big, x, 0x1.62e42fefa39efp-1, 0.0);
  return copysign(select(lt(a, kInf), y, a), x);
}

// acosh(x) = log1p(t + sqrt(t^2 + 2t)), t = x - 1.
template <class V> V acosh_special(V x, V y) { return select(lt(x, 1.0), kNaN, select(lt(x, kInf), y, x)); }
template <class V> V acosh_f32(V x) {
  V t = x - 1.0;
  auto big = gt(x, 0x1p26);
  V y = log1p_finite_f32(select(big, x, t + sqrt(fma(t, t, t + t)))) + select_v(big, x, 0x1.62e43p-1, 0.0);
  return acosh_special(x, y);
}
template <class V> V acosh_f64(V x) {
  V t = x - 1.0;
  auto big = gt(x, 0x1p54);
  V y = log1p_finite_f64(select(big, x, t + sqrt(fma(t, t, t + t)))) + select_v(big, x, 0x1.62e42fefa39efp-1, 0.0);
  return acosh_special(x, y);
}

// atanh|x| = log1p(2a / (1 - a)) / 2; infinity at 1, and beyond it the argument is below -1: NaN.
template <class V> V atanh_f32(V x) {
  V a = fabs(x);
  return copysign(0.5 * log1p_f32((a + a) / (1.0 - a)), x);
}
template <class V> V atanh_f64(V x) {
  V a = fabs(x);
  return copysign(0.5 * log1p_f64((a + a) / (1.0 - a)), x);
}

} // namespace croton::ir::math
