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

void Scheduler::store(Block& out, const Write& w, Vectorizer& vector, const Ref& var, const Ref& at, const Ref& mask, bool streaming) {
  auto linear = linear_in(w.index, var);
  Ref index = linear && constant_value(linear->scale) == 1 ? index_add(linear->offset, at) : splat(vector(w.index), lanes_);
  out.push_back({Store{w.buffer, index, splat(vector(w.value), lanes_), mask, streaming}});
}

Ref Scheduler::result_bytes(const Ref& buffer, const Ref& count) const {
  auto element = static_cast<i64>(size_of(buffer->dtype()));
  bool is_result = std::find(nest_.results.begin(), nest_.results.end(), buffer) != nest_.results.end();
  return is_result && element >= 4 ? index_mul(count, constant_dim(element)) : Ref();
}

Ref Scheduler::is_large(const Ref& bytes) const {
  if (!facts_.stream_bytes) return nullptr;
  if (auto known = constant_value(bytes); known && *known < facts_.stream_bytes) return nullptr;
  return call("greater_equal", {bytes, constant_dim(facts_.stream_bytes)});
}

Ref Scheduler::is_streamed(const Ref& var, const std::vector<const Write*>& writes) const {
  if (writes.empty()) return nullptr;
  Ref bytes = constant_dim(0);
  for (const Write* w : writes) {
    auto linear = linear_in(w->index, var);
    Ref own = result_bytes(w->buffer, index_mul(product(nest_.outer), product(w->loops)));
    if (!own || !linear || constant_value(linear->scale) != 1) return nullptr;
    bytes = index_add(bytes, own);
  }
  return is_large(bytes);
}

Scheduler::Range Scheduler::stream(Block& out, const Ref& large, const Ref& var, const Range& all, const std::vector<const Write*>& writes) {
  Ref head, streams = large;
  for (const Write* w : writes) {
    Ref offset = linear_in(w->index, var)->offset, aligned = until_aligned(w->buffer, lanes_ * static_cast<i64>(size_of(w->buffer->dtype())));
    Ref own = call("bitwise_and", {index_sub(aligned, index_add(offset, all.begin)), constant_dim(lanes_ - 1)});
    if (!head) head = bind(out, "head", own);
    else streams = call("logical_and", {streams, call("equal", {own, head})});
  }
  streams = bind(out, "streams", streams);
  Range whole{bind(out, "aligned", where(streams, call("minimum", {index_add(all.begin, head), all.end}), all.begin)), nullptr};
  For line{fresh("line", DType::i64), whole.begin, bind(out, "stop", where(streams, all.end, all.begin)), lanes_};
  Vectorizer vector(var, line.var, lanes_);
  for (const Write* w : writes) store(line.body, *w, vector, var, line.var, nullptr, true);
  ask_ahead(line.body, var, line.var);
  out.push_back({std::move(line)});
  whole.end = bind(out, "left", where(streams, index_add(whole.begin, round_down(index_sub(all.end, whole.begin), lanes_)), all.begin));
  return whole;
}

void Scheduler::masked_writes(Block& out, const Ref& var, const Range& range, const std::vector<const Write*>& writes) {
  For loop{fresh("part", DType::i64), range.begin, index_add(range.end, constant_dim(lanes_ - 1)), lanes_};
  Ref mask = bind(loop.body, "mask", call("less", {lane_ramp(lanes_), splat(index_sub(range.end, loop.var), lanes_)}));
  Vectorizer vector(var, loop.var, lanes_, mask);
  for (const Write* w : writes) store(loop.body, *w, vector, var, loop.var, mask);
  out.push_back({std::move(loop)});
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
  std::vector<const Write*> writes;
  for (const Write& w : nest_.writes) writes.push_back(&w);
  auto lanes = [&](Block& out, const Ref& begin, const Ref& end, bool streams) {
    if (!streams) {
      lane_loop(out, inner.var, begin, end, [&](Block& body, Vectorizer& vector, const Ref& at, const Ref& mask) {
        for (const Write& w : nest_.writes) store(body, w, vector, inner.var, at, mask);
      });
      return;
    }
    Range whole = stream(out, constant_int(DType::bool_, 1), inner.var, {begin, end}, writes);
    For side{fresh("side", DType::i64), constant_dim(0), constant_dim(2)}; // in front of what was streamed, and behind it
    Ref is_front = call("equal", {side.var, constant_dim(0)});
    Ref from = bind(side.body, "from", where(is_front, begin, whole.end)), to = bind(side.body, "to", where(is_front, whole.begin, end));
    masked_writes(side.body, inner.var, {from, to}, writes);
    out.push_back({std::move(side)});
  };
  auto add_phase = [&](const Ref& runs, bool streams) {
    Ref extent = axes.empty() ? inner.extent : product(axes);
    Phase phase = new_phase(runs ? where(runs, extent, constant_dim(0)) : extent, axes.empty() ? constant_dim(cost + 1) : work_of({inner}, cost + 1));
    phase.rare = streams;
    if (axes.empty()) {
      lanes(phase.body, phase.begin, phase.end, streams);
    } else {
      For row{fresh("p", DType::i64), phase.begin, phase.end};
      bind_axes(row.body, axes, row.var);
      lanes(row.body, constant_dim(0), inner.extent, streams);
      phase.body.push_back({std::move(row)});
    }
    result_.kernel.phases.push_back(std::move(phase));
  };
  Ref large = is_streamed(inner.var, writes);
  add_phase(large ? call("logical_not", {large}) : Ref(), false);
  if (large) add_phase(large, true);
}

} // namespace croton::passes
