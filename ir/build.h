// Builders: typed construction of nodes with the arithmetic operators, used by gradients, expansions and passes.
#pragma once
#include "ir/dims.h"
#include "ir/node.h"
#include "ir/op.h"

namespace croton::ir {

// ---- leaves ----
Ref constant(DType dtype, double value);
Ref constant_int(DType dtype, i64 value);
Ref constant_like(const Ref& x, double value); ///< a scalar of x's dtype
Ref constant_array(DType dtype, std::vector<i64> shape, std::vector<std::byte> bytes);
Ref variable(std::string_view name, DType dtype, Shape shape);
/// A shared variable's node; `state` identifies the storage.
Ref state_variable(std::string_view name, i64 state, DType dtype, Shape shape);

/// The value of a scalar constant, or of a broadcast of one.
std::optional<double> scalar_value(const Ref& x);
bool is_variable(const Node& node);
bool is_constant(const Node& node);
/// A scalar constant given by its value, which can stand in code; one given by its data is memory.
bool is_literal(const Node& node);
/// The name the user gave, or "".
std::string_view user_name(const Node& node);

// ---- pointwise by name; operands must have one dtype (see promote in src/) ----
Ref call(std::string_view op, Args args, Attrs attrs = {});

Ref operator+(const Ref& a, const Ref& b);
Ref operator-(const Ref& a, const Ref& b);
Ref operator*(const Ref& a, const Ref& b);
Ref operator/(const Ref& a, const Ref& b);
Ref operator-(const Ref& a);
Ref operator+(const Ref& a, double b);
Ref operator-(const Ref& a, double b);
Ref operator*(const Ref& a, double b);
Ref operator/(const Ref& a, double b);
Ref operator+(double a, const Ref& b);
Ref operator-(double a, const Ref& b);
Ref operator*(double a, const Ref& b);
Ref operator/(double a, const Ref& b);

Ref where(const Ref& condition, const Ref& yes, const Ref& no);
Ref cast(const Ref& x, DType dtype); ///< x itself when it has the dtype

// ---- shapes ----
Ref broadcast_to(const Ref& x, const Shape& shape); ///< x itself when it has the shape
Ref reshape(const Ref& x, const Shape& shape);
Ref permute(const Ref& x, std::vector<i64> order);
Ref swap_last_axes(const Ref& x);
Ref expand_dims(const Ref& x, std::vector<i64> axes); ///< axes in the result
Ref squeeze(const Ref& x, std::vector<i64> axes);
/// x of at least `rank` axes: axes of size 1 are put behind the first one.
Ref with_rank_behind_first(const Ref& x, int rank);
Ref slice(const Ref& x, i64 axis, const Ref& start, const Ref& size, i64 step);
Ref full(const Ref& scalar, const Shape& shape);
Ref zeros_like(const Ref& x);
Ref iota(const Shape& shape, i64 axis, DType dtype);
/// Sums x down to a shape it was broadcast from.
Ref sum_to(const Ref& x, const Shape& shape);

// ---- reductions ----
Ref reduce(std::string_view op, const Ref& x, std::vector<i64> axes, bool keepdims = false);
/// A running merge by an op whose body is a PrefixScan.
Ref scan(std::string_view op, Args operands, i64 axis, bool reverse = false, bool exclusive = false);
Ref matmul(const Ref& a, const Ref& b);

/// Common shape of broadcasting operands: aligned at the last axis; only a dim known to be 1 stretches.
Shape broadcast_shapes(const Args& args, std::string_view op);

/// "x: f32{batch, 64} (train.cpp:12)" for messages.
std::string describe(const Ref& x);

/// Rebuilds the graph under the roots with some nodes replaced; unchanged nodes are kept.
std::vector<Ref> substitute(std::span<const Ref> roots, const std::function<Ref(const Node&)>& replacement);

} // namespace croton::ir
