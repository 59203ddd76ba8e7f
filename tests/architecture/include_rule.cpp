// The include rule: each folder includes only what lies below it, never up, never sideways (docs/architecture.md).
//   include_rule ROOT    reads every source under ROOT and prints each line that breaks the rule
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace {

namespace fs = std::filesystem;
using Words = std::vector<std::string_view>;

struct Layer {
  std::string_view folder;
  Words may_include;  // folders of the project, croton for the public headers
  bool standard_only; // no headers of the system or of other projects, but for those listed in `guests`
  std::string_view sentence;
};

const std::vector<Layer> layers = {
    {"include", {"croton"}, true, "include/croton/ includes the standard library and croton/ headers only"},
    {"ir", {"croton", "ir"}, true, "ir/ includes croton/ and ir/ only: it lies below every other layer"},
    {"passes",
     {"croton", "ir", "passes"},
     true,
     "passes/ includes croton/, ir/ and passes/ only: codegen/ and runtime/ are its siblings"},
    {"codegen",
     {"croton", "ir", "codegen"},
     true,
     "codegen/ includes croton/, ir/ and codegen/ only: passes/ and runtime/ are its siblings"},
    {"runtime",
     {"croton", "ir", "runtime"},
     false,
     "runtime/ includes croton/, ir/ and runtime/ only: passes/ and codegen/ are its siblings"},
    {"src",
     {"croton", "ir", "passes", "codegen", "runtime", "src"},
     false,
     "src/ joins the layers and includes no tests, examples or benchmarks"},
    {"examples",
     {"croton", "examples"},
     true,
     "examples/ sees what a user sees: the standard library and croton/ headers"},
};
const Words project_folders = {"croton", "include",  "ir",    "passes", "codegen", "runtime",
                               "src",    "examples", "tests", "bench",  "tools"};

// Other projects' headers and the only places that may include them.
struct Guest {
  std::string_view prefix;
  Words places;
  std::string_view sentence;
};
const std::vector<Guest> guests = {
    {"nlohmann/", {"ir/", "src/", "tests/"}, "nlohmann_json is included in ir/, src/ and tests/ only"},
    {"llvm-c/", {"runtime/cpu/jit.cpp"}, "LLVM's C API is included in runtime/cpu/jit.cpp only"},
    {"llvm/Config/llvm-config.h",
     {"runtime/cpu/jit.cpp"},
     "LLVM's version macros are included in runtime/cpu/jit.cpp only"},
    {"llvm/", {}, "LLVM's C++ API is not used: its ABI changes with every release"},
    {"zip.h", {"src/io/"}, "libzip is included in src/io/ only"},
    {"CLI/", {"src/cli/", "bench/"}, "CLI11 is included by command line tools only"},
    {"dnnl", {"runtime/"}, "oneDNN is included in runtime/ only"},
    {"oneapi/dnnl/", {"runtime/"}, "oneDNN is included in runtime/ only"},
    {"cblas", {"runtime/"}, "BLAS is included in runtime/ only"},
    {"CL/", {"runtime/opencl/"}, "OpenCL's headers are included in runtime/opencl/ only"},
    {"cuda.h", {"runtime/cuda/", "tests/emulator/"}, "CUDA's headers are included in runtime/cuda/ only"},
    {"nvrtc.h", {"runtime/cuda/", "tests/emulator/"}, "CUDA's headers are included in runtime/cuda/ only"},
    {"unistd.h", {"runtime/", "src/", "tests/", "bench/", "tools/", "examples/"}, "the layers below runtime/ include no headers of the system"},
};

const Words standard = {
    "algorithm",
    "any",
    "array",
    "atomic",
    "barrier",
    "bit",
    "bitset",
    "cassert",
    "cctype",
    "cerrno",
    "cfenv",
    "cfloat",
    "charconv",
    "chrono",
    "cinttypes",
    "climits",
    "clocale",
    "cmath",
    "codecvt",
    "compare",
    "complex",
    "concepts",
    "condition_variable",
    "coroutine",
    "csetjmp",
    "csignal",
    "cstdarg",
    "cstddef",
    "cstdint",
    "cstdio",
    "cstdlib",
    "cstring",
    "ctime",
    "cuchar",
    "cwchar",
    "cwctype",
    "deque",
    "exception",
    "execution",
    "expected",
    "filesystem",
    "format",
    "forward_list",
    "fstream",
    "functional",
    "future",
    "initializer_list",
    "iomanip",
    "ios",
    "iosfwd",
    "iostream",
    "istream",
    "iterator",
    "latch",
    "limits",
    "list",
    "locale",
    "map",
    "mdspan",
    "memory",
    "memory_resource",
    "mutex",
    "new",
    "numbers",
    "numeric",
    "optional",
    "ostream",
    "queue",
    "random",
    "ranges",
    "ratio",
    "regex",
    "scoped_allocator",
    "semaphore",
    "set",
    "shared_mutex",
    "source_location",
    "span",
    "sstream",
    "stack",
    "stdexcept",
    "stop_token",
    "streambuf",
    "string",
    "string_view",
    "strstream",
    "syncstream",
    "system_error",
    "thread",
    "tuple",
    "type_traits",
    "typeindex",
    "typeinfo",
    "unordered_map",
    "unordered_set",
    "utility",
    "valarray",
    "variant",
    "vector",
    "version",
};

constexpr int longest_file = 550;

bool contains(const Words& words, std::string_view word) { return std::ranges::find(words, word) != words.end(); }

struct Include {
  std::string name;
  bool quoted;
};

// `#include "a.h"` or `# include <a>`; an empty name for any other line.
Include parse_include(std::string_view line) {
  auto skip_blanks = [&] { line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size())); };
  skip_blanks();
  if (!line.starts_with('#')) return {};
  line.remove_prefix(1);
  skip_blanks();
  if (!line.starts_with("include")) return {};
  line.remove_prefix(7);
  skip_blanks();
  if (line.empty() || (line[0] != '"' && line[0] != '<')) return {};
  const std::size_t end = line.find(line[0] == '"' ? '"' : '>', 1);
  if (end == std::string_view::npos) return {};
  return {std::string(line.substr(1, end - 1)), line[0] == '"'};
}

// What is wrong with `include` in `file` (a path from the root); "" when nothing is. `beside` tells whether a quoted
// name exists in the file's own folder, where the compiler looks first.
std::string_view judge(std::string_view file, const Include& include, bool beside) {
  std::string name = include.name;
  if (include.quoted && beside) name = (fs::path(file).parent_path() / name).lexically_normal().generic_string();
  if (name.starts_with("include/croton/")) name = name.substr(8);
  if (name.find("..") != std::string::npos) return "includes name a path from the root of the project, without \"..\"";

  const std::string_view own = file.substr(0, file.find('/'));
  auto layer = std::ranges::find(layers, own, &Layer::folder);
  for (const Guest& guest : guests) {
    if (!name.starts_with(guest.prefix)) continue;
    bool welcome = std::ranges::any_of(guest.places, [&](std::string_view place) { return file.starts_with(place); });
    return welcome ? "" : guest.sentence;
  }
  if (layer == layers.end()) return ""; // tests, benchmarks and tools see everything
  const std::size_t slash = name.find('/');
  const std::string_view folder = std::string_view(name).substr(0, slash == std::string::npos ? 0 : slash);
  if (contains(project_folders, folder)) return contains(layer->may_include, folder) ? "" : layer->sentence;
  if (layer->standard_only && !contains(standard, name)) return layer->sentence;
  return "";
}

// The rule is tried on lines that keep and break it, so that a rule which sees nothing cannot pass.
int check_the_rule_itself() {
  struct Case {
    std::string_view file, line;
    bool good;
  };
  const Case cases[] = {
      {"include/croton/a.h", "#include <vector>", true},
      {"include/croton/a.h", "#include \"croton/error.h\"", true},
      {"include/croton/a.h", "#include <nlohmann/json.hpp>", false},
      {"include/croton/a.h", "#include <unistd.h>", false},
      {"include/croton/a.h", "  #  include \"ir/node.h\"", false},
      {"ir/a.cpp", "#include \"ir/node.h\"", true},
      {"ir/a.cpp", "#include <nlohmann/json.hpp>", true},
      {"ir/a.cpp", "#include \"passes/fuse.h\"", false},
      {"ir/a.cpp", "#include \"src/compile.h\"", false},
      {"passes/a.cpp", "#include \"ir/node.h\"", true},
      {"passes/a.cpp", "#include \"../codegen/llvm.h\"", false},
      {"passes/a.cpp", "#include \"codegen/llvm.h\"", false},
      {"codegen/a.cpp", "#include \"runtime/device.h\"", false},
      {"codegen/a.cpp", "#include <croton/error.h>", true},
      {"runtime/cpu/jit.cpp", "#include <llvm-c/LLJIT.h>", true},
      {"runtime/cpu/blas.cpp", "#include <llvm-c/LLJIT.h>", false},
      {"runtime/opencl/device.cpp", "#include <CL/cl.h>", true},
      {"src/driver/a.cpp", "#include <CL/cl.h>", false},
      {"runtime/a.cpp", "#include <sys/mman.h>", true},
      {"runtime/a.cpp", "#include \"passes/fuse.h\"", false},
      {"src/a.cpp", "#include \"runtime/device.h\"", true},
      {"src/a.cpp", "#include \"tests/support/catch.h\"", false},
      {"examples/a.cpp", "#include <croton/croton.h>", true},
      {"examples/a.cpp", "#include \"ir/node.h\"", false},
      {"examples/a.cpp", "#include <unistd.h>", true},
      {"examples/a.cpp", "#include <sys/mman.h>", false},
      {"tests/a.cpp", "#include \"passes/fuse.h\"", true},
      {"tests/a.cpp", "#include <llvm-c/Core.h>", false},
  };
  int wrong = 0;
  for (const Case& c : cases) {
    Include include = parse_include(c.line);
    if (!include.name.empty() && judge(c.file, include, false).empty() == c.good) continue;
    std::cout << "the rule itself: " << c.file << ": " << c.line << ": expected to be " << (c.good ? "kept" : "broken")
              << '\n';
    ++wrong;
  }
  return wrong;
}

} // namespace

int main(int argc, char** argv) {
  if (argc != 2) return std::cerr << "usage: include_rule ROOT\n", 2;
  int broken = check_the_rule_itself(), files = 0;
  const fs::path root = argv[1];
  for (std::string_view folder : project_folders) {
    if (!fs::is_directory(root / folder)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      const std::string extension = entry.path().extension().string();
      if (!entry.is_regular_file() || (extension != ".h" && extension != ".cpp")) continue;
      const std::string file = entry.path().lexically_relative(root).generic_string();
      std::ifstream input(entry.path());
      int number = 0;
      for (std::string line; std::getline(input, line);) {
        ++number;
        const Include include = parse_include(line);
        if (include.name.empty()) continue;
        const bool beside = include.quoted && fs::exists(entry.path().parent_path() / include.name);
        const std::string_view sentence = judge(file, include, beside);
        if (sentence.empty()) continue;
        std::cout << file << ':' << number << ": " << include.name << ": " << sentence << '\n';
        ++broken;
      }
      if (number > longest_file) {
        std::cout << file << ": " << number << " lines: a file has at most " << longest_file << " lines\n";
        ++broken;
      }
      ++files;
    }
  }
  if (files == 0) std::cout << "no sources found under " << root.string() << '\n', ++broken;
  std::cout << files << " files read, " << broken << " breaks of the rule\n";
  return broken == 0 ? 0 : 1;
}
