// Shapes of every op, with numbers and with symbols.
#include "tests/api/support.h"

using namespace croton;
using test::shape_of;

TEST_CASE("broadcasting stretches only sizes known to be 1") {
  auto x = tensor<f32>("x", {dim("n"), 3}), row = tensor<f32>("r", {3}), column = tensor<f32>("c", {dim("n"), 1});
  CHECK(shape_of(x + row) == "{n, 3}");
  CHECK(shape_of(row * column) == "{n, 3}");
  CHECK(shape_of(x + 1) == "{n, 3}");
  CHECK(shape_of(where(row > 0, x, column)) == "{n, 3}");
  CHECK(shape_of(broadcast_to(row, {dim("n"), 3})) == "{n, 3}");
  CHECK_FAILS(ShapeError, "3 ≠ 4", x + tensor<f32>("y", {4}));
}

TEST_CASE("shapes of reductions") {
  auto x = tensor<f32>("x", {dim("n"), 3, 4});
  CHECK(shape_of(sum(x)) == "{}");
  CHECK(shape_of(sum(x, 1)) == "{n, 4}");
  CHECK(shape_of(sum(x, -1, keepdims)) == "{n, 3, 1}");
  CHECK(shape_of(mean(x, {0, 2})) == "{3}");
  CHECK(shape_of(var(x, {0, -1}, 1, keepdims)) == "{1, 3, 1}");
  CHECK(shape_of(stddev(x)) == "{}");
  CHECK(shape_of(max(x, 0)) == "{3, 4}");
  CHECK(shape_of(argmax(x, 0)) == "{3, 4}");
  CHECK(shape_of(argmin(x)) == "{}");
  CHECK(shape_of(logsumexp(x, 2)) == "{n, 3}");
  CHECK(shape_of(norm(x, 2, 1)) == "{n, 3}");
  CHECK(shape_of(any(x, 1)) == "{n, 4}");
  CHECK(shape_of(all(x, Axes::every(), keepdims)) == "{1, 1, 1}");
  CHECK(same(sum(x, {}), x));
  CHECK(same(max(x, {}), x));
  CHECK_FAILS(ValueError, "axis", argmax(x, {}));
  CHECK_FAILS(ValueError, "axis", var(x, {}));
  CHECK_FAILS(ValueError, "ddof", var(x, 0, -1));
  CHECK_FAILS(ValueError, "positive", norm(x, 0, -1));
}

TEST_CASE("shapes of views") {
  auto x = tensor<f32>("x", {dim("n"), 3, 4});
  CHECK(shape_of(reshape(x, {-1, 12})) == "{n, 12}");
  CHECK(shape_of(reshape(x, {dim("n") * 12})) == "{12*n}");
  CHECK(shape_of(reshape(x, {4, -1})) == "{4, 3*n}");
  CHECK(shape_of(flatten(x)) == "{12*n}");
  CHECK(shape_of(x.T()) == "{4, 3, n}");
  CHECK(shape_of(permute(x, {1, 0, -1})) == "{3, n, 4}");
  CHECK(shape_of(swapaxes(x, 0, -1)) == "{4, 3, n}");
  CHECK(shape_of(moveaxis(x, 0, -1)) == "{3, 4, n}");
  CHECK(shape_of(expand_dims(x, {0, -1})) == "{1, n, 3, 4, 1}");
  CHECK(shape_of(squeeze(expand_dims(x, {0, 2}))) == "{n, 3, 4}");
  CHECK(shape_of(squeeze(tensor<f32>("y", {1, 2, 1}), -1)) == "{1, 2}");
  CHECK(shape_of(flip(x)) == "{n, 3, 4}");
  CHECK(shape_of(diagonal(x)) == "{n, 3}");
  CHECK(shape_of(diagonal(x, 2)) == "{n, 2}");
  CHECK(shape_of(diagonal(x, -1)) == "{n, 2}");
  CHECK(shape_of(trace(x)) == "{n}");
  CHECK_FAILS(ShapeError, "[permute]", permute(x, {0, 1}));
  CHECK_FAILS(ShapeError, "named twice", permute(x, {0, 1, 1}));
  CHECK_FAILS(ShapeError, "expected 1", squeeze(x, 1));
  CHECK_FAILS(ShapeError, "[broadcast_to]", broadcast_to(x, {3, 4}));
}

TEST_CASE("shapes of joins and splits") {
  auto x = tensor<f32>("x", {dim("n"), 3}), y = tensor<f32>("y", {dim("m"), 3});
  CHECK(shape_of(concatenate({x, y})) == shape_of(tensor<f32>("z", {dim("n") + dim("m"), 3})));
  CHECK(shape_of(concatenate({x, x}, -1)) == "{n, 6}");
  CHECK(shape_of(stack({x, x}, -1)) == "{n, 3, 2}");
  CHECK(shape_of(stack({x, x})) == "{2, n, 3}");
  CHECK(concatenate({x, tensor<f64>("d", {1, 3})}).dtype() == DType::f64);
  auto parts = split(x, {1, 2}, 1);
  REQUIRE(parts.size() == 2);
  CHECK(shape_of(parts[1]) == "{n, 2}");
  CHECK(split_equal(tensor<f32>("e", {6, 2}), 3).size() == 3);
  CHECK(shape_of(pad(x, {{1, 2}, {0, 1}})) == "{n + 3, 4}");
  CHECK(shape_of(tile(x, {2, 1, 3})) == "{2, n, 9}");
  CHECK_FAILS(ShapeError, "sum to 4", split(x, {2, 2}, 1));
  CHECK_FAILS(ShapeError, "equal parts", split_equal(x, 2, 1));
  CHECK_FAILS(ShapeError, "[concatenate]", concatenate({x, tensor<f32>("z", {2, 4})}));
  CHECK_FAILS(ShapeError, "ranks", stack({x, tensor<f32>("z", {3})}));
  CHECK_FAILS(ShapeError, "widths", pad(x, {{1, 1}}));
  CHECK_FAILS(ValueError, "does not fit", pad(vector<i32>("i"), {{1, 1}}, 0.5));
}

TEST_CASE("shapes of generators") {
  CHECK(shape_of(zeros<f32>({64, 10})) == "{64, 10}");
  CHECK(shape_of(ones<bool>({dim("n")})) == "{n}");
  CHECK(shape_of(full<i32>({2, 3}, 7)) == "{2, 3}");
  CHECK(shape_of(zeros<f32>({})) == "{}");
  CHECK(shape_of(arange(5)) == "{5}");
  CHECK(arange(5).dtype() == DType::i64);
  CHECK(shape_of(arange(dim("n"))) == "{n}");
  CHECK(shape_of(arange<i64>(5, 0, -2)) == "{3}");
  CHECK(shape_of(arange<f32>(0, 1, 0.3f)) == "{4}");
  CHECK(shape_of(arange<f32>(1, 0)) == "{0}");
  CHECK(shape_of(linspace(0, 1, 5)) == "{5}");
  CHECK(shape_of(eye<f32>(3)) == "{3, 3}");
  CHECK(shape_of(eye<f32>(3, dim("n"), 1)) == "{3, n}");
  CHECK(shape_of(iota<i32>({2, 3}, -1)) == "{2, 3}");
  CHECK(zeros_like(vector<u8>("u")).dtype() == DType::u8);
  CHECK_FAILS(ValueError, "step", arange<i64>(0, 5, 0));
}

TEST_CASE("shapes of products") {
  auto t = [](const char* name, Shape shape) { return tensor<f32>(name, std::move(shape)); };
  auto m = t("m", {2, 3}), v = t("v", {3}), b = t("b", {dim("n"), 4, 3}), c = t("c", {dim("n"), 3, 5});
  CHECK(shape_of(dot(v, v)) == "{}");
  CHECK(shape_of(dot(m, v)) == "{2}");
  CHECK(shape_of(dot(t("u", {2}), m)) == "{3}");
  CHECK(shape_of(dot(m, t("k", {3, 7}))) == "{2, 7}");
  CHECK(shape_of(dot(2, m)) == "{2, 3}");
  CHECK(shape_of(dot(b, v)) == "{n, 4}");
  CHECK(shape_of(dot(b, t("k", {3, 7}))) == "{n, 4, 7}");
  CHECK(shape_of(dot(m, c)) == "{2, n, 5}");
  CHECK(shape_of(dot(b, t("d", {6, 3, 5}))) == "{n, 4, 6, 5}");
  CHECK(shape_of(matmul(b, c)) == "{n, 4, 5}");
  CHECK(shape_of(matmul(m, c)) == "{n, 2, 5}");
  CHECK(shape_of(matmul(b, t("k", {3, 7}))) == "{n, 4, 7}");
  CHECK(shape_of(matmul(t("e", {1, 4, 3}), c)) == "{n, 4, 5}");
  CHECK(shape_of(matmul(v, c)) == "{n, 5}");
  CHECK(shape_of(matmul(b, v)) == "{n, 4}");
  CHECK(shape_of(matmul(v, v)) == "{}");
  CHECK(shape_of(outer(v, t("u", {2}))) == "{3, 2}");
  CHECK(shape_of(einsum("bij,bjk->ikb", b, c)) == "{4, 5, n}");
  CHECK(shape_of(einsum("ij,jk", m, t("k", {3, 7}))) == "{2, 7}");
  CHECK(shape_of(einsum("ij->ji", m)) == "{3, 2}");
  CHECK(shape_of(einsum("ii", t("s", {3, 3}))) == "{}");
  CHECK_FAILS(ShapeError, "'j' is 3", einsum("ij,jk->ik", m, m));
  CHECK_FAILS(ValueError, "not in an operand", einsum("ij->ik", m));
  CHECK_FAILS(ValueError, "letters", einsum("i1->i", m));
  CHECK_FAILS(ShapeError, "labels", einsum("ijk->i", m));
  CHECK_FAILS(ShapeError, "[matmul]", matmul(t("p", {2, 4, 3}), t("q", {5, 3, 4})));
}

TEST_CASE("shapes of reads at positions") {
  auto x = tensor<f32>("x", {dim("n"), 5}), i = tensor<i32>("i", {2, 3});
  CHECK(shape_of(take(x, i)) == "{2, 3, 5}");
  CHECK(shape_of(take(x, i, -1)) == "{n, 2, 3}");
  CHECK(shape_of(take(x, 3, 1)) == "{n}");
  CHECK(shape_of(pick(x, tensor<i32>("p", {dim("n")}))) == "{n}");
  CHECK(shape_of(take_along_axis(x, tensor<i32>("p", {dim("n"), 1}), 1)) == "{n, 1}");
  CHECK(shape_of(one_hot(i, 10)) == "{2, 3, 10}");
  CHECK(one_hot(i, 10).dtype() == DType::f32);
  CHECK(shape_of(cross_entropy(x, tensor<i32>("y", {dim("n")}))) == "{n}");
  CHECK(shape_of(cross_entropy(x, x)) == "{n}");
  CHECK(shape_of(softmax(x, 0)) == "{n, 5}");
  CHECK(shape_of(layer_norm(x, tensor<f32>("g", {5}), tensor<f32>("b", {5}))) == "{n, 5}");
  CHECK_FAILS(ShapeError, "[pick]", pick(x, i));
}
