// The pages that people write: links lead somewhere, named files exist, and the README's program is the example.
#include "tests/support/catch.h"
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <string>
#include <vector>

namespace fs = std::filesystem;

namespace {

const fs::path root = CROTON_SOURCE_DIR;

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<fs::path> pages() {
  std::vector<fs::path> found{root / "README.md"};
  for (const auto& entry : fs::directory_iterator(root / "docs"))
    if (entry.path().extension() == ".md") found.push_back(entry.path());
  return found;
}

/// Without the blocks of code.
std::string prose(const std::string& text) { return std::regex_replace(text, std::regex("```[^`]*```"), ""); }

/// First groups of all matches.
std::vector<std::string> all(const std::string& text, const std::string& expression) {
  const std::regex pattern(expression);
  std::vector<std::string> found;
  for (std::sregex_iterator at(text.begin(), text.end(), pattern), end; at != end; ++at) found.push_back((*at)[1]);
  return found;
}

} // namespace

TEST_CASE("links of the documentation lead to files") {
  REQUIRE(pages().size() > 5);
  for (const fs::path& page : pages())
    for (const std::string& link : all(prose(read(page)), R"(\]\(([^)#:]+)(#[^)]*)?\))")) {
      INFO(page << " links to " << link);
      CHECK(fs::exists(page.parent_path() / link));
    }
}

TEST_CASE("files named in the documentation exist") {
  for (const fs::path& page : pages())
    for (const std::string& name : all(read(page), R"(`((?:include|ir|passes|codegen|runtime|src|examples|tests|tools|docs|cmake|bench)/[A-Za-z0-9_/.-]+)`)")) {
      INFO(page << " names " << name);
      CHECK(fs::exists(root / name));
    }
}

TEST_CASE("docs/environment.md names every variable that is read") {
  const std::string page = read(root / "docs" / "environment.md");
  std::size_t found = 0;
  for (const char* folder : {"ir", "passes", "codegen", "runtime", "src"})
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      if (entry.path().extension() != ".cpp") continue;
      for (const std::string& name : all(read(entry.path()), R"rx((?:getenv|environment)\("(CROTON_[A-Z_]+)"\))rx")) {
        INFO(entry.path() << " reads " << name);
        CHECK(page.find("`" + name + "`") != std::string::npos);
        ++found;
      }
    }
  CHECK(found > 10);
}

TEST_CASE("docs/raw-kernels.md shows parts of examples/raw_kernels.cpp") {
  // Spaces in front of lines depend on where a part stands.
  auto flush = [](const std::string& text) { return std::regex_replace(text, std::regex("\n +"), "\n"); };
  const std::string program = flush(read(root / "examples" / "raw_kernels.cpp"));
  auto parts = all(read(root / "docs" / "raw-kernels.md"), "```cpp\n([^`]*)```");
  CHECK(parts.size() == 4);
  for (const std::string& part : parts) {
    INFO(part);
    CHECK(program.find(flush("\n" + part)) != std::string::npos);
  }
}

TEST_CASE("the README shows examples/hello.cpp as it is") {
  const std::string program = read(root / "examples" / "hello.cpp"), readme = read(root / "README.md");
  CHECK(readme.find("```cpp\n" + program.substr(program.find("#include")) + "```") != std::string::npos);
}
