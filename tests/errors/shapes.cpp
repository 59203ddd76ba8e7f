// Chapter 2: shapes, axes, views and products.
#include "tests/errors/catalogue.h"

namespace croton::test {

namespace {

void axes_and_views(Catalogue& c) {
  c.entry(201, "Sizes that do not agree", "Only a size known to be 1 stretches: give both operands one size, or reshape one.", [] {
    auto x = tensor<f32>("x", {dim("rows"), 64});
    auto y = tensor<f32>("y", {63});
    auto z = x + y;
  });
  c.entry(202, "An axis out of range", "Count axes from 0, or from the end with negative numbers.", [] {
    auto x = matrix<f32>("x");
    auto y = sum(x, 2);
  });
  c.entry(203, "An axis named twice", "Name each axis once; −1 is the last one.", [] {
    auto x = matrix<f32>("x");
    auto y = sum(x, {1, -1});
  });
  c.entry(204, "Too many axes for a variable", "Join axes: a tensor has at most 8.", [] {
    auto x = tensor<f32>("x", {1, 1, 1, 1, 1, 1, 1, 1, 1});
  });
  c.entry(205, "A negative size of a variable", "Give 0 or more, or a symbol made by dim.", [] {
    auto x = tensor<f32>("x", {-2});
  });
  c.entry(206, "A negative size in a new shape", "Give at most one −1, which follows from the other sizes.", [] {
    auto x = vector<f32>("x");
    auto y = reshape(x, {-1, -2});
  });
  c.entry(207, "A size of −1 beside a size of 0", "Write the size: it does not follow from the others.", [] {
    auto x = vector<f32>("x");
    auto y = reshape(x, {0, -1});
  });
  c.entry(208, "A count that does not divide", "Choose sizes whose product divides the number of elements.", [] {
    auto x = tensor<f32>("x", {10});
    auto y = reshape(x, {3, -1});
  });
  c.entry(209, "A new shape with another number of elements", "Choose sizes whose product is the number of elements.", [] {
    auto x = tensor<f32>("x", {10});
    auto y = reshape(x, {3, 3});
  });
  c.entry(210, "A shape that an operand does not stretch to", "Only axes of size 1 stretch, and new axes come in front.", [] {
    auto x = tensor<f32>("x", {3});
    auto y = broadcast_to(x, {4});
  });
  c.entry(211, "An order that is not of all axes", "Name each axis once.", [] {
    auto x = matrix<f32>("x");
    auto y = permute(x, {0});
  });
  c.entry(212, "An order that names an axis twice", "Name each axis once.", [] {
    auto x = matrix<f32>("x");
    auto y = permute(x, {0, 0});
  });
  c.entry(213, "New axes without their places", "Name the places of the new axes in the result.", [] {
    auto x = matrix<f32>("x");
    auto y = expand_dims(x, Axes::every());
  });
  c.entry(214, "Squeezing an axis that is not of size 1", "Squeeze axes of size 1 only; index or reduce the others.", [] {
    auto x = tensor<f32>("x", {3, 1});
    auto y = squeeze(x, 0);
  });
  c.entry(215, "The diagonal of too few axes", "Give a matrix, or a stack of matrices.", [] {
    auto x = vector<f32>("x");
    auto y = diagonal(x);
  });
  c.entry(216, "A slice with step 0", "Give a positive or negative step.", [] {
    auto x = vector<f32>("x");
    auto y = x(slice(none, none, 0));
  });
  c.entry(217, "Two ellipses", "Name the other axes by slice().", [] {
    auto x = tensor3<f32>("x");
    auto y = x(ellipsis, 0, ellipsis);
  });
  c.entry(219, "More indices than axes", "Give at most one index for each axis.", [] {
    auto x = vector<f32>("x");
    auto y = x(0, 0);
  });
}

void joins(Catalogue& c) {
  c.entry(220, "Nothing to join", "Give at least one operand.", [] {
    auto y = concatenate({});
  });
  c.entry(221, "Operands that do not fit side by side", "All sizes but that of the joined axis must agree.", [] {
    auto x = tensor<f32>("x", {2, 3});
    auto y = tensor<f32>("y", {2, 4});
    auto z = concatenate({x, y}, 0);
  });
  c.entry(222, "A stack of several ranks", "Bring all operands to one shape first.", [] {
    auto x = vector<f32>("x");
    auto y = matrix<f32>("y");
    auto z = stack({x, y});
  });
  c.entry(223, "Parts that do not sum to the axis", "Give sizes whose sum is the size of the axis.", [] {
    auto x = tensor<f32>("x", {10});
    auto parts = split(x, {3, 3});
  });
  c.entry(224, "No parts", "Ask for one part or more.", [] {
    auto x = tensor<f32>("x", {10});
    auto parts = split_equal(x, 0);
  });
  c.entry(225, "An axis that does not divide into equal parts", "Choose a divisor of the size, or give sizes to split.", [] {
    auto x = tensor<f32>("x", {10});
    auto parts = split_equal(x, 3);
  });
  c.entry(226, "Widths of padding that are not one for each axis", "Give one pair for each axis; {0, 0} adds nothing.", [] {
    auto x = matrix<f32>("x");
    auto y = pad(x, {{1, 1}});
  });
  c.entry(227, "A negative width of padding", "Use a slice to take elements away.", [] {
    auto x = vector<f32>("x");
    auto y = pad(x, {{-1, 1}});
  });
  c.entry(228, "A negative number of repetitions", "Give 0 or more.", [] {
    auto x = vector<f32>("x");
    auto y = tile(x, {-1});
  });
  c.entry(229, "A generator of a negative size", "Give 0 or more.", [] {
    auto y = iota<i64>({-1});
  });
  c.entry(230, "A range without an end", "Give finite bounds and a step other than 0.", [] {
    auto y = arange<i64>(0, 10, 0);
  });
  c.entry(231, "A range of too many elements", "Give nearer bounds or a larger step.", [] {
    auto y = arange<f64>(0.0, 1e16, 1.0);
  });
  c.entry(232, "Evenly spaced values of a dtype that is no float", "Ask for a float and cast.", [] {
    auto y = linspace<i32>(0, 1, 5);
  });
  c.entry(233, "A negative count of values", "Give 0 or more.", [] {
    auto y = linspace<f32>(0, 1, -5);
  });
}

void reductions(Catalogue& c) {
  c.entry(240, "A search over no axis", "A scalar has no largest element's position: give a tensor.", [] {
    auto x = scalar<f32>("x");
    auto y = argmax(x);
  });
  c.entry(241, "A variance over no axis", "Name at least one axis.", [] {
    auto x = vector<f32>("x");
    auto y = var(x, std::vector<int>{});
  });
  c.entry(242, "A negative ddof", "Give 0 for the variance of the values, 1 for that of a sample.", [] {
    auto x = vector<f32>("x");
    auto y = var(x, Axes::every(), -1);
  });
  c.entry(243, "A norm whose p is not positive", "Give p > 0; INFINITY gives the largest magnitude.", [] {
    auto x = vector<f32>("x");
    auto y = norm(x, Axes::every(), 0);
  });
}

void products(Catalogue& c) {
  c.entry(250, "Inner sizes of a product that differ", "The last axis of the first must be as long as the axis of the second it meets.", [] {
    auto x = tensor<f32>("x", {dim("batch"), 64});
    auto W = tensor<f32>("W", {63, 10});
    auto y = dot(x, W);
  });
  c.entry(251, "A matrix product of a scalar", "Use * for a product by a number.", [] {
    auto x = matrix<f32>("x");
    auto y = matmul(x, 2.0);
  });
  c.entry(252, "An outer product of something that is no vector", "Flatten it first.", [] {
    auto x = matrix<f32>("x");
    auto y = outer(x, x);
  });
  c.entry(253, "Labels for another number of operands", "Separate the operands' labels by commas, one group for each.", [] {
    auto x = matrix<f32>("x");
    auto y = einsum("ij,jk->ik", x);
  });
  c.entry(254, "Labels that are no letters", "Use a to z and A to Z.", [] {
    auto x = matrix<f32>("x");
    auto y = einsum("i1->i", x);
  });
  c.entry(255, "A result's label that no operand has", "Name labels of the operands only.", [] {
    auto x = matrix<f32>("x");
    auto y = einsum("ij->ik", x);
  });
  c.entry(256, "A result's label twice", "Name each label once in the result.", [] {
    auto x = matrix<f32>("x");
    auto y = einsum("ij->ii", x);
  });
  c.entry(257, "Not one label for each axis", "Give as many letters as the operand has axes.", [] {
    auto x = matrix<f32>("x");
    auto y = einsum("i->i", x);
  });
  c.entry(258, "A diagonal of axes that differ", "A label repeated in one operand needs axes of one size.", [] {
    auto x = tensor<f32>("x", {3, 4});
    auto y = einsum("ii->i", x);
  });
  c.entry(259, "One label of two sizes", "Give the axes of one label one size.", [] {
    auto x = tensor<f32>("x", {3, 4});
    auto y = tensor<f32>("y", {5, 6});
    auto z = einsum("ij,jk->ik", x, y);
  });
  c.entry(260, "Positions that do not have the shape of the rest", "Give one position for every index of the other axes.", [] {
    auto x = tensor<f32>("x", {3, 4});
    auto at = tensor<i64>("at", {5});
    auto y = pick(x, at, 1);
  });
  c.entry(261, "Positions of another rank", "Give positions of x's rank with size 1 along the axis.", [] {
    auto x = tensor<f32>("x", {3, 4});
    auto at = tensor<i64>("at", {3});
    auto y = take_along_axis(x, at, 1);
  });
  c.entry(262, "A cross entropy of a scalar", "Give logits with an axis of classes.", [] {
    auto z = scalar<f32>("z");
    auto label = scalar<i32>("label");
    auto y = cross_entropy(z, label);
  });
  c.entry(263, "A distribution of another rank than the logits", "Give one probability for each logit.", [] {
    auto z = matrix<f32>("z");
    auto p = vector<f32>("p");
    auto y = cross_entropy(z, p);
  });
  c.entry(264, "Labels of another rank than the rows", "Give one label for each row of the logits.", [] {
    auto z = matrix<f32>("z");
    auto label = matrix<i32>("label");
    auto y = cross_entropy(z, label);
  });
}

} // namespace

void shape_errors(Catalogue& c) {
  axes_and_views(c);
  joins(c);
  reductions(c);
  products(c);
}

} // namespace croton::test
