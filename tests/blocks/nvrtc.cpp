// NVRTC compiles what is printed, for every architecture: no device is needed. Skipped, with a word, where NVRTC is not
// installed.
#include "runtime/cuda/cuda.h"
#include "src/driver/planner.h"
#include "tests/differential/patterns.h"
#include "tests/support/catch.h"
#include "tests/support/random_graph.h"
#include <chrono>
#include <ctime>
#include <iostream>

using namespace croton;
using namespace croton::ir;
using namespace croton::test;

namespace {

/// CROTON_TEST_ARCHITECTURE=sm_90 chooses one, so that they can run beside each other.
const std::vector<std::string> architectures = [] {
  const char* one = std::getenv("CROTON_TEST_ARCHITECTURE");
  return one ? std::vector<std::string>{one} : std::vector<std::string>{"sm_75", "sm_80", "sm_90", "sm_100"};
}();

bool has_nvrtc() {
  std::string why = runtime::cuda::missing_compiler();
  if (!why.empty()) std::cout << "skipped: " << why << "\n";
  return why.empty();
}

/// What most calls need, then what is compiled when a call needs it.
std::vector<std::string> sources_of(const Executable& executable) {
  std::vector<std::string> all;
  for (const char* stage : {"source", "source.rare", "source.wide", "source.wide.rare"}) all.push_back(executable.code(stage));
  return all;
}

std::vector<std::string> sources_of(std::vector<Ref> outputs, bool strict) {
  Program p;
  Shape sizes;
  for (const Node* n : post_order(outputs)) {
    if (is_variable(*n)) p.inputs.push_back(Ref(n));
    if (n->op->name == "dim") sizes.push_back(Ref(n));
  }
  p.inputs.push_back(variable("sizes", DType::u8, sizes));
  p.outputs = std::move(outputs);
  p.strict = strict;
  p.name = "test";
  return sources_of(*compile(p, "cuda"));
}

void compile_for_all(const std::vector<std::string>& sources, const std::string& what) {
  for (const std::string& architecture : architectures) {
    auto start = std::chrono::steady_clock::now();
    std::size_t bytes = 0;
    for (const std::string& source : sources) {
      if (source.find("__global__ void k_") == std::string::npos) continue; // no kernel has such a part
      CHECK(runtime::cuda::compile(source, architecture, "test").size() > 1000);
      bytes += source.size();
    }
    std::chrono::duration<double, std::milli> time = std::chrono::steady_clock::now() - start;
    std::cout << what << ": " << bytes / 1024 << " KiB, " << architecture << ", " << static_cast<int>(time.count()) << " ms\n";
  }
}

const std::vector<DType> dtypes = {DType::bool_, DType::i8, DType::i16, DType::i32, DType::i64, DType::u8, DType::u16, DType::u32, DType::u64, DType::f32, DType::f64};

bool is_public(const Op& op) {
  return op.group != "internal" && op.group != "test" && !std::holds_alternative<Leaf>(op.body) && !std::holds_alternative<Memory>(op.body);
}

} // namespace

TEST_CASE("NVRTC compiles every op on every dtype") {
  NEEDS(has_nvrtc(), "NVRTC");
  std::size_t turn = 0; // every sample for f32, every third for the others: each shape with some dtype
  for (DType d : dtypes) {
    Rng rng(static_cast<u64>(d));
    std::vector<Ref> outputs;
    for (const Op* op : all_ops())
      if (is_public(*op))
        for (const Sample& s : samples_of(*op, d, dtypes, rng)) {
          bool one_axis = s.node->rank() == 1 && !constant_value(s.node->shape()[0]);
          if (std::holds_alternative<Pointwise>(op->body) ? !one_axis : d != DType::f32 && turn++ % 3) continue;
          outputs.push_back(s.node);
        }
    compile_for_all({sources_of(outputs, d == DType::f64)[0]}, std::string(name(d)));
  }
}

TEST_CASE("NVRTC compiles fused patterns") {
  NEEDS(has_nvrtc(), "NVRTC");
  for (bool strict : {false, true}) {
    std::vector<Ref> outputs;
    for (const Pattern& p : patterns())
      for (const Ref& out : p.outputs(operands(DType::f32))) outputs.push_back(out);
    std::vector<std::string> sources = sources_of(outputs, strict);
    if (strict) sources.resize(1); // without indices of 64 bits, and rows cut into chunks
    compile_for_all(sources, strict ? "strict patterns" : "patterns");
  }
}

TEST_CASE("NVRTC compiles products, scatters and random graphs") {
  NEEDS(has_nvrtc(), "NVRTC");
  for (DType d : {DType::f32, DType::f64}) {
    auto s = [](const char* symbol) { return symbol_dim(symbol); };
    Ref a = variable("a", d, {s("m"), s("k")}), at = variable("at", d, {s("k"), s("m")}), b = variable("b", d, {s("k"), s("n")}), bt = variable("bt", d, {s("n"), s("k")}), h = variable("h", d, {s("h"), s("m"), s("k")});
    std::vector<Ref> outputs = {matmul(a, b), matmul(swap_last_axes(at), b), matmul(a, swap_last_axes(bt)), matmul(swap_last_axes(at), swap_last_axes(bt)), matmul(h, swap_last_axes(h))};
    for (DType i : {DType::i8, DType::i32, DType::i64, DType::u64}) outputs.push_back(call("scatter_add", {a, variable("i" + std::string(name(i)), i, {s("m")}), constant_dim(50)}));
    compile_for_all(sources_of(outputs, false), "products and scatters, " + std::string(name(d)));
  }
  for (u64 seed = 1; seed <= 60; seed += 15) { // fifteen graphs a program
    std::vector<Ref> outputs;
    for (u64 k = seed; k < seed + 15; ++k) {
      RandomOptions options;
      options.nodes = 4 + static_cast<int>(k % 17);
      for (const Ref& root : random_graph(k, options).roots) outputs.push_back(root);
    }
    compile_for_all(sources_of(outputs, false), "random graphs");
  }
}

TEST_CASE("sixteen kernels of a function compile within 300 ms") {
  NEEDS(has_nvrtc(), "NVRTC");
  const std::string& architecture = architectures.back();
  Ref x = variable("x", DType::f32, {symbol_dim("a"), symbol_dim("b")});
  std::vector<Ref> outputs;
  for (int k = 0; k < 16; ++k) { // sums of different maps along rows and columns in turn: each is a kernel
    Ref map = call(k % 4 < 2 ? "exp" : "tanh", {x * constant(DType::f32, 1 + 0.5 * k)});
    outputs.push_back(reduce(k % 3 ? "sum" : "max", map, {k % 2}));
  }
  Program p;
  p.inputs = {x};
  p.outputs = outputs;
  auto executable = compile(p, "cuda");
  std::string source(executable->code("source"));
  runtime::cuda::compile(source, architecture, "test"); // NVRTC starts
  std::clock_t before = std::clock(); // of this process: other programs run meanwhile
  runtime::cuda::compile(source, architecture, "test");
  double ms = 1e3 * static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC;
  std::cout << executable->stats().kernels << " kernels, " << source.size() / 1024 << " KiB: " << ms << " ms\n";
  CHECK(ms < 2 * 300); // a slower processor
}
