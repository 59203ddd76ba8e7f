// What the four CPU schedules share: names, lane loops with masked tails, stages of vector accumulators.
#pragma once
#include "ir/build.h"
#include "passes/schedule_cpu.h"
#include "passes/vectorize.h"
#include <functional>

namespace croton::passes {

using State = ir::Reduction::State;

/// What a stage accumulates: a reduction's own state, or one pass over a block.
struct Accumulator {
  State identity;
  std::function<State(const ir::Ref& element, const ir::Ref& position)> lift;
  std::function<State(const State&, const State&)> merge;
  ir::Ref element, position;
};

Accumulator accumulator_of(const Reduce& reduce);
/// The pass `stage` of a blocked reduction; `previous` are the earlier passes' values, `count` the block's elements.
Accumulator block_accumulator(const Reduce& reduce, const ir::BlockStage& stage, const std::vector<ir::Ref>& previous, const ir::Ref& count);
bool is_blocked(const Reduce& reduce);

class Scheduler {
public:
  Scheduler(Nest nest, const CpuFacts& facts);

  void map();
  void rows();
  void columns();
  void total();
  ScheduledKernel take() { return std::move(result_); }

  const Nest& nest() const { return nest_; }

private:
  Nest nest_;
  CpuFacts facts_;
  i64 lanes_;
  int names_ = 0;
  ScheduledKernel result_;

  // ---- names and small expressions (schedule_parts.cpp) ----
  ir::Ref fresh(std::string_view stem, DType dtype, i64 lanes = 0);
  ir::Ref fresh_buffer(std::string_view stem, DType dtype);
  ir::Ref bind(ir::Block& out, std::string_view stem, const ir::Ref& value);
  static ir::Ref round_down(const ir::Ref& count, i64 multiple);
  static ir::Ref round_up_quotient(const ir::Ref& count, i64 divisor);
  int max_level() const;

  // ---- phases ----
  ir::Phase new_phase(const ir::Ref& extent, const ir::Ref& work);
  /// Binds the variables of several axes from one flat iteration number.
  void bind_axes(ir::Block& out, const std::vector<Axis>& axes, const ir::Ref& flat);
  static ir::Ref product(const std::vector<Axis>& axes);
  ir::Ref work_of(const std::vector<Axis>& loops, int cost) const;

  // ---- lane loops ----
  using LaneBody = std::function<void(ir::Block& body, Vectorizer& vector, const ir::Ref& at, const ir::Ref& mask)>;
  /// Runs `body` for whole vectors of [begin, end), then once under a mask for the rest.
  void lane_loop(ir::Block& out, const ir::Ref& var, const ir::Ref& begin, const ir::Ref& end, const LaneBody& body);
  void store(ir::Block& out, const Write& write, Vectorizer& vector, const ir::Ref& var, const ir::Ref& at, const ir::Ref& mask);

  // ---- stages of rows (schedule_stage.cpp) ----
  struct Range {
    ir::Ref begin, end; ///< of the fastest loop
  };
  /// Loops over `loops`, accumulating and writing; gives each accumulator's final scalar state.
  std::vector<State> stage(ir::Block& out, const std::vector<Axis>& loops, const std::vector<Accumulator>& accumulators,
                           const std::vector<const Write*>& writes, std::optional<Range> range = {});
  std::vector<State> loops_from(ir::Block& out, std::size_t depth, const std::vector<Axis>& loops, const std::vector<Accumulator>& accumulators,
                                const std::vector<const Write*>& writes, std::vector<State> states, const std::optional<Range>& range);
  std::vector<State> fastest_loop(ir::Block& out, const Axis& axis, const std::vector<Accumulator>& accumulators,
                                  const std::vector<const Write*>& writes, std::vector<State> states, const Range& range);
  State lane_states(const Accumulator& a, Vectorizer& vector, const ir::Ref& mask);
  State across_lanes(ir::Block& out, const Accumulator& a, State vectors);

  void level_writes(ir::Block& out, int level);
  void keep_shared_values(ir::Phase& phase);
  std::vector<std::vector<Axis>> loop_lists(int level) const;
  State block_states(ir::Block& out, const Reduce& reduce, const std::vector<Axis>& loops, std::optional<Range> range, const ir::Ref& count);

  // ---- columns (schedule_columns.cpp) ----
  struct Tile;
  void column_level(ir::Block& out, Tile& tile, int level);
  void column_stage(ir::Block& out, Tile& tile, const std::vector<Axis>& loops, const std::vector<const Reduce*>& reduces, const std::vector<const Write*>& writes);
  void column_blocks(ir::Block& out, Tile& tile, const Reduce& reduce);
  void column_finish(ir::Block& out, Tile& tile, const std::vector<const Reduce*>& reduces);
};

/// Pointwise cost of an expression, each node once.
int cost_of(const ir::Ref& expression);
bool same_loops(const std::vector<Axis>& a, const std::vector<Axis>& b);
bool depends_on(const ir::Ref& expression, const std::vector<Axis>& axes);

} // namespace croton::passes
