#pragma once
// exp, exp2, expm1, sigmoid, softplus.
//
// Method: x = n * 2 ln2 + r with |r| <= ln2, exp(x) = exp(r) * 2^n * 2^n. Reducing by 2 ln2 rather than ln2 costs one
// polynomial term or two, and in exchange 2^n stays normal over the whole range of results: multiplying by it twice
// overflows to infinity and underflows gradually, with a single rounding, and nothing needs special treatment but a
// clamp of x. A NaN passes through the clamps, spoils r and so the result.
#include "ir/math/log.h"
#include "ir/math/vocabulary.h"

namespace croton::ir::math {

// exp(x) = (mantissa * scale) * scale, mantissa in [1/2, 2]. x within [-105, 89] (f32), [-746, 710] (f64), or NaN.
template <class V> struct ScaledExp {
  V mantissa, scale;
};

// exp(x + lo), for callers whose argument is a pair.
template <class V> ScaledExp<V> exp_scaled_f32(V x, V lo) {
  V nb = fma(x, 0x1.715476p-1, kRoundBiased32);
  V n = nb - kRoundBiased32;
  V r = fma(n, 0x1.05c61p-28, fma(n, -0x1.62e43p0, x)) + lo;
  return {
      horner(r, 1.0, 0x1p0, 0x1.00001p-1, 0x1.55552ap-3, 0x1.554856p-5, 0x1.111e26p-7, 0x1.720974p-10, 0x1.9ed272p-13),
      pow2_rounded_f32(nb)};
}
template <class V> ScaledExp<V> exp_scaled_f64(V x, V lo) {
  V nb = fma(x, 0x1.71547652b82fep-1, kRoundBiased64);
  V n = nb - kRoundBiased64;
  V r = fma(n, -0x1.abc9e3b39803fp-55, fma(n, -0x1.62e42fefa39efp0, x)) + lo;
  return {horner(r, 1.0, 1.0, 0x1.ffffffffffff3p-2, 0x1.55555555555b8p-3, 0x1.5555555556958p-5, 0x1.1111111108091p-7,
                 0x1.6c16c169be8e8p-10, 0x1.a01a01b26915cp-13, 0x1.a01a058433126p-16, 0x1.71de29d9d3f5fp-19,
                 0x1.27e1c8a404b62p-22, 0x1.ae714e490baeap-26, 0x1.217b340f8fc7ep-29, 0x1.5e6695c6fd839p-33),
          pow2_rounded_f64(nb)};
}

template <class V> ScaledExp<V> exp_scaled_f32(V x) {
  V nb = fma(x, 0x1.715476p-1, kRoundBiased32);
  V n = nb - kRoundBiased32;
  V r = fma(n, 0x1.05c61p-28, fma(n, -0x1.62e43p0, x)); // 2 ln2 in two parts; the first product cancels exactly
  V p = horner(r, 1.0, 0x1p0, 0x1.00001p-1, 0x1.55552ap-3, 0x1.554856p-5, 0x1.111e26p-7, 0x1.720974p-10,
               0x1.9ed272p-13); // relative error 2^-25.7
  return {p, pow2_rounded_f32(nb)};
}

template <class V> ScaledExp<V> exp_scaled_f64(V x) {
  V nb = fma(x, 0x1.71547652b82fep-1, kRoundBiased64);
  V n = nb - kRoundBiased64;
  V r = fma(n, -0x1.abc9e3b39803fp-55, fma(n, -0x1.62e42fefa39efp0, x));
  V p = horner(r, 1.0, 1.0, 0x1.ffffffffffff3p-2, 0x1.55555555555b8p-3, 0x1.5555555556958p-5, 0x1.1111111108091p-7,
               0x1.6c16c169be8e8p-10, 0x1.a01a01b26915cp-13, 0x1.a01a058433126p-16, 0x1.71de29d9d3f5fp-19,
               0x1.27e1c8a404b62p-22, 0x1.ae714e490baeap-26, 0x1.217b340f8fc7ep-29,
               0x1.5e6695c6fd839p-33); // relative error 2^-56.5
  return {p, pow2_rounded_f64(nb)};
}

template <class V> V exp_f32(V x) {
  auto e = exp_scaled_f32(at_most(at_least(x, -105.0), 89.0));
  return e.mantissa * e.scale * e.scale;
}
template <class V> V exp_f64(V x) {
  auto e = exp_scaled_f64(at_most(at_least(x, -746.0), 710.0));
  return e.mantissa * e.scale * e.scale;
}

// 2^(2n + r), |r| <= 1, of r and the biased n; |n| <= 100 (f32), 600 (f64).
template <class V> V exp2_reduced_f32(V r, V nb) {
  V p = horner(r, 1.0, 0x1.62e432p-1, 0x1.ebfbfcp-3, 0x1.c6af9p-5, 0x1.3b1f34p-7, 0x1.5dc278p-10, 0x1.483b06p-13,
               0x1.f36dbcp-17); // 2^-26.0
  V s = pow2_rounded_f32(nb);
  return p * s * s;
}
template <class V> V exp2_reduced_f64(V r, V nb) {
  V p = horner(r, 1.0, 0x1.62e42fefa39efp-1, 0x1.ebfbdff82c57cp-3, 0x1.c6b08d704a16p-5, 0x1.3b2ab6fba657ap-7,
               0x1.5d87fe789ac36p-10, 0x1.430912f60de54p-13, 0x1.ffcbfc6db21e6p-17, 0x1.62c025cfe7c37p-20,
               0x1.b5252bb6273aep-24, 0x1.e4c9d951c4331p-28, 0x1.e8d77a30675edp-32, 0x1.c7d5545c5af69p-36,
               0x1.7f1d5788a637p-40); // 2^-56.2
  V s = pow2_rounded_f64(nb);
  return p * s * s;
}

template <class V> V exp2_f32(V x) {
  V c = at_most(at_least(x, -152.0), 130.0);
  V nb = fma(c, 0.5, kRoundBiased32);
  return exp2_reduced_f32(fma(nb - kRoundBiased32, -2.0, c), nb);
}
template <class V> V exp2_f64(V x) {
  V c = at_most(at_least(x, -1080.0), 1030.0);
  V nb = fma(c, 0.5, kRoundBiased64);
  return exp2_reduced_f64(fma(nb - kRoundBiased64, -2.0, c), nb);
}

// expm1: x = k ln2 + r with |r| <= ln2/2, expm1(x) = 2 (2^(k-1) expm1(r) + (2^(k-1) - 1/2)); half the scale so that
// k = 128 (1024) does not overflow early. The k = 0 case is expm1(r) itself, without cancellation; halving would round
// subnormals, and the sum loses the sign of zero, so tiny x is returned as it is.
template <class V> V expm1_f32(V x) {
  V c = at_most(at_least(x, -20.0), 89.0);
  V kb = fma(c, 0x1.715476p0, kRoundBiased32 - 1.0);
  V k = kb - (kRoundBiased32 - 1.0);
  V r = fma(k, 0x1.05c61p-29, fma(k, -0x1.62e43p-1, c));
  V m = fma(r * r, horner(r, 0x1.fffffep-2, 0x1.5554bp-3, 0x1.555716p-5, 0x1.122798p-7, 0x1.6b736p-10), r); // 2^-26.1
  V s = pow2_rounded_f32(kb);
  V y = fma(s, m, s - 0.5);
  return select(lt(fabs(x), 0x1p-25), x, y + y);
}
template <class V> V expm1_f64(V x) {
  V c = at_most(at_least(x, -40.0), 710.0);
  V kb = fma(c, 0x1.71547652b82fep0, kRoundBiased64 - 1.0);
  V k = kb - (kRoundBiased64 - 1.0);
  V r = fma(k, -0x1.abc9e3b39803fp-56, fma(k, -0x1.62e42fefa39efp-1, c));
  V m = fma(r * r,
            horner(r, 0x1.0000000000005p-1, 0x1.555555555553bp-3, 0x1.5555555552107p-5, 0x1.1111111118832p-7,
                   0x1.6c16c17f310f4p-10, 0x1.a01a0177f3158p-13, 0x1.a019a69a16ac1p-16, 0x1.71de81022f1cap-19,
                   0x1.28a297ae52083p-22, 0x1.ae778fd287fc9p-26),
            r); // 2^-55.5
  V s = pow2_rounded_f64(kb);
  V y = fma(s, m, s - 0.5);
  return select(lt(fabs(x), 0x1p-54), x, y + y);
}

// sigmoid: with e = exp(-|x|) it is 1/(1+e) or e/(1+e): e cannot overflow, and the left tail decays into subnormals.
template <class V> V sigmoid_f32(V x) {
  auto t = exp_scaled_f32(at_least(-fabs(x), -105.0));
  V e = t.mantissa * t.scale * t.scale;
  return select(lt(x, 0.0), e, 1.0) / (1.0 + e);
}
template <class V> V sigmoid_f64(V x) {
  auto t = exp_scaled_f64(at_least(-fabs(x), -746.0));
  V e = t.mantissa * t.scale * t.scale;
  return select(lt(x, 0.0), e, 1.0) / (1.0 + e);
}

// softplus: max(x, 0) + log1p(e), e = exp(-|x|) in [0, 1].
template <class V> V softplus_f32(V x) {
  auto t = exp_scaled_f32(at_least(-fabs(x), -105.0));
  V e = t.mantissa * t.scale * t.scale;
  return at_least(x, 0.0) + log1p_unit_f32(e);
}
template <class V> V softplus_f64(V x) {
  auto t = exp_scaled_f64(at_least(-fabs(x), -746.0));
  V e = t.mantissa * t.scale * t.scale;
  return at_least(x, 0.0) + log1p_unit_f64(e);
}

} // namespace croton::ir::math
