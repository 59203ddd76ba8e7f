// Products by the device's library, with what it computes besides; what it does not offer stays a kernel.
#include "runtime/device.h"
#include "src/driver/planner.h"
#include "tests/devices/present.h"
#include "tests/differential/bounds.h"
#include "tests/differential/run.h"
#include "tests/differential/samples.h"
#include "tests/support/catch.h"
#include <cstdlib>
#include <numbers>
#include <optional>

using namespace croton;
using namespace croton::ir;
using namespace croton::test;

namespace {

/// While it lives, OpenCL devices use the library that GPUs would.
struct WithLibrary {
  WithLibrary() { setenv("CROTON_OPENCL_PRODUCTS", "library", 1); }
  ~WithLibrary() { unsetenv("CROTON_OPENCL_PRODUCTS"); }
};

bool has_library(const std::string& device) {
  try {
    return device_of(device)->multiplies(DType::f32, false, Activation::none);
  } catch (const DeviceError& e) {
    std::cout << "skipped: " << e.what() << "\n";
    return false;
  }
}

Ref relu(const Ref& z) { return call("maximum", {constant_like(z, 0), z}); }
Ref gelu(const Ref& z) { return 0.5 * z * (1.0 + call("tanh", {std::numbers::sqrt2 * std::numbers::inv_sqrtpi * (z + 0.044715 * (z * z * z))})); }

struct Operands {
  Ref x = variable("x", DType::f32, {symbol_dim("m"), symbol_dim("k")}), w = variable("w", DType::f32, {symbol_dim("k"), symbol_dim("n")}), b = variable("b", DType::f32, {symbol_dim("n")});
  Ref row = variable("row", DType::f32, {constant_dim(1), symbol_dim("n")}), cube = variable("cube", DType::f32, {symbol_dim("h"), symbol_dim("m"), symbol_dim("k")});
};

struct Made {
  std::vector<Activation> activations;
  int products = 0, biases = 0, kernels = 0;
};
Made made_of(const Executable& executable) {
  Made made;
  made.kernels = static_cast<int>(executable.built()->kernels.size());
  for (const Step& s : executable.built()->plan.steps)
    if (auto* gemm = std::get_if<GemmStep>(&s)) {
      ++made.products;
      made.biases += gemm->bias >= 0;
      made.activations.push_back(gemm->activation);
    }
  return made;
}

Case with_values(std::vector<Ref> outputs, i64 m, i64 k, i64 n, i64 h) {
  Rng rng(static_cast<u64>(m * 7 + k));
  Case c{{}, {}, std::move(outputs), false};
  for (const Node* node : post_order(c.outputs)) {
    if (!is_variable(*node)) continue;
    std::vector<i64> shape;
    for (const Dim& dim : node->shape()) shape.push_back(evaluate_index(dim, [&](const Node& s) { return user_name(s) == "m" ? m : user_name(s) == "k" ? k : user_name(s) == "n" ? n : h; }));
    ir::Array value(DType::f32, shape);
    for (i64 i = 0; i < value.count(); ++i) value.store(i, ordinary_value(DType::f32, {}, rng));
    c.inputs.emplace_back(node);
    c.values.push_back(std::move(value));
  }
  return c;
}

} // namespace

TEST_CASE("products by the device's library", "[devices][product]") {
  WithLibrary scope;
  for (const std::string& name : present_devices()) {
    if (!has_library(name)) continue;
    auto device = device_of(name);
    for (DType d : {DType::f32, DType::f64}) {
      auto s = [](const char* symbol) { return symbol_dim(symbol); };
      Ref a = variable("a", d, {s("m"), s("k")}), at = variable("at", d, {s("k"), s("m")}), b = variable("b", d, {s("k"), s("n")}), bt = variable("bt", d, {s("n"), s("k")});
      Ref many_a = variable("many_a", d, {s("h"), s("m"), s("k")}), many_b = variable("many_b", d, {s("h"), s("n"), s("k")});
      Case c;
      c.strict = false;
      c.inputs = {a, at, b, bt, many_a, many_b};
      c.outputs = {matmul(a, b), matmul(swap_last_axes(at), b), matmul(a, swap_last_axes(bt)), matmul(swap_last_axes(at), swap_last_axes(bt)), matmul(many_a, swap_last_axes(many_b))};
      auto executable = compile(program_of(c), name);
      CHECK(made_of(*executable).products == 5);
      CHECK(executable->stats().library_calls == 5);
      Rng rng(5);
      for (auto [m, k, n, h] : {std::array<i64, 4>{1, 1, 1, 1}, {9, 17, 33, 3}, {40, 3, 5, 1}, {4, 0, 3, 2}, {0, 4, 5, 1}}) {
        c.values.clear();
        for (const Ref& in : c.inputs) {
          std::vector<i64> shape;
          for (const Dim& dim : in->shape()) shape.push_back(evaluate_index(dim, [&](const Node& x) { return user_name(x) == "m" ? m : user_name(x) == "k" ? k : user_name(x) == "n" ? n : h; }));
          ir::Array value(d, shape);
          for (i64 i = 0; i < value.count(); ++i) value.store(i, ordinary_value(d, {}, rng));
          c.values.push_back(std::move(value));
        }
        INFO(name << " " << croton::name(d) << " m " << m << " k " << k << " n " << n << " h " << h);
        auto before = device->counts();
        for (int again = 0; again < 3; ++again) CHECK(difference(run(*executable, c), expected_of(c)) == ""); // as graphs, too
        CHECK(device->counts().products - before.products == (m == 0 ? 0 : 15));
      }
      Case strict = c;
      strict.strict = true;
      CHECK(made_of(*compile(program_of(strict), name)).products == 0); // no library in strict mode
    }
  }
}

TEST_CASE("bias and activation are part of a product where its library offers them", "[devices][product]") {
  WithLibrary scope;
  Operands o;
  struct Expected {
    const char* what;
    Ref output;
    bool bias;
    Activation activation;
    int kernels; ///< besides, with a library that offers everything
  };
  Ref z = matmul(o.x, o.w), flat = matmul(reshape(o.cube, {index_mul(o.cube->shape()[0], o.cube->shape()[1]), o.cube->shape()[2]}), o.w);
  Ref lifted = reshape(flat, {o.cube->shape()[0], o.cube->shape()[1], o.w->shape()[1]});
  const std::vector<Expected> all = {
      {"a bias", z + o.b, true, Activation::none, 0},
      {"a bias in front", o.b + z, true, Activation::none, 0},
      {"a bias of one row", z + o.row, true, Activation::none, 0},
      {"relu", relu(z), false, Activation::relu, 0},
      {"relu of a biased product", relu(z + o.b), true, Activation::relu, 0},
      {"gelu", gelu(z), false, Activation::gelu, 0},
      {"gelu of a biased product", gelu(z + o.b), true, Activation::gelu, 0},
      {"gelu behind a reshape", gelu(lifted + o.b), true, Activation::gelu, 2}, // that reshape
      {"tanh is no epilogue", call("tanh", {z + o.b}), true, Activation::none, 1},
      {"a column is no bias", z + call("exp", {expand_dims(reduce("sum", o.x, {1}), {1})}), false, Activation::none, 2},
  };
  for (const std::string& name : present_devices()) {
    if (!has_library(name)) continue;
    auto device = device_of(name);
    bool offers = device->multiplies(DType::f32, true, Activation::gelu);
    for (const Expected& e : all) {
      if (!offers && &e - all.data() > 1) break; // all the same to a library that offers nothing
      bool in_product = offers && device->multiplies(DType::f32, e.bias, e.activation);
      INFO(name << ": " << e.what);
      Case c = with_values({e.output}, 9, 17, 33, 2);
      auto executable = compile(program_of(c), name);
      Made made = made_of(*executable);
      REQUIRE(made.products == 1);
      CHECK(made.biases == (offers && e.bias ? 1 : 0));
      CHECK(made.activations[0] == (in_product ? e.activation : Activation::none));
      if (offers) CHECK(made.kernels <= e.kernels + !in_product);
      CHECK(difference(run(*executable, c), with_last_rounding(expected_of(c))) == "");
      Case empty = with_values({e.output}, 3, 0, 5, 2);
      CHECK(difference(run(*executable, empty), with_last_rounding(expected_of(empty))) == "");
    }
    Case with_nan = with_values({relu(z + o.b)}, 70, 64, 70, 1);
    with_nan.values[0].store(0, {NAN, 0});
    CHECK(difference(run(*compile(program_of(with_nan), name), with_nan), with_last_rounding(expected_of(with_nan))) == "");
    // What others read as well is stored as it is.
    Case c = with_values({relu(z + o.b), z + o.b}, 5, 6, 7, 1);
    auto executable = compile(program_of(c), name);
    CHECK(made_of(*executable).activations == std::vector{Activation::none});
    CHECK(difference(run(*executable, c), with_last_rounding(expected_of(c))) == "");
    Case twice = with_values({z + o.b, z * 2.0}, 5, 6, 7, 1);
    auto other = compile(program_of(twice), name);
    CHECK(made_of(*other).biases == 0);
    CHECK(difference(run(*other, twice), with_last_rounding(expected_of(twice))) == "");
  }
}
