// Chapter 5: arrays, views and shared variables.
#include "tests/errors/catalogue.h"

namespace croton::test {

void value_errors(Catalogue& c) {
  c.entry(501, "Rows that differ in length", "Give every row as many elements.", [] {
    Array a{{1.f, 2.f}, {3.f}};
  });
  c.entry(502, "An array of a negative or overflowing size", "Give sizes of 0 or more whose product fits memory.", [] {
    Array a(DType::f32, {-1});
  });
  c.entry(503, "An array that is too large", "Give smaller sizes.", [] {
    Array a(DType::f64, {i64(1) << 61});
  });
  c.entry(504, "Values that do not fill the shape", "Give as many values as the shape has elements.", [] {
    auto a = Array::from(std::vector<f32>{1, 2, 3}, {2, 2});
  });
  c.entry(505, "A new shape of another number of elements", "Give a shape with as many elements.", [] {
    auto a = Array::from(std::vector<f32>{1, 2, 3}).reshape({2, 2});
  });
  c.entry(506, "Elements read as another type", "Ask for the array's own element type.", [] {
    auto a = Array::from(std::vector<f32>{1, 2, 3});
    auto all = a.span<f64>();
  });
  c.entry(507, "One element of an array of many", "Use span() or at().", [] {
    auto v = Array::from(std::vector<f32>{1, 2, 3}).item<f32>();
  });
  c.entry(508, "Not one index for each axis", "Give as many numbers as the array has axes.", [] {
    auto v = Array::from(std::vector<f32>{1, 2, 3}).at<f32>({0, 0});
  });
  c.entry(509, "An index out of range of an array", "Count from 0 to size − 1.", [] {
    auto v = Array::from(std::vector<f32>{1, 2, 3}).at<f32>({3});
  });
  c.entry(510, "An output that does not exist", "Count outputs from 0.", [] {
    auto x = vector<f32>("x");
    auto f = function({x}, {x + 1});
    auto v = f(std::vector<f32>{1})[1];
  });
  c.entry(514, "An output's name that does not exist", "Use the output_names given when the function was made.", [] {
    auto x = vector<f32>("x");
    auto f = function({x}, {x + 1});
    auto v = f(std::vector<f32>{1})["loss"];
  });
  c.entry(511, "A view of too many axes", "Join axes: a view has at most 8.", [] {
    f32 data = 0;
    auto v = view(&data, {1, 1, 1, 1, 1, 1, 1, 1, 1});
  });
  c.entry(512, "Not one stride for each axis", "Give as many strides as sizes.", [] {
    f32 data[4] = {};
    auto v = view(data, {2, 2}, {1});
  });
  c.entry(513, "A view of a negative size", "Give 0 or more.", [] {
    f32 data = 0;
    auto v = view(&data, {-1});
  });
  c.entry(520, "An empty shared variable", "Assign one made by shared() first.", [] {
    Shared w;
    auto y = w.expr() + 1;
  });
  c.entry(521, "A shared variable set to another dtype", "Cast the value to the variable's dtype.", [] {
    auto w = shared(1.f, "w");
    w.set(std::vector<i32>{1});
  });
  c.entry(522, "A shared variable set to another shape", "Declare sizes that change as symbols: shared(value, name, {dim(\"n\"), 10}).", [] {
    auto w = shared(std::vector<f32>{1, 2}, "w");
    w.set(std::vector<f32>{1, 2, 3});
  });
  c.entry(523, "A first value that depends on a variable", "Give an expression without variables.", [] {
    auto x = vector<f32>("x");
    auto w = shared(x + 1, "w");
  });
}

} // namespace croton::test
