// Chapter 3: making functions.
#include "tests/errors/catalogue.h"

namespace croton::test {

namespace {

void inputs(Catalogue& c) {
  c.entry(301, "An input that is missing", "Add the variable to the inputs, or replace it by givens.", [] {
    auto x = vector<f32>("x");
    auto y = vector<f32>("y");
    auto f = function({x}, {x + y});
  });
  c.entry(302, "An input that is not used", "Leave it out, or set unused_inputs = Unused::ignore.", [] {
    auto x = vector<f32>("x");
    auto y = vector<f32>("y");
    auto f = function({x, y}, {x + 1});
  });
  c.entry(303, "An input that stands twice", "Name each input once.", [] {
    auto x = vector<f32>("x");
    auto f = function({x, x}, {x + 1});
  });
  c.entry(304, "Two inputs of one name", "Rename one, or give input_names.", [] {
    auto x = vector<f32>("x");
    auto other = vector<f64>("x");
    auto f = function({x, other}, {cast<f64>(x) + other});
  });
  c.entry(305, "An input that is no variable", "Inputs are made by scalar, vector, matrix or tensor.", [] {
    auto x = vector<f32>("x");
    auto y = x + 1;
    auto f = function({y}, {y * 2});
  });
  c.entry(306, "A shared variable among the inputs", "Leave it out: a function reads shared variables by itself.", [] {
    auto w = shared(1.f, "w");
    auto f = function({w}, {w + 1});
  });
  c.entry(307, "Not one name for each input", "Give as many input_names as inputs.", [] {
    auto x = vector<f32>("x");
    auto f = function({x}, {x + 1}, {.input_names = {"a", "b"}});
  });
  c.entry(308, "Not one name for each output", "Give as many output_names as outputs.", [] {
    auto x = vector<f32>("x");
    auto f = function({x}, {x + 1}, {.output_names = {"a", "b"}});
  });
  c.entry(309, "A size that no input has", "Declare an input with the symbol, or write the number.", [] {
    auto f = function({}, {zeros<f32>({dim("n")})});
  });
  c.entry(310, "A dtype that is not built yet", "Cast to f32 or f64 before that place.", [] {
    auto x = vector<f32>("x");
    auto f = function({x}, {cast(x, DType::f16)});
  });
  c.entry(311, "A device that does not exist", "Use a name that `croton devices` lists.", [] {
    auto x = vector<f32>("x");
    auto f = function({x}, {x + 1}, {.device = "abacus"});
  });
}

void options(Catalogue& c) {
  c.entry(320, "An update of nothing", "Assign a shared variable first.", [] {
    Shared w;
    auto f = function({}, {zeros<f32>({2})}, {.updates = {{w, 1.f}}});
  });
  c.entry(321, "A variable updated twice", "Give one update for each shared variable.", [] {
    auto w = shared(1.f, "w");
    auto f = function({}, {w + 1}, {.updates = {{w, w + 1}, {w, w + 2}}});
  });
  c.entry(322, "An update of another dtype", "Cast the new value to the variable's dtype.", [] {
    auto w = shared(1.f, "w");
    auto f = function({}, {w + 1}, {.updates = {{w, cast<f64>(w)}}});
  });
  c.entry(323, "An update of another shape", "Give a value of the variable's shape.", [] {
    auto w = shared(std::vector<f32>{1, 2}, "w");
    auto f = function({}, {w + 1}, {.updates = {{w, zeros<f32>({3})}}});
  });
  c.entry(324, "A given of another dtype", "Cast the replacement.", [] {
    auto x = vector<f32>("x");
    auto y = vector<f64>("y");
    auto f = function({y}, {x + 1}, {.givens = {{x, y}}});
  });
  c.entry(325, "A given of another shape", "Give a replacement of the variable's rank and sizes.", [] {
    auto x = vector<f32>("x");
    auto m = matrix<f32>("m");
    auto f = function({m}, {x + 1}, {.givens = {{x, m}}});
  });
  c.entry(326, "A given that replaces an input", "Leave the variable out of the inputs.", [] {
    auto x = vector<f32>("x");
    auto f = function({x}, {x + 1}, {.givens = {{x, 2}}});
  });
  c.entry(327, "A variable replaced twice", "Give one replacement for each variable.", [] {
    auto x = vector<f32>("x");
    auto y = vector<f32>("y");
    auto f = function({y}, {x + 1}, {.givens = {{x, y}, {x, y + 1}}});
  });
  c.entry(328, "A default of no input", "Give defaults of inputs only.", [] {
    auto x = vector<f32>("x");
    auto y = vector<f32>("y");
    auto f = function({x}, {x + 1}, {.defaults = {{y, std::vector<f32>{1}}}});
  });
  c.entry(329, "A default of another dtype", "Give elements of the input's dtype.", [] {
    auto x = vector<f32>("x");
    auto f = function({x}, {x + 1}, {.defaults = {{x, std::vector<f64>{1}}}});
  });
  c.entry(330, "A default of another rank", "Give as many axes as the input has.", [] {
    auto x = vector<f32>("x");
    auto f = function({x}, {x + 1}, {.defaults = {{x, 1.0}}});
  });
  c.entry(331, "A stage that does not exist", "Use a stage that docs/inspecting.md lists.", [] {
    auto x = vector<f32>("x");
    auto f = function({x}, {x + 1});
    auto text = f.dump("nonsense");
  });
  c.entry(332, "A stage that the reference interpreter does not have", "It has the input only: compile for another device.", [] {
    auto x = vector<f32>("x");
    auto f = function({x}, {x + 1}, {.device = "reference"});
    auto text = f.dump("kernels");
  });
  c.entry(333, "A format of dumps that does not exist", "Ask for text, json, dot or svg.", [] {
    auto x = vector<f32>("x");
    auto f = function({x}, {x + 1});
    auto text = f.dump("input", {.format = "png"});
  });
  c.entry(334, "A stage that another device has", "Compile for a device that has it.", [] {
    auto x = vector<f32>("x");
    auto f = function({x}, {x + 1}, {.device = "host"});
    auto text = f.dump("ptx");
  });
  c.entry(335, "A drawing of code", "Ask for text or json: only graphs, kernels and plans are drawn.", [] {
    auto x = vector<f32>("x");
    auto f = function({x}, {x + 1});
    auto text = f.dump("source", {.format = "dot"});
  });
  c.entry(336, "A format of explanations that does not exist", "Ask for text or json.", [] {
    auto x = vector<f32>("x");
    auto f = function({x}, {x + 1});
    auto text = f.explanation("dot");
  });
  c.entry(337, "A profile of a function that is not profiled", "Make it with {.profile = true}, or set CROTON_PROFILE=1.", [] {
    auto x = vector<f32>("x");
    auto f = function({x}, {x + 1});
    auto text = f.profile();
  });
  c.entry(338, "A format of profiles that does not exist", "Ask for text, json or trace.", [] {
    auto x = vector<f32>("x");
    auto f = function({x}, {x + 1}, {.profile = true});
    auto text = f.profile("xml");
  });
  c.entry(339, "A profile on the reference interpreter", "Profile on a device that runs plans.", [] {
    auto x = vector<f32>("x");
    auto f = function({x}, {x + 1}, {.device = "reference", .profile = true});
    auto text = f.profile();
  });
  c.entry(340, "A capture without a folder", "Name a folder.", [] {
    auto x = vector<f32>("x");
    auto f = function({x}, {x + 1});
    f.capture("", std::vector<f32>{1});
  });
  c.entry(341, "A capture where something else is", "Choose a folder that is new, empty or holds a capture.", [] {
    auto x = vector<f32>("x");
    auto f = function({x}, {x + 1});
    f.capture("/dev/null", std::vector<f32>{1});
  });
  c.entry(342, "A capture in a folder that cannot be made", "Choose a place where you may write.", [] {
    auto x = vector<f32>("x");
    auto f = function({x}, {x + 1});
    f.capture("/dev/null/captured", std::vector<f32>{1});
  });
  c.entry(343, "A capture of an own op", "Write the op's value as an expression in its place.", [] {
    auto x = vector<f32>("x");
    auto twice = custom_op("twice", [](Expr v) { return v + v; });
    auto f = function({x}, {twice(x)});
    f.capture("captured", std::vector<f32>{1});
  });
  c.entry(344, "A folder that is no capture", "Give the folder that Function::capture() wrote.", [] {
    auto again = replay("/dev");
  });
}

} // namespace

void function_errors(Catalogue& c) {
  inputs(c);
  options(c);
}

} // namespace croton::test
