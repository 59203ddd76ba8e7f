// Arrays, views and their printing.
#include "tests/api/support.h"
#include <filesystem>
#include <sstream>

using namespace croton;

TEST_CASE("arrays hold values and know their shape") {
  Array row{1.f, 2.f, 3.f};
  CHECK(row.dtype() == DType::f32);
  CHECK(row.shape() == std::vector<i64>{3});
  Array grid{{1, 2, 3}, {4, 5, 6}};
  CHECK(grid.dtype() == DType::i32);
  CHECK(grid.at<i32>({1, -1}) == 6);
  CHECK(grid.at<double>({0, 1}) == 2.0);
  CHECK(Array::scalar(2.5).item<double>() == 2.5);
  CHECK(Array::scalar(2.5).item<int>() == 2);
  CHECK(Array(DType::i16, {2, 2}).at<i64>({1, 1}) == 0);
  CHECK(Array().size() == 0);
  CHECK(Array::from(std::vector<f64>{1, 2, 3, 4}, {2, 2}) == Array{{1., 2.}, {3., 4.}});
  CHECK(!(Array{1.f} == Array{1.}));
  CHECK_THROWS_AS((Array{{1, 2}, {3}}), ShapeError);
  CHECK_THROWS_AS(grid.span<f32>(), DTypeError);
  CHECK_THROWS_AS(grid.item<i32>(), ShapeError);
  CHECK_THROWS_AS(grid.at<i32>({2, 0}), IndexError);
  CHECK_THROWS_AS(grid.at<i32>({0}), IndexError);
  CHECK_THROWS_AS(grid.reshape({4}), ShapeError);
  CHECK_THROWS_AS(Array::from(std::vector<f64>{1, 2, 3}, {2, 2}), ShapeError);
  CHECK_THROWS_AS(Array(DType::f32, {-1}), ShapeError);
  CHECK_THROWS_AS(Array(DType::f64, {i64(1) << 40, i64(1) << 40}), ShapeError);
}

TEST_CASE("copies share the elements, copy() does not") {
  Array a{1, 2}, b = a, c = a.copy();
  a.span<i32>()[0] = 7;
  CHECK(b.at<i32>({0}) == 7);
  CHECK(c.at<i32>({0}) == 1);
}

TEST_CASE("arrays print as NumPy prints") {
  std::ostringstream text;
  text << Array{{1, 20}, {3, 4}};
  CHECK(text.str() == "[[ 1 20]\n [ 3  4]]");
  CHECK(Array{1.5, -2.0}.to_string() == "[1.5 -2.]");
  CHECK(Array{true, false}.to_string() == "[ true false]");
  CHECK(Array::scalar(3.f).to_string() == "3.");
  CHECK(Array(DType::f32, {0}).to_string() == "[]");
  CHECK(Array(DType::i32, {2000}).to_string() == "[0 0 0 ... 0 0 0]");
}

TEST_CASE("arrays go to files and back") {
  auto path = (std::filesystem::temp_directory_path() / "croton_arrays.npy").string();
  Array a{{1.f, 2.f}, {3.f, 4.f}};
  a.save(path);
  CHECK(Array::load(path) == a);
  std::filesystem::remove(path);
  CHECK_THROWS_AS(Array::load(path), IoError);
}

namespace {
// As std::mdspan: what the view reads of it.
struct Grid {
  float* data;
  static constexpr std::size_t rank() { return 2; }
  float* data_handle() const { return data; }
  std::size_t extent(std::size_t i) const { return i == 0 ? 2 : 3; }
  std::size_t stride(std::size_t i) const { return i == 0 ? 1 : 2; } // column-major
};
} // namespace

TEST_CASE("calls read views without copying them first") {
  std::vector<float> data{1, 2, 3, 4, 5, 6};
  auto x = matrix<f32>("x");
  auto f = function({x}, {x * 1});
  CHECK(test::values<f32>(f(view(data.data(), {2, 3}))) == data);
  CHECK(test::values<f32>(f(view(data.data(), {3, 2}, {1, 3}))) == std::vector<float>{1, 4, 2, 5, 3, 6});
  CHECK(test::values<f32>(f(view(data.data() + 5, {2, 3}, {-3, -1}))) == std::vector<float>{6, 5, 4, 3, 2, 1});
  CHECK(test::values<f32>(f(view(data.data(), {2, 2}, {0, 1}))) == std::vector<float>{1, 2, 1, 2});
  CHECK(test::values<f32>(f(Grid{data.data()})) == std::vector<float>{1, 3, 5, 2, 4, 6});
  CHECK_THROWS_AS(view(data.data(), {2, 3}, {1}), ShapeError);
  CHECK_THROWS_AS(view(data.data(), {-1}), ShapeError);
  auto v = vector<f32>("v");
  auto g = function({v}, {v * 1});
  std::array<float, 2> fixed{1, 2};
  CHECK(test::values<f32>(g(fixed)) == std::vector<float>{1, 2});
  CHECK(test::values<f32>(g(std::span<const float>(data).subspan(4))) == std::vector<float>{5, 6});
  float plain[] = {7, 8};
  CHECK(test::values<f32>(g(plain)) == std::vector<float>{7, 8});
}
