// Random graphs: cpu against host bit for bit, and against the reference within the tolerance of running error analysis.
// CROTON_FUZZ_COUNT raises the number of graphs, CROTON_FUZZ_SEED starts elsewhere.
#include "tests/differential/bounds.h"
#include "tests/support/catch.h"
#include "tests/support/random_graph.h"
#include <chrono>
#include <cstdlib>

using namespace croton;
using namespace croton::ir;
using namespace croton::test;

namespace {

u64 number(const char* variable, u64 otherwise) {
  const char* text = std::getenv(variable);
  return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

bool has_library_product(const Case& c) {
  for (const Node* n : post_order(c.outputs))
    if (body_of<Contraction>(*n) && is_float(n->dtype())) return true;
  return false;
}

std::string check(u64 seed) {
  RandomOptions options;
  options.nodes = 4 + static_cast<int>(seed % 17);
  options.specials = seed % 5 == 4;
  RandomGraph graph = random_graph(seed, options);
  Case c = case_of(graph.roots, graph.values, seed % 3 != 0);
  try {
    Expected expected = expected_of(c, seed);
    Arrays cpu = run_on("cpu", c);
    std::string wrong = difference(cpu, expected);
    if (!wrong.empty()) return "cpu against reference: " + wrong + "\n" + describe(c);
    Arrays host = run_on("host", c);
    wrong = has_library_product(c) ? difference(host, expected) : bit_difference(host, cpu);
    if (!wrong.empty()) return "host against cpu: " + wrong + "\n" + describe(c);
  } catch (const std::exception& e) {
    return std::string(e.what()) + "\n" + describe(c);
  }
  return "";
}

} // namespace

TEST_CASE("random graphs agree on cpu, host and reference", "[random]") {
  u64 count = number("CROTON_FUZZ_COUNT", 300), first = number("CROTON_FUZZ_SEED", 1);
  auto start = std::chrono::steady_clock::now();
  u64 done = 0;
  for (u64 seed = first; seed < first + count; ++seed, ++done) {
    std::string wrong = check(seed);
    if (!wrong.empty()) FAIL_CHECK("seed " << seed << ": " << wrong);
    // The fixed set is for every build: a slow one (sanitizers) takes the part that fits.
    if (count == 300 && std::chrono::steady_clock::now() - start > std::chrono::seconds(60)) break;
  }
  INFO(done << " graphs");
  CHECK(done > 0);
}
