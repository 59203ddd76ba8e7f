// What Oclgrind and compute-sanitizer look at: a kernel of every kind over several work-items, each access and each pair of
// accesses checked. The tests are hidden, since CMakeLists.txt runs them under these tools only; their logs decide as well.
#include "tests/devices/present.h"
#include "tests/differential/bounds.h"
#include "tests/differential/patterns.h"
#include "tests/differential/samples.h"
#include "tests/support/catch.h"
#include <cstdlib>

using namespace croton;
using namespace croton::ir;
using namespace croton::test;

namespace {

void check(const Case& c, const char* what) {
  INFO(what);
  const char* device = std::getenv("CROTON_TEST_DEVICE");
  auto executable = compile(program_of(c), device ? device : "opencl");
  CHECK(difference(run(*executable, c), expected_of(c)) == "");
}

} // namespace

TEST_CASE("kernels of every kind, checked", "[.checked]") {
  Rng rng(3);
  if (!std::getenv("CROTON_TEST_DEVICE")) REQUIRE(runtime::opencl::open(0)->facts().platform == "Oclgrind");
  else if (present_devices().empty()) return;
  auto value = [&](const Ref& in, std::vector<i64> shape, i64 below) {
    ir::Array a(in->dtype(), std::move(shape));
    for (i64 i = 0; i < a.count(); ++i) a.store(i, below ? Scalar{0, static_cast<wide>(rng() % static_cast<u64>(below))} : ordinary_value(a.dtype, {}, rng));
    return a;
  };
  Ref x = variable("x", DType::f32, {symbol_dim("a"), symbol_dim("b")}), at = variable("at", DType::i32, {symbol_dim("a")}), w = variable("w", DType::f32, {symbol_dim("b"), symbol_dim("c")});
  Ref long_vector = variable("v", DType::f32, {symbol_dim("n")});
  Bindings values{{x, value(x, {67, 101}, 0)}, {at, value(at, {67}, 50)}, {w, value(w, {101, 53}, 0)}, {long_vector, value(long_vector, {40000}, 0)}};
  auto one = [&](const char* what, std::vector<Ref> outputs) {
    Bindings used;
    for (const Node* n : post_order(outputs))
      if (is_variable(*n)) used.emplace(Ref(n), values.at(Ref(n)));
    check(case_of(std::move(outputs), used, false), what);
  };
  one("map", {call("tanh", {x}) * 2.0, call("exp", {x})});
  one("rows", {softmax(x, 1), variance(x, {1})});
  one("columns", {reduce("sum", call("exp", {x}), {0}), variance(x, {0})});
  Ref long_rows = variable("l", DType::f32, {symbol_dim("few"), symbol_dim("many")});
  values.emplace(long_rows, value(long_rows, {2, 40000}, 0));
  one("rows cut into chunks", {softmax(long_rows, 1)});
  one("total", {reduce("sum", long_vector, {0}), reduce("argmax", long_vector, {0})});
  one("transpose", {permute(x, {1, 0}) + 1.0});
  one("gather", {call("pick", {x, at}, {{"axis", i64(1)}}), call("take", {w, at}, {{"axis", i64(0)}})});
  one("scatter", {call("scatter_add", {x, at, constant_dim(50)})});
  one("product", {matmul(x, w), matmul(swap_last_axes(w), swap_last_axes(x))});
  one("join", {call("concatenate", {x, flip(x, 0)}, {{"axis", i64(0)}})});
}

// Proof that the tool sees what it is there for: the log must name both.
TEST_CASE("a planted race and a planted overrun", "[.planted]") {
  auto device = runtime::opencl::open(0);
  std::vector<std::string> entries = {"planted"};
  auto module = device->load("__kernel void planted(__global int* m, const long o) { m[0] = (int)get_group_id(0); m[1000 + get_group_id(0)] = 1; }", entries, "planted");
  auto block = device->allocate(256);
  std::vector<runtime::LaunchArgument> arguments = {runtime::DevicePlace{block.get(), 0}};
  device->launch(*module, 0, {.groups = {4, 1, 1}}, arguments);
  device->wait();
}
