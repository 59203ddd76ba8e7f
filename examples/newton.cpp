// Newton's method: the gradient and the Hessian come from the expression, the two linear equations are solved here.
// Minimises Rosenbrock's function, 100·(y − x²)² + (1 − x)², a bent valley whose lowest point, 0, is at (1, 1).
#include <algorithm>
#include <cmath>
#include <croton/croton.h>
#include <cstdio>
#include <vector>

using namespace croton;

int main() {
  auto p = tensor<f64>("p", {2});
  auto x = p(0), y = p(1);
  auto cost = 100 * square(y - square(x)) + square(1 - x);
  auto height = function({p}, cost, {.name = "height"});
  auto shape = function({p}, {grad(cost, p), hessian(cost, p)}, {.name = "shape"});

  std::vector<double> at{-1.2, 1}, slope(2), curvature(4);
  double value = height(at).item<double>(), steepness = 0;
  int iteration = 0;
  for (;; ++iteration) {
    shape(at, into(slope, view(curvature.data(), {2, 2}))); // written where the program wants them
    steepness = std::max(std::abs(slope[0]), std::abs(slope[1]));
    std::printf("%2d  f = %-12.6g |slope| = %-10.3g at (%.8f, %.8f)\n", iteration, value, steepness, at[0], at[1]);
    if (steepness < 1e-9 || iteration == 50) break;

    double a = curvature[0], b = curvature[1], d = curvature[3], det = a * d - b * b;
    double step[] = {(d * slope[0] - b * slope[1]) / det, (a * slope[1] - b * slope[0]) / det};
    std::vector<double> next(2);
    for (double length = 1; length > 1e-6; length /= 2) { // halved while a whole step leads upwards
      for (int i : {0, 1}) next[i] = at[i] - length * step[i];
      if (double there = height(next).item<double>(); there < value) {
        value = there;
        break;
      }
    }
    at = next;
  }

  bool found = std::abs(at[0] - 1) < 1e-9 && std::abs(at[1] - 1) < 1e-9 && value < 1e-18;
  std::printf("%s after %d iterations\n", found ? "minimum found" : "no minimum", iteration);
  return found ? 0 : 1;
}
