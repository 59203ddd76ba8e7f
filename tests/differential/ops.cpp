// Every op by itself: dtypes × shapes × values, cpu against the reference within the op's bound, host against cpu by bits.
#include "tests/differential/bounds.h"
#include "tests/differential/samples.h"
#include "tests/support/catch.h"
#include <cmath>
#include <cstdlib>
#include <set>

using namespace croton;
using namespace croton::ir;
using namespace croton::test;

namespace {

const std::vector<DType> dtypes = {DType::bool_, DType::i32, DType::i64, DType::u8, DType::f32, DType::f64};

std::set<std::string_view>& covered() {
  static std::set<std::string_view> names;
  return names;
}

// The first element of a pointwise result that is further from the reference than the record says.
std::string pointwise_difference(const Case& c, const Arrays& got) {
  const Node& node = *c.outputs[0];
  double bound = pointwise_bound(node);
  if (bound == 0) {
    Bindings values;
    for (std::size_t k = 0; k < c.inputs.size(); ++k) values.emplace(c.inputs[k], c.values[k]);
    return bit_difference(got, {interpret(c.outputs[0], values)});
  }
  Bindings values;
  for (std::size_t k = 0; k < c.inputs.size(); ++k) values.emplace(c.inputs[k], c.values[k]);
  Array want = interpret(c.outputs[0], values);
  Ref where_open = node.op->unspecified ? node.op->unspecified(node) : Ref();
  Array open = where_open ? interpret(where_open, values) : Array(DType::bool_, {0});
  if (want.shape != got[0].shape) return "shape " + shape_text(got[0].shape) + ", expected " + shape_text(want.shape);
  for (i64 i = 0; i < want.count(); ++i) {
    if (open.count() && open.load(i).integer) continue;
    if (double error = ulps(want.dtype, got[0].load(i).real, want.load(i).real); error > bound)
      return "element " + std::to_string(i) + ": " + text_of(got[0], i) + ", expected " + text_of(want, i) + ": " + std::to_string(error) + " ulp of " + std::to_string(bound);
  }
  return "";
}

// Runs one program for several lists of sizes.
void check(const Ref& node, const std::vector<std::map<std::string, i64>>& sizes, Rng& rng) {
  covered().insert(node->op->name);
  Case c;
  c.outputs = {node};
  for (const Node* n : post_order(node))
    if (is_variable(*n)) c.inputs.push_back(Ref(n));
  // Symbols come with an input; those that only shape the result get one that is not read.
  Shape rest;
  for (const Node* n : post_order(node))
    if (n->op->name == "dim") rest.push_back(Ref(n));
  c.inputs.push_back(variable("sizes", DType::u8, rest));
  auto cpu = compile(program_of(c), "cpu"), host = compile(program_of(c), "host");
  for (std::size_t k = 0; k < sizes.size(); ++k) {
    c.values = values_of(c.inputs, *node->op, sizes[k], k % 2 == 1, rng);
    Arrays got = run(*cpu, c);
    std::string wrong = body_of<Pointwise>(node) ? pointwise_difference(c, got) : difference(got, expected_of(c));
    CHECK_NOTHING_WRONG(wrong, node->op->name << " on " << name(c.inputs.empty() ? node->dtype() : c.inputs[0]->dtype()) << ", cpu against reference: " << wrong << "\n" << describe(c));
    if (body_of<Contraction>(node) && is_float(node->dtype())) continue; // a library orders the sum as it likes
    wrong = bit_difference(run(*host, c), got);
    CHECK_NOTHING_WRONG(wrong, node->op->name << " on " << name(node->dtype()) << ", host against cpu: " << wrong << "\n" << describe(c));
  }
}

void check_op(const Op& op) {
  Rng rng(hash_text(op.name));
  for (DType d : dtypes)
    for (const Sample& s : samples_of(op, d, dtypes, rng)) {
      INFO("graph:\n" << s.node->op->name);
      try {
        check(s.node, s.sizes, rng);
      } catch (const std::exception& e) {
        FAIL_CHECK(op.name << " on " << name(d) << ": " << e.what());
      }
    }
}

bool is_public(const Op& op) {
  return op.group != "internal" && op.group != "test" && !std::holds_alternative<Leaf>(op.body) && !std::holds_alternative<Memory>(op.body);
}

} // namespace

TEST_CASE("every op on every dtype: cpu, host and reference", "[ops]") {
  const char* only = std::getenv("CROTON_TEST_OP");
  for (const Op* op : all_ops())
    if (is_public(*op) && (!only || op->name == only)) check_op(*op);
  if (only) return;
  for (const Op* op : all_ops()) {
    INFO(op->name);
    if (is_public(*op)) CHECK(covered().contains(op->name));
  }
}
