// Kernels for blocks of threads, run by the interpreter, which checks races, barriers and every access: in strict mode
// bit for bit what the CPU gives, else what the reference gives within the tolerance of error analysis.
#include "src/driver/host_executable.h"
#include "src/driver/gpu_target.h"
#include "src/driver/planner.h"
#include "tests/differential/bounds.h"
#include "tests/differential/patterns.h"
#include "tests/support/catch.h"
#include <cstdlib>

using namespace croton;
using namespace croton::ir;
using namespace croton::test;

namespace {

std::shared_ptr<const Executable> compile_blocks(const Case& c, i64 subgroup = 32) {
  return driver::compile_host(program_of(c), driver::gpu_target(c.strict, 64, subgroup));
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
    if (!wrong.empty()) FAIL_CHECK(what << (c.strict ? ", strict: " : ": ") << wrong << "\n" << describe(c) << kernels_of(blocks));
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
