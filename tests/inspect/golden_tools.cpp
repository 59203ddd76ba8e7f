// Assembly, PTX, SASS, the facts of cubins and SVG are what other programs make of the golden graphs: of each stands a digest
// with the version that made it, which is compared where that version is installed. CROTON_UPDATE=1 rewrites them.
#include "runtime/cuda/cuda.h"
#include "src/api/compiled.h"
#include "src/inspect/dump.h"
#include "tests/inspect/golden_graphs.h"
#include "tests/inspect/golden_machines.h"
#include "tests/support/catch.h"
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <regex>

using namespace croton;
using namespace croton::test;
using Json = nlohmann::ordered_json;

namespace {

std::string output_of(const std::string& command) {
  std::string text;
  if (FILE* pipe = popen((command + " 2>&1").c_str(), "r")) {
    for (int c; (c = std::fgetc(pipe)) != EOF;) text += static_cast<char>(c);
    pclose(pipe);
  }
  return text;
}

std::string digest(const std::string& text) {
  u64 hash = 0xcbf29ce484222325; // FNV-1a
  for (unsigned char c : text) hash = (hash ^ c) * 0x100000001b3;
  char digits[40];
  std::snprintf(digits, sizeof digits, "%016llx, %zu bytes", static_cast<unsigned long long>(hash), text.size());
  return digits;
}

// Titles and labels: where they stand depends on the fonts that are installed.
std::string words_of_svg(const std::string& svg) {
  std::string words;
  const std::regex word("<(?:title|text[^>]*)>([^<]*)<");
  for (std::sregex_iterator at(svg.begin(), svg.end(), word), end; at != end; ++at) words += (*at)[1].str() + "\n";
  return words;
}

/// Digests by tool; a tool that is not installed makes nothing.
class MadeByTools {
public:
  void add(const std::string& tool, const std::string& version, const std::string& name, const std::string& text) {
    Json& entry = now_[tool];
    entry["version"] = version;
    entry["dumps"][name] = digest(text);
  }
  void check() const {
    const std::filesystem::path path = golden_folder / "made_by_tools.json";
    Json kept = Json::parse(read(path), nullptr, false);
    if (std::getenv("CROTON_UPDATE")) {
      if (kept.is_discarded()) kept = Json::object();
      kept.update(now_);
      std::ofstream(path, std::ios::binary) << kept.dump(1) << "\n";
    }
    for (auto& [tool, entry] : now_.items()) {
      INFO(tool << " " << entry.at("version") << ": CROTON_UPDATE=1 rewrites " << path);
      REQUIRE(kept.contains(tool));
      if (kept.at(tool).at("version") == entry.at("version")) CHECK(kept.at(tool).at("dumps") == entry.at("dumps"));
    }
  }

private:
  Json now_ = Json::object();
};

} // namespace

TEST_CASE("golden digests of what tools make of five graphs") {
  MadeByTools made;
  const std::string graphviz = output_of("dot -V"), nvdisasm = output_of("nvdisasm --version");
  for (const Golden& g : golden_graphs()) {
    const Program& program = detail::Access::compiled(g.function).program;
    const std::string name = g.name;
    Shown processor(program, golden_processor()), gpu(program, driver::gpu_target({}));
    made.add("LLVM", runtime::Jit::shared().host_description(), name + ".assembly.txt", inspect::dump(program, processor, "assembly"));
    if (graphviz.starts_with("dot - graphviz"))
      for (const inspect::Stage& stage : inspect::stages())
        if (stage.kind != inspect::StageKind::code)
          made.add("Graphviz", graphviz, name + "." + std::string(stage.name) + ".svg", words_of_svg(inspect::dump(program, processor, stage.name, {"svg"})));
    if (!runtime::cuda::missing_compiler().empty()) continue;
    const std::string ptx = inspect::dump(program, gpu, "ptx");
    std::smatch release; // the compiler tells its version
    REQUIRE(std::regex_search(ptx, release, std::regex("Cuda compilation tools, ([^\n]*)")));
    made.add("NVRTC", release[1], name + ".ptx.txt", ptx);
    for (const char* format : {"text", "json"}) made.add("NVRTC", release[1], name + ".cubin." + format, inspect::dump(program, gpu, "cubin", {format}));
    if (nvdisasm.find("release") != std::string::npos) made.add("nvdisasm", nvdisasm + release[1].str(), name + ".sass.txt", inspect::dump(program, gpu, "sass"));
  }
  made.check();
}
