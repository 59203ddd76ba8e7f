// Chapter 1: operands, dtypes and derivatives.
#include "tests/errors/catalogue.h"
#include <cmath>

namespace croton::test {

void expression_errors(Catalogue& c) {
  c.entry(101, "An empty expression", "Assign an expression before using it.", [] {
    Expr x;
    auto y = x + 1;
  });
  c.entry(102, "A dtype that an op does not take", "Cast the operand, or use the op's form for integers.", [] {
    auto x = vector<f32>("x");
    auto y = x & 3;
  });
  c.entry(103, "No dtype holds both operands", "Cast one of them to the dtype you mean.", [] {
    auto i = vector<i64>("i");
    auto u = vector<u64>("u");
    auto y = i + u;
  });
  c.entry(104, "A literal that does not fit", "Cast the tensor to a wider dtype, or the literal into one of its values.", [] {
    auto i = vector<i8>("i");
    auto y = i + 1000;
  });
  c.entry(105, "bool has no arithmetic", "Use the logical functions, or cast to a number to count.", [] {
    auto a = vector<bool>("a");
    auto b = vector<bool>("b");
    auto y = a + b;
  });
  c.entry(106, "A default float that is none", "Give f32 or f64.", [] {
    set_default_float(DType::i32);
  });
  c.entry(107, "A dtype that is not built yet in an expression", "Compute in f32 or f64.", [] {
    auto z = tensor(DType::c64, "z", {3});
    auto y = sin(z);
  });
  c.entry(108, "Positions that are no integers", "Cast positions to i32 or i64.", [] {
    auto x = matrix<f32>("x");
    auto at = vector<f32>("at");
    auto y = take(x, at);
  });
  c.entry(109, "The cost of a gradient is no scalar", "Reduce it by sum or mean, or use vjp.", [] {
    auto x = vector<f32>("x");
    auto g = grad(x * x, x);
  });
  c.entry(110, "The derivative of or by something that is no float", "Cast to a float before the part that is differentiated.", [] {
    auto i = vector<i32>("i");
    auto g = grad(sum(i), i);
  });
  c.entry(111, "The cost does not depend on the variable", "Differentiate by something the cost is computed from, or ask for zeros.", [] {
    auto x = vector<f32>("x");
    auto y = vector<f32>("y");
    auto g = grad(sum(x), y);
  });
  c.entry(113, "Not one cotangent for each output", "Give as many cotangents as outputs.", [] {
    auto x = vector<f32>("x");
    auto g = vjp({x * x}, {}, {x});
  });
  c.entry(114, "A tangent's variable that the output does not need", "Leave it out, or ask for zeros.", [] {
    auto x = vector<f32>("x");
    auto y = vector<f32>("y");
    auto t = jvp({x * x}, {y}, {y});
  });
  c.entry(115, "An own op's name that is taken", "Choose another name.", [] {
    auto f = custom_op("exp", [](Expr x) { return x * x; });
  });
  c.entry(116, "An own op that is not elementwise", "Build it of elementwise functions of its operands only.", [] {
    auto f = custom_op("row_total", [](Expr x) { return x + sum(vector<f32>("w")); });
    auto y = f(vector<f32>("x"));
  });
  c.entry(117, "An own op of another dtype than its operands", "Cast the value back to the operands' dtype.", [] {
    auto f = custom_op("rounded_down", [](Expr x) { return cast<i32>(x); });
    auto y = f(vector<f32>("x"));
  });
  c.entry(118, "An own op of too many operands", "Split it into ops of up to three operands.", [] {
    auto f = custom_op("four", {.value = [](const std::vector<Expr>& x) { return x[0]; }, .operands = 4});
  });
  c.entry(119, "An own op without a name or value", "Give both.", [] {
    auto f = custom_op("nothing", CustomOp{});
  });
  c.entry(120, "An own op that was never made", "Assign the result of custom_op first.", [] {
    CustomFunction f;
    auto y = f(vector<f32>("x"));
  });
  c.entry(121, "An own op called with the wrong number of operands", "Give as many as it was declared with.", [] {
    auto f = custom_op("twice_it", [](Expr x) { return x + x; });
    auto y = f(vector<f32>("x"), 1);
  });
  c.entry(122, "An own gradient of the wrong length", "Return one cotangent for each operand.", [] {
    auto f = custom_op("own_square", {.value = [](const std::vector<Expr>& x) { return x[0] * x[0]; },
                                      .gradient = [](const std::vector<Expr>&, const Expr&, const Expr&) { return std::vector<Expr>{}; }});
    auto x = vector<f32>("x");
    auto g = grad(sum(f(x)), x);
  });
  c.entry(130, "An own merge that calls what is no elementwise function", "Use operators and the elementwise functions of docs/ops.md.", [] {
    auto longest = scan_kernel("longest(a, b)", 0);
  });
  c.entry(131, "An own merge of an operand that is not there", "Its operands are a and b.", [] {
    auto f = scan_kernel("a + 2 * c", 0);
  });
  c.entry(132, "An own merge of the wrong number of operands", "Give the function as many as it takes.", [] {
    auto f = scan_kernel("maximum(a)", 0);
  });
  c.entry(133, "An own merge with attributes", "Elementwise functions take operands alone.", [] {
    auto f = scan_kernel("maximum(a, b, axis=1)", 0);
  });
  c.entry(134, "An own merge with the dtype of a number", "Leave it out.", [] {
    auto f = scan_kernel("a + 2:f64 * b", 0);
  });
  c.entry(135, "An own merge that is no expression of a and b", "Write names, numbers, operators and functions.", [] {
    auto f = scan_kernel("[a, b]", 0);
  });
  c.entry(136, "An own merge of another dtype", "Select by where, or cast.", [] {
    auto f = scan_kernel("a < b", 0);
  });
  c.entry(137, "An own merge of too many operations", "A kernel holds it several times: shorten it.", [] {
    std::string sum = "b";
    for (int k = 0; k < 101; ++k) sum += " + a";
    auto f = scan_kernel(sum, 0);
  });
  c.entry(138, "A number in an own merge that does not fit", "Cast x to a dtype that holds it.", [] {
    auto f = scan_kernel("a + b + 0.5 * a * b", 0);
    auto y = f(vector<i32>("x"));
  });
  c.entry(139, "An identity that does not fit", "Cast x to a dtype that holds it, or give the neutral value of x's dtype.", [] {
    auto least = scan_kernel("minimum(a, b)", INFINITY);
    auto y = least(vector<i32>("x"));
  });
  c.entry(140, "A scan kernel that was never made", "Assign the result of scan_kernel first.", [] {
    ScanKernel f;
    auto y = f(vector<f32>("x"));
  });
}

} // namespace croton::test
