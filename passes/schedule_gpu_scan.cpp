// Scans by teams of threads. A team takes as many neighbouring steps at once as it has threads: they are scanned by a tree
// of exchanges, behind a carry, behind what lies before the chunk: the order of schedule_scan.cpp, where a thread is a lane.
// A thread has a column alone. Where lines are few and long, their chunks are first merged, then the chunks' states are
// scanned, then the chunks, behind them: three launches.
#include "passes/schedule_gpu_parts.h"
#include <algorithm>
#include <bit>

namespace croton::passes {

using namespace ir;

namespace {
Ref number(i64 value) { return constant_dim(value); }
constexpr i64 strict_threads = 128;    ///< of a block of strict teams, whose size is the tree's
constexpr i64 enough_threads = 65536;  ///< that lines of their own keep busy: then no line is cut
constexpr i64 column_chunk = 1024;     ///< rows of a column that one thread takes, where columns are few
} // namespace

// The states up to each thread of the team, and of all its threads.
State GpuScheduler::scan_tile(Block& out, Team& team, const Running& running, const State& own, State& all) {
  State upto = own;
  all = own;
  for (i64 half = 1; half < team.size(); half *= 2) {
    State other = state_of_other(out, team, all, half);
    Ref upper = bind(out, "upper", call("not_equal", {call("bitwise_and", {team.member, number(half)}), number(0)}));
    State behind = running.merge(other, upto), low, high;
    for (std::size_t k = 0; k < own.size(); ++k) {
      upto[k] = bind(out, "upto", where(upper, behind[k], upto[k]));
      low.push_back(where(upper, other[k], all[k]));
      high.push_back(where(upper, all[k], other[k]));
    }
    all = running.merge(low, high);
    for (Ref& r : all) r = bind(out, "all", r);
  }
  return upto;
}

State GpuScheduler::scan_steps(Block& out, Team& team, const Running& running, const Steps& steps) {
  bool alone = team.size() == 1;
  For loop{fresh("t", DType::i64), number(0), alone ? index_sub(steps.end, steps.begin) : index_add(steps.most, number(team.size() - 1)), team.size()};
  Ref at = loop.var;
  State carried = carry(out, std::move(loop), {running.identity}, [&](Block& body, std::vector<State> inside) -> std::vector<State> {
    Ref step = bind(body, "step", index_add(index_add(steps.begin, at), team.member));
    Ref within = alone ? Ref() : bind(body, "within", call("less", {step, steps.end}));
    State own = steps.read(step), all;
    for (std::size_t k = 0; k < own.size(); ++k) own[k] = bind(body, "own", within ? where(within, guarded(own[k], within), running.identity[k]) : own[k]);
    State upto = scan_tile(body, team, running, own, all), local = running.merge(inside[0], upto);
    for (Ref& r : local) r = bind(body, "local", r);
    if (steps.write) {
      State result = steps.exclusive ? inside[0] : local;
      if (steps.exclusive && !alone) {
        Ref first = call("equal", {team.member, number(0)});
        State previous = shared_states(body, team, local, where(first, team.thread, index_sub(team.thread, number(1))));
        for (std::size_t k = 0; k < result.size(); ++k) result[k] = where(first, inside[0][k], previous[k]);
      }
      steps.write(body, step, steps.offset.empty() ? result : running.merge(steps.offset, result), within);
    }
    return {alone ? local : running.merge(inside[0], all)};
  })[0];
  State behind = steps.offset.empty() ? carried : running.merge(steps.offset, carried);
  for (Ref& r : behind) r = bind(out, "behind", r);
  return behind;
}

void GpuScheduler::scan() {
  Scan& scan = *nest_.scan;
  Running running(scan);
  bool rows = scans_rows(nest_);
  const Ref& length = scan.axis.extent;
  auto known = constant_value(length);

  // A line is cut into pieces, one for each chunk where lines are few: else it is one.
  i64 chunk = rows ? facts_.tree.scan_chunk : column_chunk;
  bool whole = (known && *known <= chunk) || (!rows && facts_.strict);
  Ref lines = product(nest_.outer), chunks = whole ? number(1) : round_up_quotient(length, chunk);
  Ref few = whole ? number(0) : index_max(number(0), index_min(number(1), index_sub(number(rows ? enough_threads / facts_.threads : enough_threads), lines)));
  Ref more = index_mul(index_sub(chunks, number(1)), few);
  Axis piece{fresh("piece", DType::i64), index_add(number(1), more)};
  Ref together = index_sub(chunks, more); // chunks of a piece
  std::vector<Axis> axes = nest_.outer;
  axes.insert(rows ? axes.end() : axes.end() - 1, piece);
  Ref flat = number(0);
  for (const Axis& a : axes) flat = index_add(index_mul(flat, a.extent), a.var);
  Ref all = product(axes), is_cut = index_min(number(1), index_sub(piece.extent, number(1)));

  i64 size = !rows ? 1 : facts_.strict ? tree_lanes_ : !known ? facts_.threads : std::min(facts_.threads, static_cast<i64>(std::bit_ceil(static_cast<u64>(std::max<i64>(*known, 1)))));
  i64 teams = std::max<i64>(1, (rows && facts_.strict ? strict_threads : facts_.threads) / size);
  auto at_step = [&](const Ref& e, const Ref& step) {
    return replace(e, {{scan.axis.var.get(), running.reverse ? index_sub(index_sub(length, number(1)), step) : step}});
  };
  // A launch over all pieces: `each` is given the chunk that one begins with.
  auto over_pieces = [&](const Ref& count, const std::function<void(Block&, Team&, const Ref& active)>& each) {
    Team team = new_team(size, 1, teams, !rows, count);
    Iteration it = each_iteration(team, count);
    bind_axes(it.loop.body, axes, it.number);
    each(it.loop.body, team, it.active);
    close(team, std::move(it));
  };
  auto chunk_of = [&](Block& out, const Ref& which, const State& offset, bool exclusive) {
    Ref begin = whole ? number(0) : bind(out, "low", index_mul(which, number(chunk)));
    Ref end = whole ? length : bind(out, "high", call("minimum", {index_add(begin, number(chunk)), length}));
    return Steps{begin, end, whole ? length : index_min(number(chunk), length), offset, exclusive,
                 [&](const Ref& step) {
                   State own;
                   for (const Ref& r : running.lifted) own.push_back(at_step(r, step));
                   return own;
                 },
                 nullptr};
  };
  auto write_to_result = [&](const Ref& active) {
    return [&, active](Block& out, const Ref& step, const State& state, const Ref& within) {
      Ref mask = within && active ? call("logical_and", {within, active}) : within ? within : active;
      out.push_back({Store{scan.buffer, at_step(scan.index, step), running.finish(state), mask}});
    };
  };
  if (whole) {
    over_pieces(all, [&](Block& out, Team& team, const Ref& active) {
      Steps steps = chunk_of(out, number(0), {}, running.exclusive);
      steps.write = write_to_result(active);
      scan_steps(out, team, running, steps);
    });
    return;
  }

  std::vector<Ref> partials;
  for (const Ref& r : running.identity) {
    partials.push_back(fresh_buffer("partial", r->dtype()));
    result_.temporaries.push_back({partials.back(), all});
    result_.kernel.buffers.push_back({partials.back(), true});
  }
  over_pieces(index_mul(all, is_cut), [&](Block& out, Team& team, const Ref& active) {
    State total = scan_steps(out, team, running, chunk_of(out, piece.var, {}, false));
    for (std::size_t k = 0; k < total.size(); ++k) out.push_back({Store{partials[k], flat, total[k], first_thread(team, active)}});
  });

  // What lies before each piece. The tree asks for one after the other.
  Ref cut_lines = index_mul(lines, is_cut);
  Team joined = new_team(facts_.strict ? 1 : facts_.threads, 1, 1, false, cut_lines);
  Iteration it = each_iteration(joined, cut_lines);
  bind_axes(it.loop.body, nest_.outer, it.number);
  auto place = [&](const Ref& step) { return replace(flat, {{piece.var.get(), step}}); };
  scan_steps(it.loop.body, joined, running,
             {number(0), piece.extent, piece.extent, {}, true,
              [&](const Ref& step) {
                State loaded;
                for (const Ref& b : partials) loaded.push_back(load(b, place(step)));
                return loaded;
              },
              [&](Block& out, const Ref& step, const State& state, const Ref& within) {
                for (std::size_t k = 0; k < state.size(); ++k) out.push_back({Store{partials[k], place(step), state[k], within}});
              }});
  close(joined, std::move(it));

  over_pieces(all, [&](Block& out, Team& team, const Ref& active) {
    Ref cut = bind(out, "cut", call("greater", {piece.extent, number(1)}));
    State offset;
    for (std::size_t k = 0; k < partials.size(); ++k) offset.push_back(bind(out, "offset", where(cut, load(partials[k], flat, cut), running.identity[k])));
    For loop{fresh("c", DType::i64), number(0), together};
    Ref which = index_add(index_mul(piece.var, together), loop.var);
    carry(out, std::move(loop), {offset}, [&](Block& body, std::vector<State> inside) -> std::vector<State> {
      Steps steps = chunk_of(body, which, inside[0], running.exclusive);
      steps.write = write_to_result(active);
      return {scan_steps(body, team, running, steps)};
    });
  });
}

} // namespace croton::passes
