#pragma once
// erf, erfc, cbrt, pow.
#include "ir/math/exp.h"
#include "ir/math/log.h"

namespace croton::ir::math {

// erfc of a >= 0 is exp(-a^2) t p(u) with t = 1/(a + K) and u = 1 - 2 K t, which maps a = 0..inf to u = -1..1: there
// p is smooth, one polynomial serves all a. a^2 is taken exactly, as a pair.
// The result is sensitive to t, so t's rounding error is carried along: 1/(a + K) = t + te.
template <class V> struct ErfcVariable {
  V t, te, u;
};
template <class V> ErfcVariable<V> erfc_variable(V a, double k) {
  V d = a + k, d_lo = a - (d - k);
  V t = 1.0 / d;
  V te = t * fma(-t, d_lo, fma(-t, d, 1.0));
  return {t, te, fma(te, -2.0 * k, fma(t, -2.0 * k, 1.0))};
}
template <class V> V erfc_positive_f32(V a) { // a <= 10.1
  auto v = erfc_variable(a, 3.0);
  V p = fma(fma(poly(v.u, 0x1.2e325ep-1, -0x1.3dead2p-2, 0x1.e99a24p-4, -0x1.b7bb12p-6, -0x1.441082p-10, 0x1.931a12p-9,
                     -0x1.ede316p-12, -0x1.4ba3dap-12),
                v.u, -0x1.c44c48p-1),
            v.u, 0x1.12f21ep0); // 2^-25.5
  V q = -(a * a);
  return times_exp_f32(fma(v.te, p, v.t * p), q, -fma(a, a, q));
}
template <class V> V erfc_positive_f64(V a) { // a <= 27.3
  auto v = erfc_variable(a, 4.0);
  V p = horner_then(poly(v.u, -0x1.14eacb1ad02d9p-1, 0x1.52cac2370f104p-2, -0x1.645fd8a4bfca8p-3, 0x1.38dbd2c923542p-4,
                         -0x1.b00c052a262d3p-6, 0x1.908f470065b4ap-8, -0x1.269b572123739p-12, -0x1.dd28394b593f1p-12,
                         0x1.72cde1706f44ap-13, -0x1.e7fd1ba274c79p-19, -0x1.3c754c8f08335p-16, 0x1.3b1efa65572fap-18,
                         0x1.7f3747ba784d1p-20, -0x1.c70c1513df814p-21, -0x1.58a9e28e8aec8p-24, 0x1.0beca2eea1cf8p-23,
                         0x1.35dcb5764e6d5p-28, -0x1.06249adf7b3c5p-26, -0x1.22871ec9fa0a1p-30, 0x1.abcf89c8fd8b8p-31),
                    v.u, 0x1.18932bf08e154p0, -0x1.f3fe31ecb49cp-1, 0x1.8be202d26c742p-1); // 2^-54.1
  V q = -(a * a);
  return times_exp_f64(fma(v.te, p, v.t * p), q, -fma(a, a, q));
}
// erf near 0: x + x p(x^2), |x| < 0.85 (2^-27.1), |x| <= 1 (2^-56).
template <class V> V erf_inner_f32(V x) {
  return fma(
      x, poly(x * x, 0x1.06eba8p-3, -0x1.812724p-2, 0x1.ce2512p-4, -0x1.b730dep-6, 0x1.4b57d8p-8, -0x1.4c57ap-11), x);
}
template <class V> V erf_inner_f64(V x) {
  V z = x * x;
  return fma(x,
             fma(poly(z, -0x1.812746b0379b2p-2, 0x1.ce2f21a0408d1p-4, -0x1.b82ce311ee09bp-6, 0x1.565bccf7e2856p-8,
                      -0x1.c02db0149d904p-11, 0x1.f9a2b75531772p-14, -0x1.f4ca204c771c5p-17, 0x1.b97e44280cfb9p-20,
                      -0x1.5bfe76384472p-23, 0x1.d6e3ddfeb1f49p-27, -0x1.ab15c51d2ebebp-31),
                 z, 0x1.06eba8214db69p-3),
             x);
}

// Near 0 the erfc of above loses digits in u; 1 - erf does not.
template <class V> V erfc_f32(V x) {
  V a = fabs(x);
  V y = erfc_positive_f32(at_most(a, 10.1));
  return select(lt(a, 0.8), 1.0 - erf_inner_f32(x), select(lt(x, 0.0), 2.0 - y, y));
}
template <class V> V erfc_f64(V x) {
  V a = fabs(x);
  V y = erfc_positive_f64(at_most(a, 27.3));
  return select(lt(a, 0.8), 1.0 - erf_inner_f64(x), select(lt(x, 0.0), 2.0 - y, y));
}

// erf, f32: near 0 as above; beyond 0.84, 1 - 2^h(|x|) with a polynomial h ~ log2(erfc), whose error counts for little
// as erfc is small (2^-28 of the result). Both are evaluated: choosing each coefficient costs more than a second fma.
template <class V> V erf_f32(V x) {
  V a = fabs(x);
  auto far = gt(a, 0.84);
  V near = horner(a * a, 0x1.06eba8p-3, -0x1.812724p-2, 0x1.ce2512p-4, -0x1.b730dep-6, 0x1.4b57d8p-8, -0x1.4c57ap-11);
  V h = horner(at_most(a, 4.0), -0x1.3a5e7ep-13, -0x1.a0a08ap0, -0x1.d62beap-1, -0x1.34d3cap-3, 0x1.0a1c5cp-5,
               -0x1.26b1ecp-8, 0x1.33eaecp-12);
  V kb = h + kRoundBiased32;
  V r = h - (kb - kRoundBiased32);
  V p = horner(r, 1.0, 0x1.62e42ap-1, 0x1.ebf9bap-3, 0x1.c6b69ep-5, 0x1.3ceb14p-7,
               0x1.5bfb8ep-10); // 2^-23.3 of at most 1/4
  V outer = fma(-p, pow2_rounded_f32(kb), 1.0);
  return select(far, copysign(outer, x), fma(near, x, x));
}
// erf, f64: near 0 as above, 1 - erfc beyond 1.
template <class V> V erf_f64(V x) {
  V a = fabs(x);
  V outer = copysign(1.0 - erfc_positive_f64(at_most(a, 6.0)), x);
  return select(lt(a, 1.0), erf_inner_f64(x), outer);
}

// cbrt: |x| = m 2^(3q + j), m in [2/3, 4/3), j in {-1, 0, 1}; y ~ (m 2^j)^(-1/3) by a polynomial in m and a choice of
// 2^(-j/3); then w = t y^2 is a cube root to twice the digits, and a last Newton step takes w^3 - t exactly.
template <class V> V rcbrt_start(V m) {
  return horner(m, 0x1.e9640ep0, -0x1.01c86ap1, 0x1.ca92e2p0, -0x1.b5a0a4p-1, 0x1.535568p-3);
}                                              // 2^-14.7
template <class V> V two_to_minus_third(V j) { // to 2^-24, like the start
  return select(lt(j, 0.0), 0x1.428a3p0, select_v(gt(j, 0.0), j, 0x1.965feap-1, 1.0));
}
template <class V> V cbrt_finish(V t, V y, V w, V scale, V x) {
  V w2 = w * w;
  V r = fma(fma(w, w, -w2), w, fma(w2, w, -t)); // w^3 - t
  w = fma(r * -0x1.555556p-2, y * y, w) * scale;
  V a = fabs(x);
  return select(gt(a, 0.0) & lt(a, kInf), copysign(w, x), x);
}
template <class V> V cbrt_f32(V x) {
  V a = fabs(x);
  auto tiny = lt(a, 0x1p-126);
  a = select(tiny, a * 0x1p24, a);
  auto e = sar(bits(a) - 0x3f2aaaab, 23);
  V m = from_bits(bits(a) - shl(e, 23));
  V ev = to_float(select(tiny, e - 24, e));
  V qb = fma(ev, 0x1.555556p-2, kRoundBiased32);
  V j = fma(qb - kRoundBiased32, -3.0, ev);
  V t = select(lt(j, 0.0), m * 0.5, select(gt(j, 0.0), m + m, m));
  V y = rcbrt_start(m) * two_to_minus_third(j);
  V w = t * y * y;
  return cbrt_finish(t, y, w, pow2_rounded_f32(qb), x);
}
template <class V> V cbrt_f64(V x) {
  V a = fabs(x);
  auto tiny = lt(a, 0x1p-1022);
  a = select(tiny, a * 0x1p54, a);
  auto e = sar(bits(a) - 0x3fe5555555555556, 52);
  V m = from_bits(bits(a) - shl(e, 52));
  V ev = small_to_float_f64(select(tiny, e - 54, e));
  V qb = fma(ev, 0x1.5555555555555p-2, kRoundBiased64);
  V j = fma(qb - kRoundBiased64, -3.0, ev);
  V t = select(lt(j, 0.0), m * 0.5, select(gt(j, 0.0), m + m, m));
  V y = rcbrt_start(m) * two_to_minus_third(j);
  V h = fma(-t * y, y * y, 1.0);                                         // y -> y (1 - h)^(-1/3)
  y = fma(y * h, fma(h, 0x1.c71c71c71c71cp-3, 0x1.5555555555555p-2), y); // 2^-42
  V w = t * y * y;
  return cbrt_finish(t, y, w, pow2_rounded_f64(qb), x);
}

// pow: log2|x| as a pair to about 2^-34 (2^-65) relative, times y as a pair, then exp2. With s = f / (2 + f),
// log2(1 + f) = 2/ln2 atanh(s), and atanh(s) = s + s^3 (1/3 + s^2 R(s^2)); only s^2 R is in working precision.
template <class V, class R>
Pair<V> log2_pair(V exponent, V f, R tail, double third_hi, double third_lo, double scale_hi, double scale_lo) {
  V d = f + 2.0, d_lo = f - (d - 2.0);
  V rcp = 1.0 / d;
  V s = f * rcp;
  V s_lo = fma(-s, d_lo, fma(-s, d, f)) * rcp;
  V z = s * s;
  V z_lo = fma(s, s, -z) + 2.0 * (s * s_lo);
  V t = z * tail(z) + third_lo;
  V c = t + third_hi;
  V c_lo = t - (c - third_hi);
  auto cube = mul(mul(Pair<V>{z, z_lo}, Pair<V>{c, c_lo}), Pair<V>{s, s_lo});
  auto a = fast_two_sum(s, cube.hi);
  auto l = mul(Pair<V>{a.hi, a.lo + (cube.lo + s_lo)}, scale_hi, scale_lo);
  auto r = fast_two_sum(exponent, l.hi); // |exponent| >= 1 > |l|, or it is 0
  return fast_two_sum(r.hi, r.lo + l.lo);
}
// The special cases of C: an odd integer y keeps the sign of x; a finite negative x to a fraction is NaN; x^0 and 1^y
// are 1 even of NaN, and so is (-1)^inf.
template <class V> V pow_special(V x, V y, V r) {
  V half = y * 0.5, ax = fabs(x);
  auto integer = eq(trunc(y), y);
  auto odd = integer & ne(trunc(half), half);
  r = select(odd, copysign(r, x), r);
  r = select(lt(x, 0.0) & gt(x, -kInf) & !integer & !isnan(y), kNaN, r);
  return select(eq(y, 0.0) | eq(x, 1.0) | (eq(ax, 1.0) & eq(fabs(y), kInf)), 1.0, r);
}
// y times the pair; a product beyond every result is cut to +-cut, and zero and infinity get their logarithms here.
template <class V> Pair<V> pow_exponent(V ax, V y, Pair<V> l, double cut) {
  V l_hi = select(eq(ax, 0.0), -kInf, select(lt(ax, kInf), l.hi, ax));
  V hi = y * l_hi;
  V lo = fma(y, l_hi, -hi) + y * l.lo;
  auto out = gt(fabs(hi), cut);
  return {select(out, copysign(cut, hi), hi), select(out, 0.0, lo)};
}
template <class V> V pow_f32(V x, V y) {
  V ax = fabs(x);
  auto p = log_parts_f32(ax);
  auto l = log2_pair(
      p.exponent, p.f, [](V z) { return horner(z, 0x1.9999b4p-3, 0x1.2464d8p-3, 0x1.de674ep-4); }, 0x1.555556p-2,
      -0x1.555556p-27, 0x1.715476p1, 0x1.4ae0cp-25);
  auto q = pow_exponent(ax, y, l, 200.0);
  V k = (q.hi + kRound32) - kRound32;
  V r = q.hi - k + q.lo;
  return pow_special(x, y, exp2_reduced_f32(r, k));
}
template <class V> V pow_f64(V x, V y) {
  V ax = fabs(x);
  auto p = log_parts_f64(ax);
  auto l = log2_pair(
      p.exponent, p.f,
      [](V z) {
        return poly(z, 0x1.999999999999ap-3, 0x1.24924924922a7p-3, 0x1.c71c71c772d23p-4, 0x1.745d170edd2b8p-4,
                    0x1.3b13c3fbf5d56p-4, 0x1.110d5e3a4d8d8p-4, 0x1.e2bdcfd5173c5p-5, 0x1.a09e78944ee94p-5,
                    0x1.01164fe8f03b7p-4);
      },
      0x1.5555555555555p-2, 0x1.5555555555555p-56, 0x1.71547652b82fep1, 0x1.777d0ffda0d24p-55);
  auto q = pow_exponent(ax, y, l, 1200.0);
  V k = (q.hi + kRound64) - kRound64;
  V r = q.hi - k + q.lo;
  return pow_special(x, y, exp2_reduced_f64(r, k));
}

} // namespace croton::ir::math
