// A plan made ready for inputs of certain sizes: every extent, offset and scalar is a number.
#pragma once
#include "runtime/buffer_pool.h"
#include "runtime/cpu/jit.h"
#include "src/driver/planner.h"
#include <array>

namespace croton::driver {

using PhaseFunction = void (*)(void* const* buffers, const i64* scalars, i64 begin, i64 end, void* const* scratch);

/// Phases as functions of this process.
class PhaseCode {
public:
  virtual ~PhaseCode() = default;
  /// May compile: it is asked only for phases that a call runs. DeviceError where that fails.
  virtual PhaseFunction function(std::size_t kernel, std::size_t phase) const = 0;
};

struct ReadyPhase {
  PhaseFunction function; ///< null where kernels are interpreted
  i64 extent, grain, multiple;
  std::vector<std::size_t> scratch; ///< offsets inside a worker's scratch
  bool narrow = false;              ///< its indices fit 32 bits
  bool fence = false;               ///< what it writes past the cache must be seen by others when it is over
};

/// The programs that one function may have: what most calls need is compiled with it, the others when a call
/// needs them. Indices of 32 or 64 bits; phases that are rare or not.
constexpr int code_count = 4;
constexpr const char* late_cause = "a call whose sizes need code that few calls need"; ///< what the log of compilations calls that
constexpr int code_number(bool narrow, bool rare) { return (narrow ? 0 : 2) + (rare ? 1 : 0); }

struct ReadyLaunch {
  std::size_t number; ///< of the kernel
  const ir::Kernel* kernel;
  const ir::Kernel* narrow; ///< the same in 32 bits where all of it that runs fits; null: not
  std::vector<int> buffers;
  std::vector<i64> scalars;
  std::vector<ReadyPhase> phases;
};
struct ReadyGemm {
  DType dtype;
  bool trans_a, trans_b;
  i64 batch, m, n, k;
  int a, b, c, bias; ///< −1: no bias
  ir::Activation activation;
};
struct ReadyScatter {
  DType dtype, index_dtype;
  i64 rows, row_size, count;
  int x, positions, result;
};
struct ReadyRaw {
  const ir::RawStep* step;
  std::vector<std::vector<i64>> shapes; ///< of operands and result
  /// Operands, then the result; the sizes, then the items; as one phase over the items, whose function is the C body. No kernel.
  ReadyLaunch items;
  std::vector<i64> groups, threads; ///< of a launch of its own; none: items
  i64 shared = 0;
};
struct ReadyCopy {
  int from, to;
  std::size_t bytes;
};
struct ReadyCheck {
  int flag, which;
};
using ReadyStep = std::variant<ReadyLaunch, ReadyGemm, ReadyScatter, ReadyRaw, ReadyCopy, ReadyCheck>;

struct Prepared {
  std::vector<i64> dims;
  std::vector<ReadyStep> steps;
  std::vector<std::size_t> offsets; ///< of temporaries in the arena
  std::vector<std::size_t> bytes;   ///< of every buffer
  std::size_t arena_bytes = 0;      ///< temporaries, then every worker's scratch
  std::size_t scratch_offset = 0, scratch_stride = 0;
  int threads = 1;
  unsigned codes = 0; ///< the programs of a device that it needs, a bit each
};

/// How a device runs the steps that differ between devices.
struct Machine {
  void (*launch)(const ReadyLaunch& launch, const Prepared& ready, void* const* pointers, char* arena);
  void (*gemm)(const ReadyGemm& gemm, void* const* pointers);
  void (*raw)(const ReadyRaw& raw, const Prepared& ready, void* const* pointers, char* arena);
  bool poison = false; ///< temporaries hold NaN before they are written
};
/// Compiled code on the thread pool, products by the BLAS library.
extern const Machine cpu_machine;
/// The same with every kernel checked: memory poisoned before, guards around its buffers, and the interpreter's bits.
/// Throws InternalError naming the kernel and the element.
extern const Machine cpu_debug_machine;

/// Throws ShapeError when a size overflows. `code` is null where kernels are not functions of this process, and `raw` empty
/// where raw kernels are not; else it has the function of each RawStep, in order.
std::shared_ptr<const Prepared> prepare_shapes(const BuiltProgram& built, const PhaseCode* code, std::span<const PhaseFunction> raw,
                                               std::vector<i64> dims, int workers);

/// Runs the steps over the pointers of the plan's buffers. Throws only from a check, before any output is written.
void run_steps(const Machine& machine, const Prepared& ready, void* const* pointers, char* arena, const std::function<void(int which)>& fail);
/// The same, told to `watch`. Throws what the watch throws, too.
void run_steps(const Machine& machine, const Prepared& ready, void* const* pointers, char* arena, const std::function<void(int which)>& fail, CallWatch& watch);

/// Every step in order by `run(step)`, told to `watch` where it is not null.
template <class Run> void for_each_step(const std::vector<ReadyStep>& steps, CallWatch* watch, const Run& run) {
  if (!watch) {
    for (const ReadyStep& step : steps) run(step);
    return;
  }
  for (std::size_t i = 0; i < steps.size(); ++i) {
    watch->before(i);
    run(steps[i]);
    watch->after(i);
  }
}

} // namespace croton::driver
