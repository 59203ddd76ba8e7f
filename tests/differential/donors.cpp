// Outputs written into the memory of inputs.
#include "tests/differential/bounds.h"
#include "tests/differential/patterns.h"
#include "tests/support/catch.h"
#include <cstring>

using namespace croton;
using namespace croton::ir;
using namespace croton::test;

namespace {

// Runs with outputs[0] in the memory of inputs[0], donated, and gives the results.
Arrays run_in_place(const std::string& device, const Case& c, bool donated) {
  Program program = program_of(c);
  program.donor.assign(c.outputs.size(), -1);
  if (donated) program.donor[0] = 0;
  auto executable = compile(program, device);
  Arrays inputs = c.values, outputs;
  std::vector<TensorView> in, out;
  for (Array& a : inputs) in.push_back(view_of(a));
  auto shapes = executable->output_shapes(in);
  for (std::size_t k = 0; k < shapes.size(); ++k) outputs.emplace_back(c.outputs[k]->dtype(), shapes[k]);
  for (Array& a : outputs) out.push_back(view_of(a));
  out[0].data = in[0].data;
  for (int call = 0; call < 2; ++call) { // the first call's result is the second's input
    executable->run(in, out);
    outputs[0].bytes = inputs[0].bytes;
  }
  return outputs;
}

} // namespace

TEST_CASE("an output in a donated input's memory", "[donors]") {
  using R = std::vector<Ref>;
  using O = const Operands&;
  const std::vector<Pattern> updates = {
      {"step", [](O o) -> R { return {o.x - o.y * 0.5}; }},
      {"step with a sum of the old value", [](O o) -> R { return {o.x - o.y * 0.5, reduce("sum", o.x, {0, 1})}; }},
      {"centred rows", [](O o) -> R { return {o.x - keep("sum", o.x, {1}) * 0.1}; }},
      {"centred columns", [](O o) -> R { return {o.x - keep("sum", o.x, {0}) * 0.1}; }},
      {"flipped", [](O o) -> R { return {flip(o.x, 1) * 0.5}; }},
      {"flipped rows and itself", [](O o) -> R { return {o.x + flip(o.x, 0)}; }},
      {"softmax", [](O o) -> R { return {softmax(o.x, 1), o.x * 2.0}; }},
      {"softmax, columns", [](O o) -> R { return {softmax(o.x, 0)}; }},
      {"shifted", [](O o) -> R {
         Ref b = o.x->shape()[1];
         Ref shifted = call("place", {slice(o.x, 1, constant_dim(1), index_sub(b, constant_dim(1)), 1), constant_like(o.x, 0), constant_dim(0), b}, {{"axis", i64(1)}, {"step", i64(1)}});
         return {shifted + o.y};
       }},
      {"the old value, too", [](O o) -> R { return {o.x + 1.0, o.x}; }},
      {"a swap", [](O o) -> R { return {o.y, o.x}; }},
      {"itself", [](O o) -> R { return {o.x}; }},
  };
  Rng rng(15);
  for (const Pattern& p : updates)
    for (const Sizes& s : {Sizes{{"a", 5}, {"b", 19}, {"c", 1}}, {{"a", 40}, {"b", 300}, {"c", 1}}}) {
      Case c = pattern_case(p, DType::f32, s, Values::ordinary, true, rng);
      INFO(p.name);
      Arrays want, second = c.values;
      for (int call = 0; call < 2; ++call) {
        Case now = c;
        now.values = second;
        want = run_on("cpu", now);
        second[0] = want[0];
      }
      for (const char* device : {"cpu", "host"})
        for (bool donated : {true, false}) {
          INFO(device << (donated ? ", donated" : ", not donated"));
          CHECK(bit_difference(run_in_place(device, c, donated), want) == "");
        }
    }
}
