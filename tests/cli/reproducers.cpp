// Small documents that once gave a wrong value or no code: what random graphs found.
#include "tests/cli/program.h"

using namespace croton;
using namespace croton::cli::testing;

TEST_CASE("i64 data is no index arithmetic") {
  Folder f;
  f.save<i64>("x.npy", {4}, {0, 3, -1, std::numeric_limits<i64>::max()});
  auto run = [&](const std::string& nodes) {
    f.put("g.json", R"({"croton": 1, "inputs": [{"name": "x", "dtype": "i64", "shape": ["m"]}], "nodes": [)" + nodes + R"(], "outputs": [{"name": "y", "node": "y"}]})");
    succeeded(f.croton("run g.json --input x=x.npy --output y=y.npy"));
    return f.load<i64>("y.npy", {4});
  };
  CHECK(run(R"({"id": "y", "op": "floor_divide", "args": ["x", "x"]})") == std::vector<i64>{0, 1, 1, 1});
  CHECK(run(R"({"id": "a", "op": "multiply", "args": ["x", 4]}, {"id": "y", "op": "floor_divide", "args": ["a", 4]})") == std::vector<i64>{0, 3, -1, -1});
  CHECK(run(R"({"id": "a", "op": "multiply", "args": ["x", "x"]}, {"id": "y", "op": "floor_divide", "args": ["a", "x"]})") == std::vector<i64>{0, 3, -1, 0});
  CHECK(run(R"({"id": "y", "op": "remainder", "args": ["x", "x"]})") == std::vector<i64>{0, 0, 0, 0});
}

TEST_CASE("products of sums of i64 stay as they are written") {
  // Multiplied out they would have 2^24 terms.
  std::string inputs, nodes = R"({"id": "p0", "op": "add", "args": ["x0", "x1"]})", options;
  for (int i = 0; i < 25; ++i) inputs += std::string(i ? ", " : "") + R"({"name": "x)" + std::to_string(i) + R"(", "dtype": "i64", "shape": []})";
  for (int i = 1; i < 24; ++i) {
    std::string k = std::to_string(i), next = std::to_string(i + 1), before = std::to_string(i - 1);
    nodes += R"(, {"id": "s)" + k + R"(", "op": "add", "args": ["x)" + k + R"(", "x)" + next + R"("]}, {"id": "p)" + k + R"(", "op": "multiply", "args": ["p)" + before + R"(", "s)" + k + R"("]})";
  }
  for (int i = 0; i < 25; ++i) options += " --input x" + std::to_string(i) + "=1";
  Folder f;
  f.put("g.json", R"({"croton": 1, "inputs": [)" + inputs + R"(], "nodes": [)" + nodes + R"(], "outputs": [{"name": "y", "node": "p23"}]})");
  CHECK(succeeded(f.croton("run g.json" + options)) == "y: i64{} 16777216\n");
}

TEST_CASE("a bool has no bits to read as a number") {
  Folder f;
  f.put("g.json", R"({"croton": 1, "inputs": [{"name": "x", "dtype": "bool", "shape": ["n"]}],
    "nodes": [{"id": "y", "op": "bitcast", "args": ["x"], "attrs": {"dtype": "u8"}}], "outputs": [{"name": "y", "node": "y"}]})");
  CHECK(refused(f.croton("run g.json")).starts_with("g.json: nodes[0]: [bitcast] x: bool{n}: found bool, expected numbers."));
}
