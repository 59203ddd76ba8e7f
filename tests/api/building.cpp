// Variables, dims and the lines that errors quote.
#include "tests/api/support.h"
#include <sstream>
#include <thread>

using namespace croton;

TEST_CASE("variables know their name, dtype and sizes") {
  auto x = tensor<f32>("x", {dim("batch"), 64});
  CHECK(x.name() == "x");
  CHECK(x.rank() == 2);
  CHECK(x.dtype() == DType::f32);
  CHECK(test::shape_of(x) == "{batch, 64}");
  CHECK(test::shape_of(matrix<i32>("m")) == "{m.0, m.1}");
  CHECK(test::shape_of(scalar<f64>("s")) == "{}");
  CHECK(tensor3<f32>("t").rank() == 3);
  CHECK(tensor5<f32>("t").rank() == 5);
  CHECK(vector<f32>().name() != vector<f32>().name());
  CHECK(x.dim(-1) == 64);
  CHECK(x.dim(0) == dim("batch"));
  CHECK(x.size() == dim("batch") * 64);
  std::ostringstream text;
  text << x;
  CHECK(text.str().starts_with("x: f32{batch, 64} (building.cpp:"));
}

TEST_CASE("equal variables are one variable") {
  CHECK(same(vector<f32>("x"), vector<f32>("x")));
  CHECK(!same(vector<f32>("x"), vector<f64>("x")));
  CHECK(!same(vector<f32>("x"), vector<f32>("y")));
  auto x = vector<f32>("x");
  CHECK(same(exp(x) + 1, exp(x) + 1));
}

TEST_CASE("dims calculate in one canonical form") {
  Dim n = dim("n");
  CHECK(n + n == 2 * n);
  CHECK((n + 1) * 2 - 2 == 2 * n);
  CHECK(n * 4 / 4 == n);
  CHECK((n * 4 % 4).value() == 0);
  CHECK(Dim(7) / 2 == 3);
  CHECK(min(n, n + 1) == n);
  CHECK(Shape({n, 3}).count() == n * 3);
  auto x = vector<f32>("x");
  CHECK((sum(x) / x.dim(0)).dtype() == DType::f32);
  CHECK(Expr(n).dtype() == DType::i64);
}

TEST_CASE("errors quote the line of the call and of the operands") {
  auto x = tensor<f32>("x", {dim("batch"), 64});
  unsigned line_of_w = __LINE__ + 1;
  auto w = tensor<f32>("w", {63, 10});
  CHECK_FAILS(ShapeError, "x: f32{batch, 64} (building.cpp:", dot(x, w));
  CHECK_FAILS(ShapeError, "w: f32{63, 10} (building.cpp:" + std::to_string(line_of_w) + "): 64 ≠ 63", dot(x, w));
  CHECK_FAILS(ShapeError, "[add]", x + w);
  CHECK_FAILS(ShapeError, "[multiply]", 2 * x * w);
  CHECK_FAILS(ShapeError, "axis 2 is out of range for rank 2", sum(x, 2));
  CHECK_FAILS(ShapeError, "axis -3 is out of range for rank 2", x.sum(-3));
  CHECK_FAILS(ShapeError, "named twice", mean(x, {0, -2}));
  CHECK_FAILS(ShapeError, "one size may be −1", reshape(w, {-1, -1}));
  CHECK_FAILS(ShapeError, "not a multiple", reshape(w, {-1, 100}));
  CHECK_FAILS(ShapeError, "[reshape]", reshape(w, {64, 10}));
  CHECK_FAILS(ShapeError, "[softmax]", softmax(scalar<f32>("s")));
  CHECK_FAILS(ShapeError, "[matmul]", matmul(x, 2.0));
  CHECK_FAILS(ValueError, "empty expression", Expr() + 1);
  CHECK_FAILS(ShapeError, "9", tensor<f32>("t", {1, 2, 3, 4, 5, 6, 7, 8, 9}));
  CHECK_FAILS(ShapeError, "negative", tensor<f32>("t", {-2}));
  CHECK_FAILS(ShapeError, "negative", zeros<f32>({-1}));
  CHECK_FAILS(DTypeError, "[where]", where(x, x, x));
  CHECK_FAILS(DTypeError, "integer positions", take(w, x));
}

TEST_CASE("an operator spread over lines is attributed to its own") {
  auto x = tensor<f32>("x", {2}), y = tensor<f32>("y", {3});
  unsigned line = 0;
  try {
    line = __LINE__ + 2; // where the operands stand
    auto z =
        x + y;
    FAIL("no error");
  } catch (const ShapeError& e) {
    CHECK(e.where().line == line);
    CHECK(to_string(e.where()) == "building.cpp:" + std::to_string(line));
  }
}

TEST_CASE("composites attribute their inside to the caller") {
  auto x = tensor<f32>("x", {2, 3}), g = tensor<f32>("g", {4});
  CHECK_FAILS(ShapeError, "", layer_norm(x, g, g));
  CHECK_FAILS(ShapeError, "found labels of rank 2", cross_entropy(x, matrix<i32>("y")));
  CHECK_FAILS(ShapeError, "Cast class labels to integers", cross_entropy(x, vector<f32>("y")));
  CHECK(softmax(x).where().line == __LINE__);
}

TEST_CASE("expressions are built from many threads at once") {
  auto x = vector<f32>("x");
  std::vector<Expr> results(8);
  std::vector<std::thread> threads;
  for (auto& result : results)
    threads.emplace_back([&result, x] {
      Expr y = x;
      for (int i = 0; i < 200; ++i) y = tanh(y * 0.5 + i);
      result = softmax(y);
    });
  for (auto& t : threads) t.join();
  for (auto& result : results) CHECK(same(result, results[0]));
}

TEST_CASE("a chain of many nodes is built and freed") {
  auto x = scalar<f32>("x");
  Expr y = x;
  for (int i = 0; i < 200000; ++i) y = y + x;
  CHECK(y.rank() == 0);
}
