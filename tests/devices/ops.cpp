// The op table, fused patterns, products and random graphs: bit for bit what the interpreter of kernels gives, but for
// matrix products outside strict mode, which the interpreter orders as a library might.
#include "ir/text.h"
#include "src/driver/opencl_executable.h"
#include "tests/devices/agreement.h"
#include "tests/devices/present.h"
#include "tests/differential/bounds.h"
#include "tests/differential/patterns.h"
#include "tests/differential/samples.h"
#include "tests/support/catch.h"
#include "tests/support/random_graph.h"
#include <chrono>

using namespace croton;
using namespace croton::ir;
using namespace croton::test;

namespace {

const std::vector<DType> dtypes = {DType::bool_, DType::i8, DType::i16, DType::i32, DType::i64, DType::u8, DType::u16, DType::u32, DType::u64, DType::f32, DType::f64};

/// All outputs in one program, which is compiled once and run for several sizes of a, b, c and d.
struct Table {
  Case c;
  const Op* op;

  Table(std::vector<Ref> outputs, const Op& of) : op(&of) {
    c.outputs = std::move(outputs);
    Shape sizes;
    for (const Node* n : post_order(c.outputs)) {
      if (is_variable(*n)) c.inputs.push_back(Ref(n));
      if (n->op->name == "dim") sizes.push_back(Ref(n));
    }
    c.inputs.push_back(variable("sizes", DType::u8, sizes));
  }

  void check(const std::string& device, const std::vector<Sizes>& all, Rng& rng) {
    auto executable = compile(program_of(c), device);
    for (std::size_t k = 0; k < all.size(); ++k) {
      c.values = values_of(c.inputs, *op, all[k], k % 2 == 1, rng);
      std::string wrong;
      try {
        wrong = wrong_on(*executable, c);
      } catch (const ShapeError&) { // sizes that this op does not take
        REQUIRE_THROWS_AS(run_on("reference", c), ShapeError);
        continue;
      }
      CHECK_NOTHING_WRONG(wrong, op->name << " on " << device << ": " << wrong << "\n" << to_text(c.outputs).substr(0, 3000));
    }
  }
};

const std::vector<Sizes> filled = {{{"a", 5}, {"b", 17}, {"c", 3}, {"d", 16}}, {{"a", 2}, {"b", 33}, {"c", 1}, {"d", 4}}, {{"a", 20}, {"b", 2}, {"c", 7}, {"d", 15}}, {{"a", 1}, {"b", 100}, {"c", 2}, {"d", 1}}};
const std::vector<Sizes> empty = {{{"a", 0}, {"b", 3}, {"c", 2}, {"d", 1}}, {{"a", 2}, {"b", 0}, {"c", 3}, {"d", 1}}};

bool is_public(const Op& op) {
  return op.group != "internal" && op.group != "test" && !std::holds_alternative<Leaf>(op.body) && !std::holds_alternative<Memory>(op.body);
}

} // namespace

TEST_CASE("every pointwise op on every dtype", "[devices][ops]") {
  for (const std::string& device : present_devices())
    for (DType d : dtypes) {
      Rng rng(static_cast<u64>(d));
      std::vector<Ref> outputs;
      const Op* any = nullptr;
      for (const Op* op : all_ops()) {
        if (!is_public(*op) || !std::holds_alternative<Pointwise>(op->body)) continue;
        for (const Sample& s : samples_of(*op, d, dtypes, rng))
          if (s.node->rank() == 1 && !constant_value(s.node->shape()[0])) outputs.push_back(s.node), any = op;
      }
      // Some twenty a program, so that a failure shows them.
      for (std::size_t from = 0; from < outputs.size(); from += 20) {
        Table table({outputs.begin() + static_cast<std::ptrdiff_t>(from), outputs.begin() + static_cast<std::ptrdiff_t>(std::min(from + 20, outputs.size()))}, *any);
        table.check(device, {{{"a", 100}}, {{"a", 100}}, {{"a", 7}}, {{"a", 0}}, {{"a", 1}}, {{"a", 64}}}, rng);
      }
    }
}

TEST_CASE("every other op", "[devices][ops]") {
  const std::vector<DType> some = {DType::f32, DType::i64, DType::u8, DType::f64, DType::bool_, DType::i16};
  std::size_t turn = 0;
  for (const std::string& device : present_devices())
    for (const Op* op : all_ops()) {
      if (!is_public(*op) || std::holds_alternative<Pointwise>(op->body)) continue;
      Rng rng(turn);
      std::vector<Ref> outputs;
      for (DType d : some) {
        auto samples = samples_of(*op, d, some, rng);
        if (!samples.empty()) outputs.push_back(samples[turn++ % samples.size()].node);
      }
      if (outputs.empty()) continue;
      INFO(op->name << " on " << device);
      try {
        Table table(outputs, *op);
        table.check(device, filled, rng);
        auto* reduction = std::get_if<Reduction>(&op->body);
        if ((reduction && !reduction->empty_is_error) || std::holds_alternative<View>(op->body)) table.check(device, empty, rng);
      } catch (const std::exception& e) {
        FAIL_CHECK(e.what());
      }
    }
}

TEST_CASE("fused patterns", "[devices][fusion]") {
  Rng rng(5);
  for (const std::string& device : present_devices())
    for (std::size_t k = 0; k < patterns().size(); k += 3) { // a driver takes seconds for the largest
      const Pattern& p = patterns()[k];
      INFO(p.name << " on " << device);
      Case c = pattern_case(p, DType::f32, {{"a", 5}, {"b", 40}, {"c", 3}}, Values::ordinary, false, rng);
      auto executable = compile(program_of(c), device);
      CHECK(wrong_on(*executable, c) == "");
      for (auto [sizes, values] : {std::pair{Sizes{{"a", 33}, {"b", 7}, {"c", 2}}, Values::special}, {Sizes{{"a", 2}, {"b", 1500}, {"c", 1}}, Values::ties}}) {
        Sizes some = sizes;
        if (has_library_product(c)) some["b"] = std::min<i64>(some["b"], 150);
        Case other = pattern_case(p, DType::f32, some, values, false, rng);
        CHECK(wrong_on(*executable, other) == "");
      }
    }
}

TEST_CASE("random graphs", "[devices][random]") {
  const char* count = std::getenv("CROTON_FUZZ_COUNT");
  u64 graphs = count ? std::strtoull(count, nullptr, 10) : 60;
  for (const std::string& device : present_devices()) {
    auto start = std::chrono::steady_clock::now();
    for (u64 seed = 1; seed <= graphs; ++seed) {
      RandomOptions options;
      options.nodes = 4 + static_cast<int>(seed % 17);
      options.specials = seed % 5 == 4;
      RandomGraph graph = random_graph(seed, options);
      Case c = case_of(graph.roots, graph.values, seed % 3 != 0);
      INFO("seed " << seed << " on " << device);
      try {
        std::string wrong = wrong_on(*compile(program_of(c), device), c);
        CHECK_NOTHING_WRONG(wrong, wrong << "\n" << describe(c));
      } catch (const ShapeError&) { // sizes that only the symbols allow
      }
      if (!count && std::chrono::steady_clock::now() - start > std::chrono::seconds(25)) break;
    }
  }
}

TEST_CASE("matrix products of all layouts and sizes", "[devices][product]") {
  Rng rng(8);
  for (const std::string& device : present_devices())
    for (DType d : {DType::f32, DType::f64})
      for (auto [narrow, strict] : {std::pair{false, false}, {true, false}, {false, true}}) {
        auto s = [](const char* name) { return symbol_dim(name); };
        Dim n = narrow ? constant_dim(10) : s("n");
        Ref a = variable("a", d, {s("m"), s("k")}), at = variable("at", d, {s("k"), s("m")}), b = variable("b", d, {s("k"), n}), bt = variable("bt", d, {n, s("k")});
        Ref batch_a = variable("batch_a", d, {s("h"), s("m"), s("k")}), batch_b = variable("batch_b", d, {s("h"), s("k"), n});
        Case c;
        c.strict = strict;
        c.inputs = {a, at, b, bt, batch_a, batch_b};
        c.outputs = {matmul(a, b), matmul(swap_last_axes(at), b), matmul(a, swap_last_axes(bt)), matmul(swap_last_axes(at), swap_last_axes(bt)), matmul(batch_a, batch_b)};
        auto executable = compile(program_of(c), device);
        for (auto [m, k, columns, h] : {std::array<i64, 4>{1, 1, 1, 1}, {9, 17, 49, 2}, {300, 5, 48, 1}, {8, 0, 3, 2}, {0, 4, 5, 1}, {3, 100, 0, 0}, {260, 33, 100, 1}}) {
          c.values.clear();
          for (const Ref& in : c.inputs) {
            std::vector<i64> shape;
            for (const Dim& dim : in->shape()) shape.push_back(evaluate_index(dim, [&](const Node& x) { return user_name(x) == "m" ? m : user_name(x) == "k" ? k : user_name(x) == "n" ? columns : h; }));
            ir::Array value(d, shape);
            for (i64 i = 0; i < value.count(); ++i) value.store(i, ordinary_value(d, {}, rng));
            c.values.push_back(std::move(value));
          }
          INFO(device << " " << name(d) << " m " << m << " k " << k << " n " << columns << " h " << h);
          Arrays got = run(*executable, c);
          CHECK(difference(got, expected_of(c)) == "");
          if (strict) CHECK(bit_difference(got, run_on("cpu", c)) == "");
          if (strict && m * k * columns < 100000) CHECK(bit_difference(got, run_on("host", c)) == "");
          CHECK(bit_difference({got[0]}, run(*executable, c)) == "another number of results"); // the comparison is alive
          CHECK(bit_difference(got, run(*executable, c)) == "");
        }
      }
}

TEST_CASE("blocks of threads in OpenCL C", "[devices][blocks]") {
  Rng rng(12);
  NEEDS(runtime::opencl::missing().empty(), "OpenCL");
  auto device = runtime::opencl::open(0);
  for (bool strict : {true, false})
    for (std::size_t k = 1; k < patterns().size(); k += 6) {
      INFO(patterns()[k].name << (strict ? ", strict" : ""));
      Case c = pattern_case(patterns()[k], DType::f32, {{"a", 5}, {"b", 40}, {"c", 3}}, Values::ordinary, strict, rng);
      auto executable = driver::compile_for_device(program_of(c), driver::opencl_blocks(device, strict));
      CHECK(wrong_on(*executable, c) == "");
      Case other = pattern_case(patterns()[k], DType::f32, {{"a", 33}, {"b", 300}, {"c", 2}}, Values::ordinary, strict, rng);
      CHECK(wrong_on(*executable, other) == "");
    }
  Ref a = variable("a", DType::f32, {symbol_dim("m"), symbol_dim("k")}), b = variable("b", DType::f32, {symbol_dim("k"), symbol_dim("n")}), at = variable("at", DType::i32, {symbol_dim("m")});
  auto filled_with = [&](const Ref& in, std::vector<i64> shape) {
    ir::Array value(in->dtype(), std::move(shape));
    for (i64 i = 0; i < value.count(); ++i) value.store(i, in == at ? Scalar{0, i % 7} : ordinary_value(DType::f32, {}, rng));
    return value;
  };
  Case c = case_of({matmul(a, b), call("scatter_add", {a, at, constant_dim(7)})}, {{a, filled_with(a, {70, 33})}, {b, filled_with(b, {33, 129})}, {at, filled_with(at, {70})}}, false);
  Arrays got = run(*driver::compile_for_device(program_of(c), driver::opencl_blocks(device, false)), c);
  CHECK(difference(got, expected_of(c)) == "");
}
