#pragma once
// The worst error of each expansion in units in the last place: the worst measured, rounded up with a little room for
// what sampling misses; tests/math enforces it.
#include <array>
#include <string_view>

namespace croton::ir::math {

struct Bound {
  std::string_view op;
  double f32, f64;
};

// sin, cos, tan: the bounds hold up to these magnitudes. Beyond, a finite x gives some value of the right range.
inline constexpr double kCircularRange32 = 0x1p20;
inline constexpr double kCircularRange64 = 0x1p40;

inline constexpr std::array kBounds = {
    Bound{"exp", 0.9, 1.0},      Bound{"exp2", 0.9, 0.9}, Bound{"expm1", 1.6, 2.1}, Bound{"sigmoid", 2.5, 2.4},
    Bound{"softplus", 2.0, 2.6}, Bound{"log", 1.0, 1.3},  Bound{"log2", 1.6, 2.2},  Bound{"log10", 1.5, 1.8},
    Bound{"log1p", 1.6, 1.9},    Bound{"sin", 1.7, 1.6},  Bound{"cos", 1.7, 1.6},   Bound{"tan", 3.2, 3.1},
    Bound{"asin", 2.2, 2.2},     Bound{"acos", 1.3, 1.3}, Bound{"atan", 1.6, 2.3},  Bound{"sinh", 1.9, 2.3},
    Bound{"cosh", 2.1, 1.7},     Bound{"tanh", 2.6, 2.7}, Bound{"asinh", 2.0, 2.3}, Bound{"acosh", 2.1, 2.3},
    Bound{"atanh", 2.2, 2.4},    Bound{"erf", 1.6, 1.5},  Bound{"erfc", 3.8, 4.0},  Bound{"cbrt", 0.8, 0.6},
    Bound{"atan2", 1.9, 2.1},    Bound{"pow", 1.2, 1.5},
};

constexpr const Bound& bound_of(std::string_view op) {
  for (const Bound& b : kBounds)
    if (b.op == op) return b;
  throw "no bound for this function";
}

} // namespace croton::ir::math
