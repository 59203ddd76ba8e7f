// Raw kernels in text and JSON, and in what looks inside a function.
#include "ir/json.h"
#include "ir/raw.h"
#include "ir/text.h"
#include "ir/verify.h"
#include "runtime/cuda/cuda.h"
#include "src/api/bridge.h"
#include "src/executable.h"
#include "tests/raw/support.h"
#include <cstdio>
#include <filesystem>

using namespace croton;
using namespace croton::test;

namespace {

ir::Document document_of(const Expr& x) {
  ir::Ref root = api::ref(x);
  return ir::document_of(std::span(&root, 1));
}

/// A kernel with something in each attribute.
RawFunction full() {
  return raw_kernel("full", "a: f32, x: f32[n] -> z: f32[n, 2]",
                    {.c = {"z[2 * i] = HALF * a;\nz[2 * i + 1] = x[i];", "#define HALF 0.5f"}, .opencl = "\"quoted\\\\\"", .cuda = {"a", "b"}, .items = "n",
                     .launch = {.groups = "n, 2", .threads = "4", .shared = "n * 8"}, .zeroed = true,
                     .reference = [](const std::vector<Array>& v) { return Array(DType::f32, {v[1].size(), 2}); }});
}

} // namespace

TEST_CASE("documents carry raw kernels, but not functions of a program", "[raw]") {
  auto x = vector<f32>("x");
  auto z = full()(2.f, x);
  std::string text = ir::to_json(document_of(z));
  CHECK(contains(text, "\"signature\":\"a: f32, x: f32[n] -> z: f32[n, 2]\""));
  // In this process it is the same node; a document's own numbers are not believed.
  CHECK(ir::from_json(text, {.keep_states = true, .allow_raw = true}).outputs[0].node == api::ref(z));
  ir::Ref loaded = ir::from_json(text, {.allow_raw = true}).outputs[0].node;
  CHECK(loaded != api::ref(z));
  for (const char* key : {"signature", "c", "c_preamble", "opencl", "opencl_preamble", "cuda", "cuda_preamble", "items", "groups", "threads", "shared"}) CHECK(loaded->attrs.text(key) == api::ref(z)->attrs.text(key));
  CHECK(ir::functions_of(*loaded) == nullptr);
  auto executable = [&](const char* device) {
    Program p;
    ir::Document d = ir::from_json(text, {.allow_raw = true});
    p.inputs = d.inputs;
    p.outputs = {d.outputs[0].node};
    p.name = "loaded";
    return compile(p, device);
  };
  CHECK_NOTHROW(executable("cpu"));
  CHECK(contains(message_of<UnsupportedError>([&] { executable("host"); }), "[full] this raw kernel has no reference body, which device 'host' runs. Give one as .reference, or choose another device. The graph comes from a document"));
  // A document that was loaded can be saved and loaded again.
  ir::Document d = ir::from_json(text, {.allow_raw = true});
  CHECK(ir::from_json(ir::to_json(d), {.keep_states = true, .allow_raw = true}).outputs[0].node == d.outputs[0].node);
}

TEST_CASE("the text of a raw kernel parses back", "[raw]") {
  auto x = vector<f32>("x");
  ir::Ref z = api::ref(full()(2.f, x) + 1);
  CHECK(ir::parse_text(ir::to_text(z), "text")[0] == z);
}

TEST_CASE("documents with kernels that are none", "[raw]") {
  auto document = [](const std::string& signature, const std::string& functions) {
    return R"({"croton": 1, "inputs": [{"name": "x", "dtype": "f32", "shape": ["n"]}], "nodes": [{"id": "n1", "op": "raw", "args": ["x"], "attrs": {"name": "k", "signature": ")" + signature +
           R"(", "c": "z[i] = 1;", "c_preamble": "", "opencl": "", "opencl_preamble": "", "cuda": "", "cuda_preamble": "", "items": "", "groups": "", "threads": "", "shared": "", "zeroed": false, "functions": )" + functions +
           R"(}}], "outputs": [{"name": "z", "node": "n1"}]})";
  };
  CHECK_NOTHROW(ir::from_json(document("x: f32[n] -> z: f32[n]", "0"), {.allow_raw = true}));
  CHECK(contains(message_of<IoError>([&] { ir::from_json(document("x: f32[n] -> z: f32[n]", "0")); }), "graph.json: nodes[0].op: a raw kernel is code that the document brings along"));
  CHECK(contains(message_of<ValueError>([&] { ir::from_json(document("x: f32[n] -> z: f32[m]", "0"), {.allow_raw = true}); }), "graph.json: nodes[0]: [raw_kernel] the size 'm'"));
  CHECK_THROWS_AS(ir::from_json(document("x: f32[", "0"), {.allow_raw = true}), ValueError);
  CHECK_THROWS_AS(ir::from_json(document("x: f64[n] -> z: f64[n]", "0"), {.allow_raw = true}), DTypeError);
  CHECK_THROWS_AS(ir::from_json(document("x: f32[n] -> z: f32[n]", "\\\"a\\\""), {.allow_raw = true}), IoError);
  // Numbers of functions that are another kernel's, or nobody's, are none.
  full();
  for (const char* number : {"1", "2", "9223372036854775807", "-9223372036854775807"}) {
    ir::Ref n = ir::from_json(document("x: f32[n] -> z: f32[n]", number), {.keep_states = true, .allow_raw = true}).outputs[0].node;
    CHECK(ir::functions_of(*n) == nullptr);
  }
}

TEST_CASE("mutated documents of raw kernels give typed errors or valid nodes", "[raw]") {
  auto x = vector<f32>("x");
  const std::string text = ir::to_json(document_of(full()(2.f, x)));
  std::mt19937_64 rng(3);
  int accepted = 0;
  for (int round = 0; round < 3000; ++round) {
    std::string input = text;
    for (int edits = 1 + static_cast<int>(rng() % 2); edits > 0; --edits) {
      std::size_t at = rng() % input.size(), length = std::min<std::size_t>(input.size() - at, 1 + rng() % 8);
      if (rng() % 3 == 0) input.erase(at, length);
      else if (rng() % 2) input.insert(at, input.substr(rng() % input.size(), length));
      else input[at] = "[]{}:,->n*/.x0\"f32"[rng() % 18];
      if (input.empty()) break;
    }
    INFO(input);
    try {
      ir::Document d = ir::from_json(input, {.keep_states = true, .allow_raw = true});
      ir::verify(d.outputs.at(0).node, "from_json");
      ++accepted;
    } catch (const InternalError& e) {
      FAIL(e.what());
    } catch (const Error&) { // what a user may see
    } catch (const std::out_of_range&) { // a document without outputs
    }
  }
  CHECK(accepted > 100);
}

TEST_CASE("raw kernels are seen by what looks inside", "[raw]") {
  auto x = vector<f32>("x"), y = vector<f32>("y");
  auto f = function({x, y}, sum(saxpy()(2.f, x, exp(y))), {.profile = true});
  CHECK(contains(f.dump("plan"), "raw saxpy(b"));
  CHECK(contains(f.dump("plan"), " items"));
  CHECK(contains(f.dump("source"), "// ---- saxpy, in C ----"));
  CHECK(contains(f.dump("source"), "z[i] = a * x[i] + y[i];"));
  CHECK(!contains(f.dump("llvm"), "saxpy, in C"));
  CHECK(contains(f.dump("plan", {.format = "json"}), "\"step\": \"raw saxpy\""));
  CHECK(contains(f.dump("plan", {.format = "dot"}), "raw saxpy"));
  CHECK(contains(f.dump("input"), "raw("));
  std::vector<f32> data(100, 1.f);
  f(data, data);
  CHECK(contains(f.explanation("text", {data, data}), "raw saxpy"));
  CHECK(contains(f.profile(), "raw saxpy"));
  CHECK(contains(f.profile("json"), "\"kind\": \"raw\""));
  std::string page = (std::filesystem::temp_directory_path() / ("croton-raw-" + std::to_string(std::random_device()()) + ".html")).string();
  auto only_c = function({x}, raw_kernel("only_c", "x: f32[n] -> z: f32[n]", {.c = "z[i] = x[i];"})(exp(x)));
  CHECK_NOTHROW(only_c.save_html(page)); // kernels of other languages are shown too
  std::remove(page.c_str());
  CHECK(contains(pretty(saxpy()(2.f, x, y)), "saxpy(2, x, y)"));
  auto g = function({x}, full()(2.f, x), {.device = "cuda"});
  CHECK(contains(g.dump("plan"), "groups {"));
  CHECK(contains(g.dump("source"), "extern \"C\" __global__ void raw_full("));
}

TEST_CASE("NVRTC compiles raw kernels", "[raw]") {
  if (std::string why = runtime::cuda::missing_compiler(); !why.empty()) {
    std::cout << "skipped: " << why << "\n";
    return;
  }
  auto x = vector<f32>("x"), y = vector<f32>("y");
  auto m = matrix<f32>("m");
  auto tiled = raw_kernel("tiled", "x: f32[n] -> s: f32[n // 32]",
                          {.cuda = {"f32* tile = (f32*)shared;\ni64 t = threadIdx.x;\ntile[t] = x[(i64)blockIdx.x * 32 + t];\n__syncthreads();\nif (t == 0) s[blockIdx.x] = twice(tile[0]);", "__device__ inline f32 twice(f32 v) { return 2 * v; }"},
                           .launch = {.groups = "n // 32", .threads = "32", .shared = "128"}});
  auto f = function({x, y, m}, {saxpy()(2.f, x, y), row_sums()(m), tiled(x), exp(x)}, {.device = "cuda"});
  for (const char* architecture : {"sm_75", "sm_90"}) CHECK(runtime::cuda::compile(f.dump("source"), architecture, "raw").size() > 1000);
  auto broken = function({x}, raw_kernel("broken", "x: f32[n] -> z: f32[n]", {.cuda = "\nz[i] = no_such_thing;"})(x), {.device = "cuda"});
  std::string text = message_of<DeviceError>([&] { runtime::cuda::compile(broken.dump("source"), "sm_90", "step"); });
  CHECK(contains(text, "broken.cu(2): error: identifier \"no_such_thing\" is undefined"));
}
