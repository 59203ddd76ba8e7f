// explain: rules behind nodes, what kernels fuse and move, why they stopped, who asked for copies and compilations.
#include "croton/croton.h"
#include "tests/support/catch.h"
#include <nlohmann/json.hpp>
#include <sstream>

using namespace croton;
using Json = nlohmann::json;

namespace {

Json explained(const Function& f, const std::vector<TensorArg>& args = {}) { return Json::parse(f.explanation("json", args)); }

bool names_this_file(const Json& line) { return line.get<std::string>().starts_with("explain.cpp:"); }

} // namespace

TEST_CASE("nodes that rules made lead to the rules and to the user's line") {
  auto x = vector<f32>("x");
  Function f = function({x}, log(1 + x));
  Json j = explained(f);
  bool found = false;
  for (const Json& n : j.at("nodes")) {
    CHECK(names_this_file(n.at("line")));
    if (n.at("op") != "log1p") continue;
    found = true;
    REQUIRE(n.at("rules").size() == 1);
    CHECK(n.at("rules")[0].at("rule") == "log1p");
    CHECK(names_this_file(n.at("rules")[0].at("line")));
  }
  CHECK(found);
}

TEST_CASE("what a kernel reads, writes and computes") {
  auto x = tensor<f32>("x", {dim("n")});
  auto y = tensor<f32>("y", {dim("n")});
  Function f = function({x, y}, {x + y * 2, sum(x)});
  std::vector<f32> data(1000);
  Json j = explained(f, {data, data});
  i64 written = 0, read = 0;
  for (const Json& s : j.at("steps")) {
    written += s.at("written_bytes").at("of_call").get<i64>();
    read += s.at("read_bytes").at("of_call").get<i64>();
  }
  CHECK(written >= 4004);
  CHECK(written < 4200);
  CHECK(read >= 8000);
  CHECK(read <= 12100);
  CHECK(j.at("steps")[0].at("read_bytes").at("symbolic").get<std::string>().find('n') != std::string::npos);
}

TEST_CASE("a gather moves what it takes") {
  auto x = tensor<f32>("x", {100000, 4});
  auto at = tensor<i64>("at", {dim("k")});
  std::vector<i64> positions{1, 2, 3};
  std::vector<f32> table(400000);
  Json j = explained(function({x, at}, take(x, at) * 2), {view(table.data(), {100000, 4}), positions});
  i64 read = 0;
  for (const Json& s : j.at("steps")) read += s.at("read_bytes").at("of_call").get<i64>();
  CHECK(read < 1000);
}

TEST_CASE("boundaries have reasons, copies have askers, compilations have causes") {
  auto x = matrix<f32>("x");
  Function f = function({x}, {x, exp(sum(x, 0)) + sum(x, 1)(0)});
  Json j = explained(f);
  REQUIRE(j.at("copies").size() == 1);
  CHECK(j.at("copies")[0].at("asked_by") == "the output is an input as it is");
  for (const Json& b : j.at("boundaries")) CHECK(!b.at("reason").get<std::string>().empty());
  CHECK(j.at("compiled").at("cause") == "function() on device cpu");
  CHECK(explained(f.on("host")).at("compiled").at("cause").get<std::string>().starts_with("on(\"host\")"));
  std::ostringstream text;
  f.explain(text);
  for (const char* word : {"rewrites: ", "kernels: ", "reads x", "copy of x to output 0", "compiled for function() on device cpu", "passes: "}) {
    INFO(word << " in\n" << text.str());
    CHECK(text.str().find(word) != std::string::npos);
  }
  CHECK(f.on("reference").explanation() == "Nothing was rewritten or fused: every node is evaluated by itself.\n");
}
