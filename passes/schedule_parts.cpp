#include "passes/schedule_parts.h"
#include "passes/collapse.h"
#include <algorithm>

namespace croton::passes {

using namespace ir;

Accumulator accumulator_of(const Reduce& r) {
  const Node* node = r.node;
  const Reduction* body = body_of<Reduction>(*node);
  return {body->identity(*node), [=](const Ref& e, const Ref& p) { return body->lift(*node, e, p); },
          [=](const State& a, const State& b) { return body->merge(*node, a, b); }, r.element,
          body->needs_index ? r.position : Ref()};
}

Accumulator block_accumulator(const Reduce& r, const BlockStage& pass, const std::vector<Ref>& previous, const Ref& count) {
  // The simple reduction's record, asked about a scalar of the same dtype.
  Ref simple = reduce(pass.reduction, expand_dims(constant_like(r.element, 0), {0}), {0});
  const Reduction* body = body_of<Reduction>(simple);
  const Node* node = r.node;
  auto map = pass.map;
  return {body->identity(*simple), [=](const Ref& e, const Ref&) -> State { return {map(*node, e, previous, count)}; },
          [=](const State& a, const State& b) { return body->merge(*simple, a, b); }, r.element, nullptr};
}

bool is_blocked(const Reduce& r) { return !body_of<Reduction>(*r.node)->block.empty(); }

int cost_of(const Ref& e) {
  int cost = 0;
  for (const Node* n : post_order(e))
    if (auto* p = body_of<Pointwise>(*n)) cost += p->cost;
  return cost;
}

bool same_loops(const std::vector<Axis>& a, const std::vector<Axis>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Axis& x, const Axis& y) { return x.var == y.var; });
}

bool depends_on(const Ref& e, const std::vector<Axis>& axes) {
  for (const Node* n : post_order(e))
    for (const Axis& a : axes)
      if (a.var.get() == n) return true;
  return false;
}

namespace {
// Lanes by the widest element that memory traffic moves, so that the widest fills one register.
i64 choose_lanes(const Nest& nest, i64 vector_bytes) {
  std::size_t widest = 4;
  auto look = [&](const Ref& e) {
    for (const Node* n : post_order(e))
      if (is_load(*n)) widest = std::max(widest, size_of(n->dtype()));
  };
  for (const Reduce& r : nest.reduces) look(r.element);
  for (const Write& w : nest.writes) {
    look(w.value);
    if (!w.loops.empty() || nest.reduces.empty()) widest = std::max(widest, size_of(w.buffer->dtype()));
  }
  return vector_bytes / static_cast<i64>(std::min<std::size_t>(widest, 8));
}
} // namespace

Scheduler::Scheduler(Nest nest, const CpuFacts& facts) : nest_(std::move(nest)), facts_(facts) {
  lanes_ = choose_lanes(nest_, facts_.vector_bytes);
  result_.kernel.name = nest_.name;
  result_.kernel.buffers = nest_.buffers;
}

// ---- names and small expressions ----

Ref Scheduler::fresh(std::string_view stem, DType dtype, i64 lanes) {
  return register_of(std::string(stem) + "." + std::to_string(names_++), dtype, lanes);
}
Ref Scheduler::fresh_buffer(std::string_view stem, DType dtype) {
  return buffer_of(std::string(stem) + "." + std::to_string(names_++), dtype);
}
Ref Scheduler::bind(Block& out, std::string_view stem, const Ref& value) {
  if (value->args.empty()) return value;
  Ref var = fresh(stem, value->dtype(), lanes_of(*value));
  out.push_back({Let{var, value}});
  return var;
}
Ref Scheduler::round_down(const Ref& count, i64 multiple) {
  if (auto k = constant_value(count)) return constant_dim(*k / multiple * multiple);
  return call("bitwise_and", {count, constant_dim(-multiple)}); // a power of two
}
Ref Scheduler::round_up_quotient(const Ref& count, i64 divisor) {
  if (auto k = constant_value(count)) return constant_dim((*k + divisor - 1) / divisor);
  return call("quotient", {index_add(count, constant_dim(divisor - 1)), constant_dim(divisor)});
}
int Scheduler::max_level() const {
  int level = 0;
  for (const Reduce& r : nest_.reduces) level = std::max(level, r.level);
  for (const Write& w : nest_.writes) level = std::max(level, w.level);
  return level;
}

// ---- phases ----

Phase Scheduler::new_phase(const Ref& extent, const Ref& work) {
  Phase phase;
  phase.begin = fresh("begin", DType::i64);
  phase.end = fresh("end", DType::i64);
  phase.extent = extent;
  phase.work = work;
  return phase;
}

Ref Scheduler::product(const std::vector<Axis>& axes) {
  Ref count = constant_dim(1);
  for (const Axis& a : axes) count = index_mul(count, a.extent);
  return count;
}

Ref Scheduler::work_of(const std::vector<Axis>& loops, int cost) const {
  return index_mul(product(loops), constant_dim(std::max(1, cost)));
}

void Scheduler::bind_axes(Block& out, const std::vector<Axis>& axes, const Ref& flat) {
  Ref rest = flat;
  for (std::size_t i = axes.size(); i-- > 0;) {
    if (i == 0) {
      out.push_back({Let{axes[0].var, rest}});
      return;
    }
    Ref q = bind(out, "q", call("quotient", {rest, axes[i].extent}));
    out.push_back({Let{axes[i].var, index_sub(rest, index_mul(q, axes[i].extent))}});
    rest = q;
  }
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
