// Index arithmetic in canonical form.
#include "ir/build.h"
#include "tests/support/catch.h"

using namespace croton;
using namespace croton::ir;

namespace {
Ref k(i64 v) { return constant_dim(v); }
} // namespace

TEST_CASE("equal polynomials are the same node") {
  Ref n = symbol_dim("n"), m = symbol_dim("m"), b = symbol_dim("b");
  CHECK(index_mul(n, m) == index_mul(m, n));
  CHECK(index_sub(index_add(n, k(1)), k(1)) == n);
  CHECK(index_add(n, n) == index_mul(k(2), n));
  CHECK(index_sub(n, n) == k(0));
  CHECK(index_mul(index_add(n, m), b) == index_add(index_mul(b, m), index_mul(n, b)));
  CHECK(index_mul(index_add(n, k(1)), index_sub(n, k(1))) == index_sub(index_mul(n, n), k(1)));
  CHECK(element_count({n, m, k(2)}) == element_count({k(2), m, n}));
  CHECK(element_count({}) == k(1));
  CHECK(index_mul(n, k(0)) == k(0));
}

TEST_CASE("exact divisions are carried out, others stay") {
  Ref n = symbol_dim("n"), m = symbol_dim("m");
  CHECK(index_div(index_mul(n, m), m) == n);
  CHECK(index_div(index_mul(k(6), n), k(3)) == index_mul(k(2), n));
  CHECK(index_div(index_add(index_mul(n, m), m), m) == index_add(n, k(1)));
  CHECK(index_mod(index_mul(n, m), n) == k(0));
  CHECK(index_div(k(-7), k(2)) == k(-4));
  CHECK(index_mod(k(-7), k(2)) == k(1));
  CHECK(index_div(k(7), k(0)) == k(0));
  CHECK(index_mod(k(7), k(0)) == k(7));
  CHECK(index_div(k(INT64_MIN), k(-1)) == k(INT64_MIN));
  CHECK(index_mod(k(INT64_MIN), k(-1)) == k(0));
  CHECK(index_mod(k(INT64_MIN), k(3)) == k(1));
  CHECK(to_string(index_div(n, k(2))) == "floor_divide(n, 2)");
  CHECK(index_min(n, index_add(n, k(1))) == n);
  CHECK(index_max(n, index_add(n, k(1))) == index_add(n, k(1)));
}

TEST_CASE("linear_in splits an index") {
  Ref n = symbol_dim("n"), i = symbol_dim("i"), j = symbol_dim("j");
  auto found = linear_in(index_add(index_mul(i, n), index_add(j, k(3))), i);
  REQUIRE(found);
  CHECK(found->scale == n);
  CHECK(found->offset == index_add(j, k(3)));
  CHECK_FALSE(linear_in(index_mul(i, i), i));
  CHECK_FALSE(linear_in(index_div(i, k(2)), i));
  CHECK(linear_in(j, i)->scale == k(0));
}

TEST_CASE("sizes are evaluated and compared") {
  Ref n = symbol_dim("n"), m = symbol_dim("m");
  CHECK(provably_different(n, index_add(n, k(1))));
  CHECK_FALSE(provably_different(n, m));
  CHECK_FALSE(provably_different(n, k(3)));
  auto lookup = [](const Node& leaf) { return user_name(leaf) == "n" ? i64(5) : i64(7); };
  CHECK(evaluate_index(index_add(index_mul(n, m), k(1)), lookup) == 36);
  CHECK(evaluate_index(index_div(n, k(2)), lookup) == 2);
  CHECK_THROWS_AS(evaluate_index(index_mul(index_mul(n, k(INT64_MAX / 2)), m), lookup), ShapeError);
  CHECK(to_string(Shape{index_add(n, k(1)), index_mul(k(2), m), k(3)}) == "{n + 1, 2*m, 3}");
}

TEST_CASE("broadcasting stretches only what is known to be 1") {
  Ref n = symbol_dim("n"), m = symbol_dim("m");
  Ref x = variable("x", DType::f32, {n, k(1)}), y = variable("y", DType::f32, {m});
  CHECK((x + y)->shape() == Shape{n, m});
  CHECK((x + variable("z", DType::f32, {k(3), n, k(4)}))->shape() == Shape{k(3), n, k(4)});
  CHECK((y + variable("z", DType::f32, {k(4)}))->shape() == Shape{k(4)});
}
