// Chains far longer than the stack is deep: built, differentiated, compiled, run and freed in time linear in their length.
#include "ir/build.h"
#include "passes/gradient.h"
#include "src/executable.h"
#include "tests/support/catch.h"
#include <algorithm>
#include <ctime>

using namespace croton;
using namespace croton::ir;

namespace {

// d/dx Σ(±x ± y …): every second step adds x, the others take y away.
// The seconds of the processor that it took, not those that others had meanwhile.
double chain(int length) {
  std::clock_t start = std::clock();
  Dim n = symbol_dim("n");
  {
    Ref x = variable("x", DType::f64, {n}), y = variable("y", DType::f64, {n}), value = x;
    for (int i = 0; i < length; ++i) value = i % 2 ? value + x : value - y;
    Ref outputs[] = {value}, one[] = {constant(DType::f64, 1)}, wrt[] = {x};
    auto slope = passes::vjp(outputs, one, wrt);
    Program program;
    program.inputs = {x, y};
    program.outputs = {value, slope[0]};
    program.name = "chain";
    auto executable = compile(program, "cpu");
    double in[2][3] = {{1, 2, 3}, {0.5, 0.25, 0}}, out[2][3] = {};
    TensorView ins[] = {{in[0], {3}, {1}}, {in[1], {3}, {1}}}, outs[] = {{out[0], {3}, {1}}, {out[1], {3}, {1}}};
    executable->run(ins, outs);
    CHECK(out[1][0] == 1 + length / 2);
    CHECK(out[0][2] == 3.0 * (1 + length / 2));
  }
  return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
}

} // namespace

TEST_CASE("a chain of 100,000 nodes is linear and leaves nothing behind", "[driver]") {
  std::size_t before = live_nodes();
  // Five times as long; twice that for caches that others use as well, where quadratic time would be twenty-five.
  double part = chain(20'000), whole = chain(100'000);
  for (int again = 0; again < 3 && whole >= 10 * part; ++again) {
    part = std::min(part, chain(20'000));
    whole = std::min(whole, chain(100'000));
  }
  INFO(part << " s, " << whole << " s");
  CHECK(part > 0);
  CHECK(whole < 10 * part);
  CHECK(live_nodes() <= before + 64); // constants of op tables may stay
}
