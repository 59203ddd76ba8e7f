// What the four GPU schedules share: teams of threads and the stages they run.
#pragma once
#include "passes/schedule_base.h"
#include "passes/schedule_gpu.h"
#include "passes/vectorize.h"
#include <map>
#include <optional>

namespace croton::passes {

/// The states of the chunks of a total, in memory between its two phases.
struct Partial {
  const Reduce* reduce;
  std::vector<ir::Ref> buffers;
  ir::Ref chunks;
};

class GpuScheduler : public NestScheduler {
public:
  GpuScheduler(Nest nest, const GpuFacts& facts) : NestScheduler(std::move(nest)), facts_(facts), tree_lanes_(choose_lanes(nest_, facts.tree.vector_bytes)) {}

  void map();
  void rows();
  void columns();
  void total();
  void scan();

private:
  GpuFacts facts_;
  i64 tree_lanes_;

  // ---- teams (schedule_gpu_stage.cpp) ----
  /// Threads that work on one iteration of the outer axes: member = copy × lanes + lane.
  struct Team {
    i64 lanes = 1, copies = 1;
    i64 rows = 1;             ///< teams of a block
    bool interleaved = false; ///< thread = member × rows + team, so that teams are neighbours in memory; else team × size + member
    ir::Phase phase = {};
    ir::Ref thread = {}, member = {}, lane = {}, team = {};
    std::map<std::pair<DType, std::size_t>, ir::Ref> shared = {}; ///< buffers by what they hold and how many stand before
    i64 size() const { return lanes * copies; }
    i64 threads() const { return size() * rows; }
  };
  Team new_team(i64 lanes, i64 copies, i64 rows, bool interleaved, const ir::Ref& extent);
  /// A loop over the block's part of the teams' iterations. Binds `number` to the team's own; where the last block has teams
  /// too many, they repeat the last iteration, and `active` is false for them (null: all are).
  struct Iteration {
    ir::For loop;
    ir::Ref number = {}, active = {};
  };
  Iteration each_iteration(const Team& team, const ir::Ref& count);
  void close(Team& team, Iteration iteration);
  ir::Ref shared_memory(Team& team, DType dtype, std::size_t number);

  /// One of the team stores: its first thread.
  ir::Ref first_thread(const Team& team, const ir::Ref& active) const;
  void merge_copies(ir::Block& out, Team& team, i64 copies, const Accumulator& a, State& state);
  void merge_lanes(ir::Block& out, Team& team, const Accumulator& a, State& state);
  /// The state of the thread whose number differs by `distance`; the own one becomes registers.
  State state_of_other(ir::Block& out, Team& team, State& state, i64 distance);
  /// The state of `thread` of the block, by shared memory.
  State shared_states(ir::Block& out, Team& team, const State& state, const ir::Ref& thread);
  /// Loads touch memory only where the condition holds.
  static ir::Ref guarded(const ir::Ref& expression, const ir::Ref& condition);

  // ---- stages: every thread of the team gets the final states ----
  struct Range {
    ir::Ref begin, end; ///< of the fastest loop
  };
  std::vector<State> stage(ir::Block& out, Team& team, const std::vector<Axis>& loops, const std::vector<Accumulator>& accumulators,
                           const std::vector<const Write*>& writes, const ir::Ref& active, i64 copies, std::optional<Range> range = {});
  using FastestLoop = std::function<std::vector<State>(ir::Block& out, const Axis& axis, std::vector<State> states, const Range& range)>;
  std::vector<State> loops_from(ir::Block& out, std::size_t depth, const std::vector<Axis>& loops, std::vector<State> states, const std::optional<Range>& range, const FastestLoop& fastest);
  /// A loop that carries all states; `next` gives them after an iteration.
  std::vector<State> carry(ir::Block& out, ir::For loop, const std::vector<State>& states, const std::function<std::vector<State>(ir::Block& body, std::vector<State> states)>& next);
  std::vector<State> strided(ir::Block& out, Team& team, const Axis& axis, const std::vector<Accumulator>& accumulators,
                             const std::vector<const Write*>& writes, const ir::Ref& active, std::vector<State> states, const Range& range);
  std::vector<State> by_tree(ir::Block& out, Team& team, i64 copies, const Axis& axis, const std::vector<Accumulator>& accumulators, std::vector<State> states, const Range& range);
  void finish(ir::Block& out, const Reduce& reduce, const State& state);
  State block_states(ir::Block& out, Team& team, const Reduce& reduce, const std::vector<Axis>& loops, std::optional<Range> range, const ir::Ref& count);

  // ---- wide accesses (schedule_gpu_wide.cpp) ----
  /// Neighbouring elements along an axis that all accesses can move at once, aligned to their width.
  struct Wide {
    i64 lanes = 1;
    ir::Ref when; ///< holds where sizes allow it; null: always
  };
  Wide wide_accesses(const Axis& axis, const std::vector<ir::Ref>& expressions, const std::vector<ir::Ref>& positions, const std::vector<const Write*>& writes) const;
  static void store_wide(ir::Block& out, const Write& write, Vectorizer& vector, const ir::Ref& var, const ir::Ref& at, i64 lanes, const ir::Ref& active);

  // ---- scans (schedule_gpu_scan.cpp) ----
  /// What a team scans: the states of the steps [begin, end) of a line, of at most `most`, behind `offset` (empty: nothing
  /// is before). Each step's state goes to `write`, which may be null; gives the state behind them, for every thread.
  struct Steps {
    ir::Ref begin, end, most;
    State offset;
    bool exclusive;
    std::function<State(const ir::Ref& step)> read;
    std::function<void(ir::Block& out, const ir::Ref& step, const State& state, const ir::Ref& inside)> write;
  };
  State scan_steps(ir::Block& out, Team& team, const Running& running, const Steps& steps);
  State scan_tile(ir::Block& out, Team& team, const Running& running, const State& own, State& all);

  // ---- rows and columns (schedule_gpu.cpp) ----
  i64 longest_loop() const; ///< of the fastest loops; 0: there is none, −1: not known
  void levels(ir::Block& out, Team& team, const ir::Ref& active, const std::vector<std::vector<i64>>& copies, bool column_tree);

  // ---- rows and columns cut into chunks (schedule_gpu_split.cpp) ----
  struct Shape { ///< of a team
    i64 lanes, copies, rows;
    bool interleaved;
  };
  /// One launch where rows (or columns) keep the device busy, else the phases of split.
  void whole_or_split(const Shape& shape, i64 chunk, const std::vector<std::vector<i64>>& copies, bool column_tree);
  ir::Ref wants_split(const Shape& shape, i64 chunk) const; ///< at the sizes of a call; null: never
  struct Split;
  void split(const Shape& shape, i64 chunk, const ir::Ref& when);
  void split_chunks(Split& split, int level, const std::vector<Axis>& loops);
  void split_merge(Split& split, int level);
  void column_stage(ir::Block& out, Team& team, const std::vector<Axis>& loops, const std::vector<const Reduce*>& reduces, const std::vector<const Write*>& writes, const ir::Ref& active);
  State by_rows(ir::Block& out, const Axis& axis, const Accumulator& a, const Reduce* blocked, const State& state, const Range& range);
  std::vector<std::vector<i64>> tree_copies() const;
  void total_chunks(const std::vector<Axis>& loops, std::vector<Partial>& partials);
  void total_end(const std::vector<Partial>& partials);
};

} // namespace croton::passes
