#include "ir/json.h"
#include "ir/build.h"
#include "tests/support/catch.h"
#include "tests/support/random_graph.h"

using namespace croton;
using namespace croton::ir;
using Catch::Contains;

namespace {

const JsonOptions same_process{.keep_states = true};

std::vector<Ref> outputs(const Document& d) {
  std::vector<Ref> roots;
  for (auto& o : d.outputs) roots.push_back(o.node);
  return roots;
}

Document regression() {
  Ref n = symbol_dim("batch"), x = variable("x", DType::f32, {n, constant_dim(3)}), y = variable("y", DType::f32, {n});
  Ref w = state_variable("w", 17, DType::f32, {constant_dim(3), constant_dim(1)});
  Ref error = squeeze(matmul(x, w), {1}) - y;
  Ref loss = reduce("sum", error * error, {0});
  Document d;
  d.inputs = {x, y};
  d.shared = {{w, array_of<f32>({3, 1}, std::vector<f32>{1, 2, 3}), ""}};
  d.outputs = {{"loss", loss}, {"error", error}};
  d.gradients = {{"dw", loss, w, gradient_placeholder("dw", w)}};
  d.updates = {{w, w - d.gradients[0].placeholder * 0.5}};
  return d;
}

} // namespace

TEST_CASE("a document with state, updates and gradients round trips") {
  Document d = regression();
  std::string text = to_json(d);
  INFO(text);
  Document e = from_json(text, same_process);
  CHECK(e.inputs == d.inputs);
  CHECK(outputs(e) == outputs(d));
  CHECK(e.outputs[1].name == "error");
  REQUIRE(e.shared.size() == 1);
  CHECK(e.shared[0].node == d.shared[0].node);
  CHECK(e.shared[0].value == d.shared[0].value);
  REQUIRE(e.updates.size() == 1);
  CHECK(e.updates[0].shared == d.updates[0].shared);
  CHECK(e.updates[0].value == d.updates[0].value);
  REQUIRE(e.gradients.size() == 1);
  CHECK(e.gradients[0].of == d.gradients[0].of);
  CHECK(e.gradients[0].wrt == d.gradients[0].wrt);
  CHECK(e.gradients[0].placeholder == d.gradients[0].placeholder);
  CHECK(to_json(e) == text);
}

TEST_CASE("storage ids in a file are not believed") {
  std::string text = to_json(regression());
  Ref a = from_json(text).shared[0].node, b = from_json(text).shared[0].node;
  CHECK(a != b);
  CHECK(a->attrs.integer("state") < 0);
  Ref c = from_json(text, {.new_state = [] { return i64(99); }}).shared[0].node;
  CHECK(c->attrs.integer("state") == 99);
}

TEST_CASE("a document by hand: literals, sizes, forward gradients") {
  Document d = from_json(R"({"croton": 1,
    "inputs": [{"name": "x", "dtype": "f32", "shape": ["n + 1", 2]}, {"name": "y", "id": "why", "dtype": "f32", "shape": ["2*n"]}],
    "gradients": [{"name": "dh", "of": "n2", "wrt": "n1"}],
    "nodes": [
      {"id": "n1", "op": "maximum", "args": ["x", 0]},
      {"id": "n2", "op": "sum", "args": ["n1"], "attrs": {"axes": [0, 1], "keepdims": false}},
      {"id": "n3", "op": "multiply", "args": ["dh", 0.1]},
      {"id": "n4", "op": "reshape", "args": ["why", 2, {"dim": "n"}]},
      {"id": "n5", "op": "constant", "attrs": {"dtype": "i16", "shape": [2], "data": [1, -2]}},
      {"id": "n6", "op": "constant", "attrs": {"dtype": "f32", "value": "nan"}}],
    "outputs": [{"name": "loss", "node": "n2"}, {"name": "g", "node": "n3"}, {"name": "r", "node": "n4"}, {"name": "c", "node": "n5"},
                {"name": "nan", "node": "n6"}, {"name": "one", "node": {"value": 1, "dtype": "u8"}}]})");
  Ref n = symbol_dim("n"), x = variable("x", DType::f32, {index_add(n, constant_dim(1)), constant_dim(2)});
  Ref h = call("maximum", {x, constant(DType::f32, 0)});
  CHECK(d.inputs[0] == x);
  CHECK(d.outputs[0].node == reduce("sum", h, {0, 1}));
  CHECK(d.outputs[1].node == gradient_placeholder("dh", h) * 0.1);
  CHECK(d.gradients[0].placeholder == gradient_placeholder("dh", h));
  CHECK(d.outputs[2].node->shape() == Shape{constant_dim(2), n});
  CHECK(interpret(d.outputs[3].node, {}).load(1).integer == -2);
  CHECK(d.outputs[4].node == constant(DType::f32, NAN));
  CHECK(d.outputs[5].node == constant_int(DType::u8, 1));
}

TEST_CASE("random graphs load as the same nodes") {
  for (std::uint64_t seed = 0; seed < 600; ++seed) {
    auto g = croton::test::random_graph(seed, {.nodes = 20, .specials = true});
    Document d = document_of(g.roots);
    std::string text = to_json(d);
    INFO(text);
    Document e;
    REQUIRE_NOTHROW(e = from_json(text));
    CHECK(outputs(e) == g.roots);
    CHECK(e.inputs == d.inputs);
    CHECK(to_json(e) == text);
  }
}

TEST_CASE("names that clash or are odd") {
  Ref odd = symbol_dim("x.shape[0]"), a = variable("n1", DType::f32, {odd}), b = variable("n1", DType::f32, {}), c = variable("", DType::f32, {});
  Document d = document_of(std::vector<Ref>{a + b * c});
  CHECK(outputs(from_json(to_json(d))) == outputs(d));
}

TEST_CASE("a document's errors have a type and a place") {
  auto bad = [](std::string_view text, const std::string& message) {
    INFO(text);
    CHECK_THROWS_WITH(from_json(text), Contains(message));
    try {
      from_json(text);
    } catch (const InternalError&) {
      CHECK(false);
    } catch (const Error& e) {
      CHECK(std::string(e.what()).starts_with("graph.json: "));
      CHECK(std::string(e.what()).find('\n') == std::string::npos);
    }
  };
  auto nodes = [](const std::string& list) {
    return R"({"croton": 1, "inputs": [{"name": "x", "dtype": "f32", "shape": [2]}], "nodes": [)" + list + R"(], "outputs": []})";
  };
  bad("{", "this is no JSON");
  bad("[]", "expected an object");
  bad("{}", "the field 'croton' is missing");
  bad(R"({"croton": 2, "outputs": []})", "found version 2, this program reads version 1");
  bad(R"({"croton": 1, "outputs": [], "color": 1})", "there is no field \"color\"");
  bad(R"({"croton": 1})", "'outputs' is missing");
  bad(R"({"croton": 1, "nodes": {}, "outputs": []})", "nodes: found an object, expected an array");
  bad(nodes(R"({"id": "a", "op": "exp", "args": ["b"]}, {"id": "b", "op": "exp", "args": ["a"]})"), "nodes[0].args[0]: nothing named \"b\" is defined before");
  bad(nodes(R"({"id": "a", "op": "nosuch", "args": ["x"]})"), "nodes[0].op: there is no op named \"nosuch\"");
  bad(nodes(R"({"id": "a", "op": "quotient", "args": ["x", "x"]})"), "nodes[0].op: quotient is internal");
  bad(nodes(R"({"id": "a", "op": "load", "args": ["x", "x"]})"), "load is internal");
  bad(nodes(R"({"id": "a", "op": "input", "args": []})"), "listed under their own names");
  bad(nodes(R"({"id": "x", "op": "exp", "args": ["x"]})"), "nodes[0]: the id \"x\" is taken already");
  bad(nodes(R"({"id": "a", "op": "exp", "args": [[1]]})"), "nodes[0].args[0]: found an array, expected an object");
  bad(nodes(R"({"id": "a", "op": "sum", "args": ["x"], "attrs": {"axes": 1, "keepdims": true}})"), "nodes[0].attrs.axes: found 1, expected an array");
  bad(nodes(R"({"id": "a", "op": "sum", "args": ["x"], "attrs": {"axes": [1.5], "keepdims": true}})"), "nodes[0].attrs.axes: found 1.5, expected an integer");
  bad(nodes(R"({"id": "a", "op": "sum", "args": ["x"], "attrs": {"axes": [0]}})"), "nodes[0]: [sum] the attribute 'keepdims' is missing");
  bad(nodes(R"({"id": "a", "op": "sum", "args": ["x"], "attrs": {"axes": [1], "keepdims": true}})"), "nodes[0]: [sum] axis 1 is out of range");
  bad(nodes(R"({"id": "a", "op": "add", "args": ["x", 1e400]})"), "graph.json: ");
  bad(nodes(R"({"id": "a", "op": "add", "args": [1.5, 2.5]})"), "the dtype of 1.5 is not known");
  bad(nodes(R"({"id": "a", "op": "add", "args": ["x", {"dim": "n +"}]})"), "nodes[0].args[1]: [expression] column 4");
  bad(nodes(R"({"id": "a", "op": "constant", "attrs": {"dtype": "f32", "shape": [3], "data": [1, 2]}})"), "3 elements of f32");
  bad(nodes(R"({"id": "a", "op": "constant", "attrs": {"dtype": "f32", "shape": [1], "data": "base64:????"}})"), "expected numbers or \"base64:");
  bad(R"({"croton": 1, "inputs": [{"name": "x", "dtype": "f32", "shape": [4000000000000, 4000000000000]}], "outputs": []})", "more elements than memory");
  bad(R"({"croton": 1, "inputs": [{"name": "x", "dtype": "f32", "shape": [99999999999999999999]}], "outputs": []})", "inputs[0].shape[0]: found 1e+20, expected an integer");
  bad(R"({"croton": 1, "inputs": [{"name": "x", "dtype": "f32", "shape": [-1]}], "outputs": []})", "negative");
  bad(R"({"croton": 1, "inputs": [{"name": "x", "dtype": "f33", "shape": []}], "outputs": []})", "inputs[0].dtype: there is no dtype \"f33\"");
  bad(R"({"croton": 1, "inputs": [{"name": "x", "dtype": "f32", "shape": []}], "outputs": [], "updates": [{"shared": "x", "node": "x"}]})", "updates[0].shared: \"x\" is no shared variable");
  std::string deep = R"({"croton": )" + std::string(1'000'000, '[');
  bad(deep, "this is no JSON");
  bad(R"({"croton": )" + std::string(1'000'000, '[') + std::string(1'000'000, ']') + "}", "croton: found an array");
}

TEST_CASE("a document that cannot be written is refused") {
  Ref x = variable("x", DType::f32, {}), y = variable("y", DType::f32, {});
  Document d = document_of(std::vector<Ref>{x + y});
  d.inputs.pop_back();
  CHECK_THROWS_WITH(to_json(d), Contains("y: f32{}") && Contains("not listed"));
  CHECK_THROWS_AS(to_json(document_of(std::vector<Ref>{call("quotient", {constant_array(DType::i32, {1}, std::vector<std::byte>(4)), constant_int(DType::i32, 2)})})), UnsupportedError);
  CHECK_THROWS_AS(to_json(document_of(std::vector<Ref>{variable("\xff", DType::f32, {})})), ValueError);
}

TEST_CASE("two hundred thousand nodes load and save in linear time") {
  std::string text = R"({"croton": 1, "inputs": [{"name": "x", "dtype": "f32", "shape": ["n"]}], "nodes": [{"id": "0", "op": "exp", "args": ["x"]})";
  constexpr int count = 200'000;
  for (int i = 1; i < count; ++i) text += ",{\"id\":\"" + std::to_string(i) + R"(","op":"add","args":[")" + std::to_string(i - 1) + "\",1]}";
  text += R"(], "outputs": [{"name": "y", "node": ")" + std::to_string(count - 1) + "\"}]}";
  Document d = from_json(text);
  CHECK(outputs(from_json(to_json(d))) == outputs(d));
}
