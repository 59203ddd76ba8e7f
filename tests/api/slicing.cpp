// Slices against a loop that follows Python's definition.
#include "tests/api/support.h"

using namespace croton;
using test::shape_of;
using test::values;

namespace {

// The positions that Python's x[start:stop:step] reads; `whole` stands for a missing bound.
constexpr i64 whole = 99;
std::vector<i64> python(i64 n, i64 start, i64 stop, i64 step) {
  std::vector<i64> positions;
  i64 low = step > 0 ? 0 : -1, high = step > 0 ? n : n - 1;
  auto bound = [&](i64 b) { return std::min(std::max(b < 0 ? b + n : b, low), high); };
  i64 first = start == whole ? (step > 0 ? 0 : n - 1) : bound(start), last = stop == whole ? (step > 0 ? n : -1) : bound(stop);
  for (i64 i = first; step > 0 ? i < last : i > last; i += step) positions.push_back(i);
  return positions;
}

Bound bound(i64 b) { return b == whole ? Bound() : Bound(b); }

} // namespace

TEST_CASE("slices of known sizes read what Python reads") {
  for (i64 n : {0, 1, 4})
    for (i64 step : {-3, -1, 1, 2})
      for (i64 start : {whole, i64(-9), i64(-4), i64(-1), i64(0), i64(2), i64(4), i64(9)})
        for (i64 stop : {whole, i64(-9), i64(-3), i64(-1), i64(0), i64(3), i64(4), i64(9)}) {
          INFO(n << " [" << start << ":" << stop << ":" << step << "]");
          auto part = arange(n)(slice(bound(start), bound(stop), step));
          auto expected = python(n, start, stop, step);
          CHECK(part.dim(0) == static_cast<i64>(expected.size()));
        }
}

TEST_CASE("slices of symbolic sizes read what Python reads, at every size") {
  auto x = vector<i64>("x");
  for (i64 step : {-2, -1, 1, 3})
    for (i64 start : {whole, i64(-3), i64(0), i64(2)})
      for (i64 stop : {whole, i64(-2), i64(0), i64(3)}) {
        auto f = function({x}, {x(slice(bound(start), bound(stop), step))});
        for (i64 n : {0, 1, 2, 5}) {
          std::vector<i64> data;
          for (i64 i = 0; i < n; ++i) data.push_back(i);
          INFO(n << " [" << start << ":" << stop << ":" << step << "]");
          CHECK(values<i64>(f(data)) == python(n, start, stop, step));
        }
      }
}

TEST_CASE("slices of slices compose") {
  auto x = arange(7);
  CHECK(values<i64>(x(slice(none, none, 2))(slice(none, none, -1))(slice(1, none))) == std::vector<i64>{4, 2, 0});
  CHECK(values<i64>(arange(5)(slice(10, -10, -2))) == std::vector<i64>{4, 2, 0});
  CHECK(values<i64>(arange(5)(slice(1, none))(slice(-10, none))(slice(2))) == std::vector<i64>{1, 2});
}

TEST_CASE("the ways to write an index") {
  auto x = reshape(arange(24), {2, 3, 4});
  CHECK(shape_of(x(1)) == "{3, 4}");
  CHECK(shape_of(x[1]) == "{3, 4}");
  CHECK(shape_of(x({}, 1)) == "{2, 4}");
  CHECK(shape_of(x({0, 1}, {}, {1, -1, 2})) == "{1, 3, 1}");
  CHECK(shape_of(x(ellipsis, 0)) == "{2, 3}");
  CHECK(shape_of(x(newaxis, ellipsis, newaxis)) == "{1, 2, 3, 4, 1}");
  CHECK(shape_of(x(0, newaxis, slice(), 2)) == "{1, 3}");
  CHECK(values<i64>(x(-1, {none, none, -1}, 0)) == std::vector<i64>{20, 16, 12});
  CHECK(values<i64>(x(0, 1)) == std::vector<i64>{4, 5, 6, 7});
  CHECK(shape_of(slice_of(x, {0, 1, 2})) == "{}");
  auto y = matrix<f32>("y");
  CHECK(shape_of(y(slice(y.dim(0) - 2, none))) == shape_of(y(slice(y.dim(0) - 2, none))));
}

TEST_CASE("indices that do not fit") {
  auto x = reshape(arange(6), {2, 3});
  CHECK_FAILS(IndexError, "position 2 is out of range for axis 0", x(2));
  CHECK_FAILS(IndexError, "position -4 is out of range for axis 1", x(0, -4));
  CHECK_FAILS(ShapeError, "found 3 indices", x(0, 0, 0));
  CHECK_FAILS(ValueError, "step", x(slice(none, none, 0)));
  CHECK_FAILS(ValueError, "ellipses", x(ellipsis, ellipsis));
}

TEST_CASE("a position out of range of a symbolic size is found at the call") {
  auto x = vector<f32>("x");
  auto third = function({x}, {x(2)}), last = function({x}, {x(-1)});
  CHECK(third(std::vector<f32>{1, 2, 3}).item<f32>() == 3);
  CHECK(last(std::vector<f32>{1, 2}).item<f32>() == 2);
  CHECK_THROWS_AS(third(std::vector<f32>{1, 2}), Error);
  CHECK_THROWS_AS(last(std::vector<f32>{}), Error);
}
