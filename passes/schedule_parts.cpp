#include "passes/schedule_parts.h"
#include "passes/collapse.h"
#include <algorithm>

namespace croton::passes {

using namespace ir;

Scheduler::Scheduler(Nest nest, const CpuFacts& facts) : NestScheduler(std::move(nest)), facts_(facts) {
  lanes_ = choose_lanes(nest_, facts_.vector_bytes);
}

// ---- lane loops ----

void Scheduler::lane_loop(Block& out, const Ref& var, const Ref& begin, const Ref& end, const LaneBody& body) {
  Ref whole = index_add(begin, round_down(index_sub(end, begin), lanes_));
  auto known = constant_value(index_sub(end, begin));
  if (!known || *known >= lanes_) {
    For loop{fresh("i", DType::i64), begin, end, lanes_};
    Vectorizer vector(var, loop.var, lanes_);
    body(loop.body, vector, loop.var, nullptr);
    out.push_back({std::move(loop)});
  }
  if (known && *known % lanes_ == 0) return;
  For tail{fresh("t", DType::i64), bind(out, "whole", whole), index_add(end, constant_dim(lanes_ - 1)), lanes_};
  Ref mask = bind(tail.body, "mask", call("less", {lane_ramp(lanes_), splat(index_sub(end, tail.var), lanes_)}));
  Vectorizer vector(var, tail.var, lanes_, mask);
  body(tail.body, vector, tail.var, mask);
  out.push_back({std::move(tail)});
}

void Scheduler::store(Block& out, const Write& w, Vectorizer& vector, const Ref& var, const Ref& at, const Ref& mask) {
  auto linear = linear_in(w.index, var);
  Ref index = linear && constant_value(linear->scale) == 1 ? index_add(linear->offset, at) : splat(vector(w.index), lanes_);
  out.push_back({Store{w.buffer, index, splat(vector(w.value), lanes_), mask}});
}

// ---- map: no reduction ----

void Scheduler::map() {
  std::vector<Axis> axes = nest_.outer;
  int cost = 0;
  for (const Write& w : nest_.writes) cost += cost_of(w.value);
  if (axes.empty()) {
    Phase phase = new_phase(constant_dim(1), constant_dim(cost));
    For once{fresh("p", DType::i64), phase.begin, phase.end};
    for (const Write& w : nest_.writes) once.body.push_back({Store{w.buffer, w.index, w.value}});
    phase.body.push_back({std::move(once)});
    result_.kernel.phases.push_back(std::move(phase));
    return;
  }
  // The vector axis is the one that most of the traffic walks along.
  auto best = std::max_element(axes.begin(), axes.end(), [&](const Axis& a, const Axis& b) { return unit_strides(nest_, a.var) <= unit_strides(nest_, b.var); });
  Axis inner = *best;
  axes.erase(best);
  auto lanes = [&](Block& out, const Ref& begin, const Ref& end) {
    lane_loop(out, inner.var, begin, end, [&](Block& body, Vectorizer& vector, const Ref& at, const Ref& mask) {
      for (const Write& w : nest_.writes) store(body, w, vector, inner.var, at, mask);
    });
  };
  if (axes.empty()) {
    Phase phase = new_phase(inner.extent, constant_dim(cost + 1));
    lanes(phase.body, phase.begin, phase.end);
    result_.kernel.phases.push_back(std::move(phase));
    return;
  }
  Phase phase = new_phase(product(axes), work_of({inner}, cost + 1));
  For row{fresh("p", DType::i64), phase.begin, phase.end};
  bind_axes(row.body, axes, row.var);
  lanes(row.body, constant_dim(0), inner.extent);
  phase.body.push_back({std::move(row)});
  result_.kernel.phases.push_back(std::move(phase));
}

} // namespace croton::passes
