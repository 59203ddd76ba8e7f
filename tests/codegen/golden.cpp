// Source text as files: golden/NAME.cl is a graph in text form behind "//", then the OpenCL C that it becomes for a
// processor; NAME.cu the CUDA C behind its prologue. One file is one test; CROTON_UPDATE=1 rewrites them.
#include "codegen/c.h"
#include "ir/build.h"
#include "ir/text.h"
#include "src/driver/device_code.h"
#include "src/driver/gpu_target.h"
#include "src/driver/planner.h"
#include "tests/support/catch.h"
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

using namespace croton;
using namespace croton::ir;

namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& file) {
  std::ifstream in(file);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

driver::Target vectors(Features features) {
  return {.dialect = Dialect::c,
          .features = features,
          .schedule = [](passes::Nest nest) { return passes::schedule_cpu(std::move(nest), passes::CpuFacts{}); },
          .product = [](const passes::ProductNest& nest) { return passes::schedule_product(nest, 64); },
          .scatter = [](const passes::ScatterNest& nest) { return passes::schedule_scatter(nest, 16); }};
}

std::string source_of(const std::string& graph, bool cuda, Features features = {}) {
  Program program;
  program.outputs = parse_text(graph);
  for (const Node* n : post_order(program.outputs))
    if (is_variable(*n)) program.inputs.push_back(Ref(n));
  program.name = "f";
  if (!cuda) return codegen::c_module(driver::build(program, vectors(features)).kernels, codegen::opencl_c()).text;
  std::string text = driver::device_text(driver::build(program, driver::gpu_target({})), codegen::cuda_c(), "source");
  return text.substr(codegen::cuda_c().prologue.size());
}

} // namespace

TEST_CASE("source text") {
  std::size_t files = 0;
  for (const auto& entry : fs::directory_iterator(CROTON_GOLDEN)) {
    bool cuda = entry.path().extension() == ".cu";
    if (!cuda && entry.path().extension() != ".cl") continue;
    ++files;
    std::istringstream lines(read(entry.path()));
    std::string graph, head, line;
    while (std::getline(lines, line) && line.starts_with("//")) {
      graph += line.substr(2) + "\n";
      head += line + "\n";
    }
    std::string now = head + "\n" + source_of(graph, cuda);
    if (std::getenv("CROTON_UPDATE")) std::ofstream(entry.path()) << now;
    INFO(entry.path().filename());
    CHECK(read(entry.path()) == now);
  }
  CHECK(files >= 6);
}

TEST_CASE("a processor's own instructions are written by name where it has them") {
  for (const char* dtype : {"f32", "f64"}) {
    std::string type = std::string(dtype) + "[n]", graph = "x = input(n, dtype=" + std::string(dtype) + ") : " + type + "\n%1 = exp(x) : " + type + "\nreturn %1\n";
    std::string builtin = std::string("__builtin_ia32_scalef") + (std::string(dtype) == "f32" ? "ps" : "pd") + "512_mask(";
    CHECK(source_of(graph, false, {.avx512 = true}).find(builtin) != std::string::npos);
    CHECK(source_of(graph, false).find("__builtin_ia32") == std::string::npos);
  }
}

TEST_CASE("lanes and dtypes that a language has not are refused by name") {
  Ref buffer = buffer_of("b0", DType::f32);
  Kernel kernel{.name = "wide", .buffers = {{buffer, true}}, .scalars = {}, .phases = {}};
  auto phase = [&](i64 lanes) {
    Phase p{register_of("begin", DType::i64), register_of("end", DType::i64), constant_dim(64), constant_dim(1), {}, {}, {}};
    p.body.push_back({Store{buffer, constant_dim(0), vload(buffer, constant_dim(0), lanes)}});
    return p;
  };
  kernel.phases = {phase(16)};
  CHECK_NOTHROW(codegen::c_module({&kernel, 1}, codegen::opencl_c()));
  kernel.phases = {phase(32)};
  CHECK_THROWS_WITH(codegen::c_module({&kernel, 1}, codegen::opencl_c()), Catch::Matchers::Contains("OpenCL C has no vectors of 32 float"));
  codegen::CLanguage scalar = codegen::opencl_c();
  scalar.name = "plain C";
  scalar.has_vectors = false;
  kernel.phases = {phase(16)};
  CHECK_THROWS_WITH(codegen::c_module({&kernel, 1}, scalar), Catch::Matchers::Contains("plain C has no vectors of 16 float"));
  scalar.types[static_cast<std::size_t>(DType::f32)] = "";
  kernel.phases = {phase(0)};
  CHECK_THROWS_WITH(codegen::c_module({&kernel, 1}, scalar), Catch::Matchers::Contains("plain C has no f32"));
}

TEST_CASE("entries are names of the language, and equal phases share one") {
  Ref buffer = buffer_of("b0", DType::f32);
  Phase phase{register_of("begin", DType::i64), register_of("end", DType::i64), constant_dim(64), constant_dim(1), {}, {}, {}};
  phase.body.push_back({Store{buffer, constant_dim(0), constant(DType::f32, 1)}});
  Phase other = phase;
  other.body = {{Store{buffer, constant_dim(1), constant(DType::f32, 1)}}};
  std::vector<Kernel> kernels = {{.name = "größe von x", .buffers = {{buffer, true}}, .scalars = {}, .phases = {phase, other}}, {.name = "grö,e von x", .buffers = {{buffer, true}}, .scalars = {}, .phases = {other, phase}}};
  auto source = codegen::c_module(kernels, codegen::opencl_c());
  CHECK(source.entries[0][0] == source.entries[1][1]);
  CHECK(source.entries[0][1] == source.entries[1][0]);
  CHECK(source.entries[0][0] != source.entries[0][1]);
  for (char c : source.entries[0][0]) CHECK((std::isalnum(static_cast<unsigned char>(c)) || c == '_'));
}
