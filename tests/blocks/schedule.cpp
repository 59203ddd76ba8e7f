// Kernels for blocks of threads, run by the interpreter, which checks races, barriers and every access: in strict mode
// bit for bit what the CPU gives, else what the reference gives within the tolerance of error analysis.
#include "src/driver/host_executable.h"
#include "src/driver/gpu_target.h"
#include "src/driver/planner.h"
#include "src/driver/prepared.h"
#include "tests/differential/bounds.h"
#include "tests/differential/patterns.h"
#include "tests/support/catch.h"
#include <cstdlib>

using namespace croton;
using namespace croton::ir;
using namespace croton::test;

namespace {

std::shared_ptr<const Executable> compile_blocks(const Case& c, i64 subgroup = 32) {
  return driver::compile_host(program_of(c), driver::gpu_target({.threads = 64, .subgroup = subgroup, .strict = c.strict}));
}

/// For a device that is never busy: rows and columns of 64 elements and more are cut.
std::shared_ptr<const Executable> compile_split(const Case& c, i64 subgroup) {
  passes::GpuFacts facts{.threads = 64, .subgroup = subgroup, .strict = c.strict, .busy_blocks = 1000, .row_chunk = 16, .column_chunk = 16};
  return driver::compile_host(program_of(c), driver::gpu_target(facts));
}

int rare_phases(const Executable& executable) {
  int count = 0;
  for (const Kernel& k : executable.built()->kernels)
    for (const Phase& p : k.phases) count += p.rare;
  return count;
}

std::string kernels_of(const Executable& executable) {
  std::string text;
  for (const Kernel& k : executable.built()->kernels) text += to_text(k);
  return text;
}

bool has_product(const Case& c) {
  for (const Node* n : post_order(c.outputs))
    if (body_of<Contraction>(*n)) return true;
  return false;
}

void expect_agreement(const Executable& blocks, const Executable* cpu, const Case& c, const std::string& what) {
  INFO(what);
  try {
    Arrays got = run(blocks, c);
    std::string wrong = cpu && !has_product(c) ? bit_difference(got, run(*cpu, c)) : difference(got, with_last_rounding(expected_of(c)));
    CHECK_NOTHING_WRONG(wrong, what << (c.strict ? ", strict: " : ": ") << wrong << "\n" << describe(c) << kernels_of(blocks));
  } catch (const std::exception& e) {
    FAIL_CHECK(what << ": " << e.what() << "\n" << describe(c) << kernels_of(blocks));
  }
}

const char* only() { return std::getenv("CROTON_TEST_OP"); }

} // namespace

TEST_CASE("fused patterns by blocks of threads", "[patterns]") {
  for (const Pattern& pattern : patterns())
    for (DType dtype : {DType::f32, DType::f64})
      for (bool strict : {true, false}) {
        if ((only() && pattern.name != only()) || (dtype == DType::f64 && !strict)) continue;
        Rng rng(hash_text(pattern.name));
        std::shared_ptr<const Executable> blocks, cpu;
        for (Sizes sizes : {Sizes{{"a", 3}, {"b", 67}, {"c", 2}}, Sizes{{"a", 40}, {"b", 5}, {"c", 1}}, Sizes{{"a", 1}, {"b", 1}, {"c", 1}}, Sizes{{"a", 2}, {"b", 132}, {"c", 1}}}) {
          if (sizes["b"] == 132 && (pattern.name.ends_with("product") || dtype == DType::f64)) continue; // the interpreter is slow
          Case c = pattern_case(pattern, dtype, sizes, sizes["a"] == 40 ? Values::special : Values::ordinary, strict, rng);
          if (!blocks) {
            blocks = compile_blocks(c, dtype == DType::f64 ? 0 : 32);
            if (strict) cpu = compile(program_of(c), "cpu");
          }
          expect_agreement(*blocks, cpu.get(), c, pattern.name);
        }
      }
}

TEST_CASE("columns of a known number of rows by blocks of threads") {
  Rng rng(5);
  for (i64 rows : {1, 2, 5, 7, 8, 11, 16, 17})
    for (Values v : {Values::ordinary, Values::special}) {
      Case c = few_rows_case(rows, DType::f32, v, v == Values::ordinary, rng);
      auto cpu = c.strict ? compile(program_of(c), "cpu") : nullptr;
      expect_agreement(*compile_blocks(c), cpu.get(), c, std::to_string(rows) + " rows");
    }
}

TEST_CASE("scans of several chunks by blocks of threads") {
  Rng rng(4);
  Dim rows = symbol_dim("m"), n = symbol_dim("n");
  for (const char* op : {"cumsum", "cummax", "linear_recurrence"})
    for (bool strict : {true, false})
      for (i64 axis : {1, 0})
        for (bool exclusive : {false, true}) {
          std::vector<Ref> inputs{variable("x", DType::f32, {rows, n})};
          if (std::string(op) == "linear_recurrence") inputs.push_back(variable("y", DType::f32, {rows, n}));
          Case c{inputs, {}, {scan(op, {inputs.begin(), inputs.end()}, axis, axis == (exclusive ? 1 : 0), exclusive)}, strict};
          auto blocks = compile_blocks(c, exclusive ? 0 : 32), cpu = compile(program_of(c), "cpu");
          for (auto [a, b] : {std::pair<i64, i64>{1, 16384}, {2, 16385}, {1, 33001}, {3, 5}, {0, 70000}, {3, 0}}) {
            if ((strict || exclusive) && b > 33000) continue; // the interpreter is slow
            c.values.clear();
            for (std::size_t k = 0; k < inputs.size(); ++k) {
              Array values(DType::f32, axis == 1 ? std::vector{a, b} : std::vector{b / 8, a});
              for (i64 i = 0; i < values.count(); ++i) values.store(i, ordinary_value(DType::f32, inputs.size() > k + 1 ? Domain{-1, 1} : Domain{}, rng));
              c.values.push_back(std::move(values));
            }
            expect_agreement(*blocks, strict ? cpu.get() : nullptr, c, op);
          }
        }
}

TEST_CASE("rows and columns cut into chunks", "[patterns]") {
  int split = 0;
  for (const Pattern& pattern : patterns()) {
    if (only() && pattern.name != only()) continue;
    Rng rng(hash_text(pattern.name));
    std::shared_ptr<const Executable> blocks;
    for (i64 subgroup : {32, 0})
      for (Sizes sizes : {Sizes{{"a", 3}, {"b", 67}, {"c", 2}}, Sizes{{"a", 131}, {"b", 5}, {"c", 1}}, Sizes{{"a", 70}, {"b", 96}, {"c", 1}}, Sizes{{"a", 1}, {"b", 1}, {"c", 1}}}) {
        if (subgroup == 0 && sizes["a"] != 3) continue;
        if (pattern.name.ends_with("product") && sizes["b"] != 67) continue; // the interpreter is slow
        Case c = pattern_case(pattern, DType::f32, sizes, sizes["a"] == 3 ? Values::ordinary : Values::special, false, rng);
        if (!blocks || sizes["a"] == 3) blocks = compile_split(c, subgroup);
        expect_agreement(*blocks, nullptr, c, pattern.name + ", split");
      }
    split += rare_phases(*blocks) > 0;
    Case strict = pattern_case(pattern, DType::f32, {{"a", 3}, {"b", 67}, {"c", 2}}, Values::ordinary, true, rng);
    CHECK(rare_phases(*compile_split(strict, 32)) == 0);
  }
  if (!only()) CHECK(split >= 10);
}

TEST_CASE("sizes that are known decide whether rows are cut") {
  auto cut = [](i64 rows, i64 length, i64 busy) {
    Ref x = variable("x", DType::f32, {constant_dim(rows), constant_dim(length)});
    Case c{{x}, {ir::Array(DType::f32, {rows, length})}, {reduce("sum", call("exp", {x}), {1})}, false};
    auto executable = driver::compile_host(program_of(c), driver::gpu_target({.threads = 64, .busy_blocks = busy, .row_chunk = 1024}));
    auto& phases = executable->built()->kernels.at(0).phases;
    CHECK(rare_phases(*executable) == 0);
    return phases.size() > 1;
  };
  CHECK(cut(8, 8192, 100));
  CHECK(!cut(8, 2048, 100));  // short
  CHECK(!cut(100, 8192, 100)); // many
}

TEST_CASE("bounds that sizes prove are not tested") {
  Rng rng(4);
  auto made = [&](i64 m, i64 k, i64 n) {
    Ref a = variable("a", DType::f32, {constant_dim(m), constant_dim(k)}), b = variable("b", DType::f32, {constant_dim(k), constant_dim(n)});
    Case c{{a, b}, {}, {matmul(a, b), a * 2.0}, false};
    for (const Ref& in : c.inputs) {
      ir::Array value(DType::f32, {*constant_value(in->shape()[0]), *constant_value(in->shape()[1])});
      for (i64 i = 0; i < value.count(); ++i) value.store(i, ordinary_value(DType::f32, {}, rng));
      c.values.push_back(std::move(value));
    }
    auto blocks = compile_blocks(c);
    expect_agreement(*blocks, nullptr, c, "known sizes");
    return kernels_of(*blocks);
  };
  CHECK(made(64, 32, 128).find(" < ") == std::string::npos);
  CHECK(made(65, 32, 128).find(" < ") != std::string::npos);
}

TEST_CASE("indices of 32 bits where they fit") {
  auto fits = [](const char* op, std::vector<i64> sizes, std::vector<i64> axes) {
    Shape shape;
    for (std::size_t k = 0; k < sizes.size(); ++k) shape.push_back(symbol_dim("d" + std::to_string(k)));
    Ref x = variable("x", DType::f32, shape);
    Case c{{x}, {}, {axes.empty() ? call(op, {x}) : reduce(op, x, axes)}, false};
    Program program = program_of(c);
    auto built = driver::build(program, driver::gpu_target({}));
    TensorView view{nullptr, sizes, std::vector<i64>(sizes.size(), 1)};
    auto ready = driver::prepare_shapes(built, nullptr, {}, built.binding->bind({&view, 1}), 1);
    bool all = true;
    for (const auto& step : ready->steps)
      if (auto* launch = std::get_if<driver::ReadyLaunch>(&step))
        for (const auto& phase : launch->phases) all = all && (phase.narrow || phase.extent == 0);
    return all;
  };
  CHECK(fits("exp", {1 << 30}, {}));
  CHECK(!fits("exp", {i64(1) << 31}, {}));
  CHECK(fits("sum", {1 << 12, 1 << 18}, {1}));
  CHECK(!fits("sum", {1 << 14, 1 << 18}, {1}));
  CHECK(fits("sum", {1 << 18, 1 << 12}, {0}));
  CHECK(!fits("sum", {1 << 18, 1 << 14}, {0}));
  CHECK(fits("sum", {1 << 10, 1 << 10, 1 << 10}, {1}));
  CHECK(!fits("sum", {1 << 10, 1 << 12, 1 << 10}, {1}));
  CHECK(fits("sum", {1 << 30}, {0}));
  CHECK(!fits("sum", {i64(1) << 32}, {0}));
}

TEST_CASE("totals of several chunks by blocks of threads") {
  Ref x = variable("x", DType::f32, {symbol_dim("n")});
  Rng rng(3);
  for (const char* op : {"sum", "max", "argmax", "variance", "logsumexp", "any"})
    for (bool strict : {true, false}) {
      Ref operand = std::string(op) == "any" ? call("less", {x, constant(DType::f32, -3.999)}) : x;
      Attrs attrs{{"axes", std::vector<i64>{0}}, {"keepdims", i64(0)}};
      if (std::string(op) == "variance") attrs.set("ddof", i64(1));
      Case c{{x}, {}, {make(*find_op(op), {operand}, attrs)}, strict};
      auto blocks = compile_blocks(c);
      auto cpu = compile(program_of(c), "cpu");
      for (i64 n : {8192, 8193, 40001}) {
        Array values(DType::f32, {n});
        for (i64 i = 0; i < n; ++i) values.store(i, ordinary_value(DType::f32, {}, rng));
        c.values = {values};
        expect_agreement(*blocks, strict ? cpu.get() : nullptr, c, op);
      }
    }
}
