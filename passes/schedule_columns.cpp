// Reductions over rows whose columns are contiguous: a tile of columns has its accumulators in cache while rows stream past,
// several at a time so that an accumulator is loaded and stored once for all of them. A state made from a block of elements
// (variance, logsumexp) is made from those few rows while they are in registers: memory is read once, and as it is needed.
#include "passes/schedule_parts.h"
#include <algorithm>

namespace croton::passes {

using namespace ir;

struct Scheduler::Tile {
  Phase* phase;
  Axis column;    ///< the contiguous outer axis
  Ref begin, end; ///< columns of this tile
  i64 capacity;
  bool streams;   ///< each row is read once, in long runs
  std::unordered_map<const Node*, std::vector<Ref>> accumulators; ///< result register → arrays of its state
  /// Result register → what of its state is the same in all columns (a count), as scalars; null: it has an array.
  std::unordered_map<const Node*, State> uniform;
  std::unordered_map<const Node*, Ref> results;                   ///< result register → its value in terms of the column
};

namespace {

constexpr i64 ahead_vectors = 8; ///< how far before its use memory is asked for

// Lane `at` of a tile array is column begin + at.
Ref tile_load(const Ref& array, const Ref& position, i64 lanes) { return vload(array, position, lanes); }

State load_state(const std::vector<Ref>& arrays, const State& uniform, const Ref& position, i64 lanes) {
  State s;
  for (std::size_t k = 0; k < arrays.size(); ++k) s.push_back(arrays[k] ? tile_load(arrays[k], position, lanes) : uniform[k]);
  return s;
}

} // namespace

// The state of one reduction after `count` rows more, at one vector of columns; `shifted` gives an expression's value in row k of them.
State Scheduler::column_state(Block& lanes, const Tile& tile, const Reduce& r, State before, const Shifted& shifted, std::vector<Vectorizer>& each,
                              const Ref& at, bool masked) {
  const Ref& column = tile.column.var;
  Accumulator a = accumulator_of(r);
  auto count = static_cast<i64>(each.size());
  bool blocked = count > 1 && is_blocked(r);
  std::vector<State> lifted;
  std::vector<Ref> elements;
  for (i64 k = 0; k < count; ++k) {
    Vectorizer& vector = each[static_cast<std::size_t>(k)];
    Ref element = shifted(replace(r.element, tile.results), k);
    if (!blocked) {
      lifted.push_back(a.lift(element, shifted(r.position, k)));
      for (Ref& x : lifted.back()) x = vector(x);
      continue;
    }
    if (tile.streams && !masked) { // memory is idle while the passes compute
      look_ahead(tile.column, {element}, column, index_add(column, constant_dim(ahead_vectors * lanes_)), true);
      ask_ahead(lanes, column, at);
      ahead_.clear();
    }
    elements.push_back(bind(lanes, "x", vector(element)));
  }
  if (!blocked) return a.merge(before, merge_pairwise(std::move(lifted), a.merge));
  return state_after(r, std::move(before), elements, [&](const Ref& x) { return bind(lanes, "pass", splat(x, lanes_)); });
}

// `count` rows from `row`, for every column of the tile.
void Scheduler::column_rows(Block& body, Tile& tile, const std::vector<Axis>& loops, const std::vector<const Reduce*>& reduces,
                            const std::vector<const Write*>& writes, const Ref& row, i64 count) {
  const Ref& column = tile.column.var;
  Shifted shifted = [&](const Ref& e, i64 k) { return loops.empty() ? e : replace(e, {{loops.back().var.get(), index_add(row, constant_dim(k))}}); };
  std::unordered_map<const Reduce*, std::unordered_map<std::size_t, Ref>> next_uniform;
  lane_loop(body, column, tile.begin, tile.end, [&](Block& lanes, Vectorizer&, const Ref& at, const Ref& mask) {
    Ref position = index_sub(at, tile.begin);
    std::vector<Vectorizer> each;
    for (i64 k = 0; k < count; ++k) each.emplace_back(column, at, lanes_, mask);
    for (const Reduce* r : reduces) {
      const auto& arrays = tile.accumulators.at(r->result.get());
      State next = column_state(lanes, tile, *r, load_state(arrays, tile.uniform.at(r->result.get()), position, lanes_), shifted, each, at, mask != nullptr);
      for (std::size_t k = 0; k < arrays.size(); ++k) {
        if (arrays[k]) next[k] = bind(lanes, "acc", splat(next[k], lanes_));
        else next_uniform[r][k] = next[k];
      }
      for (std::size_t k = 0; k < arrays.size(); ++k)
        if (arrays[k]) lanes.push_back({Store{arrays[k], position, next[k]}});
    }
    for (const Write* w : writes)
      for (i64 k = 0; k < count; ++k) {
        Write row_write = *w;
        row_write.index = shifted(w->index, k);
        row_write.value = shifted(replace(w->value, tile.results), k);
        store(lanes, row_write, each[static_cast<std::size_t>(k)], column, at, mask);
      }
  });
  for (const Reduce* r : reduces)
    for (auto& [k, value] : next_uniform[r]) tile.uniform.at(r->result.get())[k] = bind(body, "n", value);
}

void Scheduler::column_stage(Block& out, Tile& tile, const std::vector<Axis>& loops, const std::vector<const Reduce*>& reduces,
                             const std::vector<const Write*>& writes) {
  auto rows = [&](Block& body, const Ref& row, i64 count) { column_rows(body, tile, loops, reduces, writes, row, count); };
  // A loop that carries what is uniform.
  auto loop_over = [&](Block& body, For loop, const std::function<void(Block&)>& inside) {
    std::vector<Ref*> values;
    for (const Reduce* r : reduces)
      for (Ref& u : tile.uniform.at(r->result.get()))
        if (u) values.push_back(&u);
    for (Ref* u : values) {
      Ref var = fresh("n", (*u)->dtype());
      loop.carried.push_back({var, *u, nullptr});
      *u = var;
    }
    inside(loop.body);
    for (std::size_t k = 0; k < values.size(); ++k) {
      loop.carried[k].next = *values[k];
      *values[k] = loop.carried[k].var;
    }
    body.push_back({std::move(loop)});
  };
  if (loops.empty()) return rows(out, constant_dim(0), 1);

  // All but the fastest of the reduced axes are plain loops around the streaming one.
  std::function<void(Block&, std::size_t)> nest = [&](Block& body, std::size_t depth) {
    const Axis& axis = loops[depth];
    if (depth + 1 < loops.size()) {
      loop_over(body, For{axis.var, constant_dim(0), axis.extent}, [&](Block& inner) { nest(inner, depth + 1); });
      return;
    }
    i64 at_once = reduces.empty() ? 1 : rows_at_once;
    auto known = constant_value(axis.extent);
    Ref whole = at_once == 1 ? axis.extent : known ? constant_dim(*known / at_once * at_once) : bind(body, "whole", round_down(axis.extent, at_once));
    Ref many = fresh("r", DType::i64);
    if (!known || *known >= at_once)
      loop_over(body, For{many, constant_dim(0), axis.extent, at_once}, [&](Block& inner) { rows(inner, many, at_once); });
    if (at_once == 1) return;
    if (known) {
      if (i64 rest = *known % at_once; rest > 0) rows(body, whole, rest);
      return;
    }
    Ref one = fresh("r", DType::i64);
    loop_over(body, For{one, whole, axis.extent}, [&](Block& inner) { rows(inner, one, 1); });
  };
  nest(out, 0);
}

void Scheduler::column_finish(Block& out, Tile& tile, const std::vector<const Reduce*>& reduces) {
  for (const Reduce* r : reduces) {
    Ref array = fresh_buffer("result", r->result->dtype());
    tile.phase->scratch.push_back({array, constant_dim(tile.capacity)});
    const auto& arrays = tile.accumulators.at(r->result.get());
    lane_loop(out, tile.column.var, tile.begin, tile.end, [&](Block& lanes, Vectorizer&, const Ref& at, const Ref&) {
      Ref position = index_sub(at, tile.begin);
      Ref value = body_of<Reduction>(*r->node)->finish(*r->node, load_state(arrays, tile.uniform.at(r->result.get()), position, lanes_), r->count);
      lanes.push_back({Store{array, position, splat(value, lanes_)}});
    });
    tile.results[r->result.get()] = load(array, index_sub(tile.column.var, tile.begin));
  }
}

namespace {

// The component's merge looks at no other one: constants stay the same for all columns. Which position argmax takes depends on values.
bool merges_alone(const Reduce& r, std::size_t k) {
  const Reduction* body = body_of<Reduction>(*r.node);
  State left, right;
  for (const Ref& x : body->identity(*r.node)) {
    std::string number = std::to_string(left.size());
    left.push_back(register_of("left." + number, x->dtype()));
    right.push_back(register_of("right." + number, x->dtype()));
  }
  Ref merged = body->merge(*r.node, left, right)[k];
  auto others = post_order(merged);
  return std::all_of(others.begin(), others.end(), [&](const Node* n) { return !is_register(*n) || n == left[k].get() || n == right[k].get(); });
}

// The component of the state is the same for all columns: a count.
bool is_uniform(const Reduce& r, std::size_t k) {
  Accumulator a = accumulator_of(r);
  return is_constant(*a.lift(r.element, r.position)[k]) && is_constant(*a.identity[k]) && merges_alone(r, k);
}

// Of the arrays of accumulators, for one column.
i64 bytes_of_accumulators(const std::vector<Reduce>& reduces) {
  i64 bytes = 0;
  for (const Reduce& r : reduces) {
    State identity = body_of<Reduction>(*r.node)->identity(*r.node);
    for (std::size_t k = 0; k < identity.size(); ++k)
      if (!is_uniform(r, k)) bytes += static_cast<i64>(size_of(identity[k]->dtype()));
  }
  return bytes;
}

} // namespace

void Scheduler::column_level(Block& out, Tile& tile, int level) {
  std::vector<const Write*> direct;
  for (const Write& w : nest_.writes)
    if (w.level == level && w.loops.empty()) direct.push_back(&w);
  if (!direct.empty()) column_stage(out, tile, {}, {}, direct);
  for (const auto& loops : loop_lists(level)) {
    std::vector<const Reduce*> reduces;
    std::vector<const Write*> writes;
    for (const Reduce& r : nest_.reduces)
      if (r.level == level && same_loops(r.loops, loops)) {
        reduces.push_back(&r);
        State identity = body_of<Reduction>(*r.node)->identity(*r.node);
        auto& arrays = tile.accumulators[r.result.get()];
        auto& uniform = tile.uniform[r.result.get()];
        for (std::size_t k = 0; k < identity.size(); ++k) {
          bool same = is_uniform(r, k);
          uniform.push_back(same ? identity[k] : nullptr);
          arrays.push_back(same ? nullptr : fresh_buffer("acc", identity[k]->dtype()));
          if (!same) tile.phase->scratch.push_back({arrays.back(), constant_dim(tile.capacity)});
        }
        lane_loop(out, tile.column.var, tile.begin, tile.end, [&](Block& lanes, Vectorizer&, const Ref& at, const Ref&) {
          for (std::size_t k = 0; k < arrays.size(); ++k)
            if (arrays[k]) lanes.push_back({Store{arrays[k], index_sub(at, tile.begin), splat(identity[k], lanes_)}});
        });
      }
    for (const Write& w : nest_.writes)
      if (w.level == level && !w.loops.empty() && same_loops(w.loops, loops)) writes.push_back(&w);
    if (!reduces.empty() || !writes.empty()) column_stage(out, tile, loops, reduces, writes);
    column_finish(out, tile, reduces);
  }
}

void Scheduler::columns() {
  Tile tile;
  tile.column = nest_.outer.back();
  // Several stages pass over the tile again: narrower, so that its rows stay in L2. A single one streams: neighbouring
  // tiles of one worker are one wide tile, because memory is read faster in long runs.
  bool stages = max_level() > 1 || !loop_lists(1).empty();
  i64 width = stages ? facts_.tile / 8 : facts_.tile;
  std::vector<Axis> others(nest_.outer.begin(), nest_.outer.end() - 1);
  tile.streams = !stages && others.empty();
  i64 fitting = facts_.tile_bytes / std::max<i64>(1, width * bytes_of_accumulators(nest_.reduces));
  i64 joined = tile.streams ? std::clamp<i64>(fitting, 1, facts_.joined_tiles) : 1;
  tile.capacity = width * joined;
  Ref tiles = round_up_quotient(tile.column.extent, width);
  std::vector<Axis> longest;
  int cost = 4;
  for (const Reduce& r : nest_.reduces) {
    cost += cost_of(r.element);
    if (r.loops.size() > longest.size()) longest = r.loops;
  }
  Phase phase = new_phase(index_mul(product(others), tiles), index_mul(work_of(longest, cost), call("minimum", {tile.column.extent, constant_dim(width)})));
  tile.phase = &phase;
  For each{fresh("p", DType::i64), phase.begin, index_add(phase.end, constant_dim(joined - 1)), joined};
  Ref number = each.var;
  if (!others.empty()) {
    Ref other = bind(each.body, "other", call("quotient", {each.var, tiles}));
    number = bind(each.body, "tile", index_sub(each.var, index_mul(other, tiles)));
    bind_axes(each.body, others, other);
  }
  tile.begin = bind(each.body, "low", index_mul(number, constant_dim(width)));
  Ref after = joined == 1 ? index_add(number, constant_dim(1)) : call("minimum", {index_add(number, constant_dim(joined)), phase.end});
  tile.end = bind(each.body, "high", call("minimum", {index_mul(after, constant_dim(width)), tile.column.extent}));
  for (int level = 0; level <= max_level(); ++level) column_level(each.body, tile, level);
  phase.body.push_back({std::move(each)});
  result_.kernel.phases.push_back(std::move(phase));
}

} // namespace croton::passes
