// Stages over one row, and the totals made of them.
#include "passes/schedule_parts.h"
#include <unordered_set>

namespace croton::passes {

using namespace ir;

State Scheduler::lane_states(const Accumulator& a, Vectorizer& vector, const Ref& mask) {
  State state = a.lift(a.element, a.position ? a.position : constant_dim(0));
  for (std::size_t k = 0; k < state.size(); ++k) {
    state[k] = splat(vector(state[k]), lanes_);
    if (mask) state[k] = where(mask, state[k], a.identity[k]);
  }
  return state;
}

State Scheduler::across_lanes(Block& out, const Accumulator& a, State v) {
  for (i64 width = lanes_ / 2; width >= 1; width /= 2) {
    State low, high;
    for (const Ref& r : v) {
      Ref whole = bind(out, "v", r);
      low.push_back(slice(whole, 0, constant_dim(0), constant_dim(width), 1));
      high.push_back(slice(whole, 0, constant_dim(width), constant_dim(width), 1));
    }
    v = a.merge(low, high);
  }
  for (Ref& r : v) r = bind(out, "s", squeeze(r, {0}));
  return v;
}

std::vector<State> Scheduler::fastest_loop(Block& out, const Axis& axis, const std::vector<Accumulator>& accumulators,
                                           const std::vector<const Write*>& writes, std::vector<State> states, const Range& range) {
  auto known = constant_value(index_sub(range.end, range.begin));
  Ref from = range.begin;
  if (Ref large = accumulators.empty() ? is_streamed(axis.var, writes) : Ref()) {
    Range whole = stream(out, bind(out, "large", large), axis.var, range, writes);
    masked_writes(out, axis.var, {range.begin, whole.begin}, writes);
    from = whole.end;
    known.reset();
  }
  const Ref first = from;

  // One loop: `copies` vectors an iteration, each with its own accumulators; neighbours, or `apart` elements from each other.
  auto loop_of = [&](const Ref& begin, const Ref& end, int copies, bool masked, const Ref& apart = nullptr) {
    For loop{fresh(masked ? "t" : "i", DType::i64), begin, end, apart ? lanes_ : lanes_ * copies};
    std::vector<std::vector<State>> carried(static_cast<std::size_t>(copies));
    for (int u = 0; u < copies; ++u)
      for (std::size_t k = 0; k < accumulators.size(); ++k) {
        State registers;
        for (std::size_t s = 0; s < states[k].size(); ++s) {
          Ref init = u == 0 ? states[k][s] : splat(accumulators[k].identity[s], lanes_);
          registers.push_back(fresh("acc", init->dtype(), lanes_));
          loop.carried.push_back({registers.back(), init, nullptr});
        }
        carried[static_cast<std::size_t>(u)].push_back(registers);
      }
    std::size_t next = 0;
    for (int u = 0; u < copies; ++u) {
      Ref at = index_add(loop.var, apart ? index_mul(apart, constant_dim(u)) : constant_dim(u * lanes_));
      Ref mask;
      if (masked) mask = bind(loop.body, "mask", call("less", {lane_ramp(lanes_), splat(index_sub(range.end, loop.var), lanes_)}));
      Vectorizer vector(axis.var, at, lanes_, mask);
      bool asks = !masked && !ahead_.empty(); // one vector's requests between the arithmetic of two: in a heap they stall the loads
      for (std::size_t k = 0; k < accumulators.size(); ++k)
        for (const Ref& r : accumulators[k].merge(carried[static_cast<std::size_t>(u)][k], lane_states(accumulators[k], vector, mask)))
          loop.carried[next++].next = asks ? bind(loop.body, "next", r) : r;
      for (const Write* w : writes) store(loop.body, *w, vector, axis.var, at, mask);
      if (asks) ask_ahead(loop.body, axis.var, at);
    }
    out.push_back({std::move(loop)});
    states = carried[0];
    for (int u = 1; u < copies; ++u)
      for (std::size_t k = 0; k < accumulators.size(); ++k) states[k] = accumulators[k].merge(states[k], carried[static_cast<std::size_t>(u)][k]);
    for (State& s : states)
      for (Ref& r : s) r = bind(out, "acc", r);
  };

  int unroll = unroll_of(accumulators);
  if (unroll > 1 && (!known || *known >= lanes_ * unroll)) {
    Ref after = bind(out, "from", index_add(first, round_down(index_sub(range.end, first), lanes_ * unroll)));
    if (copies_apart()) {
      Ref part = bind(out, "part", call("quotient", {index_sub(after, first), constant_dim(unroll)}));
      loop_of(from, index_add(from, part), unroll, false, part);
    } else {
      loop_of(from, range.end, unroll, false);
    }
    from = after;
  }
  auto left = constant_value(index_sub(range.end, from));
  if (!left || *left >= lanes_) loop_of(from, range.end, 1, false);
  if (left && *left % lanes_ == 0) return states;
  Ref whole = bind(out, "whole", index_add(first, round_down(index_sub(range.end, first), lanes_)));
  loop_of(whole, index_add(range.end, constant_dim(lanes_ - 1)), 1, true);
  return states;
}

std::vector<State> Scheduler::loops_from(Block& out, std::size_t depth, const std::vector<Axis>& loops, const std::vector<Accumulator>& accumulators,
                                         const std::vector<const Write*>& writes, std::vector<State> states, const std::optional<Range>& range) {
  if (depth + 1 == loops.size())
    return fastest_loop(out, loops[depth], accumulators, writes, std::move(states), range.value_or(Range{constant_dim(0), loops[depth].extent}));
  For loop{loops[depth].var, constant_dim(0), loops[depth].extent};
  std::vector<State> inside = states;
  for (State& s : inside)
    for (Ref& r : s) {
      Ref var = fresh("acc", r->dtype(), lanes_);
      loop.carried.push_back({var, r, nullptr});
      r = var;
    }
  std::vector<State> next = loops_from(loop.body, depth + 1, loops, accumulators, writes, inside, range);
  std::size_t k = 0;
  for (State& s : next)
    for (Ref& r : s) loop.carried[k++].next = r;
  out.push_back({std::move(loop)});
  return inside;
}

std::vector<State> Scheduler::stage(Block& out, const std::vector<Axis>& loops, const std::vector<Accumulator>& accumulators,
                                    const std::vector<const Write*>& writes, std::optional<Range> range) {
  std::vector<State> states;
  if (loops.empty()) {
    for (const Accumulator& a : accumulators) {
      State s = a.lift(a.element, a.position ? a.position : constant_dim(0));
      for (Ref& r : s) r = bind(out, "s", r);
      states.push_back(s);
    }
    for (const Write* w : writes) out.push_back({Store{w->buffer, w->index, w->value}});
    return states;
  }
  for (const Accumulator& a : accumulators) {
    State s;
    for (const Ref& r : a.identity) s.push_back(splat(r, lanes_));
    states.push_back(s);
  }
  states = loops_from(out, 0, loops, accumulators, writes, std::move(states), range);
  for (std::size_t k = 0; k < accumulators.size(); ++k) states[k] = across_lanes(out, accumulators[k], states[k]);
  return states;
}

// ---- rows ----

void Scheduler::level_writes(Block& out, int level) {
  for (const Write& w : nest_.writes)
    if (w.level == level && w.loops.empty()) out.push_back({Store{w.buffer, w.index, w.value}});
}

// Arithmetic of one element in the stages of a level.
int Scheduler::level_cost(int level) const {
  int cost = 0;
  for (const Reduce& r : nest_.reduces)
    if (r.level == level && r.loops.size() == 1) cost += cost_of(r.element);
  for (const Write& w : nest_.writes)
    if (w.level == level && w.loops.size() == 1) cost += cost_of(w.value);
  return cost;
}

// The pass over a block that computes most, the first one aside: that one reads from memory itself.
std::size_t Scheduler::dearest_pass(const Reduce& r, const Ref& count) {
  const std::vector<BlockStage>& passes = body_of<Reduction>(*r.node)->block;
  std::size_t dearest = 0;
  int highest = -1;
  for (std::size_t k = 1; k < passes.size(); ++k) {
    int price = cost_of(block_accumulator(r, passes[k], State(k, r.element), count).lift(r.element, nullptr)[0]);
    if (price > highest) dearest = k, highest = price;
  }
  return dearest;
}

// A later stage computes on what is in cache by then and leaves memory idle, so it asks for what comes next.
void Scheduler::look_ahead(const Axis& fastest, const std::vector<Ref>& read, const Ref& now, const Ref& next, bool near) {
  std::unordered_set<const Node*> seen;
  for (const Ref& expression : read)
    for (const Node* n : post_order(expression)) {
      if (!is_load(*n) || !seen.insert(n->args[0].get()).second || !depends_on(n->args[1], {{now, nullptr}})) continue;
      auto linear = linear_in(n->args[1], fastest.var);
      if (linear && constant_value(linear->scale) == 1) ahead_.push_back({n->args[0], replace(n->args[1], {{now.get(), next}}), near});
    }
}

void Scheduler::ask_ahead(Block& out, const Ref& var, const Ref& at) {
  for (const Prefetch& p : ahead_) out.push_back({Prefetch{p.buffer, replace(p.index, {{var.get(), at}})}});
}

void Scheduler::rows() {
  int cost = 0;
  for (const Reduce& r : nest_.reduces) cost += cost_of(r.element) + 4;
  for (const Write& w : nest_.writes) cost += cost_of(w.value);
  std::vector<Axis> longest;
  for (int level = 0; level <= max_level(); ++level)
    for (const auto& l : loop_lists(level))
      if (l.size() > longest.size()) longest = l;
  Phase phase = new_phase(product(nest_.outer), work_of(longest, cost));
  keep_shared_values(phase);
  int dearest = 0, highest = -1;
  for (int level = 1; level <= max_level(); ++level)
    if (int price = level_cost(level); price > highest) dearest = level, highest = price;
  std::vector<Ref> read_first; ///< by the first stage
  For row{fresh("p", DType::i64), phase.begin, phase.end};
  bind_axes(row.body, nest_.outer, row.var);
  for (int level = 0; level <= max_level(); ++level) {
    level_writes(row.body, level);
    for (const auto& loops : loop_lists(level)) {
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
      if (level == 0 && loops.size() == 1) {
        for (const Accumulator& a : accumulators) read_first.push_back(a.element);
        for (const Write* w : writes) read_first.push_back(w->value);
      }
      if (level > 0 && level == dearest && !nest_.outer.empty() && loops.size() == 1) {
        const Ref& row_var = nest_.outer.back().var;
        look_ahead(loops[0], read_first, row_var, index_add(row_var, constant_dim(1)));
      }
      auto states = stage(row.body, loops, accumulators, writes);
      ahead_.clear();
      for (std::size_t k = 0; k < reduces.size(); ++k)
        row.body.push_back({Let{reduces[k]->result, body_of<Reduction>(*reduces[k]->node)->finish(*reduces[k]->node, states[k], reduces[k]->count)}});
    }
  }
  phase.body.push_back({std::move(row)});
  result_.kernel.phases.push_back(std::move(phase));
}

// ---- total ----

// The passes of a blocked reduction over one block, and the state they make.
State Scheduler::block_states(Block& out, const Reduce& r, const std::vector<Axis>& loops, std::optional<Range> range, const Ref& count) {
  const Reduction* body = body_of<Reduction>(*r.node);
  std::vector<Ref> values;
  std::size_t dearest = dearest_pass(r, count);
  for (std::size_t k = 0; k < body->block.size(); ++k) {
    Accumulator a = block_accumulator(r, body->block[k], values, count);
    if (range && k > 0 && k == dearest) look_ahead(loops[0], {r.element}, loops[0].var, index_add(loops[0].var, constant_dim(facts_.chunk)));
    values.push_back(stage(out, loops, {a}, {}, range)[0][0]);
    ahead_.clear();
  }
  State state = body->from_block(*r.node, values, count);
  for (Ref& s : state) s = bind(out, "block", s);
  return state;
}

void Scheduler::total() {
  struct Partial {
    const Reduce* reduce;
    std::vector<Ref> buffers;
    Ref chunks;
  };
  std::vector<Partial> partials;
  for (const auto& loops : loop_lists(0)) {
    bool chunked = loops.size() == 1;
    Ref chunks = loops.empty() ? constant_dim(1) : chunked ? round_up_quotient(loops[0].extent, facts_.chunk) : loops[0].extent;
    std::vector<Axis> inner = chunked || loops.empty() ? loops : std::vector<Axis>(loops.begin() + 1, loops.end());
    Phase phase = new_phase(chunks, chunked ? constant_dim(facts_.chunk * 2) : work_of(inner, 4));
    For chunk{fresh("c", DType::i64), phase.begin, phase.end};
    if (!chunked && !loops.empty()) chunk.body.push_back({Let{loops[0].var, chunk.var}});
    std::optional<Range> range;
    if (chunked) {
      Ref low = bind(chunk.body, "low", index_mul(chunk.var, constant_dim(facts_.chunk)));
      range = Range{low, bind(chunk.body, "high", call("minimum", {index_add(low, constant_dim(facts_.chunk)), loops[0].extent}))};
    }
    Ref count = chunked ? index_sub(range->end, range->begin) : product(inner);

    std::vector<const Reduce*> reduces;
    std::vector<Accumulator> accumulators;
    std::vector<const Write*> writes;
    std::vector<State> states;
    for (const Reduce& r : nest_.reduces)
      if (same_loops(r.loops, loops) && !is_blocked(r)) {
        reduces.push_back(&r);
        accumulators.push_back(accumulator_of(r));
      }
    for (const Write& w : nest_.writes)
      if (!w.loops.empty() && same_loops(w.loops, loops)) writes.push_back(&w);
    if (!reduces.empty() || !writes.empty()) states = stage(chunk.body, inner, accumulators, writes, range);
    for (const Reduce& r : nest_.reduces)
      if (same_loops(r.loops, loops) && is_blocked(r)) {
        reduces.push_back(&r);
        states.push_back(loops.empty() ? stage(chunk.body, inner, {accumulator_of(r)}, {})[0] : block_states(chunk.body, r, inner, range, count));
      }
    for (std::size_t k = 0; k < reduces.size(); ++k) {
      Partial p{reduces[k], {}, chunks};
      for (const Ref& s : states[k]) {
        Ref buffer = fresh_buffer("partial", s->dtype());
        result_.temporaries.push_back({buffer, chunks});
        result_.kernel.buffers.push_back({buffer, true});
        chunk.body.push_back({Store{buffer, chunk.var, s}});
        p.buffers.push_back(buffer);
      }
      partials.push_back(std::move(p));
    }
    phase.body.push_back({std::move(chunk)});
    result_.kernel.phases.push_back(std::move(phase));
  }

  Phase last = new_phase(constant_dim(1), constant_dim(1));
  For once{fresh("p", DType::i64), last.begin, last.end};
  for (const Partial& p : partials) {
    const Reduction* body = body_of<Reduction>(*p.reduce->node);
    For loop{fresh("c", DType::i64), constant_dim(0), p.chunks};
    State running, part;
    State identity = body->identity(*p.reduce->node);
    for (std::size_t k = 0; k < p.buffers.size(); ++k) {
      running.push_back(fresh("run", p.buffers[k]->dtype()));
      part.push_back(load(p.buffers[k], loop.var));
      loop.carried.push_back({running.back(), identity[k], nullptr});
    }
    State next = body->merge(*p.reduce->node, running, part);
    for (std::size_t k = 0; k < next.size(); ++k) loop.carried[k].next = next[k];
    once.body.push_back({std::move(loop)});
    once.body.push_back({Let{p.reduce->result, body->finish(*p.reduce->node, running, p.reduce->count)}});
  }
  for (int level = 0; level <= max_level(); ++level) level_writes(once.body, level);
  last.body.push_back({std::move(once)});
  result_.kernel.phases.push_back(std::move(last));
}

} // namespace croton::passes
