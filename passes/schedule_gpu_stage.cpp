// Teams of threads, and the stages they run over the loops of a reduction.
#include "passes/schedule_gpu_parts.h"
#include <algorithm>
#include <bit>

namespace croton::passes {

using namespace ir;

namespace {
Ref number(i64 value) { return constant_dim(value); }
Ref low_bits(const Ref& x, i64 below) { return below == 1 ? number(0) : call("bitwise_and", {x, number(below - 1)}); }
Ref high_bits(const Ref& x, i64 above) { return above == 1 ? x : call("shr", {x, number(std::countr_zero(static_cast<u64>(above)))}); }
} // namespace

// Loads touch memory only where the condition holds.
Ref GpuScheduler::guarded(const Ref& e, const Ref& condition) {
  std::unordered_map<const Node*, Ref> done;
  for (const Node* n : post_order(e)) {
    Args args;
    bool changed = false;
    for (const Ref& a : n->args) {
      args.push_back(done.at(a.get()));
      changed |= args.back() != a;
    }
    if (is_load(*n)) {
      Ref mask = args.size() > 2 ? call("logical_and", {args[2], condition}) : condition;
      done.emplace(n, load(args[0], args[1], mask));
    } else {
      done.emplace(n, changed ? make(*n->op, std::move(args), n->attrs, n->where) : Ref(n));
    }
  }
  return done.at(e.get());
}

// ---- teams ----

GpuScheduler::Team GpuScheduler::new_team(i64 lanes, i64 copies, i64 rows, bool interleaved, const Ref& count) {
  Team team{.lanes = lanes, .copies = copies, .rows = rows, .interleaved = interleaved};
  team.phase = new_phase(round_up_quotient(count, rows), number(1));
  team.thread = fresh("thread", DType::i64);
  team.phase.threads.count = team.threads();
  team.phase.threads.index = team.thread;
  Block& body = team.phase.body;
  Ref member = interleaved ? high_bits(team.thread, rows) : low_bits(team.thread, team.size());
  Ref which = interleaved ? low_bits(team.thread, rows) : high_bits(team.thread, team.size());
  team.member = bind(body, "member", team.size() == 1 ? number(0) : member);
  team.team = bind(body, "team", rows == 1 ? number(0) : which);
  team.lane = bind(body, "lane", low_bits(team.member, lanes));
  return team;
}

GpuScheduler::Iteration GpuScheduler::each_iteration(const Team& team, const Ref& count) {
  Iteration it{For{fresh("p", DType::i64), team.phase.begin, team.phase.end}, nullptr, nullptr};
  if (team.rows == 1) {
    it.number = it.loop.var;
    return it;
  }
  Ref own = bind(it.loop.body, "own", index_add(index_mul(it.loop.var, number(team.rows)), team.team));
  if (auto known = constant_value(count); known && *known % team.rows == 0) { // every team has one
    it.number = own;
    return it;
  }
  it.active = bind(it.loop.body, "active", call("less", {own, count}));
  it.number = bind(it.loop.body, "row", where(it.active, own, index_sub(count, number(1))));
  return it;
}

void GpuScheduler::close(Team& team, Iteration it) {
  team.phase.body.push_back({std::move(it.loop)});
  result_.kernel.phases.push_back(std::move(team.phase));
}

Ref GpuScheduler::shared_memory(Team& team, DType dtype, std::size_t k) {
  Ref& buffer = team.shared[{dtype, k}];
  if (!buffer) {
    buffer = fresh_buffer("shared", dtype);
    team.phase.threads.shared.push_back({buffer, number(team.threads())});
  }
  return buffer;
}

Ref GpuScheduler::first_thread(const Team& team, const Ref& active) const {
  if (team.size() == 1) return active;
  Ref first = call("equal", {team.member, number(0)});
  return active ? call("logical_and", {first, active}) : first;
}

// Each lane's states of all copies in order; every copy then has the merged ones.
void GpuScheduler::merge_copies(Block& out, Team& team, i64 copies, const Accumulator& a, State& state) {
  if (copies == 1) return;
  std::vector<Ref> buffers;
  std::map<DType, std::size_t> used;
  for (Ref& r : state) {
    buffers.push_back(shared_memory(team, r->dtype(), used[r->dtype()]++));
    out.push_back({Store{buffers.back(), team.thread, r}});
  }
  out.push_back({Barrier{}});
  Ref first = team.interleaved ? team.team : index_add(index_mul(team.team, number(team.size())), team.lane);
  i64 distance = team.interleaved ? team.rows : team.lanes;
  State merged;
  for (i64 u = 0; u < copies; ++u) {
    State part;
    for (const Ref& b : buffers) part.push_back(bind(out, "part", load(b, index_add(first, number(u * distance)))));
    merged = u == 0 ? part : a.merge(merged, part);
  }
  for (Ref& r : merged) r = bind(out, "acc", r);
  out.push_back({Barrier{}}); // the memory is used again
  state = std::move(merged);
}

// By exchanges of registers where a subgroup holds both, else by shared memory.
State GpuScheduler::state_of_other(Block& out, Team& team, State& state, i64 distance) {
  State other;
  for (Ref& r : state) r = bind(out, "own", r);
  if (2 * distance > facts_.subgroup) return shared_states(out, team, state, call("bitwise_xor", {team.thread, number(distance)}));
  for (const Ref& r : state) {
    other.push_back(fresh("other", r->dtype()));
    out.push_back({Exchange{other.back(), r, distance}});
  }
  return other;
}

State GpuScheduler::shared_states(Block& out, Team& team, const State& state, const Ref& thread) {
  State other;
  std::map<DType, std::size_t> used;
  std::vector<Ref> buffers;
  for (const Ref& r : state) {
    buffers.push_back(shared_memory(team, r->dtype(), used[r->dtype()]++));
    out.push_back({Store{buffers.back(), team.thread, r}});
  }
  out.push_back({Barrier{}});
  for (const Ref& b : buffers) other.push_back(bind(out, "other", load(b, thread)));
  out.push_back({Barrier{}});
  return other;
}

// Lane i with lane i + half, halving; both keep what they make, so that in the end every lane has the whole.
void GpuScheduler::merge_lanes(Block& out, Team& team, const Accumulator& a, State& state) {
  for (i64 half = team.lanes / 2; half >= 1; half /= 2) {
    State other = state_of_other(out, team, state, half);
    Ref upper = bind(out, "upper", call("not_equal", {call("bitwise_and", {team.lane, number(half)}), number(0)}));
    State low, high;
    for (std::size_t k = 0; k < state.size(); ++k) {
      low.push_back(where(upper, other[k], state[k]));
      high.push_back(where(upper, state[k], other[k]));
    }
    state = a.merge(low, high);
    for (Ref& r : state) r = bind(out, "acc", r);
  }
}

// ---- loops ----

std::vector<State> GpuScheduler::carry(Block& out, For loop, const std::vector<State>& states, const std::function<std::vector<State>(Block&, std::vector<State>)>& next) {
  std::vector<State> inside = states;
  for (State& s : inside)
    for (Ref& r : s) {
      Ref var = fresh("acc", r->dtype(), lanes_of(*r));
      loop.carried.push_back({var, r, nullptr});
      r = var;
    }
  std::size_t k = 0;
  for (State& s : next(loop.body, inside))
    for (Ref& r : s) loop.carried[k++].next = r;
  out.push_back({std::move(loop)});
  return inside;
}

std::vector<State> GpuScheduler::loops_from(Block& out, std::size_t depth, const std::vector<Axis>& loops, std::vector<State> states, const std::optional<Range>& range, const FastestLoop& fastest) {
  if (depth + 1 == loops.size()) return fastest(out, loops[depth], std::move(states), range.value_or(Range{number(0), loops[depth].extent}));
  return carry(out, For{loops[depth].var, number(0), loops[depth].extent}, states, [&](Block& body, std::vector<State> inside) {
    return loops_from(body, depth + 1, loops, std::move(inside), range, fastest);
  });
}

namespace {
State lifted(const Accumulator& a) { return a.lift(a.element, a.position ? a.position : constant_dim(0)); }

std::vector<State> merged_element(const std::vector<Accumulator>& accumulators, std::vector<State> states) {
  for (std::size_t k = 0; k < accumulators.size(); ++k) states[k] = accumulators[k].merge(states[k], lifted(accumulators[k]));
  return states;
}
} // namespace

// Every thread takes each size-th group of neighbours from its own on while whole groups are left, then each size-th element.
std::vector<State> GpuScheduler::strided(Block& out, Team& team, const Axis& axis, const std::vector<Accumulator>& accumulators,
                                         const std::vector<const Write*>& writes, const Ref& active, std::vector<State> states, const Range& range) {
  Ref begin = range.begin;
  std::vector<Ref> expressions, positions;
  for (const Accumulator& a : accumulators)
    for (const Ref& r : lifted(a)) expressions.push_back(r);
  for (const Write* w : writes) expressions.push_back(w->value), positions.push_back(w->index);
  Wide wide = wide_accesses(axis, expressions, positions, writes);
  bool free_order = accumulators.empty() || !facts_.strict;
  if (wide.lanes > 1 && !team.interleaved && free_order) {
    Ref length = index_sub(range.end, range.begin), all = round_down(length, wide.lanes);
    Ref whole = bind(out, "whole", wide.when ? where(wide.when, all, number(0)) : all);
    std::vector<State> vectors = states;
    for (std::size_t k = 0; k < vectors.size(); ++k)
      for (std::size_t j = 0; j < vectors[k].size(); ++j) vectors[k][j] = splat(accumulators[k].identity[j], wide.lanes);
    Ref at = fresh("i", DType::i64);
    Ref first = index_add(range.begin, index_mul(team.member, number(wide.lanes)));
    For loop{at, first, index_add(index_add(range.begin, whole), number(wide.lanes * (team.size() - 1))), wide.lanes * team.size()};
    vectors = carry(out, std::move(loop), vectors, [&](Block& body, std::vector<State> inside) {
      Vectorizer vector(axis.var, at, wide.lanes);
      for (const Write* w : writes) store_wide(body, *w, vector, axis.var, at, wide.lanes, active);
      for (std::size_t k = 0; k < accumulators.size(); ++k) {
        State part = lifted(accumulators[k]);
        for (Ref& r : part) r = splat(vector(r), wide.lanes);
        inside[k] = accumulators[k].merge(inside[k], part);
      }
      return inside;
    });
    for (std::size_t k = 0; k < vectors.size(); ++k) {
      State v = vectors[k];
      for (i64 half = wide.lanes / 2; half >= 1; half /= 2) {
        State low, high;
        for (const Ref& r : v) {
          Ref whole_vector = bind(out, "v", r);
          low.push_back(slice(whole_vector, 0, number(0), number(half), 1));
          high.push_back(slice(whole_vector, 0, number(half), number(half), 1));
        }
        v = accumulators[k].merge(low, high);
      }
      for (Ref& r : v) r = bind(out, "s", squeeze(r, {0}));
      states[k] = accumulators[k].merge(states[k], v);
      for (Ref& r : states[k]) r = bind(out, "acc", r);
    }
    auto known = constant_value(length);
    if (!wide.when && known && *known % wide.lanes == 0) return states;
    begin = index_add(range.begin, whole);
  }
  For loop{axis.var, index_add(begin, team.member), index_add(range.end, number(team.size() - 1)), team.size()};
  return carry(out, std::move(loop), states, [&](Block& body, std::vector<State> inside) {
    for (const Write* w : writes) body.push_back({Store{w->buffer, w->index, w->value, active}});
    return merged_element(accumulators, std::move(inside));
  });
}

// The order of schedule_cpu: whole vectors for all copies, the copies in order, single vectors, the tail under a mask. The
// last two are done by every copy alike, so that each has the states.
std::vector<State> GpuScheduler::by_tree(Block& out, Team& team, i64 copies, const Axis& axis, const std::vector<Accumulator>& accumulators, std::vector<State> states, const Range& range) {
  i64 lanes = team.lanes, together = lanes * copies;
  Ref from = range.begin;
  auto known = constant_value(index_sub(range.end, range.begin));
  if (copies > 1 && (!known || *known >= together)) {
    Ref own = bind(out, "own", low_bits(team.member, together));
    Ref first = bind(out, "first", call("less", {own, number(lanes)}));
    Ref after = bind(out, "from", index_add(range.begin, round_down(index_sub(range.end, range.begin), together)));
    Ref start = own, end = range.end;
    i64 step = together;
    if (copies_apart()) {
      Ref part = bind(out, "part", call("quotient", {index_sub(after, range.begin), number(copies)}));
      start = bind(out, "start", index_add(low_bits(own, lanes), index_mul(call("quotient", {own, number(lanes)}), part)));
      end = index_add(range.begin, part);
      step = lanes;
    }
    for (std::size_t k = 0; k < states.size(); ++k)
      for (std::size_t j = 0; j < states[k].size(); ++j) states[k][j] = where(first, states[k][j], accumulators[k].identity[j]);
    Ref at = fresh("i", DType::i64);
    states = carry(out, For{at, range.begin, end, step}, states, [&](Block& body, std::vector<State> inside) {
      body.push_back({Let{axis.var, index_add(at, start)}});
      return merged_element(accumulators, std::move(inside));
    });
    for (std::size_t k = 0; k < states.size(); ++k) merge_copies(out, team, copies, accumulators[k], states[k]);
    from = after;
  }
  auto vectors = [&](const Ref& begin, const Ref& end, bool masked) {
    Ref at = fresh(masked ? "t" : "i", DType::i64);
    states = carry(out, For{at, begin, end, lanes}, states, [&](Block& body, std::vector<State> inside) {
      body.push_back({Let{axis.var, index_add(at, team.lane)}});
      if (!masked) return merged_element(accumulators, std::move(inside));
      Ref mask = bind(body, "mask", call("less", {axis.var, range.end}));
      for (std::size_t k = 0; k < inside.size(); ++k) {
        State part = lifted(accumulators[k]);
        for (std::size_t j = 0; j < part.size(); ++j) part[j] = where(mask, guarded(part[j], mask), accumulators[k].identity[j]);
        inside[k] = accumulators[k].merge(inside[k], part);
      }
      return inside;
    });
  };
  auto left = constant_value(index_sub(range.end, from));
  if (!left || *left >= lanes) vectors(from, range.end, false);
  if (left && *left % lanes == 0) return states;
  Ref whole = bind(out, "whole", index_add(range.begin, round_down(index_sub(range.end, range.begin), lanes)));
  vectors(whole, index_add(range.end, number(lanes - 1)), true);
  return states;
}

std::vector<State> GpuScheduler::stage(Block& out, Team& team, const std::vector<Axis>& loops, const std::vector<Accumulator>& accumulators,
                                       const std::vector<const Write*>& writes, const Ref& active, i64 copies, std::optional<Range> range) {
  std::vector<State> states;
  if (loops.empty()) {
    for (const Accumulator& a : accumulators) {
      State s = lifted(a);
      for (Ref& r : s) r = bind(out, "s", r);
      states.push_back(s);
    }
    for (const Write* w : writes) out.push_back({Store{w->buffer, w->index, w->value, first_thread(team, active)}});
    return states;
  }
  for (const Accumulator& a : accumulators) states.push_back(a.identity);
  bool tree = facts_.strict && !accumulators.empty();
  auto plain = [&](const std::vector<Accumulator>& some) -> FastestLoop {
    return [&](Block& body, const Axis& axis, std::vector<State> inside, const Range& r) { return strided(body, team, axis, some, writes, active, std::move(inside), r); };
  };
  if (!tree) {
    states = loops_from(out, 0, loops, std::move(states), range, plain(accumulators));
  } else {
    states = loops_from(out, 0, loops, std::move(states), range, [&](Block& body, const Axis& axis, std::vector<State> inside, const Range& r) {
      return by_tree(body, team, copies, axis, accumulators, std::move(inside), r);
    });
    std::vector<Accumulator> none;
    if (!writes.empty()) loops_from(out, 0, loops, {}, range, plain(none));
  }
  for (std::size_t k = 0; k < accumulators.size(); ++k) {
    if (!tree) merge_copies(out, team, team.copies, accumulators[k], states[k]);
    merge_lanes(out, team, accumulators[k], states[k]);
  }
  return states;
}

void GpuScheduler::finish(Block& out, const Reduce& r, const State& state) {
  out.push_back({Let{r.result, body_of<Reduction>(*r.node)->finish(*r.node, state, r.count)}});
}

// The passes of a blocked reduction over one block, and the state they make.
State GpuScheduler::block_states(Block& out, Team& team, const Reduce& r, const std::vector<Axis>& loops, std::optional<Range> range, const Ref& count) {
  const Reduction* body = body_of<Reduction>(*r.node);
  std::vector<Ref> values;
  for (const BlockStage& pass : body->block) {
    Accumulator a = block_accumulator(r, pass, values, count);
    values.push_back(stage(out, team, loops, {a}, {}, nullptr, unroll_of({a}), range)[0][0]);
  }
  State state = body->from_block(*r.node, values, count);
  for (Ref& s : state) s = bind(out, "block", s);
  return state;
}

} // namespace croton::passes
