// Inputs as views of other memory give what their dense copies give.
#include "src/driver/binding.h"
#include "tests/differential/bounds.h"
#include "tests/differential/patterns.h"
#include "tests/support/catch.h"
#include <numeric>

using namespace croton;
using namespace croton::ir;
using namespace croton::test;

namespace {

// A view with these sizes over fresh memory: axes in any order, backwards, skipping, or repeated.
struct Strided {
  std::vector<float> memory;
  TensorView view;

  Strided(std::vector<i64> shape, Rng& rng) {
    std::vector<std::size_t> order(shape.size());
    std::iota(order.begin(), order.end(), std::size_t(0));
    std::shuffle(order.begin(), order.end(), rng);
    view.strides.assign(shape.size(), 0);
    i64 extent = 1, lowest = 0;
    for (std::size_t k : order) {
      if (rng() % 5 == 0) continue; // the same elements along this axis
      i64 step = 1 + static_cast<i64>(rng() % 3);
      i64 stride = extent * step;
      extent = stride * std::max<i64>(shape[k], 1);
      if (rng() % 3 == 0) {
        lowest += stride * std::max<i64>(shape[k] - 1, 0);
        stride = -stride;
      }
      view.strides[k] = stride;
    }
    memory.resize(static_cast<std::size_t>(extent));
    for (float& v : memory) v = static_cast<float>(ordinary_value(DType::f32, {}, rng).real);
    view.shape = std::move(shape);
    view.data = memory.data() + lowest;
  }
  Array dense() const {
    Array a(DType::f32, view.shape);
    driver::pack(view, sizeof(float), reinterpret_cast<char*>(a.bytes.data()));
    return a;
  }
};

} // namespace

TEST_CASE("strided inputs equal their dense copies", "[strided]") {
  Rng rng(13);
  for (const Pattern& p : patterns()) {
    Case c = pattern_case(p, DType::f32, {{"a", 6}, {"b", 19}, {"c", 3}}, Values::ordinary, true, rng);
    for (const char* device : {"cpu", "host", "reference"}) {
      auto executable = compile(program_of(c), device);
      for (int round = 0; round < 3; ++round) {
        std::vector<Strided> inputs;
        std::vector<TensorView> views;
        for (Array& a : c.values) inputs.emplace_back(a.shape, rng);
        for (std::size_t k = 0; k < inputs.size(); ++k) {
          views.push_back(inputs[k].view);
          c.values[k] = inputs[k].dense();
        }
        INFO(p.name << " on " << device);
        Arrays got = run_views(*executable, views, c);
        // Code for other strides may walk memory, and so add, in another order.
        if (device == std::string("cpu")) CHECK(difference(got, expected_of(c)) == "");
        else CHECK(bit_difference(got, run(*executable, c)) == "");
      }
    }
  }
}

// A bound call makes no copies, so it sees what is written to the memory between its runs.
TEST_CASE("strided inputs are read in place", "[strided]") {
  Ref x = variable("x", DType::f32, {symbol_dim("rows"), constant_dim(24)}), rows = variable("rows", DType::i64, {constant_dim(2)});
  struct Read {
    const char* name;
    Ref output;
  };
  const Read reads[] = {{"map", x * 2.0}, {"rows", reduce("sum", x, {1})}, {"columns", reduce("sum", x, {0})}, {"copy", x},
                        {"product", call("matmul", {permute(x, {1, 0}), x})}, {"scatter", call("scatter_add", {x, rows, constant_dim(3)})}};
  std::vector<float> memory(64 * 64);
  std::vector<std::int64_t> positions{2, 0};
  const std::vector<std::vector<i64>> patterns{{64, 1}, {1, 64}, {0, 1}, {128, 2}, {-64, 1}};
  for (const Read& read : reads)
    for (const auto& strides : patterns) {
      INFO(read.name << " with strides " << strides[0] << ", " << strides[1]);
      Program program;
      program.inputs = {x, rows};
      program.input_names = {"x", "rows"};
      program.outputs = {read.output};
      auto cpu = compile(program, "cpu"), reference = compile(program, "reference");
      std::vector<TensorView> inputs{{memory.data() + (strides[0] < 0 ? 64 : 0), {2, 24}, strides}, {positions.data(), {2}, {1}}};
      std::vector<i64> shape = cpu->output_shapes(inputs)[0];
      Array got(DType::f32, shape), want(DType::f32, shape);
      auto bound = cpu->bind(inputs, std::vector{view_of(got)});
      for (int round = 0; round < 2; ++round) {
        for (std::size_t i = 0; i < memory.size(); ++i) memory[i] = static_cast<float>((i * 37 + static_cast<std::size_t>(round) * 11) % 64) - 31; // sums are exact
        bound->run();
        reference->run(inputs, std::vector{view_of(want)});
        CHECK(bit_difference({got}, {want}) == "");
      }
    }
}
