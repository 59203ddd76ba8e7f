// Scans of lines that are cut, on every device: within the bound of error analysis, and in strict mode the CPU's bits.
#include "src/driver/opencl_executable.h"
#include "tests/devices/present.h"
#include "tests/differential/bounds.h"
#include "tests/differential/samples.h"
#include "tests/support/catch.h"

using namespace croton;
using namespace croton::ir;
using namespace croton::test;

namespace {

void check(const std::string& what, bool strict, const std::function<std::shared_ptr<const Executable>(const Program&)>& compiled) {
  Rng rng(31);
  Dim m = symbol_dim("m"), n = symbol_dim("n");
  Ref x = variable("x", DType::f32, {m, n}), y = variable("y", DType::f32, {m, n}), k = variable("k", DType::i32, {m, n});
  Case c{{x, y, k}, {}, {scan("cumsum", {x * 2.0}, 1), scan("linear_recurrence", {y, x}, 1, true, true), scan("cumsum", {x}, 0, true), scan("cumprod", {k}, 0, false, true), scan("cummax", {x}, 1, true)}, strict};
  auto executable = compiled(program_of(c)), cpu = compile(program_of(c), "cpu");
  for (auto [rows, length] : {std::pair<i64, i64>{1, 40'000}, {3, 33'000}, {5, 100}, {5000, 3}, {1, 1}, {0, 20'000}, {3, 0}}) {
    c.values.clear();
    for (const Ref& in : c.inputs) {
      ir::Array a(in->dtype(), {rows, length});
      for (i64 i = 0; i < a.count(); ++i) a.store(i, ordinary_value(in->dtype(), in == y ? Domain{-1, 1} : Domain{}, rng));
      c.values.push_back(std::move(a));
    }
    INFO(what << (strict ? ", strict" : "") << " {" << rows << ", " << length << "}");
    Arrays got = run(*executable, c);
    CHECK(difference(got, expected_of(c)) == "");
    if (strict) CHECK(bit_difference(got, run(*cpu, c)) == "");
  }
}

} // namespace

TEST_CASE("scans of lines that are cut", "[devices][scans]") {
  for (bool strict : {true, false}) {
    for (const std::string& device : present_devices()) check(device, strict, [&](const Program& p) { return compile(p, device); });
    if (!runtime::opencl::missing().empty() || std::getenv("CROTON_TEST_DEVICE")) continue;
    auto device = runtime::opencl::open(0);
    check("blocks of threads", strict, [&](const Program& p) { return driver::compile_for_device(p, driver::opencl_blocks(device, strict)); });
  }
}
