#pragma once
// sin, cos, tan; asin, acos, atan, atan2.
//
// sin, cos and tan reduce x = k pi/2 + r, |r| <= pi/4, with pi/2 in three parts (Cody and Waite) and fma: k's product
// with the first part cancels against x exactly, so r keeps its relative accuracy next to multiples of pi/2. This holds
// while k is an exact integer of the rounding constant: |x| <= 2^22 (f32), 2^40 (f64). Beyond that r is clamped to
// [-1, 1]: results stay within [-1, 1] and are never NaN for finite x, but have no accuracy. A full reduction of
// huge arguments would double the cost of every call.
#include "ir/math/vocabulary.h"

namespace croton::ir::math {

template <class V> struct Quadrant {
  V r, k_rounded; // k_rounded's low bits hold k
};

template <class V> Quadrant<V> reduce_f32(V x) {
  V kr = fma(x, 0x1.45f306p-1, kRound32);
  V k = kr - kRound32;
  V r = fma(k, 0x1.ee59dap-50, fma(k, 0x1.777a5cp-25, fma(k, -0x1.921fb6p0, x)));
  return {at_most(at_least(r, -1.0), 1.0), kr};
}
template <class V> Quadrant<V> reduce_f64(V x) {
  V kr = fma(x, 0x1.45f306dc9c883p-1, kRound64);
  V k = kr - kRound64;
  V r = fma(k, 0x1.f1976b7ed8fbcp-110, fma(k, -0x1.1a62633145c07p-54, fma(k, -0x1.921fb54442d18p0, x)));
  return {at_most(at_least(r, -1.0), 1.0), kr};
}

// On |r| <= pi/4: sin to 2^-27.9 / 2^-57.9, cos to 2^-33.0 / 2^-63.9.
template <class V> V sin_poly_f32(V r, V z) {
  return fma(r * z, horner(z, -0x1.555546p-3, 0x1.110776p-7, -0x1.9952ecp-13), r);
}
template <class V> V cos_poly_f32(V z) { return horner(z, 1.0, -0.5, 0x1.55554ap-5, -0x1.6c0c2ap-10, 0x1.99e8fcp-16); }
template <class V> V sin_poly_f64(V r, V z) {
  return fma(r * z,
             poly(z, -0x1.5555555555548p-3, 0x1.111111110f751p-7, -0x1.a01a019befb93p-13, 0x1.71de355c5f14p-19,
                  -0x1.ae5e52092adc8p-26, 0x1.5d8d6e1091ee7p-33),
             r);
}
template <class V> V cos_poly_f64(V z) {
  return fma(fma(poly(z, 0x1.555555555554bp-5, -0x1.6c16c16c1500cp-10, 0x1.a01a019c8d949p-16, -0x1.27e4f7f008783p-22,
                      0x1.1ee9da88f4795p-29, -0x1.8fa5c165deabcp-37),
                 z, -0.5),
             z, 1.0);
}

// sin (quarter = 0) or cos (quarter = 1): the low bit of k + quarter picks the polynomial, the next one the sign.
template <class V> V sin_cos_f32(V x, int quarter) {
  auto q = reduce_f32(x);
  V z = q.r * q.r;
  auto i = quarter ? bits(q.k_rounded) + 1 : bits(q.k_rounded);
  V y = select(eq(i & 1, 0), sin_poly_f32(q.r, z), cos_poly_f32(z));
  return from_bits(bits(y) ^ shl(i & 2, 30));
}
template <class V> V sin_cos_f64(V x, int quarter) {
  auto q = reduce_f64(x);
  V z = q.r * q.r;
  auto i = quarter ? bits(q.k_rounded) + 1 : bits(q.k_rounded);
  V y = select(eq(i & 1, 0), sin_poly_f64(q.r, z), cos_poly_f64(z));
  return from_bits(bits(y) ^ shl(i & 2, 62));
}
template <class V> V sin_f32(V x) { return select(eq(x, 0.0), x, sin_cos_f32(x, 0)); }
template <class V> V cos_f32(V x) { return sin_cos_f32(x, 1); }
template <class V> V sin_f64(V x) { return select(eq(x, 0.0), x, sin_cos_f64(x, 0)); }
template <class V> V cos_f64(V x) { return sin_cos_f64(x, 1); }

// tan: sin/cos, or -cos/sin in the odd quadrants; one division.
template <class V> V tan_f32(V x) {
  auto q = reduce_f32(x);
  V z = q.r * q.r, s = sin_poly_f32(q.r, z), c = cos_poly_f32(z);
  auto even = eq(bits(q.k_rounded) & 1, 0);
  return select(eq(x, 0.0), x, select(even, s, -c) / select(even, c, s));
}
template <class V> V tan_f64(V x) {
  auto q = reduce_f64(x);
  V z = q.r * q.r, s = sin_poly_f64(q.r, z), c = cos_poly_f64(z);
  auto even = eq(bits(q.k_rounded) & 1, 0);
  return select(eq(x, 0.0), x, select(even, s, -c) / select(even, c, s));
}

// asin, acos: one polynomial asin(s) = s + s z p(z), z = s^2 <= 1/4. For |x| > 1/2, s = sqrt((1-|x|)/2) and
// asin|x| = pi/2 - 2 asin(s), acos|x| = 2 asin(s). Outside [-1, 1] the root is NaN.
template <class V> struct AsinParts {
  decltype(lt(std::declval<V>(), 0.0)) big;
  V s, tail; // asin(s) = s + tail
};
template <class V> AsinParts<V> asin_parts_f32(V x) {
  V a = fabs(x);
  auto big = gt(a, 0.5);
  V z = select(big, fma(a, -0.5, 0.5), a * a);
  V s = select(big, sqrt(z), a);
  return {big, s,
          s * z * poly(z, 0x1.5555c8p-3, 0x1.3301fep-4, 0x1.747cbep-5, 0x1.8c30b4p-6, 0x1.596a7ep-5)}; // 2^-27.6
}
template <class V> AsinParts<V> asin_parts_f64(V x) {
  V a = fabs(x);
  auto big = gt(a, 0.5);
  V z = select(big, fma(a, -0.5, 0.5), a * a);
  V s = select(big, sqrt(z), a);
  return {big, s,
          s * z *
              poly(z, 0x1.555555555538ep-3, 0x1.333333336ec3dp-4, 0x1.6db6db424bab2p-5, 0x1.f1c72c48e69f4p-6,
                   0x1.6e89f2b075edbp-6, 0x1.1c6bfa1bd52b2p-6, 0x1.c6fbce5f1e9acp-7, 0x1.8ed02b147d384p-7,
                   0x1.ab5a5968a6a13p-8, 0x1.4046a1ea73287p-6, -0x1.0a569d2d41c1bp-6, 0x1.059b65b026ec9p-5)}; // 2^-55.9
}
// pi/2 = hi + lo
template <class V> V asin_finish(V x, const AsinParts<V>& p, double hi, double lo) {
  V y = select(p.big, fma(p.s, -2.0, hi) + fma(p.tail, -2.0, lo), p.s + p.tail);
  return copysign(y, x);
}
template <class V> V acos_finish(V x, const AsinParts<V>& p, double hi, double lo) {
  V small = hi - (x + (copysign(p.tail, x) - lo));
  V t = p.s + p.tail;
  V big = select(lt(x, 0.0), 2.0 * (hi - (p.s + (p.tail - lo))), t + t);
  return select(p.big, big, small);
}
template <class V> V asin_f32(V x) { return asin_finish(x, asin_parts_f32(x), 0x1.921fb6p0, -0x1.777a5cp-25); }
template <class V> V acos_f32(V x) { return acos_finish(x, asin_parts_f32(x), 0x1.921fb6p0, -0x1.777a5cp-25); }
template <class V> V asin_f64(V x) {
  return asin_finish(x, asin_parts_f64(x), 0x1.921fb54442d18p0, 0x1.1a62633145c07p-54);
}
template <class V> V acos_f64(V x) {
  return acos_finish(x, asin_parts_f64(x), 0x1.921fb54442d18p0, 0x1.1a62633145c07p-54);
}

// atan: one polynomial on [0, 1] (2^-25.8, 2^-57.6), returned as t + tail; for |x| > 1, pi/2 - atan(1/|x|).
template <class V> V atan_tail_f32(V t) {
  V z = t * t;
  return t * z *
         fma(poly(z, 0x1.9978eep-3, -0x1.230abp-3, 0x1.b4dfdcp-4, -0x1.3553f4p-4, 0x1.61f756p-5, -0x1.0c23fep-6,
                  0x1.7ec1c4p-9),
             z, -0x1.5554dcp-2);
}
template <class V> V atan_tail_f64(V t) {
  V z = t * t;
  return t * z *
         fma(poly(z, 0x1.99999999955b3p-3, -0x1.249249237f51ap-3, 0x1.c71c717fcd953p-4, -0x1.745d11ae4cd96p-4,
                  0x1.3b1366981582fp-4, -0x1.110e51141e018p-4, 0x1.e1bba57739428p-5, -0x1.ae5e6e2a454ffp-5,
                  0x1.82dac6f99adb2p-5, -0x1.59a3d0e47381dp-5, 0x1.2c2df94daf6cbp-5, -0x1.e9f8c1f3e15f6p-6,
                  0x1.683b1e7ecfebcp-6, -0x1.c78c84ad8fe03p-7, 0x1.d7b44e86fb528p-8, -0x1.7a346921dbf95p-9,
                  0x1.b3f32cc8579bfp-11, -0x1.3f2f7465678f1p-13, 0x1.bbe2433623f23p-17),
             z, -0x1.5555555555526p-2);
}
template <class V> V atan_f32(V x) {
  V a = fabs(x);
  auto big = gt(a, 1.0);
  V t = select(big, -1.0 / a, a);
  V tail = atan_tail_f32(t);
  V y = select(big, 0x1.921fb6p0 + (t + (tail + -0x1.777a5cp-25)), t + tail);
  return copysign(y, x);
}
template <class V> V atan_f64(V x) {
  V a = fabs(x);
  auto big = gt(a, 1.0);
  V t = select(big, -1.0 / a, a);
  V tail = atan_tail_f64(t);
  V y = select(big, 0x1.921fb54442d18p0 + (t + (tail + 0x1.1a62633145c07p-54)), t + tail);
  return copysign(y, x);
}

// atan2(y, x): atan of the smaller over the larger magnitude, folded out octant by octant. Equal magnitudes take the
// quotient 1 without dividing, which covers 0/0 (by the sign bits: 0 or pi) and inf/inf.
template <class V, class Tail> V atan2_with(V y, V x, Tail tail_of, double hi, double lo) {
  V ax = fabs(x), ay = fabs(y);
  auto steep = gt(ay, ax);
  V num = select(steep, ax, ay), den = select(steep, ay, ax);
  V t = num / den;
  t = select(eq(num, den), select_v(eq(num, 0.0), t, 0.0, 1.0), t);
  V tail = tail_of(t);
  // The angle from the nearest axis, then from +x: a, pi/2 - a, pi/2 + a or pi - a.
  auto left = lt(copysign(1.0, x), 0.0);
  V axis_hi = select(steep, hi, select_v(left, t, 2 * hi, 0.0));
  V axis_lo = select(steep, lo, select_v(left, t, 2 * lo, 0.0));
  // Away from the axis the angle falls where exactly one of steep, left holds.
  auto falls = (steep & !left) | (left & !steep);
  V a = select(falls, -t, t), at = select(falls, -tail, tail);
  V r = axis_hi + (a + (at + axis_lo));
  r = select(isnan(x), x, r);
  return copysign(r, y);
}
template <class V> V atan2_f32(V y, V x) {
  return atan2_with(y, x, [](V t) { return atan_tail_f32(t); }, 0x1.921fb6p0, -0x1.777a5cp-25);
}
template <class V> V atan2_f64(V y, V x) {
  return atan2_with(y, x, [](V t) { return atan_tail_f64(t); }, 0x1.921fb54442d18p0, 0x1.1a62633145c07p-54);
}

} // namespace croton::ir::math
