// docs/ops.md is what the records give. In a process of its own: other tests register ops.
#include "ir/manual.h"
#include "tests/support/catch.h"
#include <cstdlib>
#include <fstream>
#include <sstream>

TEST_CASE("the manual of ops is what the records give") {
  const std::string path = CROTON_SOURCE_DIR "/docs/ops.md", manual = croton::ir::ops_manual();
  if (std::getenv("CROTON_UPDATE")) std::ofstream(path, std::ios::binary) << manual;
  std::stringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  CHECK(text.str() == manual); // CROTON_UPDATE=1 rewrites it
}
