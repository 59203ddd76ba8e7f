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
        CHECK(bit_difference(run_views(*executable, views, c), run(*executable, c)) == "");
      }
    }
  }
}
