// The examples of docs/json.md load, are valid, and compute.
#include "ir/json.h"
#include "ir/interpret.h"
#include "ir/verify.h"
#include "tests/support/catch.h"
#include <fstream>
#include <sstream>

using namespace croton;
using namespace croton::ir;

namespace {

std::vector<std::string> examples() {
  std::ifstream file(CROTON_DOCS "/json.md");
  std::stringstream content;
  content << file.rdbuf();
  std::string text = content.str();
  std::vector<std::string> found;
  for (std::size_t at = text.find("## Example"); (at = text.find("```json\n", at)) != std::string::npos;) {
    std::size_t end = text.find("```\n", at + 8);
    found.push_back(text.substr(at + 8, end - at - 8));
    at = end;
  }
  return found;
}

} // namespace

TEST_CASE("the examples of the manual load") {
  auto texts = examples();
  REQUIRE(texts.size() == 3);
  for (const std::string& text : texts) {
    Document d = from_json(text);
    for (auto& o : d.outputs) CHECK_NOTHROW(verify(o.node, "from_json"));
    for (auto& u : d.updates) CHECK_NOTHROW(verify(u.value, "from_json"));
    CHECK_NOTHROW(to_json(d));
  }
  Document rows = from_json(texts[1]);
  Bindings values{{rows.inputs[0], array_of<f64>({2, 2}, std::vector<f64>{1, 3, 2, 2})}};
  CHECK(elements_of<f64>(interpret(rows.outputs[1].node, values)) == std::vector<f64>{.25, .75, .5, .5});
  Document step = from_json(texts[2]);
  REQUIRE(step.shared[0].value);
  CHECK(elements_of<f32>(*step.shared[0].value) == std::vector<f32>{.5f, -.25f, 0});
  CHECK(step.gradients[0].wrt == step.shared[0].node);
}
