// What the four CPU schedules share: lane loops with masked tails, stages of vector accumulators.
#pragma once
#include "passes/schedule_base.h"
#include "passes/vectorize.h"

namespace croton::passes {

class Scheduler : public NestScheduler {
public:
  Scheduler(Nest nest, const CpuFacts& facts);

  void map();
  void rows();
  void columns();
  void total();
  void scan();

private:
  CpuFacts facts_;
  i64 lanes_;

  // ---- lane loops ----
  using LaneBody = std::function<void(ir::Block& body, Vectorizer& vector, const ir::Ref& at, const ir::Ref& mask)>;
  /// Runs `body` for whole vectors of [begin, end), then once under a mask for the rest.
  void lane_loop(ir::Block& out, const ir::Ref& var, const ir::Ref& begin, const ir::Ref& end, const LaneBody& body);
  void store(ir::Block& out, const Write& write, Vectorizer& vector, const ir::Ref& var, const ir::Ref& at, const ir::Ref& mask, bool streaming = false);
  /// Bytes of a result of so many elements; null: the buffer is none, or its elements are too narrow for whole vectors.
  ir::Ref result_bytes(const ir::Ref& buffer, const ir::Ref& count) const;
  /// Whether so many bytes go past the cache; null: never.
  ir::Ref is_large(const ir::Ref& bytes) const;
  /// Whether so much is written that it goes past the cache, where a line that is written whole need not be read first; null:
  /// never, as not all of it are results of neighbouring elements.
  ir::Ref is_streamed(const ir::Ref& var, const std::vector<const Write*>& writes) const;
  struct Range {
    ir::Ref begin, end;
  };
  /// Where `streams` holds and the results are aligned alike, writes whole vectors past the cache and gives their range; else an
  /// empty one at `begin`.
  Range stream(ir::Block& out, const ir::Ref& streams, const ir::Ref& var, const Range& all, const std::vector<const Write*>& writes);
  /// Writes a range under masks.
  void masked_writes(ir::Block& out, const ir::Ref& var, const Range& range, const std::vector<const Write*>& writes);

  // ---- stages of rows (schedule_stage.cpp) ----
  /// `range`: of the fastest loop. Loops over `loops`, accumulating and writing; gives each accumulator's final scalar state.
  std::vector<State> stage(ir::Block& out, const std::vector<Axis>& loops, const std::vector<Accumulator>& accumulators,
                           const std::vector<const Write*>& writes, std::optional<Range> range = {});
  std::vector<State> loops_from(ir::Block& out, std::size_t depth, const std::vector<Axis>& loops, const std::vector<Accumulator>& accumulators,
                                const std::vector<const Write*>& writes, std::vector<State> states, const std::optional<Range>& range);
  std::vector<State> fastest_loop(ir::Block& out, const Axis& axis, const std::vector<Accumulator>& accumulators,
                                  const std::vector<const Write*>& writes, std::vector<State> states, const Range& range);
  State lane_states(const Accumulator& a, Vectorizer& vector, const ir::Ref& mask);
  State across_lanes(ir::Block& out, const Accumulator& a, State vectors);

  /// What a stage asks of memory in passing: elements that it reads next, in terms of the stage's fastest variable.
  std::vector<ir::Prefetch> ahead_;
  int level_cost(int level) const;
  static std::size_t dearest_pass(const Reduce& reduce, const ir::Ref& count);
  void look_ahead(const Axis& fastest, const std::vector<ir::Ref>& read, const ir::Ref& now, const ir::Ref& next, bool near = false);
  void ask_ahead(ir::Block& out, const ir::Ref& var, const ir::Ref& at);
  void level_writes(ir::Block& out, int level);
  State block_states(ir::Block& out, const Reduce& reduce, const std::vector<Axis>& loops, std::optional<Range> range, const ir::Ref& count);

  // ---- scans (schedule_scan.cpp) ----
  void scan_rows(const Running& running);
  void scan_columns(const Running& running);
  /// Merges the steps [begin, end) behind `offset` (empty: nothing is before), and writes or only merges; gives the state behind them.
  State scan_chunk(ir::Block& out, const Running& running, const State& offset, const Range& range, bool writes);
  enum class Writes : std::uint8_t { nothing, plain, streaming };
  void scan_vector(ir::Block& out, const Running& running, const State& offset, State& carry, const ir::Ref& at, const ir::Ref& end, bool masked, Writes writes);
  ir::Ref scan_base(const Running& running, const ir::Ref& at) const;
  ir::Ref scan_index(const Running& running, const ir::Ref& at) const;
  ir::Ref streams_scan(const Running& running, const ir::Ref& begin) const;

  // ---- columns (schedule_columns.cpp) ----
  struct Tile;
  void column_level(ir::Block& out, Tile& tile, int level);
  using Shifted = std::function<ir::Ref(const ir::Ref& expression, i64 row)>;
  State column_state(ir::Block& lanes, const Tile& tile, const Reduce& reduce, State before, const Shifted& shifted, std::vector<Vectorizer>& each,
                     const ir::Ref& at, bool masked);
  void column_rows(ir::Block& body, Tile& tile, const std::vector<Axis>& loops, const std::vector<const Reduce*>& reduces,
                   const std::vector<const Write*>& writes, const ir::Ref& row, i64 count);
  void column_stage(ir::Block& out, Tile& tile, const std::vector<Axis>& loops, const std::vector<const Reduce*>& reduces, const std::vector<const Write*>& writes);
  void column_finish(ir::Block& out, Tile& tile, const std::vector<const Reduce*>& reduces);
};

} // namespace croton::passes
