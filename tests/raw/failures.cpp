// What goes wrong says which kernel, which device and, where a compiler speaks, what it says.
#include "runtime/cpu/c_compiler.h"
#include "tests/raw/support.h"
#include <fstream>
#include <iterator>
#include <regex>
#include <stdlib.h>

using namespace croton;
using namespace croton::test;

namespace {

RawFunction named(const std::string& name, RawKernel kernel) { return raw_kernel(name, "x: f32[n] -> z: f32[n]", std::move(kernel)); }

/// The file that a message names.
std::string kept_source(const std::string& message) {
  std::smatch found;
  REQUIRE(std::regex_search(message, found, std::regex("the source is in ([^\\s:]+)")));
  std::ifstream file(found[1]);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  std::remove(found[1].str().c_str());
  return text;
}

class Environment {
public:
  Environment(const char* name, const char* value) : name_(name) { ::setenv(name, value, 1); }
  ~Environment() { ::unsetenv(name_); }

private:
  const char* name_;
};

} // namespace

TEST_CASE("a missing body names the node and the device", "[raw][devices]") {
  auto x = vector<f32>("x");
  auto nothing = [](const std::vector<Array>& v) { return v[0].copy(); };
  auto z = named("gpu_only", {.cuda = "z[i] = x[i];"})(x);
  unsigned made = __LINE__ - 1;
  std::string text = message_of<UnsupportedError>([&] { function({x}, z); });
  CHECK(contains(text, "[gpu_only] this raw kernel (failures.cpp:" + std::to_string(made) + ") has no body in C, which device 'cpu' runs. Give one as .c, or choose another device."));
  for (const char* device : {"host", "reference"})
    CHECK(contains(message_of<UnsupportedError>([&] { function({x}, z, {.device = device}); }), "has no reference body, which device '" + std::string(device) + "' runs. Give one as .reference"));
  auto host_only = named("host_only", {.reference = nothing})(x);
  CHECK(contains(message_of<UnsupportedError>([&] { function({x}, host_only, {.device = "cuda"}); }), "[host_only] this raw kernel (failures.cpp:"));
  for (const std::string& device : present_devices())
    CHECK(contains(message_of<UnsupportedError>([&] { function({x}, host_only, {.device = device}); }), ", which device '" + device + "' runs. Give one as ." + device));
  CHECK(values<f32>(function({x}, host_only, {.device = "host"})(std::vector<f32>{1, 2})) == std::vector<f32>{1, 2});
}

TEST_CASE("a body that does not compile quotes the compiler and keeps the source", "[raw][devices]") {
  auto x = vector<f32>("x");
  auto z = named("broken", {.body = "z[i] = x[i];\nz[i] = there_is_no_such_thing;"})(x);
  std::vector<std::string> devices{"cpu"};
  for (const std::string& device : present_devices()) devices.push_back(device);
  for (const std::string& device : devices) {
    std::string text = message_of<DeviceError>([&] { function({x}, z, {.device = device, .name = "step"}); });
    INFO(device << ": " << text);
    CHECK(contains(text, "'step'"));
    CHECK(contains(text, "there_is_no_such_thing"));
    CHECK(contains(text, "broken.c")); // the user's own second line, whatever stands in front of it
    CHECK(contains(text, ":2:"));
    CHECK(contains(kept_source(text), "z[i] = there_is_no_such_thing;"));
  }
}

TEST_CASE("a missing C compiler names the package", "[raw]") {
  Environment nobody("CROTON_CC", "/there/is/no/compiler");
  auto x = vector<f32>("x");
  auto z = named("compiled", {.body = "z[i] = x[i] + 41;"})(x);
  std::string text = message_of<DeviceError>([&] { function({x}, z); });
  CHECK(contains(text, "[cc] the C compiler '/there/is/no/compiler' does not run (No such file or directory). Install the package gcc or clang, or name another by CROTON_CC."));
  // One word names the program: nothing of it is a command for a shell.
  Environment injected("CROTON_CC", "cc; touch /tmp/croton-injected");
  CHECK(contains(message_of<DeviceError>([&] { function({x}, z); }), "does not run"));
  CHECK(!std::ifstream("/tmp/croton-injected").good());
}

TEST_CASE("a C body is compiled once", "[raw]") {
  auto x = vector<f32>("x");
  std::string unique = "z[i] = x[i] + " + std::to_string(static_cast<unsigned>(std::random_device()())) + ".0f;";
  auto z = named("kept", {.body = unique})(x);
  auto count = [] { return runtime::c_compiler_stats(); };
  auto before = count();
  {
    auto f = function({x}, z);
    CHECK(count().compiled == before.compiled + 1);
    CHECK(!f.stats().from_cache);
    auto g = function({x}, z * 2);
    CHECK(count().compiled == before.compiled + 1);
    CHECK(count().from_memory == before.from_memory + 1);
  }
  auto again = function({x}, z); // nobody holds the library: it comes from disk
  CHECK(count().compiled == before.compiled + 1);
  CHECK(count().from_disk == before.from_disk + 1);
  CHECK(again.stats().from_cache);
}

TEST_CASE("signatures and launches that are none", "[raw]") {
  auto fails = [](const std::string& signature, RawLaunch launch = {}, std::string items = {}) {
    return message_of<Error>([&] { raw_kernel("k", signature, {.body = ";", .items = std::move(items), .launch = std::move(launch)}); });
  };
  CHECK(contains(fails("x f32 -> z: f32"), "[raw_kernel] signature column 3: found \"f32 -> z: f32\", expected ':'."));
  CHECK(contains(fails("x: f31 -> z: f32"), "signature column 4: found \"f31 -> z: f32\", expected a dtype."));
  CHECK(contains(fails("x: f32[n"), "signature column 9: found the end, expected ']'."));
  CHECK(contains(fails("x: f32[n + ] -> z: f32"), "expected a size: a number, a symbol or arithmetic on them."));
  CHECK(contains(fails("x: f32[n]"), "signature column 10: found the end, expected ','."));
  CHECK(contains(fails("x: f32[n] -> z: f32[n] w"), "signature column 24: found \"w\", expected the end."));
  CHECK(contains(fails("x: f32[n] -> z: f32[m]"), "the size 'm' stands alone on no operand's axis: its value is not known."));
  CHECK(contains(fails("x: f32[2*n] -> z: f32[n]"), "the size 'n' stands alone on no operand's axis"));
  CHECK(contains(fails("x: f32[n] -> z: f32[...]"), "the result has '...', which no operand has"));
  CHECK(contains(fails("x: f32[n], x: f32[n] -> z: f32[n]"), "the name 'x' is taken already."));
  CHECK(contains(fails("i: f32[n] -> z: f32[n]"), "the name 'i' is taken already."));
  CHECK(contains(fails("x: f32[f64] -> z: f32[f64]"), "the name 'f64' is taken already."));
  CHECK(contains(fails("x: f32[n] -> a: f32[n], b: f32[n]"), "[raw_kernel] signature column 23: a kernel of several results is not built yet."));
  CHECK(contains(fails("x: f32[n] -> z: f32[n]", {.groups = "m"}), "[k] the launch names 'm', which is no size of the signature."));
  CHECK(contains(fails("x: f32[n] -> z: f32[n]", {.groups = "n, n, n, n"}), "[k] a launch has at most three axes"));
  CHECK(contains(fails("x: f32[n] -> z: f32[n]", {.threads = "32"}), "threads or shared memory are given without groups"));
  CHECK(contains(fails("x: f32[n] -> z: f32[n]", {}, "n, 2"), "[k] items is 2 sizes, expected one."));
  CHECK_FAILS(ValueError, "[raw_kernel] the name \"two words\" is no identifier", raw_kernel("two words", "x: f32 -> z: f32", {.body = ";"}));
  CHECK_FAILS(ValueError, "[raw_kernel] 'k' has no body at all.", raw_kernel("k", "x: f32 -> z: f32", {}));
}

TEST_CASE("operands that do not fit", "[raw]") {
  auto k = raw_kernel("k", "a: f32, x: f32[n], y: f32[n, 2] -> z: f32[n + 1]", {.body = ";"});
  auto rows = row_sums();
  auto both = raw_kernel("both", "x: f32[...], y: f32[...] -> z: f32[...]", {.body = ";"});
  auto a = scalar<f32>("a");
  auto x = vector<f32>("x");
  auto y = matrix<f32>("y");
  auto fixed = tensor<f32>("fixed", {3}), wide = tensor<f32>("wide", {3, 4});
  CHECK_FAILS(ValueError, "[k] found 2 operands, expected 3.", k(a, x));
  CHECK_FAILS(DTypeError, "[k] operand 1 is v: f64{", k(a, vector<f64>("v"), y));
  CHECK_FAILS(ShapeError, "expected x: f32[n]: the ranks differ.", k(a, y, y));
  CHECK_FAILS(ShapeError, "4 ≠ 2. The signature says that they are equal.", k(a, fixed, wide));
  CHECK_FAILS(ShapeError, "'...' has another number of axes", both(x, y));
  CHECK_FAILS(ShapeError, "expected x: f32[..., n]: the ranks differ.", rows(a));
  CHECK_FAILS(ValueError, "[k] the literal 1", k(1e300, x, y));
  CHECK_FAILS(ValueError, "an empty raw kernel was called", RawFunction()(x));
  CHECK(k(1, x, y).shape().to_string().find("1") != std::string::npos);
  auto f = function({x, y}, k(1, x, y));
  std::vector<f32> data(8);
  CHECK_FAILS(ShapeError, "input 'y' has 4 along axis 0, but input 'x' has 3", f(std::vector<f32>(3), view(data.data(), {4, 2})));
  CHECK_FAILS(ShapeError, "input 'y' has 1 along axis 1, expected 2.", f(std::vector<f32>(4), view(data.data(), {4, 1})));
}

TEST_CASE("derivatives that are missing or wrong", "[raw]") {
  auto x = vector<f64>("x");
  auto with = [&](decltype(RawKernel::gradient) gradient) { return raw_kernel("k", "x: f64[n] -> z: f64[n]", {.body = "z[i] = x[i];", .gradient = std::move(gradient)})(x); };
  auto without = with({});
  std::string text = message_of<GradientError>([&] { grad(sum(without), x); });
  CHECK(contains(text, "[k] this raw kernel has no gradient (failures.cpp:"));
  CHECK(contains(text, "Give one as .gradient, or put stop_gradient around the kernel."));
  CHECK_NOTHROW(grad(sum(stop_gradient(without) * x), x));
  auto two = with([](const std::vector<Expr>& v, const Expr&, const Expr& g) { return std::vector<Expr>{g, v[0]}; });
  CHECK(contains(message_of<GradientError>([&] { grad(sum(two), x); }), "[k] its gradient gives 2 cotangents, expected 1."));
  auto shaped = with([](const std::vector<Expr>&, const Expr&, const Expr& g) { return std::vector<Expr>{sum(g)}; });
  CHECK(contains(message_of<GradientError>([&] { grad(sum(shaped), x); }), "expected the dtype and rank of x: f64{"));
  auto fine = with([](const std::vector<Expr>&, const Expr&, const Expr& g) { return std::vector<Expr>{g}; });
  // The rows of a Jacobian are taken at once, through the kernel only where its gradient calls it again.
  auto itself = raw_kernel("itself", "x: f64[n] -> z: f64[n]", {.body = "z[i] = x[i];"});
  auto through = with([itself](const std::vector<Expr>&, const Expr&, const Expr& g) { return std::vector<Expr>{itself(g)}; });
  CHECK(contains(message_of<UnsupportedError>([&] { jacobian(through, x); }), "[itself] a raw kernel has no form for many values at once: jacobian and hessian cannot go through it."));
  CHECK_NOTHROW(grad(sum(fine), x));
}

TEST_CASE("a reference body of another shape is told", "[raw]") {
  auto x = vector<f32>("x");
  auto z = named("shaped", {.body = "z[i] = x[i];", .reference = [](const std::vector<Array>&) { return Array(DType::f32, {7}); }})(x);
  for (const char* device : {"host", "reference"})
    CHECK(contains(message_of<ShapeError>([&] { function({x}, z, {.device = device})(std::vector<f32>{1}); }), "[shaped] the reference body gives f32{7}, expected f32{1}"));
}

TEST_CASE("positions out of range, of what a raw kernel gives", "[raw]") {
  auto x = vector<f32>("x");
  auto k = scalar<i64>("k");
  auto unknown = named("unknown", {.body = "z[i] = x[i];"}), known = named("known", {.body = "z[i] = x[i];", .reference = [](const std::vector<Array>& v) { return v[0].copy(); }});
  auto f = function({x, k}, take(unknown(x), k)), g = function({x, k}, take(known(x), k));
  CHECK(f(std::vector<f32>{1, 2}, 1).item<f32>() == 2);
  CHECK(contains(message_of<IndexError>([&] { f(std::vector<f32>{1, 2}, 2); }), "a position is out of range. (failures.cpp:"));
  CHECK(contains(message_of<IndexError>([&] { g(std::vector<f32>{1, 2}, 2); }), "is 2, expected -2 to 1"));
}

TEST_CASE("test values go around a kernel that has none", "[raw]") {
  auto x = vector<f32>("tested");
  x.test_value(std::vector<f32>{1, 2});
  auto z = named("unknown", {.body = "z[i] = x[i];"})(x);
  CHECK_NOTHROW(z + 1);
  clear_test_values();
}

TEST_CASE("debug mode watches what a body writes", "[raw]") {
  auto x = vector<f32>("x");
  auto copied = [](const std::vector<Array>& v) { return v[0].copy(); };
  auto beyond = named("beyond", {.body = "z[i] = x[i];\nif (i + 1 == n) z[n] = 1;", .reference = copied})(x);
  auto f = function({x}, beyond, {.debug = true});
  CHECK(contains(message_of<ValueError>([&] { f(std::vector<f32>(100)); }), "[debug] the C body of raw kernel beyond writes outside of z."));
  auto inside = named("inside", {.body = "z[i] = x[i];\n((f32*)x)[i] += 1;", .reference = copied})(x);
  auto g = function({x}, inside, {.debug = true});
  CHECK(contains(message_of<ValueError>([&] { g(std::vector<f32>(100)); }), "[debug] the C body of raw kernel inside writes into its operand x."));
  auto fine = named("fine", {.body = "z[i] = x[i];", .reference = copied})(x);
  CHECK_NOTHROW(function({x}, fine + 1, {.debug = true})(std::vector<f32>(100)));
}
