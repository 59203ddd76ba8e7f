#include "ir/build.h"
#include "ir/node_map.h"
#include <algorithm>
#include <cmath>
#include <cstring>
#include <unordered_map>

namespace croton::ir {

// ---- leaves ---------------------------------------------------------------------------------------------------

namespace {

const Op& op_named(std::string_view name) {
  const Op* op = find_op(name);
  if (!op) throw InternalError("[graph] there is no op named '" + std::string(name) + "'");
  return *op;
}

// Wraps to the width of an integer dtype, as a cast would.
i64 wrapped(DType dtype, i64 value) {
  if (dtype == DType::bool_) return value != 0;
  int unused = 64 - 8 * static_cast<int>(size_of(dtype));
  if (unused == 0) return value;
  u64 shifted = static_cast<u64>(value) << unused;
  return info(dtype).is_signed ? static_cast<i64>(shifted) >> unused : static_cast<i64>(shifted >> unused);
}

std::vector<i64> sorted(std::vector<i64> axes) {
  std::sort(axes.begin(), axes.end());
  return axes;
}

Args with_dims(const Ref& x, const Shape& shape) {
  Args args{x};
  args.insert(args.end(), shape.begin(), shape.end());
  return args;
}

} // namespace

Ref constant(DType dtype, double value) {
  static const Op& op = op_named("constant");
  if (!is_float(dtype)) return constant_int(dtype, static_cast<i64>(value));
  if (dtype == DType::f32) value = static_cast<float>(value);
  return make(op, {}, {{"dtype", dtype}, {"value", value}});
}

Ref constant_int(DType dtype, i64 value) {
  static const Op& op = op_named("constant");
  if (is_float(dtype)) return constant(dtype, static_cast<double>(value));
  return make(op, {}, {{"dtype", dtype}, {"value", wrapped(dtype, value)}});
}

Ref constant_like(const Ref& x, double value) { return constant(x->dtype(), value); }

Ref constant_array(DType dtype, std::vector<i64> shape, std::vector<std::byte> bytes) {
  static const Op& op = op_named("constant");
  return make(op, {}, {{"dtype", dtype}, {"shape", std::move(shape)}, {"data", std::make_shared<const std::vector<std::byte>>(std::move(bytes))}});
}

Ref variable(std::string_view name, DType dtype, Shape shape) {
  static const Op& op = op_named("input");
  return make(op, std::move(shape), {{"name", std::string(name)}, {"dtype", dtype}});
}

Ref state_variable(std::string_view name, i64 state, DType dtype, Shape shape) {
  static const Op& op = op_named("shared");
  return make(op, std::move(shape), {{"name", std::string(name)}, {"state", state}, {"dtype", dtype}});
}

std::optional<double> scalar_value(const Ref& x) {
  static const Op& op = op_named("constant");
  static const Op& stretch = op_named("broadcast_to");
  const Node* n = x.get();
  while (n->op == &stretch) n = n->args[0].get();
  if (n->op != &op) return {};
  auto* v = n->attrs.find("value");
  if (!v) return {};
  if (auto* d = std::get_if<double>(v)) return *d;
  i64 k = std::get<i64>(*v);
  return n->dtype() == DType::u64 ? static_cast<double>(static_cast<u64>(k)) : static_cast<double>(k);
}

bool is_variable(const Node& node) {
  static const Op &input = op_named("input"), &state = op_named("shared");
  return node.op == &input || node.op == &state;
}
bool is_constant(const Node& node) {
  static const Op& op = op_named("constant");
  return node.op == &op;
}
bool is_literal(const Node& node) { return is_constant(node) && node.attrs.find("value"); }
std::string_view user_name(const Node& node) {
  auto* text = node.attrs.find("name");
  return text && std::holds_alternative<std::string>(*text) ? std::string_view(std::get<std::string>(*text)) : "";
}

// ---- pointwise ------------------------------------------------------------------------------------------------

Ref call(std::string_view op, Args args, Attrs attrs) { return make(op_named(op), std::move(args), std::move(attrs)); }

#define CROTON_OPERATOR(symbol, op)                                                                                    \
  Ref operator symbol(const Ref& a, const Ref& b) {                                                                    \
    static const Op& record = op_named(op);                                                                            \
    return make(record, {a, b});                                                                                       \
  }                                                                                                                    \
  Ref operator symbol(const Ref& a, double b) { return a symbol constant_like(a, b); }                                 \
  Ref operator symbol(double a, const Ref& b) { return constant_like(b, a) symbol b; }
CROTON_OPERATOR(+, "add")
CROTON_OPERATOR(-, "subtract")
CROTON_OPERATOR(*, "multiply")
CROTON_OPERATOR(/, "divide")
#undef CROTON_OPERATOR

Ref operator-(const Ref& a) { return call("negative", {a}); }

Ref where(const Ref& condition, const Ref& yes, const Ref& no) { return call("where", {condition, yes, no}); }

Ref cast(const Ref& x, DType dtype) {
  if (x->dtype() == dtype) return x;
  if (is_literal(*x)) {
    const AttrValue& v = *x->attrs.find("value");
    if (auto* k = std::get_if<i64>(&v); k && (x->dtype() != DType::u64 || !is_float(dtype))) return constant_int(dtype, *k);
    if (auto* d = std::get_if<double>(&v); d && is_float(dtype)) return constant(dtype, *d);
  }
  return call("cast", {x}, {{"dtype", dtype}});
}

// ---- shapes ---------------------------------------------------------------------------------------------------

Ref broadcast_to(const Ref& x, const Shape& shape) {
  return x->shape() == shape ? x : call("broadcast_to", with_dims(x, shape));
}
Ref reshape(const Ref& x, const Shape& shape) {
  return x->shape() == shape ? x : call("reshape", with_dims(x, shape));
}
Ref permute(const Ref& x, std::vector<i64> order) {
  bool same = static_cast<int>(order.size()) == x->rank();
  for (std::size_t k = 0; same && k < order.size(); ++k) same = order[k] == static_cast<i64>(k);
  if (same) return x;
  return call("permute", {x}, {{"order", std::move(order)}});
}
Ref swap_last_axes(const Ref& x) {
  std::vector<i64> order(x->rank());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<i64>(i);
  std::swap(order[order.size() - 1], order[order.size() - 2]);
  return permute(x, order);
}
Ref expand_dims(const Ref& x, std::vector<i64> axes) {
  return axes.empty() ? x : call("expand_dims", {x}, {{"axes", sorted(std::move(axes))}});
}
Ref squeeze(const Ref& x, std::vector<i64> axes) {
  return axes.empty() ? x : call("squeeze", {x}, {{"axes", sorted(std::move(axes))}});
}
Ref with_rank_behind_first(const Ref& x, int rank) {
  std::vector<i64> axes;
  for (i64 axis = 1; axis <= rank - x->rank(); ++axis) axes.push_back(axis);
  return expand_dims(x, axes);
}
Ref slice(const Ref& x, i64 axis, const Ref& start, const Ref& size, i64 step) {
  if (step == 1 && constant_value(start) == 0 && size == x->shape()[axis]) return x;
  return call("slice", {x, start, size}, {{"axis", axis}, {"step", step}});
}
Ref full(const Ref& scalar, const Shape& shape) { return broadcast_to(scalar, shape); }
Ref zeros_like(const Ref& x) { return broadcast_to(constant_like(x, 0), x->shape()); }
Ref iota(const Shape& shape, i64 axis, DType dtype) { return call("iota", shape, {{"axis", axis}, {"dtype", dtype}}); }

Ref sum_to(const Ref& x, const Shape& shape) {
  if (x->shape() == shape) return x;
  int extra = x->rank() - static_cast<int>(shape.size());
  std::vector<i64> axes, dropped;
  for (int i = 0; i < x->rank(); ++i) {
    if (i < extra) dropped.push_back(i);
    else if (is_one(shape[i - extra]) && !is_one(x->shape()[i])) axes.push_back(i);
  }
  Ref result = axes.empty() ? x : reduce("sum", x, axes, true);
  if (!dropped.empty()) result = reduce("sum", result, dropped, false);
  return result;
}

// ---- reductions -----------------------------------------------------------------------------------------------

Ref reduce(std::string_view op, const Ref& x, std::vector<i64> axes, bool keepdims) {
  return call(op, {x}, {{"axes", sorted(std::move(axes))}, {"keepdims", i64(keepdims)}});
}
Ref scan(std::string_view op, Args operands, i64 axis, bool reverse, bool exclusive) {
  return call(op, std::move(operands), {{"axis", axis}, {"reverse", i64(reverse)}, {"exclusive", i64(exclusive)}});
}

Ref matmul(const Ref& a, const Ref& b) { return call("matmul", {a, b}); }

// ---- shapes and messages --------------------------------------------------------------------------------------

Shape broadcast_shapes(const Args& args, std::string_view op) {
  std::size_t rank = 0;
  for (const Ref& a : args) rank = std::max(rank, a->shape().size());
  Shape shape(rank);
  std::vector<const Ref*> owner(rank, nullptr);
  for (const Ref& a : args) {
    std::size_t shift = rank - a->shape().size();
    for (std::size_t i = 0; i < a->shape().size(); ++i) {
      const Dim& d = a->shape()[i];
      Dim& out = shape[shift + i];
      if (!out || (is_one(out) && !is_one(d))) {
        out = d;
        owner[shift + i] = &a;
      } else if (out != d && !is_one(d)) {
        if (provably_different(out, d))
          throw ShapeError("[" + std::string(op) + "] " + describe(*owner[shift + i]) + " · " + describe(a) + ": " +
                           to_string(out) + " ≠ " + to_string(d) + " on axis " + std::to_string(shift + i) +
                           ". Sizes must agree, or be 1 when the graph is built.");
        if (constant_value(d)) out = d; // the known size is the more useful one
      }
    }
  }
  return shape;
}

std::string describe(const Ref& x) {
  std::string text(user_name(*x));
  if (text.empty()) text = is_constant(*x) ? "constant" : std::string(x->op->name) + "(…)";
  text += ": " + std::string(name(x->dtype())) + to_string(x->shape());
  if (x->where) text += " (" + to_string(x->where) + ")";
  return text;
}

namespace {

/// Rebuilds nodes with other operands. Sizes and indices stay in canonical form; data of the same type does not take part:
/// x // x is 0 where x is, products of it wrap, and sums of products of it may be long.
class Remake {
public:
  Ref operator()(const Node& n, Args args) {
    struct Canonical {
      const Op* op;
      Ref (*build)(const Ref& a, const Ref& b);
    };
    static const Canonical ops[] = {{&op_named("add"), index_add},       {&op_named("multiply"), index_mul}, {&op_named("floor_divide"), index_div},
                                    {&op_named("remainder"), index_mod}, {&op_named("minimum"), index_min},  {&op_named("maximum"), index_max}};
    auto found = std::find_if(std::begin(ops), std::end(ops), [&](const Canonical& c) { return c.op == n.op; });
    if (n.rank() == 0 && n.dtype() == DType::i64 && found != std::end(ops) && is_index(args[0]) && is_index(args[1])) return found->build(args[0], args[1]);
    return make(*n.op, std::move(args), n.attrs, n.where);
  }

private:
  // Made of constants, sizes and registers by index arithmetic; explicit stack.
  bool is_index(const Ref& scalar) {
    std::vector<Ref> stack{scalar};
    while (!stack.empty()) {
      Ref n = stack.back();
      bool ready = true;
      if (!known_.contains(n) && descends(*n))
        for (const Ref& a : n->args)
          if (!known_.contains(a)) {
            stack.push_back(a);
            ready = false;
          }
      if (!ready) continue;
      stack.pop_back();
      known_.try_emplace(n, descends(*n) ? std::all_of(n->args.begin(), n->args.end(), [&](const Ref& a) { return known_.at(a); }) : is_leaf(*n));
    }
    return known_.at(scalar);
  }

  static bool descends(const Node& n) {
    static const Op* const ops[] = {&op_named("add"), &op_named("subtract"), &op_named("multiply"), &op_named("floor_divide"),
                                    &op_named("remainder"), &op_named("minimum"), &op_named("maximum")};
    return n.rank() == 0 && n.dtype() == DType::i64 && std::find(std::begin(ops), std::end(ops), n.op) != std::end(ops);
  }
  static bool is_leaf(const Node& n) {
    static const Op &dim = op_named("dim"), &reg = op_named("register");
    return n.rank() == 0 && (n.op == &dim || n.op == &reg || constant_value(Ref(&n)));
  }

  std::unordered_map<Ref, bool> known_;
};

} // namespace

std::vector<Ref> substitute(std::span<const Ref> roots, const std::function<Ref(const Node&)>& replacement) {
  NodeMap<Ref> done;
  Remake remake;
  for (const Node* n : post_order(roots)) {
    if (Ref r = replacement(*n)) {
      done.emplace(n, r);
      continue;
    }
    Args args;
    bool changed = false;
    for (const Ref& a : n->args) {
      args.push_back(done.at(a.get()));
      changed |= args.back() != a;
    }
    done.emplace(n, changed ? remake(*n, std::move(args)) : Ref(n));
  }
  std::vector<Ref> result;
  for (const Ref& r : roots) result.push_back(r ? done.at(r.get()) : Ref());
  return result;
}

} // namespace croton::ir
