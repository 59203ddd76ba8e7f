// Plans: the ordered steps of one compiled function over buffers with known lifetimes.
#pragma once
#include "ir/kernel.h"
#include "ir/op.h"

namespace croton::ir {

enum class Place : std::uint8_t { input, output, constant, temporary };
std::string_view name(Place place);

/// A value in memory. Sizes are expressions of the program's dims; offsets of temporaries are planned per call.
struct PlanBuffer {
  Place place;
  int index = 0;        ///< of the input, output or constant
  DType dtype;
  Ref count;            ///< elements
  int first = 0, last = 0; ///< steps between which it is alive
  Ref node = nullptr;      ///< the value it holds; null for memory that a schedule asked for
};

struct LaunchStep {
  int kernel;
  std::vector<int> buffers; ///< for each of the kernel's buffers
};

/// C = A·B for every index of the leading axes, row-major; a transposed operand is stored with its last axes swapped. Where
/// a library does that too, a bias is added to each row and an activation taken before C is stored.
struct GemmStep {
  DType dtype;
  bool trans_a, trans_b;
  Ref batch, m, n, k;
  int a, b, c;
  int bias = -1; ///< −1: none
  Activation activation = Activation::none;
};

/// Zeros, then rows of x added at positions.
struct ScatterStep {
  DType dtype, index_dtype;
  Ref rows, row_size, count;
  int x, positions, result;
};

struct CopyStep {
  int from, to;
  Ref bytes;
};

/// Fails the call when the flag is set: positions out of range, found before anything of the user's is written.
struct CheckStep {
  int flag;
  const Node* indexed; ///< the node whose positions were checked
};

/// A raw kernel (ir/raw.h): the body of the device's language, once for each item or, where groups are given, in each thread.
struct RawStep {
  Ref node;
  std::vector<int> operands;
  int result;
  std::vector<Ref> sizes; ///< of the signature
  Ref items;
  std::vector<Ref> groups, threads;
  Ref shared; ///< bytes; null: none
  bool zeroed;
};

using Step = std::variant<LaunchStep, GemmStep, ScatterStep, RawStep, CopyStep, CheckStep>;

/// What a step reads and writes, by the plan's buffers; a buffer can be both.
struct StepBuffers {
  std::vector<int> reads, writes;
};
StepBuffers buffers_of(const Step& step, const std::vector<Kernel>& kernels);

struct Plan {
  std::vector<PlanBuffer> buffers;
  std::vector<Step> steps;
  std::vector<Ref> dims;                ///< symbols, in the order their values are passed
  std::vector<Ref> constants;           ///< array constants
  std::vector<bool> in_place;           ///< output k may share memory with its donor input
};

std::string to_text(const Plan& plan, const std::vector<Kernel>& kernels);

} // namespace croton::ir
