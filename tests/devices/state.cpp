// Shared variables on a device: they stay there between calls, and every copy is counted.
#include "runtime/device.h"
#include "runtime/null/null_device.h"
#include "src/driver/device_executable.h"
#include "tests/devices/present.h"
#include "tests/differential/run.h"
#include "tests/support/catch.h"
#include <croton/croton.h>

using namespace croton;
using namespace croton::test;

namespace {

runtime::DeviceCounts operator-(const runtime::DeviceCounts& a, const runtime::DeviceCounts& b) {
  return {a.copies_in - b.copies_in, a.bytes_in - b.bytes_in, a.copies_out - b.copies_out, a.bytes_out - b.bytes_out, a.launches - b.launches};
}

std::vector<float> values(const Array& a) {
  auto* data = static_cast<const float*>(a.data());
  return {data, data + a.size()};
}

struct Regression {
  Shared W, b;
  Function step;

  Regression(const std::string& device, int)
      : W(shared(zeros<f32>({3, 2}), "W")), b(shared(zeros<f32>({2}), "b")), step(make(device)) {}

  Function make(const std::string& device) {
    auto x = matrix<f32>("x"), y = matrix<f32>("y");
    auto loss = mean(square(dot(x, W) + b - y));
    auto d = grad(loss, {W, b});
    return function({x, y}, {loss}, {.updates = {{W, W - 0.1f * d[0]}, {b, b - 0.1f * d[1]}}, .device = device});
  }
};

const std::vector<float> xs = {1, 2, 3, 0.5f, -1, 2, 0, 1, 1, 2, 2, -1}, ys = {1, 0, 2, 1, 0, 3, 1, 1};

} // namespace

TEST_CASE("a training loop stays on the device", "[devices][state]") {
  Regression expected("cpu", 0);
  float last = 0;
  for (int i = 0; i < 12; ++i) last = expected.step(view(xs.data(), {4, 3}), view(ys.data(), {4, 2})).item<float>();
  for (const std::string& name : present_devices()) {
    auto device = device_of(name);
    Regression r(name, 0);
    r.step(view(xs.data(), {4, 3}), view(ys.data(), {4, 2}));
    auto before = device->counts();
    float loss = 0;
    for (int i = 0; i < 11; ++i) loss = r.step(view(xs.data(), {4, 3}), view(ys.data(), {4, 2})).item<float>();
    auto moved = device->counts() - before;
    // Of each call only its arguments and its loss cross, and where memory is the host's not even they.
    bool in_place = device->facts().unified_memory;
    CHECK(moved.copies_in == (in_place ? 0 : 22));
    CHECK(moved.copies_out == (in_place ? 0 : 11));
    CHECK(moved.launches >= 11);
    CHECK(std::abs(loss - last) <= 1e-5f * std::abs(last));
    before = device->counts();
    auto got = values(r.W.get()), want = values(expected.W.get());
    CHECK((device->counts() - before).copies_out == 1);
    r.W.get();
    CHECK((device->counts() - before).copies_out == 1); // known on the host by then
    for (std::size_t i = 0; i < got.size(); ++i) CHECK(std::abs(got[i] - want[i]) <= 1e-5f);
  }
}

TEST_CASE("a variable used on several devices", "[devices][state]") {
  for (const std::string& name : present_devices()) {
    Shared n = shared(std::vector<float>{1, 2, 3}, "n");
    Function there = function({}, {n * 1.0f}, {.updates = {{n, n + 1.0f}}, .device = name}), here = there.on("cpu");
    CHECK(values(there()[0]) == std::vector<float>{1, 2, 3});
    CHECK(values(here()[0]) == std::vector<float>{2, 3, 4});
    CHECK(values(n.get()) == std::vector<float>{3, 4, 5});
    there();
    CHECK(values(n.get()) == std::vector<float>{4, 5, 6});
    n.set(std::vector<float>{7, 8, 9});
    CHECK(values(there()[0]) == std::vector<float>{7, 8, 9});
    there();
    CHECK(values(here()[0]) == std::vector<float>{9, 10, 11});
  }
}

TEST_CASE("updates swap, and a failed call changes nothing", "[devices][state]") {
  for (const std::string& name : present_devices()) {
    Shared a = shared(std::vector<float>{1, 2}, "a"), b = shared(std::vector<float>{3, 4}, "b");
    auto k = scalar<i64>("k");
    Function swap = function({k}, {take(a, k)}, {.updates = {{a, b}, {b, a}}, .device = name});
    swap(1);
    CHECK(values(a.get()) == std::vector<float>{3, 4});
    CHECK_THROWS_AS(swap(5), IndexError);
    CHECK(values(a.get()) == std::vector<float>{3, 4});
    CHECK(values(b.get()) == std::vector<float>{1, 2});
    swap(0);
    CHECK(values(a.get()) == std::vector<float>{1, 2});
  }
}

TEST_CASE("what the driver asks of a device", "[devices][null]") {
  using namespace ir;
  auto device = std::make_shared<runtime::NullDevice>(runtime::DeviceFacts{.name = "null", .title = "nothing", .platform = "none", .version = "1"});
  driver::Target target{.dialect = Dialect::c,
                        .schedule = [](passes::Nest nest) { return passes::schedule_cpu(std::move(nest), passes::CpuFacts{}); },
                        .scatter = [](const passes::ScatterNest& nest) { return passes::schedule_scatter(nest, 16); }};
  Ref x = variable("x", DType::f32, {symbol_dim("a"), symbol_dim("b")});
  Case c = case_of({reduce("sum", call("exp", {x}), {0, 1}), x + 1.0}, {{x, ir::Array(DType::f32, {300, 200})}});
  auto executable = driver::compile_for_device(program_of(c), {device, target, &codegen::opencl_c(), 4});
  run(*executable, c);
  auto launches = device->launches();
  REQUIRE(launches.size() >= 3); // the sum has two phases
  std::size_t widest = 0;
  for (auto& l : launches) {
    CHECK(l.grid.groups[0] >= 1);
    CHECK(l.grid.groups[0] <= 4);
    widest = std::max<std::size_t>(widest, l.grid.groups[0]);
    CHECK(std::holds_alternative<runtime::DevicePlace>(l.arguments.at(0)));
  }
  CHECK(widest == 4);
  CHECK(device->counts().copies_in == 1);
  CHECK(device->counts().copies_out == 2);
  CHECK(executable->code("source").find("__kernel") != std::string::npos);

  auto small = std::make_shared<runtime::NullDevice>(runtime::DeviceFacts{.name = "null", .title = "nothing", .platform = "none", .version = "1", .f64 = false});
  Ref y = variable("y", DType::f64, {});
  Case doubles = case_of({y + 1.0}, {{y, ir::Array(DType::f64, {})}});
  CHECK_THROWS_AS(driver::compile_for_device(program_of(doubles), {small, target, &codegen::opencl_c(), 1}), UnsupportedError);
}
