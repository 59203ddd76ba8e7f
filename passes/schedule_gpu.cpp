#include "passes/schedule_gpu.h"
#include "passes/collapse.h"
#include "passes/schedule_gpu_parts.h"
#include <algorithm>
#include <bit>

namespace croton::passes {

using namespace ir;

namespace {
Ref number(i64 value) { return constant_dim(value); }
constexpr i64 strict_threads = 128; ///< of a block of strict teams, whose size is the tree's
constexpr i64 column_threads = 8;   ///< that share a column
} // namespace

// ---- map: no reduction ----

void GpuScheduler::map() {
  std::vector<Axis> axes = nest_.outer;
  std::vector<const Write*> writes;
  std::vector<Ref> values, positions;
  for (const Write& w : nest_.writes) writes.push_back(&w), values.push_back(w.value), positions.push_back(w.index);
  if (axes.empty()) {
    Team team = new_team(1, 1, 1, false, number(1));
    Iteration it = each_iteration(team, number(1));
    for (const Write& w : nest_.writes) it.loop.body.push_back({Store{w.buffer, w.index, w.value}});
    return close(team, std::move(it));
  }
  // Neighbouring threads walk the axis that most of the traffic walks.
  auto best = std::max_element(axes.begin(), axes.end(), [&](const Axis& a, const Axis& b) { return unit_strides(nest_, a.var) <= unit_strides(nest_, b.var); });
  Axis inner = *best;
  axes.erase(best);
  Wide wide = wide_accesses(inner, values, positions, writes);
  Axis group{fresh("group", DType::i64), round_up_quotient(inner.extent, wide.lanes)};
  axes.push_back(wide.lanes > 1 ? group : inner);
  Ref count = product(axes);
  Team team = new_team(1, 1, facts_.threads, true, count);
  Iteration it = each_iteration(team, count);
  Block& body = it.loop.body;
  bind_axes(body, axes, it.number);
  if (wide.lanes == 1) {
    for (const Write* w : writes) body.push_back({Store{w->buffer, w->index, w->value, it.active}});
    return close(team, std::move(it));
  }
  Ref at = bind(body, "at", index_mul(group.var, number(wide.lanes)));
  auto known = constant_value(inner.extent);
  Block whole;
  Vectorizer vector(inner.var, at, wide.lanes);
  for (const Write* w : writes) store_wide(whole, *w, vector, inner.var, at, wide.lanes, it.active);
  if (!wide.when && known && *known % wide.lanes == 0) {
    for (Stmt& s : whole) body.push_back(std::move(s));
    return close(team, std::move(it));
  }
  Ref end = bind(body, "end", call("minimum", {index_add(at, number(wide.lanes)), inner.extent}));
  Ref full = call("equal", {index_sub(end, at), number(wide.lanes)});
  if (wide.when) full = call("logical_and", {full, wide.when});
  full = bind(body, "full", full);
  body.push_back({If{full, std::move(whole)}});
  For rest{inner.var, where(full, end, at), end};
  for (const Write* w : writes) rest.body.push_back({Store{w->buffer, w->index, w->value, it.active}});
  body.push_back({std::move(rest)});
  close(team, std::move(it));
}

// ---- rows and columns: stages over the inner loops of one outer iteration ----

i64 GpuScheduler::longest_loop() const {
  i64 longest = 0;
  for (int level = 0; level <= max_level(); ++level)
    for (const auto& loops : loop_lists(level)) {
      if (loops.empty()) continue;
      auto known = constant_value(loops.back().extent);
      if (!known) return -1;
      longest = std::max(longest, *known);
    }
  return longest;
}

// What schedule_cpu unrolls each stage by: it counts a value that it keeps in a row as free.
std::vector<std::vector<i64>> GpuScheduler::tree_copies() const {
  GpuScheduler kept = *this;
  Phase scratch;
  kept.keep_shared_values(scratch);
  std::vector<std::vector<i64>> copies;
  for (int level = 0; level <= max_level(); ++level) {
    copies.emplace_back();
    for (const auto& loops : loop_lists(level)) {
      std::vector<Accumulator> accumulators;
      for (const Reduce& r : kept.nest_.reduces)
        if (r.level == level && same_loops(r.loops, loops)) accumulators.push_back(accumulator_of(r));
      copies.back().push_back(unroll_of(accumulators));
    }
  }
  return copies;
}

void GpuScheduler::levels(Block& out, Team& team, const Ref& active, const std::vector<std::vector<i64>>& copies, bool column_tree) {
  for (int level = 0; level <= max_level(); ++level) {
    for (const Write& w : nest_.writes)
      if (w.level == level && w.loops.empty()) out.push_back({Store{w.buffer, w.index, w.value, first_thread(team, active)}});
    auto lists = loop_lists(level);
    for (std::size_t l = 0; l < lists.size(); ++l) {
      const auto& loops = lists[l];
      std::vector<const Reduce*> reduces;
      std::vector<Accumulator> accumulators;
      std::vector<const Write*> writes;
      for (const Reduce& r : nest_.reduces)
        if (r.level == level && same_loops(r.loops, loops)) {
          reduces.push_back(&r);
          accumulators.push_back(accumulator_of(r));
        }
      for (const Write& w : nest_.writes)
        if (w.level == level && !w.loops.empty() && same_loops(w.loops, loops)) writes.push_back(&w);
      if (column_tree) {
        column_stage(out, team, loops, reduces, writes, active);
        continue;
      }
      auto states = stage(out, team, loops, accumulators, writes, active, copies.empty() ? 1 : copies[static_cast<std::size_t>(level)][l]);
      for (std::size_t k = 0; k < reduces.size(); ++k) finish(out, *reduces[k], states[k]);
    }
  }
}

void GpuScheduler::rows() {
  i64 lanes = 0, copies = 1, size = 0;
  std::vector<std::vector<i64>> of_stage;
  if (facts_.strict) {
    of_stage = tree_copies();
    for (const auto& level : of_stage)
      for (i64 c : level) copies = std::max(copies, c);
    lanes = tree_lanes_;
    size = lanes * copies;
  } else {
    // Some elements for each thread, or one; all threads where the length is not known.
    i64 longest = longest_loop();
    size = longest < 0 ? facts_.threads : std::min(facts_.threads, static_cast<i64>(std::bit_ceil(static_cast<u64>((longest + 3) / 4))));
    lanes = std::min<i64>(size, std::max<i64>(facts_.subgroup, 32));
    copies = size / lanes;
  }
  i64 rows = std::max<i64>(1, (facts_.strict ? strict_threads : facts_.threads) / size);
  whole_or_split({lanes, copies, rows, false}, facts_.row_chunk, of_stage, false);
}

void GpuScheduler::columns() {
  i64 longest = longest_loop();
  bool shared = !facts_.strict && (longest < 0 || longest > 2 * column_threads);
  i64 copies = shared ? column_threads : 1;
  whole_or_split({1, copies, facts_.threads / copies, true}, facts_.column_chunk, {}, facts_.strict);
}

void GpuScheduler::whole_or_split(const Shape& shape, i64 chunk, const std::vector<std::vector<i64>>& copies, bool column_tree) {
  Ref count = product(nest_.outer), when = wants_split(shape, chunk);
  auto always = when ? constant_value(when) : std::optional<i64>(0);
  if (always != 1) {
    Team team = new_team(shape.lanes, shape.copies, shape.rows, shape.interleaved, count);
    if (!always) team.phase.extent = where(when, number(0), team.phase.extent);
    Iteration it = each_iteration(team, count);
    bind_axes(it.loop.body, nest_.outer, it.number);
    levels(it.loop.body, team, it.active, copies, column_tree);
    close(team, std::move(it));
  }
  if (always != 0) split(shape, chunk, when);
}

// ---- the columns of schedule_cpu: rows_at_once merged pairwise, or a block of them in registers ----

State GpuScheduler::by_rows(Block& out, const Axis& axis, const Accumulator& a, const Reduce* blocked, const State& state, const Range& range) {
  auto rows = [&](Block& body, const Ref& row, const State& inside, i64 count) {
    std::vector<Ref> elements;
    std::vector<State> parts;
    for (i64 k = 0; k < count; ++k) {
      std::unordered_map<const Node*, Ref> at{{axis.var.get(), index_add(row, number(k))}};
      elements.push_back(replace(a.element, at));
      parts.push_back(a.lift(elements.back(), replace(a.position ? a.position : number(0), at)));
    }
    if (!blocked || count == 1) return a.merge(inside, merge_pairwise(std::move(parts), a.merge));
    for (Ref& x : elements) x = bind(body, "x", x);
    return state_after(*blocked, inside, elements, [&](const Ref& x) { return bind(body, "pass", x); });
  };
  Ref many = fresh("r", DType::i64), one = fresh("r", DType::i64);
  Ref length = index_sub(range.end, range.begin);
  Ref whole = bind(out, "whole", index_add(range.begin, round_down(length, rows_at_once)));
  auto loop = [&](For over, const State& from, i64 count) {
    Ref row = over.var;
    return carry(out, std::move(over), {from}, [&](Block& body, const std::vector<State>& inside) -> std::vector<State> { return {rows(body, row, inside[0], count)}; })[0];
  };
  auto known = constant_value(length);
  State result = known && *known < rows_at_once ? state : loop(For{many, range.begin, range.end, rows_at_once}, state, rows_at_once);
  if (!known) return loop(For{one, whole, range.end}, result, 1);
  i64 rest = *known % rows_at_once;
  return rest == 0 ? result : rows(out, whole, result, rest);
}

void GpuScheduler::column_stage(Block& out, Team& team, const std::vector<Axis>& loops, const std::vector<const Reduce*>& reduces, const std::vector<const Write*>& writes, const Ref& active) {
  for (const Reduce* r : reduces) {
    Accumulator a = accumulator_of(*r);
    State state;
    if (loops.empty()) state = a.merge(a.identity, a.lift(a.element, a.position ? a.position : number(0)));
    else state = loops_from(out, 0, loops, {a.identity}, {}, [&](Block& body, const Axis& axis, std::vector<State> inside, const Range& range) -> std::vector<State> {
      return {by_rows(body, axis, a, is_blocked(*r) ? r : nullptr, inside[0], range)};
    })[0];
    for (Ref& s : state) s = bind(out, "acc", s);
    finish(out, *r, state);
  }
  if (!writes.empty()) stage(out, team, loops, {}, writes, active, 1);
}

// ---- total ----

void GpuScheduler::total_chunks(const std::vector<Axis>& loops, std::vector<Partial>& partials) {
  bool chunked = loops.size() == 1;
  Ref chunks = loops.empty() ? number(1) : chunked ? round_up_quotient(loops[0].extent, facts_.tree.chunk) : loops[0].extent;
  std::vector<Axis> inner = chunked || loops.empty() ? loops : std::vector<Axis>(loops.begin() + 1, loops.end());
  std::vector<const Reduce*> reduces, blocked;
  std::vector<Accumulator> accumulators;
  std::vector<const Write*> writes;
  for (const Reduce& r : nest_.reduces) {
    if (!same_loops(r.loops, loops)) continue;
    (is_blocked(r) && !loops.empty() ? blocked : reduces).push_back(&r);
    if (!is_blocked(r) || loops.empty()) accumulators.push_back(accumulator_of(r));
  }
  for (const Write& w : nest_.writes)
    if (!w.loops.empty() && same_loops(w.loops, loops)) writes.push_back(&w);

  i64 lanes = tree_lanes_, copies = unroll_of(accumulators);
  for (const Reduce* r : blocked)
    for (const BlockStage& pass : body_of<Reduction>(*r->node)->block) {
      std::vector<Ref> previous(body_of<Reduction>(*r->node)->block.size(), constant_like(r->element, 0));
      copies = std::max<i64>(copies, unroll_of({block_accumulator(*r, pass, previous, number(1))}));
    }
  if (!facts_.strict) lanes = std::min<i64>(facts_.threads, std::max<i64>(facts_.subgroup, 32)), copies = facts_.threads / lanes;
  Team team = new_team(lanes, copies, facts_.strict ? std::max<i64>(1, strict_threads / (lanes * copies)) : 1, false, chunks);
  Iteration it = each_iteration(team, chunks);
  Block& body = it.loop.body;
  if (!chunked && !loops.empty()) body.push_back({Let{loops[0].var, it.number}});
  std::optional<Range> range;
  if (chunked) {
    Ref low = bind(body, "low", index_mul(it.number, number(facts_.tree.chunk)));
    range = Range{low, bind(body, "high", call("minimum", {index_add(low, number(facts_.tree.chunk)), loops[0].extent}))};
  }
  Ref count = chunked ? index_sub(range->end, range->begin) : product(inner);

  std::vector<State> states;
  if (!accumulators.empty() || !writes.empty()) states = stage(body, team, inner, accumulators, writes, it.active, unroll_of(accumulators), range);
  for (const Reduce* r : blocked) {
    reduces.push_back(r);
    states.push_back(block_states(body, team, *r, inner, range, count));
  }
  for (std::size_t k = 0; k < reduces.size(); ++k) {
    Partial p{reduces[k], {}, chunks};
    for (const Ref& s : states[k]) {
      p.buffers.push_back(fresh_buffer("partial", s->dtype()));
      result_.temporaries.push_back({p.buffers.back(), chunks});
      result_.kernel.buffers.push_back({p.buffers.back(), true});
      body.push_back({Store{p.buffers.back(), it.number, s, first_thread(team, it.active)}});
    }
    partials.push_back(std::move(p));
  }
  close(team, std::move(it));
}

// The chunks' states: one after the other where the tree asks for it, else by all threads of a block.
void GpuScheduler::total_end(const std::vector<Partial>& partials) {
  i64 lanes = facts_.strict ? 1 : std::min<i64>(facts_.threads, std::max<i64>(facts_.subgroup, 32));
  Team team = new_team(lanes, facts_.strict ? 1 : facts_.threads / lanes, 1, false, number(1));
  Iteration it = each_iteration(team, number(1));
  Block& body = it.loop.body;
  for (const Partial& p : partials) {
    Axis chunk{fresh("c", DType::i64), p.chunks};
    const Reduction* record = body_of<Reduction>(*p.reduce->node);
    const Node* node = p.reduce->node;
    State loaded;
    for (const Ref& b : p.buffers) loaded.push_back(load(b, chunk.var));
    Accumulator a{record->identity(*node), [=](const Ref&, const Ref&) { return loaded; },
                  [=](const State& x, const State& y) { return record->merge(*node, x, y); }, loaded[0], nullptr};
    State state = a.identity;
    if (facts_.strict) state = strided(body, team, chunk, {a}, {}, nullptr, {state}, {number(0), p.chunks})[0];
    else state = stage(body, team, {chunk}, {a}, {}, nullptr, 1)[0];
    finish(body, *p.reduce, state);
  }
  for (int level = 0; level <= max_level(); ++level)
    for (const Write& w : nest_.writes)
      if (w.level == level && w.loops.empty()) body.push_back({Store{w.buffer, w.index, w.value, first_thread(team, it.active)}});
  close(team, std::move(it));
}

void GpuScheduler::total() {
  std::vector<Partial> partials;
  for (const auto& loops : loop_lists(0)) total_chunks(loops, partials);
  total_end(partials);
}

namespace {
// Where as many loads walk an outer axis as the reduced one (a product of matrices), neighbouring threads take
// neighbouring results: what they share is read once for all.
NestShape gpu_shape(const Nest& nest, bool strict) {
  NestShape shape = shape_of(nest);
  if (strict || shape != NestShape::rows) return shape;
  int inner = 0, direct = 0;
  for (const Reduce& r : nest.reduces)
    if (!r.loops.empty()) inner = std::max(inner, unit_strides(nest, r.loops.back().var));
  for (const Write& w : nest.writes) direct += w.loops.empty();
  int outer = unit_strides(nest, nest.outer.back().var) - direct;
  return inner > 0 && outer >= inner ? NestShape::columns : NestShape::rows;
}
} // namespace

ScheduledKernel schedule_gpu(Nest nest, const GpuFacts& facts) {
  collapse(nest);
  GpuScheduler scheduler(std::move(nest), facts);
  switch (gpu_shape(scheduler.nest(), facts.strict)) {
  case NestShape::map: scheduler.map(); break;
  case NestShape::rows: scheduler.rows(); break;
  case NestShape::columns: scheduler.columns(); break;
  case NestShape::total: scheduler.total(); break;
  case NestShape::scan: scheduler.scan(); break;
  }
  ScheduledKernel scheduled = scheduler.take();
  collect_scalars(scheduled.kernel);
  return scheduled;
}

} // namespace croton::passes
