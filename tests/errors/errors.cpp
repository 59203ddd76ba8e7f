// docs/errors.md: made from the catalogue and the messages its programs give, so every message there is a golden test. And no
// message is left out: each `throw` of the covered folders is found in a message of the catalogue.
#include "tests/errors/catalogue.h"
#include "tests/support/catch.h"
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>

using namespace croton;
using namespace croton::test;
namespace fs = std::filesystem;

namespace {

const fs::path root = CROTON_SOURCE_DIR;

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::size_t at = 0;
  while (at < text.size()) {
    std::size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

struct Raised {
  std::string type, message;
};

Raised raised(const CatalogueEntry& e) {
  try {
    e.program();
  } catch (const DTypeError& x) {
    return {"DTypeError", x.what()};
  } catch (const ShapeError& x) {
    return {"ShapeError", x.what()};
  } catch (const ValueError& x) {
    return {"ValueError", x.what()};
  } catch (const IndexError& x) {
    return {"IndexError", x.what()};
  } catch (const GradientError& x) {
    return {"GradientError", x.what()};
  } catch (const IoError& x) {
    return {"IoError", x.what()};
  } catch (const UnsupportedError& x) {
    return {"UnsupportedError", x.what()};
  } catch (const DeviceError& x) {
    return {"DeviceError", x.what()};
  }
  return {};
}

std::string program_of(const CatalogueEntry& e) {
  static std::map<std::string, std::vector<std::string>> files;
  const fs::path source = root / "tests/errors" / fs::path(e.where.file_name()).filename();
  auto [file, fresh] = files.try_emplace(source.string());
  if (fresh) file->second = lines_of(read(source));
  std::string text;
  for (std::size_t i = e.where.line(); i < file->second.size() && file->second[i] != "  });"; ++i) text += file->second[i].substr(std::min<std::size_t>(4, file->second[i].size())) + "\n";
  return text;
}

// "shapes.cpp:12" of a program that starts behind line 10 is "example.cpp:2".
std::string in_example(const CatalogueEntry& e, const std::string& message) {
  const std::regex place(fs::path(e.where.file_name()).filename().string() + ":([0-9]+)");
  std::string text;
  std::size_t at = 0;
  for (std::sregex_iterator m(message.begin(), message.end(), place), end; m != end; ++m) {
    text += message.substr(at, static_cast<std::size_t>(m->position()) - at) + "example.cpp:" + std::to_string(std::stoi((*m)[1]) - static_cast<int>(e.where.line()));
    at = static_cast<std::size_t>(m->position() + m->length());
  }
  return text + message.substr(at);
}

constexpr const char* preface = R"(# Errors

Every error is a type of `include/croton/error.h`; its message is one sentence, `[op or function] what is wrong: found …,
expected …. What to do.`, and quotes the user's own lines. This page is made by `tests/errors` from programs that fail: each
message below is what its program really says, so a test compares every one of them. The numbers name messages in
discussions and never change their meaning.

`InternalError` is not here: it is a bug of Croton, please report it. `DeviceError` tells what a driver, compiler or library
said.

)";

const std::vector<std::pair<const char*, void (*)(Catalogue&)>> chapters = {
    {"1 · Expressions", expression_errors}, {"2 · Shapes", shape_errors},  {"3 · Making functions", function_errors},
    {"4 · Calling functions", call_errors}, {"5 · Values", value_errors}, {"6 · Graphs from files", graph_errors},
    {"7 · Kernels of your own", kernel_errors},
};

} // namespace

TEST_CASE("every entry of the catalogue fails as docs/errors.md says") {
  std::string page = preface;
  std::set<int> numbers;
  for (auto& [title, fill] : chapters) {
    Catalogue c;
    fill(c);
    page += "## " + std::string(title) + "\n\n";
    for (const CatalogueEntry& e : c.entries()) {
      INFO("entry " << e.number << ", " << e.title);
      CHECK(numbers.insert(e.number).second);
      CHECK(std::to_string(e.number)[0] == title[0]);
      Raised error = raised(e);
      CHECK(!error.type.empty()); // the program must fail
      page += "### E" + std::to_string(e.number) + " · " + e.title + "\n\n```cpp\n" + program_of(e) + "```\n\n`" + error.type + "`:\n" +
              "```text\n" + in_example(e, error.message) + "\n```\n\n*Cure:* " + e.cure + "\n\n";
    }
  }
  page.pop_back();
  const fs::path path = root / "docs/errors.md";
  if (std::getenv("CROTON_UPDATE")) std::ofstream(path, std::ios::binary) << page;
  std::vector<std::string> now = lines_of(page), kept = lines_of(read(path));
  for (std::size_t i = 0; i < std::min(now.size(), kept.size()); ++i) {
    INFO("docs/errors.md:" << i + 1);
    REQUIRE(kept[i] == now[i]); // CROTON_UPDATE=1 rewrites it
  }
  CHECK(now.size() == kept.size());
}

// ---- nothing is left out --------------------------------------------------------------------------------------

namespace {

// The text of a string literal's inside.
std::string unescaped(const std::string& literal) {
  std::string text;
  for (std::size_t i = 0; i < literal.size(); ++i) text += literal[i] == '\\' && i + 1 < literal.size() ? literal[++i] : literal[i];
  return text;
}

struct Site {
  std::string place;
  std::vector<std::string> literals;
};

// Statements that throw one of the user's errors, with their string literals.
std::vector<Site> sites_in(const fs::path& file) {
  const std::regex thrower(R"((throw (DType|Shape|Value|Index|Gradient|Io|Unsupported)Error\(|\brefuse\())");
  const std::regex literal(R"rx("((?:[^"\\]|\\.)*)")rx");
  std::vector<Site> sites;
  std::vector<std::string> lines = lines_of(read(file));
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::smatch at;
    if (!std::regex_search(lines[i], at, thrower)) continue;
    if (lines[i].find("void refuse") != std::string::npos || lines[i].find("auto refuse") != std::string::npos) continue;
    std::string statement = lines[i].substr(static_cast<std::size_t>(at.position()));
    for (std::size_t k = i; lines[k].find(';') == std::string::npos && k + 1 < lines.size();) statement += lines[++k];
    Site site{fs::relative(file, root).string() + ":" + std::to_string(i + 1), {}};
    for (std::sregex_iterator m(statement.begin(), statement.end(), literal), end; m != end; ++m) site.literals.push_back(unescaped((*m)[1]));
    if (!site.literals.empty()) sites.push_back(std::move(site));
  }
  return sites;
}

// Why a message has no entry.
const std::map<std::string, std::string> excused = {
#include "tests/errors/excused.inc"
};

} // namespace

TEST_CASE("every message of the library stands in docs/errors.md") {
  const std::string page = read(root / "docs/errors.md");
  const std::vector<std::string> folders = {"include/croton", "ir", "ir/ops", "passes", "src/api", "src/driver", "src/inspect", "src"};
  std::size_t found = 0;
  std::set<std::string> used;
  for (const std::string& folder : folders)
    for (const auto& entry : fs::directory_iterator(root / folder)) {
      if (entry.path().extension() != ".cpp" && entry.path().extension() != ".h") continue;
      for (const Site& site : sites_in(entry.path())) {
        ++found;
        const std::string& longest = *std::max_element(site.literals.begin(), site.literals.end(), [](auto& a, auto& b) { return a.size() < b.size(); });
        bool known = page.find(longest) != std::string::npos;
        if (auto reason = excused.find(longest); reason != excused.end()) used.insert(longest), known = true;
        INFO(site.place << ": \"" << longest << "\" is in no entry of the catalogue: add a program to tests/errors that meets it");
        CHECK(known);
      }
    }
  CHECK(found > 150);
  for (auto& [text, reason] : excused) {
    INFO("excused, but nothing throws it: " << text);
    CHECK(used.contains(text));
  }
}
