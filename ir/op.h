// An op is one record: name, documentation, type rule, gradient, value, spellings and test domain stand together.
// Passes ask for the record's body, never for its name.
#pragma once
#include "ir/node.h"
#include <functional>
#include <optional>

namespace croton::ir {

struct Array;

/// Carries any integer dtype exactly; results are wrapped to the dtype after each op.
__extension__ typedef __int128 wide;

struct Scalar; // ir/array.h

/// How many ulp a backend may be away from the exact result, for finite results in the op's domain.
struct UlpBound {
  double f32 = 0.5;
  double f64 = 0.5;
  double f32_loose = 0; ///< where the device's own quotients and roots are not correctly rounded (OpenCL's table); 0: as f32
};

/// One element of the result from the elements at the same index of every operand.
struct Pointwise {
  enum class Result : std::uint8_t { same, boolean, attribute };
  /// Exact values; null where the op is not defined on such operands. f32 results are correctly rounded.
  float (*f32)(const float* x) = nullptr;
  double (*f64)(const double* x) = nullptr;
  wide (*integer)(const wide* x) = nullptr;
  /// The integer value where it depends on the operand's width; null: `integer` holds for every width.
  wide (*sized_integer)(const wide* x, int bits) = nullptr;
  Result result = Result::same;
  bool reinterpret = false; ///< the result has the operand's bits
  bool product = false;     ///< a·b, which a device may leave unrounded where it is added to something
  /// A cheaper form in other scalar ops, for targets without a spelling; null: every target spells it.
  Ref (*expand)(const Node& node) = nullptr;
  /// LLVM instruction or, after '@', intrinsic: for floats, signed and unsigned integers. Empty: use `expand`.
  std::string_view llvm_float = {}, llvm_signed = {}, llvm_unsigned = {};
  /// AVX-512's name of the instruction and its immediate operand, if it has one: for whole vectors of 512 bits.
  std::string_view avx512 = {};
  /// C-family template over {0}, {1}, {2}, or {u0}, {u1}: the operand as an unsigned number, so that overflow wraps; or
  /// "cast", "bitcast", "select", which the printer knows. Empty: use `expand`.
  std::string_view c_float = {}, c_integer = {};
  UlpBound ulp = {};
  int cost = 1; ///< in adds; 8 and more is worth keeping rather than computing twice
};

/// One pass of a reduction over a block of elements that are at hand: one number made from a map of them.
struct BlockStage {
  double identity; ///< of `merge`
  Ref (*merge)(const Ref& left, const Ref& right);
  Ref (*map)(const Node& node, const Ref& element, const std::vector<Ref>& previous, const Ref& count);
  /// The pass's value over all that a state has seen before the block, so that the passes end with the state of both; `previous`
  /// are those of both too. Null (for all passes, or none): the block's state is merged with the one before.
  Ref (*start)(const Node& node, const std::vector<Ref>& before, const std::vector<Ref>& previous) = nullptr;
};

/// An accumulator of a reduction over some axes. States are tuples of scalars merged by an associative combine.
struct Reduction {
  using State = std::vector<Ref>;
  State (*identity)(const Node& node);                               ///< constants
  State (*lift)(const Node& node, const Ref& element, const Ref& index); ///< state of one element; index is i64
  State (*merge)(const Node& node, const State& left, const State& right);
  Ref (*finish)(const Node& node, const State& state, const Ref& count);
  /// The same value from simpler reductions, for rows that stay in cache; null: already simple.
  Ref (*expand)(const Node& node) = nullptr;
  /// How a block in cache gives a state with one transcendental per element: passes, then the state they make.
  std::vector<BlockStage> block = {};
  State (*from_block)(const Node& node, const State& values, const Ref& count) = nullptr;
  bool needs_index = false;
  bool empty_is_error = false;
  /// The value of all n elements at once, straight from the definition and independent of the states above: what the
  /// reference interpreter computes. f32 elements come as doubles and the result is rounded. Null: not for such elements.
  double (*value_real)(const double* x, i64 n, const Node& node) = nullptr;
  wide (*value_integer)(const wide* x, i64 n, const Node& node) = nullptr;
};

/// Reads one element of operand `arg`; where `guard` is given and false, the element is not read and is unspecified.
using ReadElement = std::function<Ref(int arg, const std::vector<Ref>& index, const Ref& guard)>;

/// Output index → elements of the operands at other indices: transposes, slices, joins, padding.
struct View {
  Ref (*element)(const Node& node, const std::vector<Ref>& index, const ReadElement& read);
  bool reads_part = false; ///< each element of the result has one of its own; the rest of the operand is not read
};

/// Index → value, without tensor operands.
struct Generator {
  Ref (*element)(const Node& node, const std::vector<Ref>& index);
};

/// Like View, but positions come from an index operand, checked against `bound` before memory is touched.
struct Indexed {
  Ref (*element)(const Node& node, const std::vector<Ref>& index, const ReadElement& read);
  int index_arg;
  Ref (*bound)(const Node& node);
};

/// What a product's elements become before they are stored.
enum class Activation : std::uint8_t { none, relu, gelu };
std::string_view name(Activation activation);
Activation activation_of(const Node& product);
/// Batched matrix product [batch…, m, k] × [batch…, k, n].
struct Contraction {};

/// Accumulates rows of a source into positions of a zeroed result.
struct Scatter {
  int index_arg;
  Ref (*bound)(const Node& node);
};

/// Running merges along one axis: element k of the result is the finished state of the elements up to k. Attributes: axis,
/// reverse (from the last element to the first), exclusive (without element k itself). Operands have the result's type.
struct PrefixScan {
  using State = Reduction::State;
  State (*identity)(const Node& node);                    ///< constants
  State (*lift)(const Node& node, const Args& elements);  ///< state of one element of each operand
  State (*merge)(const Node& node, const State& left, const State& right);
  Ref (*finish)(const Node& node, const State& state);
  /// The value after one more element of each operand from the value before, straight from the definition: what the
  /// reference interpreter computes, floats in f64. It begins with the finished identity.
  Scalar (*next)(const Node& node, const Scalar& value, const Scalar* x);
};

/// Runs as it is given, a user's code or a library's: whole operands to a whole result, all dense row-major.
struct Opaque {
  /// The value, of this shape, on the host; UnsupportedError, naming the node, where it has none.
  Array (*reference)(const Node& node, const std::vector<const Array*>& operands, const std::vector<i64>& shape);
};

/// Inputs, constants, shared state, dims, and the leaves of kernels.
struct Leaf {
  bool (*is_per_call)(const Node& node) = nullptr;
};

/// Reads memory inside a kernel; only kernels hold it.
struct Memory {};

using Body = std::variant<Leaf, Pointwise, Reduction, View, Generator, Indexed, Contraction, Scatter, PrefixScan, Opaque, Memory>;

struct AttrSpec {
  std::string_view name;
  std::string_view kind; ///< "int", "bool", "ints", "dtype", "number", "text", "data", "functions" (of this process: ir/raw.h)
  std::string_view doc;
};

/// Where random test inputs of an operand come from.
struct Domain {
  double low = -4, high = 4;
  bool integral = false;
};

/// How tightly a text binds. An operand that binds less than its place asks for stands in parentheses.
enum class Binding : std::uint8_t { none, comparing, adding, multiplying, signing, raising, whole };

/// How an op is written in mathematics: "|", x, "|"; or x, " + ", y. Empty: as a call.
struct Notation {
  std::string_view before = {}, between = {}, after = {};
  Binding binding = Binding::whole, first = Binding::whole, second = Binding::whole;
  bool silent = false; ///< the operand stands for the value
  bool (*applies)(const Node& node) = nullptr; ///< null: always
};

enum class Accepts : std::uint8_t { any, numeric, real_number, floating, integer, boolean, bits, index };
bool accepts(Accepts accepted, DType dtype);

/// What must hold between sizes at the call: a = b, or a ≤ b.
using Require = std::function<void(const Ref& a, bool equal, const Ref& b)>;

struct Op {
  std::string_view name;
  std::string_view doc;
  std::string_view group;              ///< section of the manual
  std::vector<std::string_view> params; ///< operand names; a last name ending in "..." repeats
  std::vector<AttrSpec> attr_specs = {};
  Accepts accepts = Accepts::numeric;
  Body body = Leaf{};
  Type (*type)(const Op& op, const Args& args, const Attrs& attrs) = nullptr;
  /// Cotangents of the operands given the result's; null entries are zero. Null function: no derivative exists.
  std::vector<Ref> (*vjp)(const Node& node, const Ref& cotangent) = nullptr;
  /// Relations between sizes that the type rule could not decide; null: none (pointwise operands are known to agree).
  void (*constrain)(const Node& node, const Require& require) = nullptr;
  bool differentiable = true; ///< false: piecewise constant or integer valued, the gradient is zero
  std::vector<Domain> domain = {};
  bool commutative = false; ///< the first two operands can be exchanged, bit for bit
  /// A bound on the error of each element of the value, into which n elements were merged in whatever order (ir/error_bound.h);
  /// null: exact. Pointwise bodies have ulps.
  Ref (*error)(const Ref& value, i64 n) = nullptr;
  /// Where the value of the node is left open, as booleans of its shape; null: nowhere.
  Ref (*unspecified)(const Node& node) = nullptr;
  Notation notation = {};
  /// The node over a new leading axis of the operands that are `batched`; null: follows from the body, or none exists.
  Ref (*batch)(const Node& node, const Args& args, const std::vector<bool>& batched) = nullptr;
};

/// The record named so, or null. Names are unique in the process.
const Op* find_op(std::string_view name);
/// All records, in the manual's order.
std::vector<const Op*> all_ops();
/// Adds a user's op for the rest of the process; throws ValueError when the name is taken.
const Op& register_op(Op op);

enum class Dialect : std::uint8_t { llvm, c };
/// How a dialect writes a pointwise node with these operand dtypes; "" when it must be expanded first.
std::string_view spelling(const Node& node, Dialect dialect);

/// Instructions that a machine may have beyond its dialect.
struct Features {
  bool avx512 = false;
};
/// The machine computes this node, a vector in a kernel, by one instruction of its own.
bool is_native(const Node& node, Features features);

template <class B> const B* body_of(const Node& node) { return std::get_if<B>(&node.op->body); }
template <class B> const B* body_of(const Ref& node) { return std::get_if<B>(&node->op->body); }

/// Its value is its positions: it is there for their check.
inline bool is_position_check(const Node& node) { return body_of<Indexed>(node) && body_of<Indexed>(node)->index_arg == 0; }

} // namespace croton::ir
