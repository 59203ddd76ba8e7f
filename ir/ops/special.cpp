// Error functions.
#include "ir/math/node_vocabulary.h"
#include "ir/math/special.h"
#include "ir/ops/transcendental.h"
#include <numbers>

namespace croton::ir {

namespace {
Ref gauss(const Node& n, double scale) { return call("exp", {-call("square", {n.args[0]})}) * scale; }
} // namespace

std::vector<Op> special_ops() {
  using R = std::vector<Ref>;
  constexpr double slope = 2 * std::numbers::inv_sqrtpi;
  return {
      transcendental("erf", "Error function.", "special", CROTON_LIBM1(std::erf), CROTON_EXPAND1(erf),
                     [](const Node& n, const Ref& g) -> R { return {g * gauss(n, slope)}; }, {{-3, 3}}, 20),
      transcendental("erfc", "1 − erf(x), accurate for large x.", "special", CROTON_LIBM1(std::erfc), CROTON_EXPAND1(erfc),
                     [](const Node& n, const Ref& g) -> R { return {g * gauss(n, -slope)}; }, {{-3, 3}}, 30),
  };
}

} // namespace croton::ir
