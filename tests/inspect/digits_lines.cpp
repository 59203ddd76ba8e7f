// Every node of the digits' training steps leads back to a line of examples/digits.cpp, in the explanation and on the page.
#include "tests/io/bytes.h"
#include "tests/support/catch.h"
#include <nlohmann/json.hpp>

namespace fs = std::filesystem;
using Json = nlohmann::json;
using croton::io::testing::get;

TEST_CASE("every optimised node of the digits' training steps leads back to a line of digits.cpp") {
  croton::io::testing::TemporaryFolder folder;
  std::string command = "CROTON_DUMP=explain.json,view CROTON_DUMP_DIR='" + folder / "" + "' " DIGITS_PROGRAM " --epochs 1 > '" + folder / "out" + "' 2>&1";
  int ignored = std::system(command.c_str()); // one epoch does not reach the goal
  (void)ignored;
  int steps = 0, nodes = 0, ruled = 0;
  for (auto& entry : fs::directory_iterator(folder / "")) {
    std::string name = entry.path().filename().string();
    if (!name.starts_with("step-")) continue;
    std::string text = get(entry.path().string());
    INFO(name);
    if (name.ends_with(".html")) {
      CHECK(text.find("\"line\":\"digits.cpp:") != std::string::npos);
      CHECK(text.find("\"line\":\"\"") == std::string::npos);
      continue;
    }
    ++steps;
    Json j = Json::parse(text);
    for (const Json& n : j.at("nodes")) {
      ++nodes;
      INFO(n.at("node"));
      CHECK(n.at("line").get<std::string>().starts_with("digits.cpp:"));
      for (const Json& r : n.at("rules")) {
        ++ruled;
        CHECK(r.at("line").get<std::string>().starts_with("digits.cpp:"));
      }
    }
    for (const Json& s : j.at("steps"))
      for (const Json& f : s.at("fused")) CHECK(f.at("line").get<std::string>().starts_with("digits.cpp:"));
    CHECK(j.at("compilations").at(0).at("line").get<std::string>().starts_with("digits.cpp:"));
  }
  CHECK(steps == 2);
  CHECK(nodes > 40);
  CHECK(ruled > 10);
}
