// The text of a kernel parses back to the kernel, at every pass over it, for every family of schedules; text that is none
// is refused with its place.
#include "croton/croton.h"
#include "ir/build.h"
#include "ir/kernel.h"
#include "ir/kernel_interpret.h"
#include "src/api/compiled.h"
#include "src/driver/gpu_target.h"
#include "src/driver/planner.h"
#include "tests/differential/patterns.h"
#include "tests/differential/run.h"
#include "tests/support/catch.h"
#include "tests/support/random_graph.h"
#include <cmath>
#include <random>

using namespace croton;
using namespace croton::ir;

namespace {

// ---- are two kernels the same? ----

bool same(const Block& a, const Block& b);

bool same(const std::vector<Scratch>& a, const std::vector<Scratch>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](auto& x, auto& y) { return x.buffer == y.buffer && x.size == y.size; });
}

struct SameStatement {
  const Stmt& other;
  template <class S> const S* twin() const { return std::get_if<S>(&other.as); }

  bool operator()(const Let& a) const { auto* b = twin<Let>(); return b && a.var == b->var && a.value == b->value; }
  bool operator()(const Store& a) const {
    auto* b = twin<Store>();
    return b && a.buffer == b->buffer && a.index == b->index && a.value == b->value && a.mask == b->mask && a.streaming == b->streaming;
  }
  bool operator()(const For& a) const {
    auto* b = twin<For>();
    return b && a.var == b->var && a.begin == b->begin && a.end == b->end && a.step == b->step && same(a.body, b->body) &&
           std::equal(a.carried.begin(), a.carried.end(), b->carried.begin(), b->carried.end(), [](auto& x, auto& y) { return x.var == y.var && x.init == y.init && x.next == y.next; });
  }
  bool operator()(const If& a) const { auto* b = twin<If>(); return b && a.condition == b->condition && same(a.body, b->body); }
  bool operator()(const Prefetch& a) const { auto* b = twin<Prefetch>(); return b && a.buffer == b->buffer && a.index == b->index && a.near == b->near; }
  bool operator()(const Barrier&) const { return twin<Barrier>() != nullptr; }
  bool operator()(const Exchange& a) const { auto* b = twin<Exchange>(); return b && a.var == b->var && a.value == b->value && a.distance == b->distance; }
};

bool same(const Block& a, const Block& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Stmt& x, const Stmt& y) { return std::visit(SameStatement{y}, x.as); });
}

bool same(const Phase& a, const Phase& b) {
  return a.begin == b.begin && a.end == b.end && a.extent == b.extent && a.work == b.work && same(a.scratch, b.scratch) && same(a.body, b.body) && a.threads.count == b.threads.count &&
         a.threads.index == b.threads.index && same(a.threads.shared, b.threads.shared);
}

bool same(const Kernel& a, const Kernel& b) {
  return a.name == b.name && a.scalars == b.scalars &&
         std::equal(a.buffers.begin(), a.buffers.end(), b.buffers.begin(), b.buffers.end(), [](auto& x, auto& y) { return x.buffer == y.buffer && x.is_written == y.is_written; }) &&
         std::equal(a.phases.begin(), a.phases.end(), b.phases.begin(), b.phases.end(), [](auto& x, auto& y) { return same(x, y); });
}

// ---- kernels of every target ----

std::vector<std::pair<const char*, driver::Target>> targets() {
  driver::Target c = driver::cpu_target();
  c.dialect = Dialect::c;
  c.features = {};
  return {{"cpu", driver::cpu_target()}, {"c", c}, {"gpu", driver::gpu_target({})}, {"gpu without exchanges", driver::gpu_target({.threads = 64, .subgroup = 0, .strict = true})}};
}

// Every kernel after every pass; how many there were.
int round_trip(const Program& program) {
  int kernels = 0;
  for (auto& [name, target] : targets()) {
    INFO("target " << name);
    driver::build(program, target, [&](std::string_view pass, const Kernel& kernel) {
      std::string text = to_text(kernel);
      INFO("after " << pass << "\n" << text);
      std::vector<Kernel> back = parse_kernels(text);
      REQUIRE(back.size() == 1);
      CHECK(to_text(back[0]) == text);
      CHECK(same(back[0], kernel));
      ++kernels;
    });
  }
  return kernels;
}

int round_trip(const Function& f) { return round_trip(detail::Access::compiled(f).program); }

std::string refusal(const std::string& text) {
  try {
    parse_kernels(text, "k");
  } catch (const IoError& e) {
    return e.what();
  }
  return "accepted";
}

std::string kernel(const std::string& body) { return "kernel k(in a: f32, out b: f32, n)\n  parallel n as i..e work 1 {\n" + body + "  }\n"; }

} // namespace

TEST_CASE("kernels of fused patterns round-trip after every pass") {
  for (const test::Pattern& pattern : test::patterns())
    for (DType dtype : {DType::f32, DType::f64})
      for (bool strict : {false, true}) {
        INFO("pattern " << pattern.name);
        test::Rng rng(1);
        CHECK(round_trip(test::program_of(test::pattern_case(pattern, dtype, {{"a", 3}, {"b", 7}, {"c", 2}}, test::Values::ordinary, strict, rng))) > 0);
      }
}

TEST_CASE("kernels of functions round-trip after every pass") {
  auto x = tensor<f32>("x", {dim("n"), 8});
  auto wide = tensor<f32>("wide", {dim("n"), dim("m")});
  auto y = tensor<i32>("y", {dim("n")});
  auto at = tensor<i64>("at", {dim("k")});
  auto v = vector<f64>("v");
  auto w = shared(ones<f32>({8, 4}), "w");
  Expr loss = mean(cross_entropy(dot(x, w), y));
  CHECK(round_trip(function({x}, softmax(x))) > 0);
  CHECK(round_trip(function({wide}, {softmax(wide), sum(wide, 0), sum(wide), argmax(wide, 1), var(wide, 1)})) > 0);
  CHECK(round_trip(function({x, y}, loss, {.updates = {{w, w - 0.5f * grad(loss, w)}}})) > 0);
  CHECK(round_trip(function({v}, {var(v), max(v), argmax(v) + 1, logsumexp(v), erf(v) * sin(v), cast<i32>(v) % 7})) > 0);
  CHECK(round_trip(function({wide, at}, {take(wide, at, 1) * 2, transpose(wide) + 1, grad(sum(take(wide, at) * take(wide, at)), wide)})) > 0);
  CHECK(round_trip(function({wide}, {isnan(wide), wide == 0, where(wide > 0, wide, -INFINITY)})) > 0);
  auto odd = tensor<f32>("odd", {dim("stride of \"x\"")}); // a size whose name must be quoted
  CHECK(round_trip(function({odd}, sum(exp(odd)))) > 0);
}

TEST_CASE("kernels of random graphs round-trip after every pass", "[fuzz]") {
  int kernels = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    INFO("seed " << seed);
    auto g = test::random_graph(seed, {.nodes = 14, .specials = seed % 2 == 1});
    Program p;
    for (const Node* n : post_order(g.roots))
      if (is_variable(*n)) p.inputs.emplace_back(n);
    p.outputs = g.roots;
    p.donor.assign(g.roots.size(), -1);
    kernels += round_trip(p);
  }
  CHECK(kernels > 500);
}

TEST_CASE("text is not ambiguous where two registers have one name") {
  Ref f = register_of("x", DType::f32), v = register_of("x", DType::f32, 4), size = symbol_dim("x");
  Ref in = buffer_of("a", DType::f32), out = buffer_of("out", DType::f32), begin = register_of("begin", DType::i64), end = register_of("end", DType::i64);
  Kernel k{"two \"names\"", {{in, false}, {out, true}}, {size}, {}};
  Phase p{begin, end, size, constant_dim(1), {}, {}};
  p.body.push_back({Let{f, load(in, begin)}});
  p.body.push_back({Let{v, vload(in, size, 4)}});
  p.body.push_back({Store{out, begin, call("add", {v, call("add", {f, f})})}});
  k.phases.push_back(std::move(p));
  std::vector<Kernel> back = parse_kernels(to_text(k));
  REQUIRE(back.size() == 1);
  CHECK(same(back[0], k));
  CHECK(to_text(k).find("x{f32; 4}") != std::string::npos);
}

TEST_CASE("a kernel that is written by hand runs") {
  std::vector<Kernel> all = parse_kernels("# doubles and sums\n" + kernel("    for t in i..e step 1, s = 0.0:f32 {\n      b[t] = a[t] * 2.0\n      next s = s + a[t]\n    }\n    b[0] = s\n"));
  REQUIRE(all.size() == 1);
  std::vector<f32> a{1, 2, 3}, b(3);
  KernelMemory memory[] = {{reinterpret_cast<std::byte*>(a.data()), 3}, {reinterpret_cast<std::byte*>(b.data()), 3}};
  std::vector<i64> scalars{3};
  interpret(all[0], memory, scalars, 1);
  CHECK(b == std::vector<f32>{6, 4, 6});
}

TEST_CASE("text that is no kernel is refused with its place") {
  CHECK(refusal("kernel") == "k:1:7: found the end, expected a name.");
  CHECK(refusal("kernel k()") == "k:2:1: expected 'parallel'.");
  CHECK(refusal("softmax(x)").starts_with("k:1:1: found \"softmax\", expected 'kernel'"));
  CHECK(refusal(kernel("    b[i] = c[i]\n")) == "k:3:12: \"c\" is no buffer of the kernel.");
  CHECK(refusal(kernel("    b[j] = a[i]\n")) == "k:3:7: \"j\" is not bound here.");
  CHECK(refusal(kernel("    b[i] = shuffle(a[i; 4], order=[0, 1, 2, 4])\n")).find("[shuffle] expected an order of lanes that the operand has") != std::string::npos);
  for (const char* bytes : {"0", "48", "-64", "2", "8192"})
    CHECK(refusal(kernel("    b[i] = cast(until_aligned(a, bytes=" + std::string(bytes) + "), dtype=f32)\n")).find("[until_aligned] expected a power of two") != std::string::npos);
  CHECK(refusal(kernel("    b[i] = cast(until_aligned(i, bytes=64), dtype=f32)\n")).find("is no buffer of the kernel") != std::string::npos);
  CHECK(refusal(kernel("    b[i] = shuffle(a[i], order=[0])\n")).find("[shuffle] expected an order of lanes") != std::string::npos);
  CHECK(refusal(kernel("    b[i] = frob(a[i])\n")) == "k:3:12: there is no op named \"frob\" in kernels.");
  CHECK(refusal(kernel("    b[i] = 1.5 * 2\n")).starts_with("k:3:12: the dtype of the literal is not known"));
  CHECK(refusal(kernel("    b[i] = constant(dtype=f32, value=3)\n")) == "k:3:12: expected a literal: 1.5:f32.");
  CHECK(refusal(kernel("    %1 = a[i] + 1.0\n    b[i] = %1\n    b[i] = %1\n")) == "k:5:12: %1 is not defined."); // a part is of one statement
  CHECK(refusal(kernel("    b[i] = i\n")) == "k:3:13: found the end, expected a value of the buffer's dtype.");
  CHECK(refusal(kernel("    b[a[i]] = a[i]\n")).starts_with("k:3:7: an index is an integer"));
  CHECK(refusal(kernel("    b[i] = a[i; 0]\n")).find("expected 1 to 1024 lanes") != std::string::npos);
  CHECK(refusal(kernel("    let x = %1\n")) == "k:3:13: %1 is not defined.");
  CHECK(refusal(kernel("    for t in 0..n step 0 {\n    }\n")).find("a loop has the step 0") != std::string::npos);
  CHECK(refusal(kernel("    for t in 0..n step 1, s = 0.0:f32 {\n    }\n")) == "k:4:5: found \"}\", expected 'next'.");
  CHECK(refusal(kernel("    barrier\n")).find("a barrier in a phase without threads") != std::string::npos);
  CHECK(refusal(kernel("    if n > 3 {\n      let x = a[i]\n    }\n    b[i] = x\n")) == "k:6:12: \"x\" is not bound here.");
  CHECK(refusal("kernel k(in a: f32, n)\n  parallel n as i..e work 1 {\n") == "k:3:1: found the end, expected a statement or '}'.");
  CHECK(refusal(kernel("    b[i] = " + std::string(1000, '(') + "\n")).find("at most 200 deep") != std::string::npos);
  std::string deep;
  for (int i = 0; i < 300; ++i) deep += "    if n > 3 {\n";
  CHECK(refusal(kernel(deep)).find("expected blocks at most 100 deep") != std::string::npos);
}

TEST_CASE("damaged text is refused or parses, and nothing worse", "[fuzz]") {
  auto x = tensor<f32>("x", {dim("n"), 8});
  std::string text = function({x}, {softmax(x), sum(x)}).dump("scheduled");
  CHECK(parse_kernels(text).size() > 1);
  std::mt19937 random(7);
  constexpr std::string_view letters = "(){}[];:,.=%<>+-*/0123456789abnif\"\n ";
  for (int round = 0; round < 3000; ++round) {
    std::string damaged = text;
    for (int k = 0; k < 1 + round % 4; ++k) {
      std::size_t at = random() % damaged.size();
      if (random() % 3 == 0) damaged.erase(at, 1 + random() % 20);
      else damaged[at] = letters[random() % letters.size()];
    }
    try {
      for (const Kernel& k : parse_kernels(damaged)) to_text(k);
    } catch (const IoError& e) {
      CHECK(std::string(e.what()).starts_with("kernel:"));
    }
  }
}
