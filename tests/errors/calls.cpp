// Chapter 4: calling functions.
#include "tests/errors/catalogue.h"

namespace croton::test {

namespace {

void arguments(Catalogue& c) {
  c.entry(401, "Too many arguments", "Give one for each input.", [] {
    auto x = vector<f32>("x");
    auto f = function({x}, {x + 1});
    f(std::vector<f32>{1}, std::vector<f32>{2});
  });
  c.entry(402, "A missing argument", "Give a value, or a default when the function is made.", [] {
    auto x = vector<f32>("x");
    auto y = vector<f32>("y");
    auto f = function({x, y}, {x + y});
    f(std::vector<f32>{1});
  });
  c.entry(403, "A name that is no input", "Use the names of the inputs.", [] {
    auto x = vector<f32>("x");
    auto f = function({x}, {x + 1});
    f.call({{"z", std::vector<f32>{1}}});
  });
  c.entry(404, "An input given twice", "Give each input once.", [] {
    auto x = vector<f32>("x");
    auto f = function({x}, {x + 1});
    f.call({{"x", std::vector<f32>{1}}, {"x", std::vector<f32>{1}}});
  });
  c.entry(405, "A scalar where a tensor is needed", "Give an array of the input's rank.", [] {
    auto x = vector<f32>("x");
    auto f = function({x}, {x + 1});
    f(1.0);
  });
  c.entry(406, "Elements of another dtype", "Convert the elements first: nothing is converted at a call.", [] {
    auto x = vector<f32>("x");
    auto f = function({x}, {x + 1});
    f(std::vector<f64>{1});
  });
  c.entry(407, "An argument of another rank", "Give a flat buffer its shape: view(data, {rows, columns}).", [] {
    auto x = matrix<f32>("x");
    auto f = function({x}, {x + 1});
    f(std::vector<f32>{1, 2, 3, 4});
  });
  c.entry(408, "An argument of another size than declared", "Give the size that the variable was declared with, or declare a symbol.", [] {
    auto x = tensor<f32>("x", {3});
    auto f = function({x}, {x + 1});
    f(std::vector<f32>{1, 2});
  });
  c.entry(409, "Arguments whose sizes disagree", "Give the inputs one size; a size that should stretch must be 1 when the graph is built.", [] {
    auto x = vector<f32>("x");
    auto y = vector<f32>("y");
    auto f = function({x, y}, {x + y});
    f(std::vector<f32>{1, 2, 3}, std::vector<f32>{1, 2});
  });
  c.entry(410, "A size that is not what an expression of sizes says", "Give the size that follows from the others.", [] {
    auto n = dim("n");
    auto x = tensor<f32>("x", {n});
    auto y = tensor<f32>("y", {n + 1});
    auto f = function({x, y}, {sum(x) + sum(y)});
    f(std::vector<f32>{1, 2, 3}, std::vector<f32>{1, 2, 3});
  });
  c.entry(411, "Sizes inside the graph that disagree at a call", "The message names both sides: give inputs for which they agree.", [] {
    auto x = matrix<f32>("x");
    auto f = function({x}, {reshape(x, {-1, 4})});
    f(Array{{1.f, 2.f, 3.f}});
  });
  c.entry(412, "A reduction of nothing", "Give at least one element, or use an op that has a value for none, such as sum.", [] {
    auto x = vector<f32>("x");
    auto f = function({x}, {max(x)});
    f(std::vector<f32>{});
  });
  c.entry(413, "A size that does not fit 64 bits", "Give smaller sizes.", [] {
    auto n = dim("n");
    auto x = tensor<f32>("x", {n});
    auto f = function({x}, {zeros<f32>({n * n * n}) + sum(x)});
    const f32 one = 1;
    f(view(&one, {i64(1) << 30}, {0}));
  });
  c.entry(414, "A floating-point number for an integer input", "Give an integer.", [] {
    auto i = scalar<i32>("i");
    auto f = function({i}, {i + 1});
    f(1.5);
  });
  c.entry(415, "A NaN, infinity or huge value under nan_guard", "Look at the line named and at the ranges of its operands; what it computes is no number there.", [] {
    auto x = vector<f32>("x");
    auto f = function({x}, {sqrt(x - 2) + 1}, {.nan_guard = true});
    f(std::vector<f32>{2, 3, 1});
  });
  c.entry(416, "An assert of the graph that fails", "Look at the line named: the condition was false for these values.", [] {
    auto x = vector<f32>("x");
    auto f = function({x}, {log(assert_that(x, x > 0, "x must be positive"))});
    f(std::vector<f32>{1, -1});
  });
}

void buffers(Catalogue& c) {
  c.entry(420, "Not one buffer for each output", "Give into() as many buffers as the function has outputs.", [] {
    auto x = vector<f32>("x");
    auto f = function({x}, {x + 1, x + 2});
    std::vector<f32> out(1);
    f(std::vector<f32>{1}, into(out));
  });
  c.entry(421, "A buffer that is const", "Give memory that may be written.", [] {
    auto x = vector<f32>("x");
    auto f = function({x}, {x + 1});
    const std::vector<f32> out(1);
    f(std::vector<f32>{1}, into(view(out.data(), {1})));
  });
  c.entry(422, "A buffer of another dtype", "Give elements of the output's dtype.", [] {
    auto x = vector<f32>("x");
    auto f = function({x}, {x + 1});
    std::vector<f64> out(1);
    f(std::vector<f32>{1}, into(out));
  });
  c.entry(423, "A buffer of another shape", "Give dense row-major memory of the output's shape.", [] {
    auto x = vector<f32>("x");
    auto f = function({x}, {x + 1});
    std::vector<f32> out(2);
    f(std::vector<f32>{1}, into(out));
  });
  c.entry(424, "A buffer that overlaps an input", "Use separate memory.", [] {
    auto x = vector<f32>("x");
    auto f = function({x}, {x + 1});
    std::vector<f32> data{1, 2};
    f(data, into(data));
  });
  c.entry(425, "Two buffers that overlap", "Use separate memory.", [] {
    auto x = vector<f32>("x");
    auto f = function({x}, {x + 1, x + 2});
    std::vector<f32> out(1);
    f(std::vector<f32>{1}, into(out, out));
  });
  c.entry(426, "A number of outputs that is not that of the function", "Unpack as many as there are.", [] {
    auto x = vector<f32>("x");
    auto f = function({x}, {x + 1, x + 2});
    f(std::vector<f32>{1}).item<f32>();
  });
  c.entry(428, "A position out of range", "Give positions within the range that the message tells.", [] {
    auto x = matrix<f32>("x");
    auto rows = vector<i64>("rows");
    auto f = function({x, rows}, {take(x, rows, 0)});
    f(view(std::vector<f32>(6).data(), {3, 2}), std::vector<i64>{0, 2, -4});
  });
}

} // namespace

void call_errors(Catalogue& c) {
  arguments(c);
  buffers(c);
}

} // namespace croton::test
