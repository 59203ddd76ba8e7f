// croton dump, ops, devices, help and --version.
#include "croton/croton.h"
#include "src/io/npz.h"
#include "tests/cli/program.h"
#include <nlohmann/json.hpp>

using namespace croton;
using namespace croton::cli::testing;
using Json = nlohmann::json;

namespace {

constexpr const char* document = R"({"croton": 1,
 "inputs": [{"name": "x", "dtype": "f32", "shape": ["n", 4]}],
 "shared": [{"name": "w", "dtype": "f32", "shape": [4, 1], "value": {"shape": [4, 1], "data": [1, 2, 3, 4]}}],
 "gradients": [{"name": "dw", "of": "loss", "wrt": "w"}],
 "nodes": [{"id": "y", "op": "matmul", "args": ["x", "w"]},
           {"id": "e", "op": "exp", "args": ["y"]},
           {"id": "loss", "op": "sum", "args": ["e"], "attrs": {"axes": [0, 1], "keepdims": false}},
           {"id": "next", "op": "subtract", "args": ["w", "dw"]}],
 "outputs": [{"name": "loss", "node": "loss"}, {"name": "dw", "node": "dw"}],
 "updates": [{"shared": "w", "node": "next"}]})";

} // namespace

TEST_CASE("version and help") {
  Folder f;
  CHECK(succeeded(f.croton("--version")) == "croton " CROTON_VERSION "\n");
  for (const char* line : {"help", "--help"}) {
    std::string text = succeeded(f.croton(line));
    for (const char* word : {"run", "dump", "ops", "devices", "Examples:"}) CHECK(text.find(word) != std::string::npos);
  }
  for (std::string command : {"run", "dump", "ops", "devices"}) {
    std::string text = succeeded(f.croton("help " + command));
    CHECK(text.find("Examples:") != std::string::npos);
    CHECK(text == succeeded(f.croton(command + " --help")));
  }
}

TEST_CASE("a captured call is run again by its folder") {
  Folder f;
  auto x = tensor<f32>("x", {dim("n")});
  auto w = shared(2.f, "w");
  std::vector<f32> data{1, 2, 3};
  function({x}, exp(x) * w, {.updates = {{w, w + sum(x)}}, .name = "step", .output_names = {"y"}}).capture(f / "captured", data);
  CHECK(succeeded(f.croton("run captured")) == "y: f32{3} the bits that were recorded\nnew w: f32{} the bits that were recorded\n");
  CHECK(succeeded(f.croton("run captured --device reference")).find("new w: f32{} the bits that were recorded\n") != std::string::npos);
  CHECK(succeeded(f.croton("run captured/graph.json --inputs captured/inputs.npz")) == "y: f32{3} [5.436563 14.77811 40.17107]\n");
  CHECK(refused(f.croton("run captured --inputs captured/inputs.npz")) == "--inputs: captured is the folder of a capture, which has its values. Use captured/graph.json.");
  function({x}, exp(x)).capture(f / "captured", std::vector<f32>{0});
  f.save<float>("other.npy", {1}, {3});
  succeeded(f.croton("run captured/graph.json --inputs captured/inputs.npz --output 'output 0=other.npy'"));
  NpyArray other = io::read_npy(f / "other.npy");
  other.data[3] = std::byte(0x41);
  io::write_npz(f / "captured/outputs.npz", {{"output 0", other}});
  Outcome differs = f.croton("run captured");
  CHECK(differs.code == 1);
  CHECK(differs.out.find("DIFFERS") != std::string::npos);
}

TEST_CASE("every stage of a graph") {
  Folder f;
  f.put("g.json", document);
  std::string input = succeeded(f.croton("dump g.json"));
  CHECK(input.starts_with("# returns \"loss\", \"dw\", \"new w\"\nx = input(n, 4, dtype=f32) : f32[n, 4]\n"));
  CHECK(succeeded(f.croton("dump g.json --stage input")) == input);
  CHECK(succeeded(f.croton("dump g.json --stage optimized")).starts_with("# returns \"loss\", \"dw\", \"new w\"\n"));
  CHECK(succeeded(f.croton("dump g.json --stage kernels")).starts_with("kernel "));
  std::string plan = succeeded(f.croton("dump g.json --stage plan"));
  CHECK(plan.starts_with("plan(n)\n  b0 input 0: f32[4*n]  "));
  CHECK(plan.find("\n  0: ") != std::string::npos);
  CHECK(succeeded(f.croton("dump g.json --stage source")).find("define ") != std::string::npos);
  CHECK(succeeded(f.croton("dump g.json --stage assembly")).find(".text") != std::string::npos);
  succeeded(f.croton("dump g.json -o g.txt"));
  CHECK(f.get("g.txt") == input);
}

TEST_CASE("a dumped document runs as the one it came from") {
  Folder f;
  f.put("g.json", document);
  f.save<float>("x.npy", {2, 4}, {0.1f, 0.2f, 0.3f, 0.4f, -1, 0, 0.5f, 0.25f});
  std::string expected = succeeded(f.croton("run g.json --input x=x.npy --repeat 2"));
  for (const char* stage : {"input", "optimized"}) {
    INFO(stage);
    succeeded(f.croton(std::string("dump g.json --format json -o again.json --stage ") + stage));
    CHECK(Json::parse(f.get("again.json")).at("croton") == 1);
    CHECK(succeeded(f.croton("run again.json --input x=x.npy --repeat 2")) == expected);
    succeeded(f.croton("dump again.json --format json -o third.json"));
    Json a = Json::parse(f.get("again.json")), b = Json::parse(f.get("third.json"));
    for (Json* d : {&a, &b})
      for (Json& s : (*d)["shared"]) s.erase("state");
    CHECK(a == b);
  }
}

TEST_CASE("graphs as drawings") {
  Folder f;
  f.put("g.json", R"({"croton": 1, "inputs": [{"name": "a \"quoted\" \\ name", "dtype": "f32", "shape": ["n"]}],
    "nodes": [{"id": "s", "op": "slice", "args": ["a \"quoted\" \\ name", 1, {"dim": "n - 1"}], "attrs": {"axis": 0, "step": 1}},
              {"id": "m", "op": "multiply", "args": ["s", 0.5]}],
    "outputs": [{"name": "y", "node": "m"}]})");
  CHECK(succeeded(f.croton("dump g.json --format dot")) ==
        R"(digraph croton {
  rankdir=TB;
  node [shape=box, style="rounded,filled", fillcolor=white, fontname="Helvetica", fontsize=11];
  edge [fontname="Helvetica", fontsize=9, arrowsize=0.7];
  n1 [label="a \"quoted\" \\ name (input)\nf32[n]", fillcolor="#dae8fc"];
  n2 [label="%1 slice\nstart = 1\nsize = n - 1\naxis = 0\nstep = 1\nf32[n - 1]"];
  n1 -> n2 [label="x"];
  n3 [label="%2 multiply\ny = 0.5\nf32[n - 1]"];
  n2 -> n3 [label="x"];
  o0 [label="y", shape=plaintext, style=""];
  n3 -> o0;
}
)");
}

TEST_CASE("ops for people") {
  Folder f;
  std::string list = succeeded(f.croton("ops"));
  CHECK(list.find("\narithmetic\n  add(x, y)") != std::string::npos);
  CHECK(list.find("vload") == std::string::npos);
  CHECK(list.find("quotient") == std::string::npos);
  std::string page = succeeded(f.croton("ops variance"));
  CHECK(page.starts_with("variance(x, axes=, keepdims=, ddof=)\n"));
  CHECK(page.find("gradient      yes") != std::string::npos);
}

TEST_CASE("ops for scripts") {
  Folder f;
  Json all = Json::parse(succeeded(f.croton("ops --json")));
  REQUIRE(all.size() > 60);
  std::map<std::string, Json> op;
  for (const Json& o : all) {
    std::string name = o.at("name");
    INFO(name);
    op[name] = o;
    CHECK(!o.at("doc").get<std::string>().empty());
    for (const char* field : {"group", "body", "operands", "arity", "attributes", "result_dtype", "domain", "gradient", "commutative"}) CHECK(o.contains(field));
    CHECK(o.contains("ulp") == (o.at("body") == "pointwise"));
    for (const Json& operand : o.at("operands")) CHECK(!operand.at("dtypes").empty());
    CHECK(Json::parse(succeeded(f.croton("ops --json " + name))) == o);
  }
  CHECK(op.at("exp").at("operands")[0].at("dtypes") == Json({"f32", "f64"}));
  CHECK(op.at("where").at("operands")[0].at("dtypes") == Json({"bool"}));
  CHECK(op.at("where").at("operands")[1].at("dtypes").size() == 11);
  CHECK(op.at("less").at("result_dtype") == "bool");
  CHECK(op.at("argmax").at("result_dtype") == "i64");
  CHECK(op.at("sum").at("result_dtype") == "that of x");
  CHECK(op.at("cast").at("result_dtype") == "the attribute dtype");
  CHECK(op.at("reshape").at("arity") == Json({{"min", 1}, {"max", nullptr}}));
  CHECK(op.at("concatenate").at("arity") == Json({{"min", 1}, {"max", nullptr}}));
  CHECK(op.at("slice").at("operands")[1].at("kind") == "size");
  CHECK(op.at("take").at("operands")[1].at("kind") == "positions");
  CHECK(op.at("floor").at("gradient") == "zero");
  CHECK(op.at("log").at("domain")[0].at("low") > 0);
  CHECK_FALSE(op.contains("load"));
}

TEST_CASE("doctor") {
  Folder f;
  std::string text = succeeded(f.croton("doctor"));
  for (const char* line : {"cpu        ok", "host       ok", "reference  ok"}) CHECK(text.find(line) != std::string::npos);
  CHECK(text.find("WRONG") == std::string::npos);
}

TEST_CASE("devices") {
  Folder f;
  std::string text = succeeded(f.croton("devices"));
  for (const char* name : {"cpu ", "host ", "reference ", "cuda ", "opencl"}) CHECK(text.find(name) != std::string::npos);
  CHECK(succeeded(f.croton("devices -v")).size() > text.size());
  Json all = Json::parse(succeeded(f.croton("devices --json")));
  REQUIRE(all.size() >= 5);
  CHECK(all[0].at("name") == "cpu");
  CHECK(all[0].at("available") == true);
  CHECK(all[0].at("threads") >= 1);
  CHECK(!all[0].at("llvm").get<std::string>().empty());
  CHECK(!all[0].at("features").empty());
  // Each that is available runs.
  f.put("g.json", R"({"croton": 1, "inputs": [{"name": "x", "dtype": "f64", "shape": []}],
    "nodes": [{"id": "y", "op": "square", "args": ["x"]}], "outputs": [{"name": "y", "node": "y"}]})");
  for (const Json& d : all) {
    std::string name = d.at("name");
    INFO(name);
    if (d.at("available") == true) CHECK(succeeded(f.croton("run g.json --input x=3 --device " + name)) == "y: f64{} 9.\n");
    else {
      std::string error = refused(f.croton("run g.json --input x=3 --device " + name));
      CHECK((error.find("there is no device '" + name + "'") != std::string::npos || error.find(d.at("about").get<std::string>()) != std::string::npos));
    }
  }
}
