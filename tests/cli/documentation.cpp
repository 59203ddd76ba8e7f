// The examples of docs/cli.md: files are written as they stand there, commands run, and print what the page says.
#include "tests/cli/program.h"
#include <fstream>
#include <sstream>

using namespace croton::cli::testing;

namespace {

struct CodeBlock {
  std::string kind; ///< what stands behind the three back quotes: "console", "json graph.json"
  std::vector<std::string> lines;
  int line = 0;
};

std::vector<CodeBlock> blocks_of(const std::string& path) {
  std::ifstream file(path);
  REQUIRE(file);
  std::vector<CodeBlock> blocks;
  bool inside = false;
  int number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    if (line.starts_with("```")) {
      inside = !inside;
      if (inside) blocks.push_back({line.substr(3), {}, number});
    } else if (inside) {
      blocks.back().lines.push_back(line);
    }
  }
  return blocks;
}

/// "…" in the page stands for anything on that line; a line "…" alone for any lines.
bool matches(const std::string& expected, const std::string& actual) {
  std::size_t at = 0, from = 0;
  bool first = true;
  while (true) {
    std::size_t gap = expected.find("…", from);
    std::string part = expected.substr(from, gap == std::string::npos ? std::string::npos : gap - from);
    std::size_t found = first ? (actual.starts_with(part) ? 0 : std::string::npos) : actual.find(part, at);
    if (gap == std::string::npos && !first && actual.size() >= at + part.size()) found = actual.ends_with(part) ? actual.size() - part.size() : std::string::npos;
    if (found == std::string::npos) return false;
    at = found + part.size();
    if (gap == std::string::npos) return at == actual.size();
    from = gap + std::string("…").size();
    first = false;
  }
}

void compare(const std::string& command, int line, const std::vector<std::string>& expected, const Outcome& outcome) {
  INFO("docs/cli.md:" << line << ": " << command << "\n" << outcome.out << outcome.err);
  std::istringstream text(outcome.out + outcome.err);
  std::vector<std::string> actual;
  for (std::string l; std::getline(text, l);) actual.push_back(l);
  std::size_t i = 0, k = 0;
  for (; k < expected.size(); ++k) {
    if (expected[k] == "…") { // up to the line that the page goes on with
      if (k + 1 == expected.size()) return;
      while (i < actual.size() && !matches(expected[k + 1], actual[i])) ++i;
      continue;
    }
    INFO("expected: " << expected[k]);
    REQUIRE(i < actual.size());
    CHECK(matches(expected[k], actual[i]));
    ++i;
  }
  CHECK(i == actual.size());
}

} // namespace

TEST_CASE("the examples of docs/cli.md do what they say") {
  Folder f;
  int commands = 0;
  for (const CodeBlock& block : blocks_of(CROTON_SOURCE_DIR "/docs/cli.md")) {
    if (block.kind.starts_with("json ")) {
      std::string text;
      for (auto& line : block.lines) text += line + "\n";
      f.put(block.kind.substr(5), text);
    }
    if (block.kind != "console") continue;
    for (std::size_t i = 0; i < block.lines.size();) {
      REQUIRE(block.lines[i].starts_with("$ croton "));
      std::string command = block.lines[i].substr(2);
      int line = block.line + 1 + static_cast<int>(i);
      std::vector<std::string> expected;
      for (++i; i < block.lines.size() && !block.lines[i].starts_with("$ "); ++i) expected.push_back(block.lines[i]);
      compare(command, line, expected, f.croton(command.substr(7)));
      ++commands;
    }
  }
  CHECK(commands >= 10);
}

TEST_CASE("docs/cli.md has the options of --help") {
  Folder f;
  std::ifstream file(CROTON_SOURCE_DIR "/docs/cli.md");
  std::string page{std::istreambuf_iterator<char>(file), {}};
  for (const char* command : {"run", "dump", "ops", "devices"}) {
    std::istringstream help(succeeded(f.croton(std::string("help ") + command)));
    for (std::string line; std::getline(help, line);) {
      std::size_t at = line.find("--");
      if (!line.starts_with("  -") || at == std::string::npos) continue;
      std::string option = line.substr(at, line.find_first_of(" ,=", at) - at);
      INFO(command << " " << option);
      CHECK((option == "--help" || page.find("`" + option) != std::string::npos));
    }
  }
}
