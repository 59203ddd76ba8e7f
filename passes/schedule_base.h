// What the schedules of all machines share: accumulators, names, phases, and the tree by which strict mode reduces.
#pragma once
#include "ir/build.h"
#include "passes/schedule_cpu.h"
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

/// A scan as its schedules see it: states of one element and how they meet.
struct Running {
  const ir::Node* node;
  State identity, lifted; ///< constants; in terms of the nest's variables
  bool reverse, exclusive;
  explicit Running(const Scan& scan);
  State merge(const State& left, const State& right) const;
  ir::Ref finish(const State& state) const;
  int cost() const; ///< of one element that is merged once
};
/// The scanned axis is the contiguous one of the result, which is dense.
bool scans_rows(const Nest& nest);

/// Which way the reductions of a nest stream.
enum class NestShape { map, rows, columns, total, scan };
NestShape shape_of(const Nest& nest);

/// Lanes by the widest element that memory traffic moves, so that the widest fills one register.
i64 choose_lanes(const Nest& nest, i64 vector_bytes);
/// How many independent vectors of accumulators a stage has. They hide the latency of cheap elements; dear ones hide it themselves.
int unroll_of(const std::vector<Accumulator>& accumulators);
/// Rows of a column reduction that are merged pairwise before they meet the accumulator.
inline constexpr i64 rows_at_once = 8;

/// By a binary tree of neighbours.
State merge_pairwise(std::vector<State> parts, const std::function<State(const State&, const State&)>& merge);
/// A blocked reduction's state of what was before and a few elements more, all at hand; `keep` names a value that is used again.
State state_after(const Reduce& reduce, State before, const std::vector<ir::Ref>& elements, const std::function<ir::Ref(const ir::Ref&)>& keep);

/// The scalars of a kernel are the sizes its expressions mention.
void collect_scalars(ir::Kernel& kernel);

/// Pointwise cost of an expression, each node once.
int cost_of(const ir::Ref& expression);
bool same_loops(const std::vector<Axis>& a, const std::vector<Axis>& b);
bool depends_on(const ir::Ref& expression, const std::vector<Axis>& axes);

class NestScheduler {
public:
  explicit NestScheduler(Nest nest);
  ScheduledKernel take() { return std::move(result_); }
  const Nest& nest() const { return nest_; }

protected:
  Nest nest_;
  int names_ = 0;
  ScheduledKernel result_;

  // ---- names and small expressions ----
  ir::Ref fresh(std::string_view stem, DType dtype, i64 lanes = 0);
  ir::Ref fresh_buffer(std::string_view stem, DType dtype);
  ir::Ref bind(ir::Block& out, std::string_view stem, const ir::Ref& value);
  static ir::Ref round_down(const ir::Ref& count, i64 multiple);
  static ir::Ref round_up_quotient(const ir::Ref& count, i64 divisor);
  int max_level() const;
  /// Each of a loop's vectors of accumulators walks a part of its own, because memory is read faster in several runs at once: where
  /// all is read once and from there. Rows that several stages pass over are asked for ahead, in order.
  bool copies_apart() const;
  /// The different loops of the reductions and writes of a level.
  std::vector<std::vector<Axis>> loop_lists(int level) const;

  // ---- phases ----
  ir::Phase new_phase(const ir::Ref& extent, const ir::Ref& work);
  /// Binds the variables of several axes from one flat iteration number.
  void bind_axes(ir::Block& out, const std::vector<Axis>& axes, const ir::Ref& flat);
  static ir::Ref product(const std::vector<Axis>& axes);
  static ir::Ref work_of(const std::vector<Axis>& loops, int cost);
  void keep_shared_values(ir::Phase& phase);
};

} // namespace croton::passes
