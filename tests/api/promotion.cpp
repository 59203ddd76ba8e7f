// Which dtype comes of what (docs/semantics.md).
#include "tests/api/support.h"

using namespace croton;

TEST_CASE("promotion within a kind takes the wider, between kinds the higher") {
  struct Row {
    DType a, b, result;
  };
  using enum DType;
  Row rows[] = {
      {bool_, bool_, bool_}, {bool_, DType::u8, DType::u8}, {bool_, DType::f32, DType::f32}, {DType::i8, DType::i16, DType::i16},
      {DType::i32, DType::i64, DType::i64}, {DType::u8, DType::u32, DType::u32}, {DType::i8, DType::u8, DType::i16},
      {DType::i16, DType::u8, DType::i16}, {DType::i16, DType::u16, DType::i32}, {DType::i32, DType::u32, DType::i64},
      {DType::i64, DType::u32, DType::i64}, {DType::i64, DType::f32, DType::f32}, {DType::i32, DType::f32, DType::f32},
      {DType::u64, DType::f64, DType::f64}, {DType::f32, DType::f64, DType::f64}, {DType::i64, f16, f16}, {f16, bf16, DType::f32},
      {f16, DType::f32, DType::f32}, {DType::f32, c64, c64}, {DType::f64, c64, c128}, {DType::i32, c64, c64},
  };
  for (const Row& r : rows) {
    INFO(name(r.a) << " with " << name(r.b));
    CHECK(promote(r.a, r.b) == r.result);
    CHECK(promote(r.b, r.a) == r.result);
  }
  CHECK_THROWS_AS(promote(DType::i64, DType::u64), DTypeError);
}

TEST_CASE("literals are weak") {
  auto f = vector<f32>("f");
  auto d = vector<f64>("d");
  auto i = vector<i32>("i");
  auto small = vector<u8>("u");
  auto flag = vector<bool>("flag");
  CHECK((f * 0.5).dtype() == DType::f32);
  CHECK((2 * f).dtype() == DType::f32);
  CHECK((f + i64(1)).dtype() == DType::f32);
  CHECK((d * 0.5f).dtype() == DType::f64);
  CHECK((i + 1).dtype() == DType::i32);
  CHECK((i + 1.5).dtype() == DType::f32);
  CHECK((small + 1).dtype() == DType::u8);
  CHECK((flag + 1).dtype() == DType::i64);
  CHECK((flag * 0.5).dtype() == DType::f32);
  CHECK((f + true).dtype() == DType::f32);
  CHECK(where(flag, 1, 0).dtype() == DType::i64);
  CHECK(where(flag, f, 0).dtype() == DType::f32);
  CHECK_FAILS(ValueError, "300 does not fit u8", small + 300);
  CHECK_FAILS(ValueError, "-1 does not fit u8", small + -1);
  CHECK_FAILS(ValueError, "does not fit f32", f * 1e300);
  CHECK((f * INFINITY).dtype() == DType::f32);
  CHECK(test::values<u8>(small + 255, {{small, std::vector<u8>{1, 2}}}) == std::vector<u8>{0, 1});
}

TEST_CASE("division and transcendental functions of integers give the default float") {
  auto i = vector<i32>("i");
  auto j = vector<i64>("j");
  CHECK((i / j).dtype() == DType::f32);
  CHECK((i / 2).dtype() == DType::f32);
  CHECK(exp(i).dtype() == DType::f32);
  CHECK(mean(i).dtype() == DType::f32);
  CHECK(floor_divide(i, 2).dtype() == DType::i32);
  CHECK((i % 2).dtype() == DType::i32);
  CHECK(square(i).dtype() == DType::i32);
  CHECK(floor(i).dtype() == DType::i32);
  set_default_float(DType::f64);
  CHECK((i / j).dtype() == DType::f64);
  CHECK((i + 1.5).dtype() == DType::f64);
  CHECK((vector<f32>("f") * i).dtype() == DType::f32);
  set_default_float(DType::f32);
  CHECK_THROWS_AS(set_default_float(DType::f16), DTypeError);
  CHECK_THROWS_AS(set_default_float(DType::i32), DTypeError);
}

TEST_CASE("sums and products of bool and integers are as wide as can be") {
  CHECK(sum(vector<bool>("a")).dtype() == DType::i64);
  CHECK(sum(vector<i32>("b")).dtype() == DType::i64);
  CHECK(prod(vector<i8>("c")).dtype() == DType::i64);
  CHECK(sum(vector<u8>("d")).dtype() == DType::u64);
  CHECK(sum(vector<f32>("e")).dtype() == DType::f32);
  CHECK(max(vector<u8>("d")).dtype() == DType::u8);
  CHECK(argmax(vector<f32>("e")).dtype() == DType::i64);
  CHECK(any(vector<f32>("e")).dtype() == DType::bool_);
  CHECK(dot(vector<i32>("g"), vector<i32>("h")).dtype() == DType::i32);
}

TEST_CASE("bool has no arithmetic with bool") {
  auto p = vector<bool>("p"), q = vector<bool>("p");
  CHECK_FAILS(DTypeError, "logical_or", p + q);
  CHECK_FAILS(DTypeError, "logical_or", p * true);
  CHECK_FAILS(DTypeError, "logical_or", -p);
  CHECK((p & q).dtype() == DType::bool_);
  CHECK((p && q).dtype() == DType::bool_);
  CHECK((!p).dtype() == DType::bool_);
  CHECK((~p).dtype() == DType::bool_);
  CHECK((p == q).dtype() == DType::bool_);
  CHECK_FAILS(DTypeError, "expected bool", vector<i32>("i") && p);
  CHECK_FAILS(DTypeError, "expected integers", vector<f32>("f") | 1);
}
