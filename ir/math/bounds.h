#pragma once
// The measured worst error of each expansion, in units in the last place, rounded up; tests/math enforces it.
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
    Bound{"exp", 2, 2},   Bound{"exp2", 2, 2}, Bound{"expm1", 2, 2}, Bound{"sigmoid", 3, 3}, Bound{"softplus", 3, 3},
    Bound{"log", 2, 2},   Bound{"log2", 2, 2}, Bound{"log10", 2, 2}, Bound{"log1p", 2, 2},   Bound{"sin", 2, 2},
    Bound{"cos", 2, 2},   Bound{"tan", 4, 4},  Bound{"asin", 3, 3},  Bound{"acos", 3, 3},    Bound{"atan", 3, 3},
    Bound{"sinh", 3, 3},  Bound{"cosh", 3, 3}, Bound{"tanh", 3, 3},  Bound{"asinh", 4, 4},   Bound{"acosh", 4, 4},
    Bound{"atanh", 4, 4}, Bound{"erf", 3, 3},  Bound{"erfc", 4, 4},  Bound{"cbrt", 2, 2},    Bound{"atan2", 3, 3},
    Bound{"pow", 4, 4},
};

constexpr const Bound& bound_of(std::string_view op) {
  for (const Bound& b : kBounds)
    if (b.op == op) return b;
  throw "no bound for this function";
}

} // namespace croton::ir::math
