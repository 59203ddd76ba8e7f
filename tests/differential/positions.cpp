// Reads and sums at given positions, inside fusions; positions out of range.
#include "tests/differential/bounds.h"
#include "tests/differential/patterns.h"
#include "tests/support/catch.h"

using namespace croton;
using namespace croton::ir;
using namespace croton::test;

namespace {

struct Indexing {
  Ref x = variable("x", DType::f32, {symbol_dim("a"), symbol_dim("b")});
  Ref rows = variable("rows", DType::i32, {symbol_dim("k")});     ///< positions in a
  Ref labels = variable("labels", DType::i64, {symbol_dim("a")}); ///< positions in b

  std::vector<Ref> outputs() const {
    Ref picked = call("pick", {x, labels}, {{"axis", i64(1)}});
    Ref taken = call("take", {x, rows}, {{"axis", i64(0)}});
    Ref sums = call("scatter_add", {x * 2.0, labels, symbol_dim("b")});
    Ref loss = reduce("sum", reduce("logsumexp", x, {1}) - picked, {0});
    return {picked + 1.0, softmax(taken, 1), call("exp", {sums}), loss, reduce("sum", taken, {0}), call("take", {permute(x, {1, 0}), rows}, {{"axis", i64(1)}})};
  }
};

Case indexing_case(i64 a, i64 b, i64 k, Rng& rng) {
  Indexing g;
  Bindings values;
  Array x(DType::f32, {a, b}), rows(DType::i32, {k}), labels(DType::i64, {a});
  for (i64 i = 0; i < x.count(); ++i) x.store(i, ordinary_value(DType::f32, {}, rng));
  for (i64 i = 0; i < k; ++i) rows.store(i, {0, static_cast<wide>(rng() % static_cast<u64>(std::max<i64>(a, 1)))});
  for (i64 i = 0; i < a; ++i) labels.store(i, {0, static_cast<wide>(rng() % static_cast<u64>(std::max<i64>(b, 1)))});
  return case_of(g.outputs(), {{g.x, x}, {g.rows, rows}, {g.labels, labels}});
}

} // namespace

TEST_CASE("positions inside fusions", "[positions]") {
  Rng rng(11);
  for (auto [a, b, k] : {std::array<i64, 3>{1, 1, 1}, {5, 17, 40}, {33, 3, 16}, {16, 100, 7}, {0, 4, 0}, {4, 3, 0}}) {
    Case c = indexing_case(a, b, k, rng);
    INFO(describe(c));
    Expected expected = expected_of(c);
    Arrays cpu = run_on("cpu", c);
    CHECK(difference(cpu, expected) == "");
    CHECK(bit_difference(run_on("host", c), cpu) == "");
  }
}

TEST_CASE("a position out of range is an IndexError, and nothing is written", "[positions]") {
  Rng rng(12);
  Indexing g;
  std::vector<Ref> all = g.outputs();
  for (std::size_t which = 0; which < all.size(); ++which)
    for (i64 bad : {i64(-1), i64(1000), i64(17), i64(INT32_MIN)})
      for (const char* device : {"cpu", "host", "reference"}) {
        Case c = indexing_case(17, 17, 5, rng);
        for (std::size_t k = 0; k < c.inputs.size(); ++k)
          if (user_name(*c.inputs[k]) != "x") c.values[k].store(c.values[k].count() / 2, {0, bad});
        c.outputs = {c.outputs[which]};
        INFO(device << " output " << which << " position " << bad);
        CHECK_THROWS_AS(run_on(device, c), IndexError); // run() fails when an output was touched
      }
}
