#include "src/inspect/traffic.h"
#include "ir/build.h"
#include "src/inspect/plan_views.h"
#include <algorithm>
#include <unordered_set>

namespace croton::inspect {

using namespace ir;

namespace {

Ref bytes_of(const Ref& count, DType dtype) { return index_mul(count, constant_dim(static_cast<i64>(size_of(dtype)))); }

// A gather or a slice reads as many elements as it gives; everything else reads its operand whole.
bool reads_part(const Node& n) {
  auto* view = body_of<View>(n);
  return body_of<Indexed>(n) || (view && view->reads_part);
}

Ref read_bytes(const PlanBuffer& b, const std::vector<Ref>& members) {
  if (!b.node) return bytes_of(b.count, b.dtype);
  Ref part = constant_dim(0);
  for (const Ref& n : members)
    for (const Ref& a : n->args) {
      if (a != b.node) continue;
      if (!reads_part(*n) || a != n->args[0]) return bytes_of(b.count, b.dtype);
      part = index_add(part, bytes_of(element_count(n->shape()), b.dtype));
    }
  return constant_value(part) == 0 ? bytes_of(b.count, b.dtype) : part;
}

Ref operations_of(const std::vector<Ref>& members) {
  Ref total = constant_dim(0);
  for (const Ref& n : members) {
    if (auto* p = body_of<Pointwise>(n)) total = index_add(total, index_mul(element_count(n->shape()), constant_dim(p->cost)));
    else if (body_of<PrefixScan>(n)) total = index_add(total, element_count(n->shape()));
    else if (body_of<Reduction>(n)) total = index_add(total, element_count(n->args[0]->shape()));
    else if (body_of<Contraction>(n)) total = index_add(total, index_mul(index_mul(element_count(n->shape()), n->args[0]->shape().back()), constant_dim(2)));
  }
  return total;
}

} // namespace

Traffic traffic_of(const driver::BuiltProgram& built, const Step& step) {
  Traffic t{constant_dim(0), constant_dim(0), constant_dim(0)};
  StepBuffers buffers = buffers_of(step, built.kernels);
  auto* launch = std::get_if<LaunchStep>(&step);
  static const std::vector<Ref> none;
  const std::vector<Ref>& members = launch ? built.kernel_members[static_cast<std::size_t>(launch->kernel)] : none;
  std::unordered_set<int> seen;
  for (int r : buffers.reads)
    if (seen.insert(r).second) t.read_bytes = index_add(t.read_bytes, read_bytes(built.plan.buffers[static_cast<std::size_t>(r)], members));
  for (int w : buffers.writes) {
    const PlanBuffer& b = built.plan.buffers[static_cast<std::size_t>(w)];
    t.written_bytes = index_add(t.written_bytes, bytes_of(b.count, b.dtype));
  }
  if (launch) t.operations = operations_of(members);
  if (auto* g = std::get_if<GemmStep>(&step)) t.operations = index_mul(index_mul(index_mul(g->batch, g->m), index_mul(g->n, g->k)), constant_dim(2));
  if (auto* s = std::get_if<ScatterStep>(&step)) t.operations = index_mul(s->count, s->row_size);
  return t;
}

i64 at_sizes(const driver::BuiltProgram& built, const Ref& size, const driver::DimValues& dims) { return built.binding->value(size, dims); }

} // namespace croton::inspect
