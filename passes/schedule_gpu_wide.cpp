// Accesses of several neighbouring elements at once.
#include "passes/schedule_gpu_parts.h"
#include <algorithm>

namespace croton::passes {

using namespace ir;

namespace {

/// Where more is computed for an element, a warp's accesses of 4 bytes each keep up with memory, and code for four
/// elements at once only takes longer to compile.
constexpr int most_cost = 15;

// Collects what must be divisible by `lanes` so that the position is; false: nothing can make it so.
bool divisible_when(const Ref& position, i64 lanes, std::vector<Ref>& conditions) {
  static const Op *const add = find_op("add"), *const mul = find_op("multiply");
  if (auto k = constant_value(position)) return *k % lanes == 0;
  if (position->op == add) return divisible_when(position->args[0], lanes, conditions) && divisible_when(position->args[1], lanes, conditions);
  // A product: one factor that is known at the call.
  std::vector<Ref> factors{position};
  Ref sizes = constant_dim(1);
  for (std::size_t i = 0; i < factors.size(); ++i) {
    Ref f = factors[i];
    if (f->op == mul) {
      factors.push_back(f->args[0]);
      factors.push_back(f->args[1]);
      continue;
    }
    bool at_call = true;
    for (const Node* n : post_order(f)) at_call = at_call && !is_register(*n) && !is_load(*n);
    if (at_call) sizes = index_mul(sizes, f);
  }
  if (auto k = constant_value(sizes)) return *k % lanes == 0;
  conditions.push_back(sizes);
  return true;
}

} // namespace

GpuScheduler::Wide GpuScheduler::wide_accesses(const Axis& axis, const std::vector<Ref>& expressions, const std::vector<Ref>& positions, const std::vector<const Write*>& writes) const {
  std::size_t widest = 4;
  std::vector<Ref> accessed = positions;
  int cost = 0;
  for (const Ref& e : expressions) cost += cost_of(e);
  if (cost > most_cost) return {};
  for (const Ref& e : expressions)
    for (const Node* n : post_order(e)) {
      if (!is_load(*n)) continue;
      if (n->args.size() > 2) return {};
      widest = std::max(widest, size_of(n->dtype()));
      accessed.push_back(n->args[1]);
    }
  for (const Write* w : writes) widest = std::max(widest, size_of(w->buffer->dtype()));
  i64 lanes = facts_.vector_bytes / static_cast<i64>(widest);
  auto extent = constant_value(axis.extent);
  if (lanes < 2 || (extent && *extent < lanes)) return {};
  std::vector<Ref> conditions;
  bool any = false;
  for (const Ref& position : accessed) {
    auto linear = linear_in(position, axis.var);
    if (!linear) return {};
    auto scale = constant_value(linear->scale);
    if (scale == 0) continue;
    if (scale != 1 || !divisible_when(linear->offset, lanes, conditions)) return {};
    any = true;
  }
  if (!any) return {};
  Wide wide{lanes, nullptr};
  for (const Ref& c : conditions) {
    Ref holds = call("equal", {call("bitwise_and", {c, constant_dim(lanes - 1)}), constant_dim(0)});
    wide.when = !wide.when ? holds : wide.when == holds ? holds : call("logical_and", {wide.when, holds});
  }
  return wide;
}

void GpuScheduler::store_wide(Block& out, const Write& w, Vectorizer& vector, const Ref& var, const Ref& at, i64 lanes, const Ref& active) {
  auto linear = linear_in(w.index, var);
  if (constant_value(linear->scale) == 0) throw InternalError("[schedule] neighbouring iterations write one element");
  Ref mask = active ? splat(active, lanes) : Ref();
  out.push_back({Store{w.buffer, index_add(linear->offset, at), splat(vector(w.value), lanes), mask}});
}

} // namespace croton::passes
