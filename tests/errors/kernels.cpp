// Chapter 7: raw kernels, and kernels in one line.
#include "ir/text.h"
#include "tests/errors/catalogue.h"
#include <cmath>

namespace croton::test {

namespace {

void signatures(Catalogue& c) {
  c.entry(701, "A signature that does not read", "Write operands, an arrow and one result: name: dtype[sizes].", [] {
    auto k = raw_kernel("k", "x f32[n] -> z: f32[n]", {.body = "z[i] = x[i];"});
  });
  c.entry(702, "A raw kernel of several results", "Pack them into one result with one axis more, or write a kernel for each.", [] {
    auto k = raw_kernel("k", "x: f32[n] -> a: f32[n], b: f32[n]", {.body = "a[i] = b[i] = x[i];"});
  });
  c.entry(703, "A result whose leading axes are not known", "Let an operand have '...' too.", [] {
    auto k = raw_kernel("k", "x: f32[n] -> z: f32[...]", {.body = "z[i] = x[0];"});
  });
  c.entry(704, "A size that no operand gives", "Let it stand alone on an axis of an operand.", [] {
    auto k = raw_kernel("k", "x: f32[n] -> z: f32[m]", {.body = "z[i] = x[0];"});
  });
  c.entry(705, "A name that is taken", "Rename the operand, result or size.", [] {
    auto k = raw_kernel("k", "i: f32[n] -> z: f32[n]", {.body = "z[i] = 1;"});
  });
  c.entry(706, "A size that the body could not name", "Name sizes by letters, digits and _.", [] {
    auto k = raw_kernel("k", "x: f32[\"batch size\"] -> z: f32", {.body = "z[0] = x[0];"});
  });
  c.entry(707, "A kernel's name that is no identifier", "Name it by letters, digits and _.", [] {
    auto k = raw_kernel("my kernel", "x: f32[n] -> z: f32[n]", {.body = "z[i] = x[i];"});
  });
  c.entry(708, "A raw kernel without any body", "Give one for a device, or a reference.", [] {
    auto k = raw_kernel("k", "x: f32[n] -> z: f32[n]", {});
  });
  c.entry(709, "A launch of more than three axes", "Divide a flat number in the body.", [] {
    auto k = raw_kernel("k", "x: f32[n] -> z: f32[n]", {.launch = {.groups = "n, 1, 1, 1"}, .reference = [](const std::vector<Array>& v) { return v[0]; }});
  });
  c.entry(710, "Threads without groups", "Say how many groups there are, or leave out the launch.", [] {
    auto k = raw_kernel("k", "x: f32[n] -> z: f32[n]", {.body = "z[i] = x[i];", .launch = {.threads = "32"}});
  });
  c.entry(711, "A launch that names an unknown size", "Use sizes of the signature.", [] {
    auto k = raw_kernel("k", "x: f32[n] -> z: f32[n]", {.body = "z[i] = x[i];", .items = "rows"});
  });
  c.entry(712, "Items of several sizes", "Give their product.", [] {
    auto k = raw_kernel("k", "x: f32[m, n] -> z: f32[m, n]", {.body = "z[i] = x[i];", .items = "m, n"});
  });
}

void calls(Catalogue& c) {
  c.entry(720, "An operand of another dtype than the signature says", "Cast it.", [] {
    auto k = raw_kernel("k", "x: f32[n] -> z: f32[n]", {.body = "z[i] = x[i];"});
    auto z = k(vector<f64>("x"));
  });
  c.entry(721, "An operand of another rank", "Reshape it, or write the signature with '...'.", [] {
    auto k = raw_kernel("k", "x: f32[n] -> z: f32[n]", {.body = "z[i] = x[i];"});
    auto z = k(matrix<f32>("x"));
  });
  c.entry(722, "Operands whose sizes disagree", "Give operands that fit the signature.", [] {
    auto k = raw_kernel("k", "x: f32[n], y: f32[n] -> z: f32[n]", {.body = "z[i] = x[i] + y[i];"});
    auto z = k(tensor<f32>("x", {3}), tensor<f32>("y", {4}));
  });
  c.entry(723, "Not as many operands as the signature has", "Give each operand.", [] {
    auto k = raw_kernel("k", "x: f32[n], y: f32[n] -> z: f32[n]", {.body = "z[i] = x[i] + y[i];"});
    auto z = k(vector<f32>("x"));
  });
  c.entry(724, "An empty raw kernel", "Assign one made by raw_kernel() first.", [] {
    RawFunction k;
    auto z = k(vector<f32>("x"));
  });
  c.entry(725, "A body that the device's language lacks", "Give one, or choose another device.", [] {
    auto k = raw_kernel("k", "x: f32[n] -> z: f32[n]", {.cuda = "z[i] = x[i];"});
    auto x = vector<f32>("x");
    auto f = function({x}, k(x), {.device = "cpu"});
  });
  c.entry(726, "A reference body that is missing", "Give one, or choose a device that runs the other bodies.", [] {
    auto k = raw_kernel("k", "x: f32[n] -> z: f32[n]", {.body = "z[i] = x[i];"});
    auto x = vector<f32>("x");
    auto f = function({x}, k(x), {.device = "reference"});
  });
  c.entry(727, "A reference body that is missing in a comparison", "Give one.", [] {
    auto k = raw_kernel("k", "x: f32[n] -> z: f32[n]", {.body = "z[i] = x[i];"});
    auto x = vector<f32>("x");
    auto report = compare(function({x}, k(x)), {"cpu"}, {std::vector<f32>{1}});
  });
  c.entry(728, "A reference body of another shape", "Give an array of the result's dtype and shape.", [] {
    auto k = raw_kernel("k", "x: f32[n] -> z: f32[n]", {.reference = [](const std::vector<Array>&) { return Array(DType::f32, {7}); }});
    auto x = vector<f32>("x");
    auto z = function({x}, k(x), {.device = "host"})(std::vector<f32>{1});
  });
  c.entry(729, "A C body that writes outside of its result, in debug mode", "Write elements of the result only.", [] {
    auto k = raw_kernel("k", "x: f32[n] -> z: f32[n]", {.body = "z[i] = x[i]; z[n] = 0;", .reference = [](const std::vector<Array>& v) { return v[0]; }});
    auto x = vector<f32>("x");
    auto z = function({x}, k(x), {.debug = true})(std::vector<f32>(100));
  });
  c.entry(730, "A position out of range in what a raw kernel without a reference gives", "Give positions that exist; with a reference body the message says which one it was.", [] {
    auto k = raw_kernel("k", "x: f32[n] -> z: f32[n]", {.body = "z[i] = x[i];"});
    auto x = vector<f32>("x");
    auto at = scalar<i64>("at");
    auto z = function({x, at}, take(k(x), at))(std::vector<f32>{1, 2}, 5);
  });
}

void derivatives(Catalogue& c) {
  c.entry(740, "A derivative through a raw kernel without one", "Give it a gradient.", [] {
    auto k = raw_kernel("k", "x: f32[n] -> z: f32[n]", {.body = "z[i] = x[i];"});
    auto x = vector<f32>("x");
    auto slope = grad(sum(k(x)), x);
  });
  c.entry(741, "A gradient of the wrong number of cotangents", "Give one for each operand, an empty Expr for none.", [] {
    auto k = raw_kernel("k", "x: f32[n] -> z: f32[n]", {.body = "z[i] = x[i];", .gradient = [](const std::vector<Expr>&, const Expr& z, const Expr& g) { return std::vector<Expr>{g, z}; }});
    auto x = vector<f32>("x");
    auto slope = grad(sum(k(x)), x);
  });
  c.entry(742, "A gradient of another rank than its operand", "Give the operand's shape.", [] {
    auto k = raw_kernel("k", "x: f32[n] -> z: f32[n]", {.body = "z[i] = x[i];", .gradient = [](const std::vector<Expr>&, const Expr&, const Expr& g) { return std::vector<Expr>{sum(g)}; }});
    auto x = vector<f32>("x");
    auto slope = grad(sum(k(x)), x);
  });
  c.entry(743, "A Jacobian through a raw kernel", "Differentiate a scalar, or write the gradient in expressions.", [] {
    auto k = raw_kernel("k", "x: f32[n] -> z: f32[n]", {.body = "z[i] = x[i];"});
    auto twice = raw_kernel("twice", "x: f32[n] -> z: f32[n]", {.body = "z[i] = 2 * x[i];", .gradient = [k](const std::vector<Expr>&, const Expr&, const Expr& g) { return std::vector<Expr>{k(g)}; }});
    auto x = vector<f32>("x");
    auto slopes = jacobian(twice(x), x);
  });
}

void expressions(Catalogue& c) {
  c.entry(760, "An expression that does not read", "Finish it.", [] {
    auto f = elementwise_kernel("a * x +");
  });
  c.entry(761, "An unknown function in an expression", "Use an elementwise function of docs/ops.md.", [] {
    auto f = elementwise_kernel("2 * sine(x)");
  });
  c.entry(762, "An expression without operands", "Name one.", [] {
    auto f = elementwise_kernel("1 + 2");
  });
  c.entry(763, "An operand that is named twice", "Name each once.", [] {
    auto f = elementwise_kernel("x", {"x", "x"});
  });
  c.entry(764, "Not as many operands as the expression has", "Give one for each name.", [] {
    auto f = elementwise_kernel("x + y");
    auto z = f(vector<f32>("x"));
  });
  c.entry(765, "An empty elementwise kernel", "Assign one made by elementwise_kernel() first.", [] {
    ElementwiseFunction f;
    auto z = f(vector<f32>("x"));
  });
  c.entry(770, "A combination that is not of two elements", "Write an expression of two names.", [] {
    auto f = reduction_kernel("x", "a + b + c", 0);
  });
  c.entry(771, "An identity that is an expression", "Give a number.", [] {
    auto f = reduction_kernel("x", "a + b", scalar<f32>("e"));
  });
  c.entry(772, "An identity that changes with itself", "Give the value that changes nothing: 0 for sums.", [] {
    auto f = reduction_kernel("x", "a + b", 1);
    auto s = f(vector<f32>("x"));
  });
  c.entry(773, "An identity that changes an element", "Give the value that changes nothing: -INFINITY for maxima.", [] {
    auto f = reduction_kernel("x", "maximum(a, b)", 1);
    auto s = f(vector<f32>("x"));
  });
  c.entry(774, "A combination that depends on the order", "Reduce by a commutative one.", [] {
    auto f = reduction_kernel("x", "where(a == 0, b, a)", 0);
    auto s = f(vector<f32>("x"));
  });
  c.entry(775, "A combination that is not associative", "Reduce by an associative one.", [] {
    auto f = reduction_kernel("x", "a + b + a * a * b * b", 0);
    auto s = f(vector<f32>("x"));
  });
  c.entry(776, "A combination of another dtype than its elements", "Keep the dtype.", [] {
    auto f = reduction_kernel("x", "a < b", 0);
    auto s = f(vector<f32>("x"));
  });
  c.entry(777, "A derivative of a combination that has none", "Put stop_gradient around it.", [] {
    auto f = reduction_kernel("x", "a + b - a * b", 0);
    auto x = vector<f32>("x");
    auto slope = grad(f(x), x);
  });
  c.entry(779, "A combination of one name in a text", "Write an expression of two names.", [] {
    ir::parse_text("x = input(3, dtype=f32)\ny = reduce(x, axes=[0], keepdims=false, combine=\"a\", identity=\"0\")\nreturn y\n");
  });
  c.entry(780, "A combination in a text by what is no elementwise op", "Use ops of docs/ops.md whose body is pointwise.", [] {
    ir::parse_text("x = input(3, dtype=f32)\ny = reduce(x, axes=[0], keepdims=false, combine=\"sum(a, b)\", identity=\"0\")\nreturn y\n");
  });
  c.entry(778, "An empty reduction kernel", "Assign one made by reduction_kernel() first.", [] {
    ReductionFunction f;
    auto s = f(vector<f32>("x"));
  });
}

} // namespace

void kernel_errors(Catalogue& c) {
  signatures(c);
  calls(c);
  derivatives(c);
  expressions(c);
}

} // namespace croton::test
