#include "ir/op.h"
#include "ir/ops/record.h"
#include <algorithm>
#include <deque>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>

namespace croton::ir {

namespace {

struct Registry {
  std::shared_mutex mutex;
  std::deque<Op> ops; // stable addresses
  std::vector<const Op*> order;
  std::unordered_map<std::string_view, const Op*> by_name;

  Registry() {
    for (auto family : {leaf_ops, arithmetic_ops, comparison_ops, logic_ops, rounding_ops, exponential_ops, float_part_ops,
                        trigonometric_ops, special_ops, conversion_ops, reduction_ops, reduce_ops, moment_ops, scan_ops, shape_ops, join_ops,
                        generator_ops, indexing_ops, contraction_ops, raw_ops, memory_ops})
      for (Op& op : family()) add(std::move(op));
  }
  const Op& add(Op op) {
    if (by_name.contains(op.name)) throw ValueError("[op] an op named '" + std::string(op.name) + "' exists already. Choose another name.");
    const Op& stored = ops.emplace_back(std::move(op));
    order.push_back(&stored);
    by_name.emplace(stored.name, &stored);
    return stored;
  }
};

// Leaked on purpose: nodes outlive static destructors.
Registry& registry() {
  static auto* r = new Registry;
  return *r;
}

std::string dtype_list(Accepts accepts) {
  switch (accepts) {
  case Accepts::any: return "any dtype";
  case Accepts::numeric: return "numbers";
  case Accepts::real_number: return "real numbers";
  case Accepts::floating: return "floats";
  case Accepts::integer: return "integers";
  case Accepts::boolean: return "bool";
  case Accepts::bits: return "integers or bool";
  case Accepts::index: return "i64";
  }
  return "";
}

} // namespace

bool accepts(Accepts a, DType d) {
  DTypeKind kind = info(d).kind;
  switch (a) {
  case Accepts::any: return true;
  case Accepts::numeric: return kind != DTypeKind::boolean;
  case Accepts::real_number: return kind == DTypeKind::integer || kind == DTypeKind::floating;
  case Accepts::floating: return kind == DTypeKind::floating;
  case Accepts::integer: return kind == DTypeKind::integer;
  case Accepts::boolean: return kind == DTypeKind::boolean;
  case Accepts::bits: return kind == DTypeKind::integer || kind == DTypeKind::boolean;
  case Accepts::index: return d == DType::i64;
  }
  return false;
}

const Op* find_op(std::string_view name) {
  Registry& r = registry();
  std::shared_lock lock(r.mutex);
  auto found = r.by_name.find(name);
  return found == r.by_name.end() ? nullptr : found->second;
}

std::vector<const Op*> all_ops() {
  Registry& r = registry();
  std::shared_lock lock(r.mutex);
  return r.order;
}

const Op& register_op(Op op) {
  Registry& r = registry();
  std::unique_lock lock(r.mutex);
  return r.add(std::move(op));
}

std::string_view spelling(const Node& node, Dialect dialect) {
  auto* p = body_of<Pointwise>(node);
  if (!p) return "";
  DType d = node.args.back()->dtype(); // where's condition stands first
  if (dialect == Dialect::c) return is_float(d) ? p->c_float : p->c_integer;
  return is_float(d) ? p->llvm_float : info(d).is_signed ? p->llvm_signed : p->llvm_unsigned;
}

bool is_native(const Node& node, Features features) {
  auto* p = body_of<Pointwise>(node);
  return p && !p->avx512.empty() && features.avx512 && node.rank() == 1 && constant_value(node.shape()[0]).value_or(0) * static_cast<i64>(size_of(node.dtype())) == 64;
}

void fail_dtype(const Op& op, const Ref& arg, std::string_view expected) {
  throw DTypeError("[" + std::string(op.name) + "] " + describe(arg) + ": found " + std::string(name(arg->dtype())) +
                   ", expected " + std::string(expected) + ". Cast it first.");
}

void expect_accepted(const Op& op, const Ref& arg) {
  if (!accepts(op.accepts, arg->dtype())) fail_dtype(op, arg, dtype_list(op.accepts));
}

void expect_count(const Op& op, const Args& args, std::size_t low, std::size_t high) {
  if (args.size() >= low && args.size() <= high) return;
  throw ValueError("[" + std::string(op.name) + "] found " + std::to_string(args.size()) + " operands, expected " +
                   std::to_string(low) + (high == low ? "" : " or more") + ".");
}

void expect_index_scalar(const Op& op, const Ref& arg) {
  if (arg->rank() == 0 && arg->dtype() == DType::i64) return;
  throw DTypeError("[" + std::string(op.name) + "] " + describe(arg) + ": sizes and positions must be i64 scalars.");
}

i64 checked_axis(const Op& op, i64 axis, int rank) {
  if (axis >= 0 && axis < rank) return axis;
  throw ShapeError("[" + std::string(op.name) + "] axis " + std::to_string(axis) + " is out of range for rank " +
                   std::to_string(rank) + ". Use 0 to " + std::to_string(rank - 1) + ".");
}

Dim batch_count(const Args& args, const std::vector<bool>& batched) {
  for (std::size_t i = 0; i < args.size(); ++i)
    if (batched[i]) return args[i]->shape()[0];
  throw InternalError("[batch] no operand is batched");
}

Ref in_batch(const Ref& arg, bool batched, const Dim& count) {
  if (batched) return arg;
  Shape shape = arg->shape();
  shape.insert(shape.begin(), count);
  return broadcast_to(arg, shape);
}

Ref batch_shifted(const Node& node, const Args& args, std::string_view axis_attr) {
  Attrs attrs = node.attrs;
  const AttrValue& value = *attrs.find(axis_attr);
  if (auto* axis = std::get_if<i64>(&value)) {
    attrs.set(axis_attr, *axis + 1);
  } else {
    std::vector<i64> axes = std::get<std::vector<i64>>(value);
    for (i64& a : axes) ++a;
    attrs.set(axis_attr, axes);
  }
  return make(*node.op, args, std::move(attrs), node.where);
}

Type pointwise_type(const Op& op, const Args& args, const Attrs& attrs) {
  expect_count(op, args, op.params.size(), op.params.size());
  for (const Ref& arg : args) {
    expect_accepted(op, arg);
    if (arg->dtype() != args[0]->dtype()) fail_dtype(op, arg, name(args[0]->dtype()));
  }
  auto& body = std::get<Pointwise>(op.body);
  DType result = args[0]->dtype();
  if (body.result == Pointwise::Result::boolean) result = DType::bool_;
  if (body.result == Pointwise::Result::attribute) result = attrs.dtype("dtype");
  return {result, broadcast_shapes(args, op.name)};
}

} // namespace croton::ir
