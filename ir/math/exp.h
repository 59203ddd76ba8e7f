#pragma once
// exp, exp2, expm1, sigmoid, softplus.
//
// Method: x = k ln2 + r with |r| <= ln2/2, exp(x) = exp(r) 2^k, exp(r) a minimax polynomial and the scaling rounded once,
// so that nothing needs special treatment but a clamp of x to where the result is 0 or infinity. A NaN passes through
// the clamps, spoils r and so the result.
#include "ir/math/log.h"

namespace croton::ir::math {

template <class V> struct Reduced {
  V r, k;
};
template <class V> Reduced<V> reduce_exp_f32(V x) {
  V k = fma(x, 0x1.715476p0, kRound32) - kRound32;
  return {fma(k, 0x1.05c61p-29, fma(k, -0x1.62e43p-1, x)), k};
}
template <class V> Reduced<V> reduce_exp_f64(V x) {
  V k = fma(x, 0x1.71547652b82fep0, kRound64) - kRound64;
  return {fma(k, -0x1.abc9e3b39803fp-56, fma(k, -0x1.62e42fefa39efp-1, x)), k};
}
template <class V> V exp_poly_f32(V r) {
  return horner(r, 1.0, 0x1p0, 0x1.fffff8p-2, 0x1.55548cp-3, 0x1.555b84p-5, 0x1.123d0cp-7, 0x1.6868b4p-10);
} // 2^-28.0
template <class V> V exp_poly_f64(V r) {
  return fma(fma(poly(r, 0x1.000000000000ap-1, 0x1.55555555554fdp-3, 0x1.555555555069cp-5, 0x1.1111111126ecbp-7,
                      0x1.6c16c18482215p-10, 0x1.a01a012edf549p-13, 0x1.a01999392ab12p-16, 0x1.71df1af29625ap-19,
                      0x1.28ae252d63205p-22, 0x1.ad904c232627dp-26),
                 r, 1.0),
             r, 1.0);
} // 2^-57.9

// exp(x), and y * exp(x + lo), for x in [-110, 90] (f32), [-760, 720] (f64), or NaN.
template <class V> V exp_clamped_f32(V x) {
  auto q = reduce_exp_f32(x);
  return scaleb(exp_poly_f32(q.r), q.k);
}
template <class V> V exp_clamped_f64(V x) {
  auto q = reduce_exp_f64(x);
  return scaleb(exp_poly_f64(q.r), q.k);
}
template <class V> V times_exp_f32(V y, V x, V lo) {
  auto q = reduce_exp_f32(x);
  return scaleb(exp_poly_f32(q.r + lo) * y, q.k);
}
template <class V> V times_exp_f64(V y, V x, V lo) {
  auto q = reduce_exp_f64(x);
  return scaleb(exp_poly_f64(q.r + lo) * y, q.k);
}

template <class V> V exp_f32(V x) { return exp_clamped_f32(at_most(at_least(x, -105.0), 89.0)); }
template <class V> V exp_f64(V x) { return exp_clamped_f64(at_most(at_least(x, -746.0), 710.0)); }

// 2^(k + r), |r| <= 1/2, of r and k.
template <class V> V exp2_reduced_f32(V r, V k) {
  return scaleb(
      horner(r, 1.0, 0x1.62e43p-1, 0x1.ebfbd8p-3, 0x1.c6af74p-5, 0x1.3b3096p-7, 0x1.5f0cbp-10, 0x1.3fad8cp-13),
      k); // 2^-28.0
}
template <class V> V exp2_reduced_f64(V r, V k) {
  V p = fma(fma(poly(r, 0x1.ebfbdff82c5a6p-3, 0x1.c6b08d704a12bp-5, 0x1.3b2ab6fb9fd94p-7, 0x1.5d87fe789ed35p-10,
                     0x1.4309130f72c99p-13, 0x1.ffcbfc655709ap-17, 0x1.62bfc64583c81p-20, 0x1.b525252777536p-24,
                     0x1.e61d6c392f74dp-28, 0x1.e96f9e7767d4ep-32),
                r, 0x1.62e42fefa39efp-1),
            r, 1.0); // 2^-57.3
  return scaleb(p, k);
}
template <class V> V exp2_f32(V x) {
  V c = at_most(at_least(x, -152.0), 130.0);
  V k = (c + kRound32) - kRound32;
  return exp2_reduced_f32(c - k, k);
}
template <class V> V exp2_f64(V x) {
  V c = at_most(at_least(x, -1080.0), 1030.0);
  V k = (c + kRound64) - kRound64;
  return exp2_reduced_f64(c - k, k);
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
            fma(poly(r, 0x1.555555555553bp-3, 0x1.5555555552107p-5, 0x1.1111111118832p-7, 0x1.6c16c17f310f4p-10,
                     0x1.a01a0177f3158p-13, 0x1.a019a69a16ac1p-16, 0x1.71de81022f1cap-19, 0x1.28a297ae52083p-22,
                     0x1.ae778fd287fc9p-26),
                r, 0x1.0000000000005p-1),
            r); // 2^-55.5
  V s = pow2_rounded_f64(kb);
  V y = fma(s, m, s - 0.5);
  return select(lt(fabs(x), 0x1p-54), x, y + y);
}

// sigmoid: with e = exp(-|x|) it is 1/(1+e) or e/(1+e): e cannot overflow, and the left tail decays into subnormals.
template <class V> V sigmoid_f32(V x) {
  V e = exp_clamped_f32(at_least(-fabs(x), -105.0));
  return select(lt(x, 0.0), e, 1.0) / (1.0 + e);
}
template <class V> V sigmoid_f64(V x) {
  V e = exp_clamped_f64(at_least(-fabs(x), -746.0));
  return select(lt(x, 0.0), e, 1.0) / (1.0 + e);
}

// softplus: max(x, 0) + log1p(e), e = exp(-|x|) in [0, 1].
template <class V> V softplus_f32(V x) {
  V e = exp_clamped_f32(at_least(-fabs(x), -105.0));
  return at_least(x, 0.0) + log1p_unit_f32(e);
}
template <class V> V softplus_f64(V x) {
  V e = exp_clamped_f64(at_least(-fabs(x), -746.0));
  return at_least(x, 0.0) + log1p_unit_f64(e);
}

} // namespace croton::ir::math
