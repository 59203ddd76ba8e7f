#pragma once
// Every expansion with its reference in the C library: X(name, reference).
#include "ir/math/exp.h"
#include "ir/math/hyperbolic.h"
#include "ir/math/log.h"
#include "ir/math/special.h"
#include "ir/math/trig.h"
#include <cmath>

namespace croton::tests {

template <class R> R sigmoid_reference(R x) { return x < 0 ? std::exp(x) / (1 + std::exp(x)) : 1 / (1 + std::exp(-x)); }
template <class R> R softplus_reference(R x) { return (x > 0 ? x : R(0)) + std::log1p(std::exp(-std::fabs(x))); }

#define CROTON_MATH_UNARY(X)                                                                                           \
  X(exp, std::exp)                                                                                                     \
  X(exp2, std::exp2)                                                                                                   \
  X(expm1, std::expm1)                                                                                                 \
  X(sigmoid, sigmoid_reference)                                                                                        \
  X(softplus, softplus_reference)                                                                                      \
  X(log, std::log)                                                                                                     \
  X(log2, std::log2)                                                                                                   \
  X(log10, std::log10)                                                                                                 \
  X(log1p, std::log1p)                                                                                                 \
  X(sin, std::sin)                                                                                                     \
  X(cos, std::cos)                                                                                                     \
  X(tan, std::tan)                                                                                                     \
  X(asin, std::asin)                                                                                                   \
  X(acos, std::acos)                                                                                                   \
  X(atan, std::atan)                                                                                                   \
  X(sinh, std::sinh)                                                                                                   \
  X(cosh, std::cosh)                                                                                                   \
  X(tanh, std::tanh)                                                                                                   \
  X(asinh, std::asinh)                                                                                                 \
  X(acosh, std::acosh)                                                                                                 \
  X(atanh, std::atanh)                                                                                                 \
  X(erf, std::erf)                                                                                                     \
  X(erfc, std::erfc)                                                                                                   \
  X(cbrt, std::cbrt)

#define CROTON_MATH_BINARY(X)                                                                                          \
  X(atan2, std::atan2)                                                                                                 \
  X(pow, std::pow)

} // namespace croton::tests
