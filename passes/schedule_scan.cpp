// Scans. One order on every number of threads, and on every device in strict mode: a row is cut into chunks; in a chunk,
// vectors of elements are scanned by a binary tree and merged one after the other behind a carry; what lies behind the
// chunk's begin is merged last. Columns are merged one element after the other.
//
// Rows: a worker scans the rows that lie whole in its part. Of a row that is cut between workers it merges the chunks
// first, and a second phase scans them, behind the chunks before: such rows are read twice.
#include "passes/schedule_parts.h"

namespace croton::passes {

using namespace ir;

namespace {

// Vectors are scanned in place: lane k of a reversed one is step lanes − 1 − k.
i64 lane_of(i64 step, i64 lanes, bool reverse) { return reverse ? lanes - 1 - step : step; }

// For each step, the lane of the step that `source` names.
std::vector<i64> lane_order(i64 lanes, bool reverse, const std::function<i64(i64 step)>& source) {
  std::vector<i64> order(static_cast<std::size_t>(lanes));
  for (i64 step = 0; step < lanes; ++step) order[static_cast<std::size_t>(lane_of(step, lanes, reverse))] = lane_of(source(step), lanes, reverse);
  return order;
}

State shuffled(const State& state, const std::vector<i64>& order) {
  State result;
  for (const Ref& r : state) result.push_back(shuffle(r, order));
  return result;
}

State chosen(const Ref& condition, const State& yes, const State& no) {
  State result;
  for (std::size_t k = 0; k < yes.size(); ++k) result.push_back(where(condition, yes[k], no[k]));
  return result;
}

State registers_of(const State& state, i64 lanes, const std::function<Ref(DType, i64)>& fresh, std::vector<Carried>& carried) {
  State registers;
  for (const Ref& init : state) {
    registers.push_back(fresh(init->dtype(), lanes));
    carried.push_back({registers.back(), init, nullptr});
  }
  return registers;
}

void carry_on(std::vector<Carried>& carried, const State& next) {
  for (std::size_t k = 0; k < next.size(); ++k) carried[k].next = next[k];
}

} // namespace

// One vector from step `at` on: its own scan by a tree of neighbours, then behind the carry, then behind the offset.
void Scheduler::scan_vector(Block& out, const Running& running, const State& offset, State& carry, const Ref& at, const Ref& end, bool masked, Writes writes) {
  const Scan& scan = *nest_.scan;
  auto bound = [&](State state) {
    for (Ref& r : state) r = bind(out, "v", splat(r, lanes_));
    return state;
  };
  auto bits = [&](i64 bit) { return call("bitwise_and", {lane_ramp(lanes_), splat(constant_dim(bit), lanes_)}); };
  auto is_step = [&](const Ref& of_lane, i64 step) { return call("equal", {of_lane, splat(constant_dim(step), lanes_)}); };
  Ref base = scan_base(running, at), mask;
  if (masked) {
    Ref left = index_sub(end, at); // steps
    mask = running.reverse ? call("greater_equal", {lane_ramp(lanes_), splat(index_sub(constant_dim(lanes_), left), lanes_)}) : call("less", {lane_ramp(lanes_), splat(left, lanes_)});
    mask = bind(out, "mask", mask);
  }
  Vectorizer vector(scan.axis.var, base, lanes_, mask);
  State v;
  for (std::size_t k = 0; k < running.lifted.size(); ++k) {
    v.push_back(splat(vector(running.lifted[k]), lanes_));
    if (mask) v.back() = where(mask, v.back(), splat(running.identity[k], lanes_));
  }
  v = bound(v);
  for (i64 half = 1; half < lanes_; half *= 2) {
    auto order = lane_order(lanes_, running.reverse, [&](i64 step) { return step & half ? (step & ~(2 * half - 1)) + half - 1 : step; });
    Ref upper = call(running.reverse ? "equal" : "not_equal", {bits(half), splat(constant_dim(0), lanes_)});
    State merged = running.merge(shuffled(v, order), v);
    for (Ref& r : merged) r = splat(r, lanes_);
    v = bound(chosen(upper, merged, v));
  }
  State local = bound(running.merge(carry, v)), result = local;
  if (running.exclusive) {
    auto order = lane_order(lanes_, running.reverse, [](i64 step) { return step ? step - 1 : 0; });
    result = chosen(is_step(lane_ramp(lanes_), lane_of(0, lanes_, running.reverse)), carry, shuffled(local, order));
  }
  if (writes != Writes::nothing) {
    Ref value = splat(running.finish(offset.empty() ? result : running.merge(offset, result)), lanes_);
    out.push_back({Store{scan.buffer, scan_index(running, at), value, mask, writes == Writes::streaming}});
  }
  carry = shuffled(local, lane_order(lanes_, running.reverse, [&](i64) { return lanes_ - 1; }));
}

// Where the first of the lanes of a step stands on the axis, and where it is written.
Ref Scheduler::scan_base(const Running& running, const Ref& at) const {
  return running.reverse ? index_sub(index_sub(nest_.scan->axis.extent, constant_dim(lanes_)), at) : at;
}
Ref Scheduler::scan_index(const Running& running, const Ref& at) const { return replace(nest_.scan->index, {{nest_.scan->axis.var.get(), scan_base(running, at)}}); }

// Whether the chunk's whole vectors go past the cache: a large result, and vectors where they fit; null: never.
Ref Scheduler::streams_scan(const Running& running, const Ref& begin) const {
  const Scan& scan = *nest_.scan;
  Ref bytes = result_bytes(scan.buffer, index_mul(product(nest_.outer), scan.axis.extent)), large = bytes ? is_large(bytes) : Ref();
  if (!large) return nullptr;
  Ref aligned = until_aligned(scan.buffer, lanes_ * static_cast<i64>(size_of(scan.buffer->dtype())));
  Ref away = call("bitwise_and", {index_sub(aligned, scan_index(running, begin)), constant_dim(lanes_ - 1)});
  return call("logical_and", {large, call("equal", {away, constant_dim(0)})});
}

State Scheduler::scan_chunk(Block& out, const Running& running, const State& offset, const Range& range, bool writes) {
  State carry;
  for (const Ref& r : running.identity) carry.push_back(splat(r, lanes_));
  auto loop_of = [&](const Ref& begin, const Ref& end, bool masked, bool streaming = false) {
    For loop{fresh(masked ? "t" : "i", DType::i64), begin, end, lanes_};
    State inside = registers_of(carry, lanes_, [&](DType d, i64 lanes) { return fresh("carry", d, lanes); }, loop.carried);
    carry = inside;
    scan_vector(loop.body, running, offset, inside, loop.var, range.end, masked, !writes ? Writes::nothing : streaming ? Writes::streaming : Writes::plain);
    carry_on(loop.carried, inside);
    out.push_back({std::move(loop)});
  };
  auto length = constant_value(index_sub(range.end, range.begin));
  Ref begin = range.begin;
  if (Ref streams = writes ? streams_scan(running, range.begin) : Ref()) {
    streams = bind(out, "streams", streams);
    loop_of(range.begin, bind(out, "stop", where(streams, range.end, range.begin)), false, true);
    begin = bind(out, "left", where(streams, range.end, range.begin));
  }
  if (!length || *length >= lanes_) loop_of(begin, range.end, false);
  if (!length || *length % lanes_) {
    Ref whole = bind(out, "whole", index_add(range.begin, round_down(index_sub(range.end, range.begin), lanes_)));
    loop_of(whole, index_add(range.end, constant_dim(lanes_ - 1)), true);
  }
  State behind = offset.empty() ? carry : running.merge(offset, carry);
  for (Ref& r : behind) r = bind(out, "offset", splat(r, lanes_));
  return behind;
}

void Scheduler::scan_rows(const Running& running) {
  const Axis& axis = nest_.scan->axis;
  Ref rows = product(nest_.outer), chunks = round_up_quotient(axis.extent, facts_.scan_chunk), all = index_mul(rows, chunks);
  Ref work = index_mul(index_min(axis.extent, constant_dim(facts_.scan_chunk)), constant_dim(running.cost()));
  State none;
  for (const Ref& r : running.identity) none.push_back(splat(r, lanes_));
  auto reg = [&](DType d, i64 lanes) { return fresh("offset", d, lanes); };
  auto range_of = [&](Block& out, const Ref& chunk) {
    Ref low = bind(out, "low", index_mul(chunk, constant_dim(facts_.scan_chunk)));
    return Range{low, bind(out, "high", call("minimum", {index_add(low, constant_dim(facts_.scan_chunk)), axis.extent}))};
  };
  Phase first = new_phase(all, work);
  if (constant_value(chunks).value_or(2) <= 1) {
    For row{fresh("p", DType::i64), first.begin, first.end};
    bind_axes(row.body, nest_.outer, row.var);
    scan_chunk(row.body, running, {}, {constant_dim(0), axis.extent}, true);
    first.body.push_back({std::move(row)});
    result_.kernel.phases.push_back(std::move(first));
    return;
  }

  // A part is the end of a cut row, whole rows, and the begin of a cut row.
  struct Part {
    Ref head, tail; ///< where the whole rows begin and end
  };
  auto part_of = [&](Phase& phase) {
    auto row_of = [&](const Ref& at) { return call("quotient", {at, chunks}); };
    Ref head = call("minimum", {phase.end, index_mul(row_of(index_add(phase.begin, index_sub(chunks, constant_dim(1)))), chunks)});
    Part part{bind(phase.body, "head", head), nullptr};
    part.tail = bind(phase.body, "tail", call("maximum", {part.head, index_mul(row_of(phase.end), chunks)}));
    return part;
  };
  // Both cut rows, by one body: given the first chunk, the one behind the last, and the row's first one.
  auto cut_rows = [&](Phase& phase, const Part& part, const std::function<void(Block&, const Ref& begin, const Ref& end, const Ref& row_begin)>& body) {
    For side{fresh("side", DType::i64), constant_dim(0), constant_dim(2)};
    Ref is_head = call("equal", {side.var, constant_dim(0)});
    Ref begin = bind(side.body, "from", where(is_head, phase.begin, part.tail)), end = bind(side.body, "to", where(is_head, part.head, phase.end));
    // Once or not at all: behind the last row there is nothing that could be read.
    For some{fresh("once", DType::i64), constant_dim(0), call("minimum", {constant_dim(1), index_sub(end, begin)})};
    Ref row = bind(some.body, "row", call("quotient", {begin, chunks}));
    bind_axes(some.body, nest_.outer, row);
    body(some.body, begin, end, bind(some.body, "origin", index_mul(row, chunks)));
    side.body.push_back({std::move(some)});
    phase.body.push_back({std::move(side)});
  };

  std::vector<Ref> partials;
  for (const Ref& r : running.identity) {
    partials.push_back(fresh_buffer("partial", r->dtype()));
    result_.temporaries.push_back({partials.back(), all});
    result_.kernel.buffers.push_back({partials.back(), true});
  }
  Part part = part_of(first);
  For row{fresh("p", DType::i64), call("quotient", {part.head, chunks}), call("quotient", {part.tail, chunks})};
  bind_axes(row.body, nest_.outer, row.var);
  For chunk{fresh("c", DType::i64), constant_dim(0), chunks};
  State offset = registers_of(none, lanes_, reg, chunk.carried);
  carry_on(chunk.carried, scan_chunk(chunk.body, running, offset, range_of(chunk.body, chunk.var), true));
  row.body.push_back({std::move(chunk)});
  first.body.push_back({std::move(row)});
  cut_rows(first, part, [&](Block& out, const Ref& begin, const Ref& end, const Ref& row_begin) {
    For each{fresh("c", DType::i64), begin, end};
    State total = scan_chunk(each.body, running, {}, range_of(each.body, index_sub(each.var, row_begin)), false);
    for (std::size_t k = 0; k < total.size(); ++k) {
      Ref one = slice(total[k], 0, constant_dim(0), constant_dim(1), 1);
      each.body.push_back({Store{partials[k], each.var, squeeze(one, {0})}});
    }
    out.push_back({std::move(each)});
  });
  result_.kernel.phases.push_back(std::move(first));

  // Cut alike, as extent and work are the same, but for rows of one chunk, which are never cut.
  Phase second = new_phase(index_mul(all, index_min(index_sub(chunks, constant_dim(1)), constant_dim(1))), work);
  part = part_of(second);
  cut_rows(second, part, [&](Block& out, const Ref& begin, const Ref& end, const Ref& row_begin) {
    For before{fresh("b", DType::i64), row_begin, begin};
    State behind = registers_of(running.identity, 0, reg, before.carried), loaded;
    for (const Ref& p : partials) loaded.push_back(load(p, before.var));
    carry_on(before.carried, running.merge(behind, loaded));
    out.push_back({std::move(before)});
    State start;
    for (const Ref& r : behind) start.push_back(splat(r, lanes_));
    For each{fresh("c", DType::i64), begin, end};
    State inside = registers_of(start, lanes_, reg, each.carried);
    carry_on(each.carried, scan_chunk(each.body, running, inside, range_of(each.body, index_sub(each.var, row_begin)), true));
    out.push_back({std::move(each)});
  });
  result_.kernel.phases.push_back(std::move(second));
}

// A tile of columns has its states in cache while rows stream past.
void Scheduler::scan_columns(const Running& running) {
  const Scan& scan = *nest_.scan;
  Axis column = nest_.outer.back();
  std::vector<Axis> others(nest_.outer.begin(), nest_.outer.end() - 1);
  Ref tiles = round_up_quotient(column.extent, facts_.tile);
  Phase phase = new_phase(index_mul(product(others), tiles), index_mul(work_of({scan.axis}, running.cost()), call("minimum", {column.extent, constant_dim(facts_.tile)})));
  std::vector<Ref> states;
  for (const Ref& r : running.identity) {
    states.push_back(fresh_buffer("acc", r->dtype()));
    phase.scratch.push_back({states.back(), constant_dim(facts_.tile)});
  }
  For each{fresh("p", DType::i64), phase.begin, phase.end};
  Ref other = bind(each.body, "other", call("quotient", {each.var, tiles}));
  bind_axes(each.body, others, other);
  Ref low = bind(each.body, "low", index_mul(index_sub(each.var, index_mul(other, tiles)), constant_dim(facts_.tile)));
  Ref high = bind(each.body, "high", call("minimum", {index_add(low, constant_dim(facts_.tile)), column.extent}));
  lane_loop(each.body, column.var, low, high, [&](Block& lanes, Vectorizer&, const Ref& at, const Ref&) {
    for (std::size_t k = 0; k < states.size(); ++k) lanes.push_back({Store{states[k], index_sub(at, low), splat(running.identity[k], lanes_)}});
  });
  For step{fresh("k", DType::i64), constant_dim(0), scan.axis.extent};
  Ref place = running.reverse ? index_sub(index_sub(scan.axis.extent, constant_dim(1)), step.var) : step.var;
  auto here = [&](const Ref& e) { return replace(e, {{scan.axis.var.get(), place}}); };
  lane_loop(step.body, column.var, low, high, [&](Block& lanes, Vectorizer& vector, const Ref& at, const Ref& mask) {
    State before, own;
    for (std::size_t k = 0; k < states.size(); ++k) {
      before.push_back(bind(lanes, "acc", vload(states[k], index_sub(at, low), lanes_)));
      own.push_back(vector(here(running.lifted[k])));
    }
    State behind = running.merge(before, own);
    for (Ref& r : behind) r = bind(lanes, "acc", splat(r, lanes_));
    Ref index = replace(here(scan.index), {{column.var.get(), at}});
    lanes.push_back({Store{scan.buffer, index, splat(running.finish(running.exclusive ? before : behind), lanes_), mask}});
    for (std::size_t k = 0; k < states.size(); ++k) lanes.push_back({Store{states[k], index_sub(at, low), behind[k]}});
  });
  each.body.push_back({std::move(step)});
  phase.body.push_back({std::move(each)});
  result_.kernel.phases.push_back(std::move(phase));
}

void Scheduler::scan() {
  Running running(*nest_.scan);
  if (scans_rows(nest_)) scan_rows(running);
  else scan_columns(running);
}

} // namespace croton::passes
