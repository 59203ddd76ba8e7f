// Shorthand for op records: type rules shared by families of ops and value functions made from one generic lambda.
#pragma once
#include "ir/build.h"
#include "ir/op.h"
#include <cmath>

namespace croton::ir {

// ---- the families, in the manual's order ----
std::vector<Op> leaf_ops();
std::vector<Op> arithmetic_ops();
std::vector<Op> comparison_ops();
std::vector<Op> logic_ops();
std::vector<Op> rounding_ops();
std::vector<Op> exponential_ops();
std::vector<Op> float_part_ops();
std::vector<Op> trigonometric_ops();
std::vector<Op> special_ops();
std::vector<Op> conversion_ops();
std::vector<Op> reduction_ops();
std::vector<Op> reduce_ops();
std::vector<Op> moment_ops();
std::vector<Op> scan_ops();
std::vector<Op> shape_ops();
std::vector<Op> join_ops();
std::vector<Op> generator_ops();
std::vector<Op> indexing_ops();
std::vector<Op> contraction_ops();
std::vector<Op> raw_ops();
std::vector<Op> memory_ops();

// ---- type rules ----
Type pointwise_type(const Op& op, const Args& args, const Attrs& attrs);
[[noreturn]] void fail_dtype(const Op& op, const Ref& arg, std::string_view expected);
void expect_accepted(const Op& op, const Ref& arg); ///< its dtype is one of op.accepts
void expect_count(const Op& op, const Args& args, std::size_t low, std::size_t high);
void expect_index_scalar(const Op& op, const Ref& arg);
i64 checked_axis(const Op& op, i64 axis, int rank);

// ---- batching (Op::batch) ----
/// The operand with the batch in front, by repetition when it is not batched itself.
Ref in_batch(const Ref& arg, bool batched, const Dim& count);
/// The batch's size, from the batched operands.
Dim batch_count(const Args& args, const std::vector<bool>& batched);
/// The same op one axis further: the named axis attribute is shifted; other operands stay.
Ref batch_shifted(const Node& node, const Args& args, std::string_view axis_attr);

// ---- reductions ----
Type reduced_type(const Op& op, const Args& args, const Attrs& attrs, DType result);
Ref kept(const Node& node, const Ref& value);
std::vector<AttrSpec> axes_specs();
/// Of a reduction whose value is one of the elements: those equal to it share the gradient equally.
std::vector<Ref> extreme_vjp(const Node& node, const Ref& cotangent);

/// A handle on a node that is alive in the caller.
inline Ref self(const Node& node) { return Ref(&node); }

// ---- value functions ----
template <class F, class T, std::size_t... I> T apply(const T* x, std::index_sequence<I...>) {
  return static_cast<T>(F{}(x[I]...));
}
template <int N, class T, class F> constexpr auto value_of(F) {
  return +[](const T* x) -> T { return apply<F, T>(x, std::make_index_sequence<N>{}); };
}

/// Value functions of one captureless generic lambda on every carrier, on floats, or on integers.
template <int N, class F> constexpr Pointwise on_all(F f) {
  return {.f32 = value_of<N, float>(f), .f64 = value_of<N, double>(f), .integer = value_of<N, wide>(f)};
}
template <int N, class F> constexpr Pointwise on_floats(F f) {
  return {.f32 = value_of<N, float>(f), .f64 = value_of<N, double>(f)};
}
template <int N, class F> constexpr Pointwise on_integers(F f) { return {.integer = value_of<N, wide>(f)}; }
/// Different definitions for floats and integers.
template <int N, class F, class G> constexpr Pointwise on_either(F f, G g) {
  return {.f32 = value_of<N, float>(f), .f64 = value_of<N, double>(f), .integer = value_of<N, wide>(g)};
}
/// A libm function evaluated in double, so that its f32 value is correctly rounded for all practical purposes.
#define CROTON_LIBM1(function)                                                                                         \
  on_floats<1>([](auto x) { return static_cast<decltype(x)>(function(static_cast<double>(x))); })

/// Fills in spellings: LLVM for floats, signed and unsigned integers; then the C family.
struct Spelling {
  std::string_view llvm_float = {}, llvm_signed = {}, llvm_unsigned = {};
  std::string_view c_float = {}, c_integer = {};
};
constexpr Pointwise spelled(Pointwise p, Spelling s) {
  p.llvm_float = s.llvm_float;
  p.llvm_signed = s.llvm_signed;
  p.llvm_unsigned = s.llvm_unsigned.empty() ? s.llvm_signed : s.llvm_unsigned;
  p.c_float = s.c_float;
  // What LLVM has for integers, C writes as it does for floats.
  p.c_integer = s.c_integer.empty() && !s.llvm_signed.empty() ? s.c_float : s.c_integer;
  return p;
}
constexpr Pointwise costing(Pointwise p, int cost, UlpBound ulp = {}) {
  p.cost = cost;
  p.ulp = ulp;
  return p;
}
constexpr Pointwise boolean(Pointwise p) {
  p.result = Pointwise::Result::boolean;
  return p;
}
constexpr Pointwise expanded(Pointwise p, Ref (*expand)(const Node&), int cost = 1, UlpBound ulp = {}) {
  p.expand = expand;
  return costing(p, cost, ulp);
}
constexpr Pointwise product(Pointwise p) {
  p.product = true;
  return p;
}

// ---- notation ----
constexpr Notation infix(std::string_view symbol, Binding binding) { return {.between = symbol, .binding = binding, .first = binding, .second = binding}; }
/// Where the second operand cannot stand without parentheses if it binds as tightly.
constexpr Notation infix_from_left(std::string_view symbol, Binding binding) {
  Notation n = infix(symbol, binding);
  n.second = static_cast<Binding>(static_cast<int>(binding) + 1);
  return n;
}
constexpr Notation silent{.silent = true};

} // namespace croton::ir
