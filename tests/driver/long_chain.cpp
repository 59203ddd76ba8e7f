// Chains far longer than the stack is deep: built, differentiated, compiled, run and freed in time linear in their length.
#include "ir/build.h"
#include "passes/gradient.h"
#include "src/executable.h"
#include "tests/support/catch.h"
#include <chrono>

using namespace croton;
using namespace croton::ir;

namespace {

struct Lap {
  double total = 0, value = 0;
};

// d/dx Σ(±x ± y …): every second step adds x, the others take y away.
Lap chain(int length) {
  auto start = std::chrono::steady_clock::now();
  Lap lap;
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
    lap.value = out[0][2];
    CHECK(out[1][0] == 1 + length / 2);
    CHECK(out[0][2] == 3.0 * (1 + length / 2));
  }
  lap.total = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return lap;
}

} // namespace

TEST_CASE("a chain of 100,000 nodes is linear and leaves nothing behind", "[driver]") {
  std::size_t before = live_nodes();
  Lap part = chain(20'000);
  Lap whole = chain(100'000);
  // Five times as long; twice that for a busy machine, where quadratic time would be twenty-five.
  CHECK(whole.total < 10 * part.total + 0.5);
  CHECK(live_nodes() <= before + 64); // constants of op tables may stay
}
