// Croton inside a numeric loop that is there already. The program owns its grids as std::vector and swaps them after each
// step; the stencil is a Croton function bound once to each pair, which reads and writes them in place: no copies, no
// allocation, no checks in the loop.
//
// Heat spreads in a rod whose ends are kept at 0: the mode sin(πx) decays by a known factor at each step.
#include <chrono>
#include <cmath>
#include <croton/croton.h>
#include <cstdio>
#include <numbers>
#include <utility>
#include <vector>

using namespace croton;

int main() {
  constexpr std::size_t cells = 1001;
  constexpr int steps = 2000;
  constexpr double share = 0.4; // of a neighbour's difference that flows in one step

  // The step, for any number of cells.
  auto u = vector<f64>("u");
  auto inner = u(slice(1, -1));
  auto flow = u(slice(none, -2)) - 2 * inner + u(slice(2, none));
  auto next = pad(inner + share * flow, {{1, 1}});
  auto heat = function({u}, {next, sum(next)}, {.name = "heat"});

  // The existing program's state.
  std::vector<double> now(cells), later(cells);
  for (std::size_t i = 0; i < cells; ++i) now[i] = std::sin(std::numbers::pi * static_cast<double>(i) / (cells - 1));
  now.back() = 0;
  const std::vector<double> start = now;
  double total = 0;

  BoundFunction forth = heat.bind({later, total}, {now});
  BoundFunction back = heat.bind({now, total}, {later});
  const double* memory = now.data();

  auto begin = std::chrono::steady_clock::now();
  for (int k = 0; k < steps; k += 2) {
    forth();
    back();
    if ((k + 2) % 500 == 0) std::printf("step %4d  total heat %.6f\n", k + 2, total);
  }
  double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();

  double factor = 1 - 4 * share * std::pow(std::sin(std::numbers::pi / 2 / (cells - 1)), 2), worst = 0;
  for (std::size_t i = 0; i < cells; ++i) worst = std::max(worst, std::abs(now[i] - start[i] * std::pow(factor, steps)));
  bool good = worst < 1e-12 && memory == now.data();
  std::printf("%d steps of %zu cells, %.2f us each; largest error %.1e: %s\n", steps, cells, 1e6 * seconds / steps, worst, good ? "right" : "wrong");
  return good ? 0 : 1;
}
