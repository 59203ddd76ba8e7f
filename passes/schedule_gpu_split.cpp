// Rows and columns that are too few to keep a device busy and long enough to be cut: for each level of reductions a launch
// over chunks of all of them, whose states go to memory, and one that merges the states and keeps the values for the levels
// that follow. Elements are written by chunks as well.
#include "passes/schedule_gpu_parts.h"
#include <algorithm>

namespace croton::passes {

using namespace ir;

namespace {

Ref number(i64 value) { return constant_dim(value); }
constexpr i64 least_chunks = 4; ///< below, one more launch costs what cutting saves

Ref both(const Ref& a, const Ref& b) { return call("logical_and", {a, b}); }

// A condition on sizes that are all known is a constant.
Ref decided(const Ref& condition) {
  for (const Node* n : post_order(condition))
    if (body_of<Leaf>(*n) && !is_constant(*n)) return condition;
  return constant(DType::bool_, static_cast<double>(evaluate_index(condition, [](const Node&) -> i64 { return 0; })));
}

} // namespace

/// What the phases of a split have in common.
struct GpuScheduler::Split {
  Shape shape;
  i64 chunk;
  Ref when, count; ///< rows (or columns)
  struct Value {   ///< of a reduction, once its states are merged
    const Reduce* reduce;
    Ref buffer; ///< one element for each row; null: nothing later reads it
  };
  std::vector<Value> values = {};
  std::vector<Partial> partials = {}; ///< of the level at hand
  bool rare = false;

  Ref at_call(const Ref& extent) const { return rare ? where(when, extent, number(0)) : extent; }
};

namespace {

Ref chunks_of(const std::vector<Axis>& loops, i64 chunk) {
  if (loops.size() > 1) return loops[0].extent; // an iteration of the slowest loop each
  if (auto known = constant_value(loops[0].extent)) return number((*known + chunk - 1) / chunk);
  return call("quotient", {index_add(loops[0].extent, number(chunk - 1)), number(chunk)});
}

bool mentions(const Ref& e, const Node* what) {
  auto order = post_order(e);
  return std::find(order.begin(), order.end(), what) != order.end();
}

} // namespace

Ref GpuScheduler::wants_split(const Shape& shape, i64 chunk) const {
  if (facts_.strict) return nullptr; // one tree on every device
  Ref busy = call("greater_equal", {round_up_quotient(product(nest_.outer), shape.rows), number(facts_.busy_blocks)}), longer;
  for (int level = 0; level <= max_level(); ++level)
    for (const auto& loops : loop_lists(level)) {
      if (loops.empty()) continue;
      Ref enough = call("greater_equal", {chunks_of(loops, chunk), number(least_chunks)});
      if (loops.size() > 1) enough = both(enough, call("greater_equal", {product(loops), number(least_chunks * chunk)}));
      longer = !longer ? enough : longer == enough ? longer : call("logical_or", {longer, enough});
    }
  if (!longer) return nullptr;
  Ref when = decided(both(call("logical_not", {busy}), longer));
  return constant_value(when) == 0 ? nullptr : when;
}

void GpuScheduler::split(const Shape& shape, i64 chunk, const Ref& when) {
  Split s{shape, chunk, when, product(nest_.outer)};
  s.rare = !constant_value(when);
  for (int level = 0; level <= max_level(); ++level) {
    for (const auto& loops : loop_lists(level))
      if (!loops.empty()) split_chunks(s, level, loops);
    if (std::any_of(nest_.reduces.begin(), nest_.reduces.end(), [&](const Reduce& r) { return r.level == level; })) split_merge(s, level);
    s.partials.clear();
  }
}

namespace {

// The values of earlier levels that these expressions read, from memory.
void bind_values(Block& out, const auto& values, const Ref& row, const std::vector<Ref>& expressions) {
  for (const auto& v : values)
    if (v.buffer && std::any_of(expressions.begin(), expressions.end(), [&](const Ref& e) { return mentions(e, v.reduce->result.get()); }))
      out.push_back({Let{v.reduce->result, load(v.buffer, row)}});
}

} // namespace

void GpuScheduler::split_chunks(Split& s, int level, const std::vector<Axis>& loops) {
  std::vector<const Reduce*> reduces;
  std::vector<Accumulator> accumulators;
  std::vector<const Write*> writes;
  std::vector<Ref> expressions;
  for (const Reduce& r : nest_.reduces)
    if (r.level == level && same_loops(r.loops, loops)) {
      reduces.push_back(&r);
      accumulators.push_back(accumulator_of(r));
      expressions.push_back(r.element);
    }
  for (const Write& w : nest_.writes)
    if (w.level == level && !w.loops.empty() && same_loops(w.loops, loops)) {
      writes.push_back(&w);
      expressions.push_back(w.value);
      expressions.push_back(w.index);
    }
  Ref chunks = chunks_of(loops, s.chunk), all = index_mul(s.count, chunks);
  Team team = new_team(s.shape.lanes, s.shape.copies, s.shape.rows, s.shape.interleaved, all);
  team.phase.extent = s.at_call(team.phase.extent);
  team.phase.rare = s.rare;
  Iteration it = each_iteration(team, all);
  Block& body = it.loop.body;
  // Neighbouring teams take chunks of one row, or the same chunk of neighbouring columns.
  const Ref& fast = s.shape.interleaved ? s.count : chunks;
  Ref slow_number = bind(body, "slow", call("quotient", {it.number, fast})), fast_number = bind(body, "fast", index_sub(it.number, index_mul(slow_number, fast)));
  const Ref &row = s.shape.interleaved ? fast_number : slow_number, &piece = s.shape.interleaved ? slow_number : fast_number;
  bind_axes(body, nest_.outer, row);
  bind_values(body, s.values, row, expressions);
  std::vector<Axis> inner = loops;
  std::optional<Range> range;
  if (loops.size() > 1) {
    body.push_back({Let{loops[0].var, piece}});
    inner.erase(inner.begin());
  } else {
    Ref low = bind(body, "low", index_mul(piece, number(s.chunk)));
    range = Range{low, bind(body, "high", call("minimum", {index_add(low, number(s.chunk)), loops[0].extent}))};
  }
  auto states = stage(body, team, inner, accumulators, writes, it.active, 1, range);
  for (std::size_t k = 0; k < reduces.size(); ++k) {
    Partial p{reduces[k], {}, chunks};
    for (const Ref& state : states[k]) {
      p.buffers.push_back(fresh_buffer("partial", state->dtype()));
      result_.temporaries.push_back({p.buffers.back(), s.at_call(all)});
      result_.kernel.buffers.push_back({p.buffers.back(), true});
      body.push_back({Store{p.buffers.back(), it.number, state, first_thread(team, it.active)}});
    }
    s.partials.push_back(std::move(p));
  }
  close(team, std::move(it));
}

// The values of a level, and what is written once for each row from them.
void GpuScheduler::split_merge(Split& s, int level) {
  std::vector<const Write*> writes;
  for (const Write& w : nest_.writes)
    if (w.loops.empty() && (w.level == level + 1 || (level == 0 && w.level == 0))) writes.push_back(&w);
  std::vector<const Reduce*> single; // of one element
  std::vector<Ref> expressions;
  for (const Reduce& r : nest_.reduces)
    if (r.level == level && r.loops.empty()) single.push_back(&r), expressions.push_back(r.element);
  for (const Write* w : writes) expressions.push_back(w->value), expressions.push_back(w->index);
  Team team = new_team(s.shape.lanes, s.shape.copies, s.shape.rows, s.shape.interleaved, s.count);
  team.phase.extent = s.at_call(team.phase.extent);
  team.phase.rare = s.rare;
  Iteration it = each_iteration(team, s.count);
  Block& body = it.loop.body;
  bind_axes(body, nest_.outer, it.number);
  bind_values(body, s.values, it.number, expressions);
  auto keep = [&](const Reduce& r, const State& state) {
    finish(body, r, state);
    Split::Value value{&r, nullptr};
    auto later = [&](const Ref& e) { return mentions(e, r.result.get()); };
    bool read = std::any_of(nest_.reduces.begin(), nest_.reduces.end(), [&](const Reduce& x) { return x.level > level && later(x.element); });
    for (const Write& w : nest_.writes) read |= w.level > level && !(w.loops.empty() && w.level == level + 1) && (later(w.value) || later(w.index));
    if (read) {
      value.buffer = fresh_buffer("value", r.result->dtype());
      result_.temporaries.push_back({value.buffer, s.at_call(s.count)});
      result_.kernel.buffers.push_back({value.buffer, true});
      body.push_back({Store{value.buffer, it.number, r.result, first_thread(team, it.active)}});
    }
    s.values.push_back(value);
  };
  for (const Reduce* r : single) keep(*r, stage(body, team, {}, {accumulator_of(*r)}, {}, it.active, 1)[0]);
  for (const Partial& p : s.partials) {
    Axis chunk{fresh("c", DType::i64), p.chunks};
    Ref at = s.shape.interleaved ? index_add(index_mul(chunk.var, s.count), it.number) : index_add(index_mul(it.number, p.chunks), chunk.var);
    const Reduction* record = body_of<Reduction>(*p.reduce->node);
    const Node* node = p.reduce->node;
    State loaded;
    for (const Ref& b : p.buffers) loaded.push_back(load(b, at));
    Accumulator a{record->identity(*node), [=](const Ref&, const Ref&) { return loaded; }, [=](const State& x, const State& y) { return record->merge(*node, x, y); }, loaded[0], nullptr};
    keep(*p.reduce, stage(body, team, {chunk}, {a}, {}, it.active, 1)[0]);
  }
  for (const Write* w : writes) body.push_back({Store{w->buffer, w->index, w->value, first_thread(team, it.active)}});
  close(team, std::move(it));
}

} // namespace croton::passes
