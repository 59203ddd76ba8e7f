// Fused patterns: every schedule (map, rows, columns, total) with its tails, specials, empty sizes and threads.
#include "runtime/thread_pool.h"
#include "tests/differential/bounds.h"
#include "tests/differential/patterns.h"
#include "tests/support/catch.h"

using namespace croton;
using namespace croton::ir;
using namespace croton::test;

namespace {

struct Threads {
  explicit Threads(int count) : before(runtime::ThreadPool::shared().thread_count()) { runtime::ThreadPool::shared().set_thread_count(count); }
  ~Threads() { runtime::ThreadPool::shared().set_thread_count(before); }
  int before;
};

bool has_library_product(const Case& c) {
  for (const Node* n : post_order(c.outputs))
    if (body_of<Contraction>(*n)) return true;
  return false;
}

void expect_agreement(const Executable& cpu, const Executable& host, const Case& c, const std::string& what) {
  INFO(what);
  try {
    Expected expected = expected_of(c);
    Arrays got = run(cpu, c);
    std::string wrong = difference(got, expected);
    CHECK_NOTHING_WRONG(wrong, "cpu against reference: " << wrong << "\n" << describe(c));
    Arrays exact = run(host, c);
    wrong = has_library_product(c) ? difference(exact, expected) : bit_difference(exact, got);
    CHECK_NOTHING_WRONG(wrong, "host against cpu: " << wrong << "\n" << describe(c));
  } catch (const std::exception& e) {
    FAIL_CHECK(e.what() << "\n" << describe(c));
  }
}

bool needs_elements(const Case& c) {
  for (const Node* n : post_order(c.outputs))
    if (auto* r = body_of<Reduction>(*n); r && r->empty_is_error) return true;
  return false;
}

const std::vector<Sizes> sizes = {
    {{"a", 1}, {"b", 1}, {"c", 1}}, {{"a", 3}, {"b", 16}, {"c", 2}}, {{"a", 17}, {"b", 5}, {"c", 3}},  {{"a", 2}, {"b", 33}, {"c", 17}},
    {{"a", 40}, {"b", 3}, {"c", 2}}, {{"a", 5}, {"b", 100}, {"c", 1}}, {{"a", 70}, {"b", 17}, {"c", 2}},
};
const std::vector<Sizes> empty_sizes = {{{"a", 0}, {"b", 3}, {"c", 2}}, {{"a", 3}, {"b", 0}, {"c", 2}}, {{"a", 2}, {"b", 3}, {"c", 0}}, {{"a", 0}, {"b", 0}, {"c", 0}}};

} // namespace

TEST_CASE("fused patterns agree on cpu, host and reference", "[fusion]") {
  Rng rng(7);
  for (const Pattern& p : patterns())
    for (DType d : {DType::f32, DType::f64})
      for (bool strict : {true, false}) {
        Case c = pattern_case(p, d, sizes[0], Values::ordinary, strict, rng);
        auto cpu = compile(program_of(c), "cpu"), host = compile(program_of(c), "host");
        for (const Sizes& s : sizes)
          for (Values v : {Values::ordinary, Values::special, Values::ties}) expect_agreement(*cpu, *host, pattern_case(p, d, s, v, strict, rng), p.name);
        for (const Sizes& s : empty_sizes) {
          Case none = pattern_case(p, d, s, Values::ordinary, strict, rng);
          if (!needs_elements(none)) expect_agreement(*cpu, *host, none, p.name + ", empty");
        }
      }
}

TEST_CASE("an empty maximum is an error on every device", "[fusion]") {
  Rng rng(8);
  for (const Pattern& p : patterns()) {
    Case c = pattern_case(p, DType::f32, {{"a", 0}, {"b", 0}, {"c", 0}}, Values::ordinary, true, rng);
    if (!needs_elements(c)) continue;
    INFO(p.name);
    std::string first;
    for (const char* device : {"cpu", "host", "reference"}) {
      std::string outcome = "a value";
      try {
        run_on(device, c);
      } catch (const ValueError&) {
        outcome = "ValueError";
      }
      if (first.empty()) first = outcome;
      CHECK(outcome == first);
    }
  }
}

TEST_CASE("one thread and two give the same bits", "[fusion]") {
  Rng rng(9);
  for (const Pattern& p : patterns()) {
    Case c = pattern_case(p, DType::f32, {{"a", 300}, {"b", 411}, {"c", 3}}, Values::ordinary, false, rng);
    auto cpu = compile(program_of(c), "cpu");
    Arrays one, two;
    {
      Threads threads(1);
      one = run(*cpu, c);
    }
    {
      Threads threads(2);
      two = run(*cpu, c);
    }
    INFO(p.name);
    if (!has_library_product(c)) CHECK(bit_difference(two, one) == "");
  }
}

TEST_CASE("columns of a known number of rows", "[fusion]") {
  Rng rng(11);
  for (i64 rows = 1; rows <= 19; ++rows)
    for (DType d : {DType::f32, DType::f64})
      for (Values v : {Values::ordinary, Values::special, Values::ties}) {
        Case c = few_rows_case(rows, d, v, rows % 2 == 0, rng);
        expect_agreement(*compile(program_of(c), "cpu"), *compile(program_of(c), "host"), c, std::to_string(rows) + " rows");
      }
}

TEST_CASE("long reductions: many chunks, tiles and blocks", "[fusion]") {
  Rng rng(10);
  Shape shape{symbol_dim("a"), symbol_dim("b")};
  for (auto [rows, columns] : {std::pair<i64, i64>{1, 50000}, {50000, 1}, {300, 1100}, {7, 2049}})
    for (std::string_view op : {"sum", "logsumexp", "variance", "argmax", "max"})
      for (std::vector<i64> axes : {std::vector<i64>{0}, {1}, {0, 1}}) {
        Ref x = variable("x", DType::f32, shape);
        Attrs attrs{{"axes", axes}, {"keepdims", i64(0)}};
        if (op == "variance") attrs.set("ddof", i64(0));
        Array value(DType::f32, {rows, columns});
        for (i64 i = 0; i < value.count(); ++i) value.store(i, ordinary_value(DType::f32, {}, rng));
        Case c = case_of({call(op, {x}, attrs)}, {{x, value}});
        INFO(op << " of " << rows << " x " << columns << " over " << axes.size() << " axes, from " << axes[0]);
        CHECK(difference(run_on("cpu", c), expected_of(c)) == "");
      }
}

TEST_CASE("an error of a ten-thousandth is noticed", "[fusion]") {
  Rng rng(14);
  int noticed = 0, all = 0;
  for (const Pattern& p : patterns()) {
    Case c = pattern_case(p, DType::f32, {{"a", 5}, {"b", 40}, {"c", 3}}, Values::ordinary, true, rng);
    Expected expected = expected_of(c);
    for (std::size_t k = 0; k < expected.values.size(); ++k)
      for (i64 i = 0; i < expected.values[k].count(); ++i) {
        Arrays wrong = expected.values;
        double v = wrong[k].load(i).real;
        if (!is_float(wrong[k].dtype) || v == 0) continue;
        wrong[k].store(i, {v * 1.0001, 0});
        ++all;
        noticed += !difference(wrong, expected).empty();
      }
  }
  CHECK(noticed > all * 95 / 100);
}
