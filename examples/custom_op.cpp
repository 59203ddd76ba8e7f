// An op of the user's own: the value as an expression of one element, and a gradient written by hand because the one that
// follows from the value is bad at a point. Such an op is fused, vectorised and differentiated like the built-in ones.
#include <cmath>
#include <croton/croton.h>
#include <cstdio>
#include <vector>

using namespace croton;

namespace {

/// x / (1 − e⁻ˣ), the Bernoulli function of drift and diffusion; 1 at x = 0, where the formula is 0/0.
CustomFunction make_bernoulli() {
  return custom_op("bernoulli", {
      .value =
          [](const std::vector<Expr>& args) {
            const Expr& x = args[0];
            return where(abs(x) < 1e-4f, 1 + x / 2 + x * x / 12, x / -expm1(-x));
          },
      .gradient =
          [](const std::vector<Expr>& args, const Expr& result, const Expr& cotangent) -> std::vector<Expr> {
        // B′ = B·(1 + x − B)/x, from B·(1 − e⁻ˣ) = x; a series near 0.
        const Expr& x = args[0];
        Expr slope = where(abs(x) < 1e-2f, 0.5f + x / 6, result * (1 + x - result) / x);
        return {cotangent * slope};
      },
      .doc = "x / (1 - exp(-x))",
  });
}

} // namespace

int main() {
  const CustomFunction bernoulli = make_bernoulli();
  auto x = vector<f64>("x");
  auto y = bernoulli(x);
  auto f = function({x}, {y, grad(sum(y), x)}, {.name = "bernoulli"});

  const std::vector<double> at{-30, -2, -0.5, -1e-6, 0, 1e-3, 1, 10, 50};
  Outputs result = f(at);
  auto exact = [](double v) { return std::abs(v) < 1e-5 ? 1 + v / 2 + v * v / 12 : v / -std::expm1(-v); };
  bool good = true;
  for (std::size_t i = 0; i < at.size(); ++i) {
    double value = result[0].span<f64>()[i], slope = result[1].span<f64>()[i];
    double h = 1e-4 * (1 + std::abs(at[i])), difference = (exact(at[i] + h) - exact(at[i] - h)) / (2 * h);
    good &= std::abs(value - exact(at[i])) <= 1e-12 * (1 + std::abs(value)) && std::abs(slope - difference) < 1e-5;
    std::printf("x = %-8g B(x) = %-14.10g B'(x) = %-14.10g\n", at[i], value, slope);
  }
  std::printf("%d kernel; %s\n", f.stats().kernels, good ? "values and slopes agree with the formula" : "a value or slope is wrong");
  return good && f.stats().kernels == 1 ? 0 : 1;
}
