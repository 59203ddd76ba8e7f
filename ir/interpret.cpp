#include "ir/interpret.h"
#include "ir/build.h"
#include "ir/scalar_program.h"
#include <cmath>
#include <algorithm>
#include <optional>
#include <numbers>

namespace croton::ir {

namespace {

__extension__ typedef unsigned __int128 uwide;

const Op& dim_op() {
  static const Op& op = *find_op("dim");
  return op;
}

std::string text_of(wide value) { // positions and sizes: at most 65 bits
  if (value < 0) return "-" + text_of(-value);
  return value > UINT64_MAX ? "≥ 2^64" : std::to_string(static_cast<u64>(value));
}

std::string who(const Node& n) { return "[" + std::string(n.op->name) + "] "; }
std::string at_line(const Node& n) { return n.where ? " (" + to_string(n.where) + ")" : ""; }

/// Steps through all indices of a shape, the last axis fastest.
bool advance(std::vector<i64>& index, const std::vector<i64>& shape) {
  for (std::size_t k = shape.size(); k-- > 0;) {
    if (++index[k] < shape[k]) return true;
    index[k] = 0;
  }
  return false;
}

class Interpreter {
public:
  explicit Interpreter(const Bindings& bindings) : bindings_(bindings) { bind_dims(); }

  std::vector<Array> run(std::span<const Ref> roots) {
    auto order = post_order(roots);
    std::unordered_map<const Node*, std::size_t> last_use;
    for (std::size_t i = 0; i < order.size(); ++i)
      for (const Ref& a : order[i]->args) last_use[a.get()] = i;
    for (const Ref& r : roots) last_use[r.get()] = order.size();
    for (std::size_t i = 0; i < order.size(); ++i) {
      const Node& n = *order[i];
      values_.emplace(&n, evaluate(n));
      for (const Ref& a : n.args)
        if (last_use.at(a.get()) == i && a->rank() != 0) values_.erase(a.get()); // sizes may be made of scalars: they stay
    }
    std::vector<Array> results;
    for (const Ref& r : roots) results.push_back(values_.at(r.get()));
    return results;
  }

private:
  // ---- dims and shapes ----

  struct Bound {
    i64 size;
    std::string from; ///< "axis 0 of x: f32{n} (a.cpp:3)"
  };

  void bind_dims() {
    for (auto& [leaf, array] : bindings_) {
      if (leaf->dtype() != array.dtype)
        throw DTypeError("[call] " + describe(leaf) + ": found an array of " + std::string(name(array.dtype)) + ". Convert it first.");
      if (leaf->shape().size() != array.shape.size())
        throw ShapeError("[call] " + describe(leaf) + ": found an array of shape " + shape_text(array.shape) + ", expected rank " +
                         std::to_string(leaf->rank()) + ".");
      if (leaf->op == &dim_op()) bind(*leaf, static_cast<i64>(array.load(0).integer), "the given value");
      for (std::size_t k = 0; k < array.shape.size(); ++k)
        if (leaf->shape()[k]->op == &dim_op())
          bind(*leaf->shape()[k], array.shape[k], "axis " + std::to_string(k) + " of " + describe(leaf));
    }
  }

  void bind(const Node& dim, i64 size, std::string from) {
    auto [it, fresh] = dims_.try_emplace(&dim, Bound{size, from});
    if (fresh || it->second.size == size) return;
    throw ShapeError("[call] " + std::string(user_name(dim)) + " is " + std::to_string(it->second.size) + " by " + it->second.from +
                     " and " + std::to_string(size) + " by " + from + ". Equal symbols must agree.");
  }

  std::optional<Scalar> known(const Node& n) const {
    if (auto value = values_.find(&n); value != values_.end() && n.rank() == 0) return value->second.load(0);
    if (auto dim = dims_.find(&n); dim != dims_.end()) return Scalar{0, dim->second.size};
    if (n.op == &dim_op())
      throw ShapeError("[call] the size " + std::string(user_name(n)) + " is not known: no given array has it. Bind it as an i64 scalar.");
    if (is_constant(n) && n.rank() == 0) return constant_scalar(n);
    return {};
  }

  static Scalar constant_scalar(const Node& n) {
    const AttrValue& v = *n.attrs.find("value");
    if (auto* d = std::get_if<double>(&v)) return {*d, 0};
    i64 k = std::get<i64>(v);
    return {0, n.dtype() == DType::u64 ? wide(static_cast<u64>(k)) : wide(k)};
  }

  i64 integer_of(const Ref& scalar) const { return static_cast<i64>(values_.at(scalar.get()).load(0).integer); }
  const Array& value(const Ref& r) const { return values_.at(r.get()); }

  // The op's own type rule on the actual sizes: it refuses what the symbols could not prove, and gives the result's shape.
  std::vector<i64> checked_shape(const Node& n) const {
    Args actual;
    for (const Ref& a : n.args) {
      const Array& v = value(a);
      if (v.shape.empty() && a->dtype() == DType::i64) {
        actual.push_back(constant_int(DType::i64, integer_of(a)));
        continue;
      }
      Shape shape;
      for (i64 size : v.shape) shape.push_back(constant_dim(size));
      std::string_view label = user_name(*a);
      actual.push_back(make(*find_op("input"), std::move(shape),
                            {{"name", std::string(label.empty() ? a->op->name : label)}, {"dtype", a->dtype()}}, a->where));
    }
    Type type = n.op->type(*n.op, actual, n.attrs);
    std::vector<i64> shape;
    for (const Dim& d : type.shape) shape.push_back(*constant_value(d));
    if (std::any_of(shape.begin(), shape.end(), [](i64 size) { return size < 0; }))
      throw ShapeError(who(n) + "the result would have a negative size: " + shape_text(shape) + at_line(n) + ".");
    return shape;
  }

  // ---- one node ----

  Array evaluate(const Node& n) {
    expect_host_dtype(n.dtype(), n.op->name);
    struct Visit {
      Interpreter& i;
      const Node& n;
      Array operator()(const Leaf&) const { return i.leaf(n); }
      Array operator()(const Pointwise&) const { return i.pointwise(n); }
      Array operator()(const Reduction& r) const { return i.reduction(n, r); }
      Array operator()(const View&) const { return i.mapped(n); }
      Array operator()(const Generator&) const { return i.mapped(n); }
      Array operator()(const Indexed& g) const {
        i.check_positions(n, g.index_arg, g.bound(n));
        return i.mapped(n);
      }
      Array operator()(const Contraction&) const { return i.contraction(n); }
      Array operator()(const Scatter& s) const {
        i.check_positions(n, s.index_arg, s.bound(n));
        return i.scatter(n, s);
      }
      Array operator()(const PrefixScan& s) const { return i.scan(n, s); }
      Array operator()(const Opaque& o) const { return i.opaque(n, o); }
      Array operator()(const Memory&) const { throw InternalError(who(n) + "belongs in a kernel, not in a graph"); }
    };
    return std::visit(Visit{*this, n}, n.op->body);
  }

  Array leaf(const Node& n) {
    if (is_constant(n)) {
      Array result(n.dtype(), {});
      if (auto* shape = n.attrs.find("shape")) {
        result = Array(n.dtype(), std::get<std::vector<i64>>(*shape));
        result.bytes = *std::get<Bytes>(*n.attrs.find("data"));
      } else {
        result.store(0, constant_scalar(n));
      }
      return result;
    }
    if (n.op == &dim_op()) {
      Array result(DType::i64, {});
      result.store(0, *known(n));
      return result;
    }
    auto found = bindings_.find(Ref(&n));
    if (found == bindings_.end()) throw ValueError("[call] " + describe(Ref(&n)) + " has no value. Give one.");
    for (std::size_t k = 0; k < n.args.size(); ++k)
      if (i64 expected = integer_of(n.args[k]); expected != found->second.shape[k])
        throw ShapeError("[call] " + describe(Ref(&n)) + ": axis " + std::to_string(k) + " has " +
                         std::to_string(found->second.shape[k]) + ", expected " + to_string(n.args[k]) + " = " + std::to_string(expected) + ".");
    return found->second;
  }

  // Strides of an operand aligned at the last axis of the result: 0 where it is 1 by its type.
  std::vector<i64> broadcast_strides(const Node& n, const Ref& operand, const std::vector<i64>& shape) const {
    const Array& v = value(operand);
    std::vector<i64> own = strides_of(v.shape), strides(shape.size(), 0);
    std::size_t shift = shape.size() - own.size();
    for (std::size_t k = 0; k < own.size(); ++k) {
      if (is_one(operand->shape()[k])) continue;
      if (v.shape[k] != shape[k + shift])
        throw ShapeError(who(n) + describe(operand) + " has " + std::to_string(v.shape[k]) + " on axis " + std::to_string(k) +
                         ", the result " + std::to_string(shape[k + shift]) + at_line(n) + ". Only a size declared as 1 stretches.");
      strides[k + shift] = own[k];
    }
    return strides;
  }

  Array pointwise(const Node& n) {
    Array result(n.dtype(), checked_shape(n));
    std::vector<const Array*> operands;
    std::vector<std::vector<i64>> strides;
    for (const Ref& a : n.args) {
      operands.push_back(&value(a));
      strides.push_back(broadcast_strides(n, a, result.shape));
    }
    std::vector<i64> index(result.shape.size(), 0);
    std::vector<Scalar> x(operands.size());
    for (i64 i = 0, count = result.count(); i < count; ++i, advance(index, result.shape)) {
      for (std::size_t a = 0; a < x.size(); ++a) {
        i64 at = 0;
        for (std::size_t k = 0; k < index.size(); ++k) at += index[k] * strides[a][k];
        x[a] = operands[a]->load(at);
      }
      result.store(i, pointwise_value(n, x.data()));
    }
    return result;
  }

  Array reduction(const Node& n, const Reduction& body) {
    const Array& x = value(n.args[0]);
    const auto& axes = n.attrs.integers("axes");
    Array result(n.dtype(), checked_shape(n));
    std::vector<i64> inner, inner_strides, outer, outer_strides, strides = strides_of(x.shape);
    for (std::size_t k = 0; k < x.shape.size(); ++k) {
      bool reduced = std::find(axes.begin(), axes.end(), static_cast<i64>(k)) != axes.end();
      (reduced ? inner : outer).push_back(x.shape[k]);
      (reduced ? inner_strides : outer_strides).push_back(strides[k]);
    }
    i64 count = checked_count(inner);
    if (count == 0 && body.empty_is_error && result.count() > 0)
      throw ValueError(who(n) + describe(n.args[0]) + " is empty along the reduced axes" + at_line(n) + ": it has no such element.");
    std::vector<i64> at(outer.size(), 0);
    for (i64 i = 0; i < result.count(); ++i, advance(at, outer)) {
      i64 base = 0;
      for (std::size_t k = 0; k < at.size(); ++k) base += at[k] * outer_strides[k];
      result.store(i, reduced_value(n, body, gathered(x, base, inner, inner_strides, count)));
    }
    return result;
  }

  static std::vector<Scalar> gathered(const Array& x, i64 base, const std::vector<i64>& shape, const std::vector<i64>& strides, i64 count) {
    std::vector<Scalar> elements;
    std::vector<i64> index(shape.size(), 0);
    for (i64 i = 0; i < count; ++i, advance(index, shape)) {
      i64 at = base;
      for (std::size_t k = 0; k < index.size(); ++k) at += index[k] * strides[k];
      elements.push_back(x.load(at));
    }
    return elements;
  }

  static Scalar reduced_value(const Node& n, const Reduction& body, const std::vector<Scalar>& x) {
    i64 count = static_cast<i64>(x.size());
    if (is_float(n.args[0]->dtype()) && body.value_real) {
      std::vector<double> reals;
      for (const Scalar& s : x) reals.push_back(s.real);
      double value = body.value_real(reals.data(), count, n);
      return is_float(n.dtype()) ? Scalar{value, 0} : Scalar{0, static_cast<wide>(value)};
    }
    if (is_float(n.args[0]->dtype()) || !body.value_integer)
      throw UnsupportedError(who(n) + "has no value for " + std::string(name(n.args[0]->dtype())) + ".");
    std::vector<wide> integers;
    for (const Scalar& s : x) integers.push_back(s.integer);
    return {0, body.value_integer(integers.data(), count, n)};
  }

  // Views, generators and gathers: the element function, evaluated at every index of the result.
  Array mapped(const Node& n) {
    Array result(n.dtype(), checked_shape(n));
    if (result.count() == 0) return result;
    ScalarProgram program(n, [&](const Node& scalar) { return known(scalar); });
    auto read = [&](int arg, const std::vector<i64>& index) {
      const Array& x = value(n.args[static_cast<std::size_t>(arg)]);
      i64 at = 0;
      for (std::size_t k = 0; k < index.size(); ++k) {
        if (index[k] < 0 || index[k] >= x.shape[k])
          throw IndexError(who(n) + describe(n.args[static_cast<std::size_t>(arg)]) + ": position " + std::to_string(index[k]) +
                           " of axis " + std::to_string(k) + " is read, which has " + std::to_string(x.shape[k]) + at_line(n) + ".");
        at = at * x.shape[k] + index[k];
      }
      return x.load(at);
    };
    std::vector<i64> index(result.shape.size(), 0);
    for (i64 i = 0, count = result.count(); i < count; ++i, advance(index, result.shape)) result.store(i, program.run(index, read));
    return result;
  }

  // ---- positions ----

  void check_positions(const Node& n, int index_arg, const Ref& bound) const {
    const Ref& operand = n.args[static_cast<std::size_t>(index_arg)];
    const Array& positions = value(operand);
    i64 size = evaluate_index(bound, [&](const Node& leaf) {
      auto scalar = known(leaf);
      if (!scalar) throw InternalError(who(n) + "has a bound that is not index arithmetic");
      return static_cast<i64>(scalar->integer);
    });
    Ref written = before_wrap(operand);
    std::vector<i64> index(positions.shape.size(), 0);
    for (i64 i = 0; i < positions.count(); ++i, advance(index, positions.shape)) {
      wide position = positions.load(i).integer;
      if (position >= 0 && position < size) continue;
      if (written && position < 0) position -= size; // as the user gave it
      std::string place;
      for (i64 k : index) place += (place.empty() ? "" : ", ") + std::to_string(k);
      throw IndexError(who(n) + describe(written ? written : operand) + ": the position at [" + place + "] is " + text_of(position) + ", expected " +
                       (written ? std::to_string(-size) : "0") + " to " + std::to_string(size - 1) + at_line(n) + ".");
    }
  }

  // The positions p of where(p < 0, p + size, p), in which negative ones count from the end; null: another expression.
  static Ref before_wrap(const Ref& positions) {
    if (positions->op != find_op("where") || positions->args[0]->op != find_op("less")) return nullptr;
    Ref p = positions->args[2];
    if (positions->args[0]->args[0] != p) return nullptr;
    return p->op == find_op("cast") ? p->args[0] : p;
  }

  Array scatter(const Node& n, const Scatter& body) {
    const Array &x = value(n.args[0]), &positions = value(n.args[static_cast<std::size_t>(body.index_arg)]);
    Array result(n.dtype(), checked_shape(n));
    i64 width = positions.count() ? x.count() / positions.count() : 0;
    std::vector<Scalar> sums(static_cast<std::size_t>(result.count()));
    for (i64 i = 0; i < x.count(); ++i) {
      i64 row = static_cast<i64>(positions.load(i / width).integer);
      Scalar& sum = sums[static_cast<std::size_t>(row * width + i % width)];
      Scalar element = x.load(i);
      sum.real += element.real;
      sum.integer += element.integer;
    }
    for (i64 i = 0; i < result.count(); ++i) result.store(i, sums[static_cast<std::size_t>(i)]);
    return result;
  }

  Array scan(const Node& n, const PrefixScan& body) {
    Array result(n.dtype(), checked_shape(n));
    std::size_t axis = static_cast<std::size_t>(n.attrs.integer("axis"));
    bool reverse = n.attrs.integer("reverse") != 0, exclusive = n.attrs.integer("exclusive") != 0;
    Scalar none = interpret(body.finish(n, body.identity(n)), {}).load(0);
    i64 length = result.shape[axis], stride = strides_of(result.shape)[axis];
    std::vector<Scalar> x(n.args.size());
    for (i64 line = 0, lines = length ? result.count() / length : 0; line < lines; ++line) {
      Scalar value = none;
      for (i64 k = 0; k < length; ++k) {
        i64 at = line / stride * stride * length + line % stride + (reverse ? length - 1 - k : k) * stride;
        if (exclusive) result.store(at, value);
        for (std::size_t a = 0; a < x.size(); ++a) x[a] = this->value(n.args[a]).load(at);
        value = body.next(n, value, x.data());
        if (!exclusive) result.store(at, value);
      }
    }
    return result;
  }

  Array opaque(const Node& n, const Opaque& body) const {
    std::vector<const Array*> operands;
    for (const Ref& a : n.args) operands.push_back(&value(a));
    return body.reference(n, operands, checked_shape(n));
  }

  Array contraction(const Node& n) {
    const Array &a = value(n.args[0]), &b = value(n.args[1]);
    Array result(n.dtype(), checked_shape(n));
    i64 rows = a.shape.end()[-2], inner = a.shape.back(), columns = b.shape.back();
    const Array* bias = n.args.size() > 2 ? &value(n.args[2]) : nullptr;
    auto activated = [of = activation_of(n)](double x) {
      if (of == Activation::relu) return x < 0 ? 0 : x; // NaN stays
      return of == Activation::gelu ? 0.5 * x * (1 + std::tanh(std::numbers::sqrt2 * std::numbers::inv_sqrtpi * (x + 0.044715 * (x * x * x)))) : x;
    };
    for (i64 i = 0; i < result.count(); ++i) {
      i64 column = i % columns, row = i / columns % rows, batch = i / columns / rows;
      double real = 0;
      uwide integer = 0;
      for (i64 k = 0; k < inner; ++k) {
        Scalar x = a.load((batch * rows + row) * inner + k), y = b.load((batch * inner + k) * columns + column);
        real += x.real * y.real;
        integer += static_cast<uwide>(x.integer) * static_cast<uwide>(y.integer);
      }
      if (bias) real += bias->load(column).real;
      result.store(i, {activated(real), static_cast<wide>(integer)});
    }
    return result;
  }

  const Bindings& bindings_;
  std::unordered_map<const Node*, Bound> dims_;
  std::unordered_map<const Node*, Array> values_;
};

// The value function's result, on the carrier of the operands.
Scalar carried_value(const Node& n, const Pointwise& body, DType carrier, const Scalar* x) {
  constexpr std::size_t most = 8;
  std::size_t count = std::min(n.args.size(), most);
  auto real = [&](std::size_t i) { return is_float(n.args[i]->dtype()) ? x[i].real : static_cast<double>(x[i].integer); };
  if (carrier == DType::f32 && body.f32) {
    float operands[most] = {};
    for (std::size_t i = 0; i < count; ++i) operands[i] = static_cast<float>(real(i));
    return {static_cast<double>(body.f32(operands)), 0};
  }
  if (carrier == DType::f64 && body.f64) {
    double operands[most] = {};
    for (std::size_t i = 0; i < count; ++i) operands[i] = real(i);
    return {body.f64(operands), 0};
  }
  if (!is_float(carrier) && body.integer) {
    wide operands[most] = {};
    for (std::size_t i = 0; i < count; ++i) operands[i] = x[i].integer;
    int bits = 8 * static_cast<int>(size_of(carrier));
    return {0, body.sized_integer ? body.sized_integer(operands, bits) : body.integer(operands)};
  }
  throw UnsupportedError(who(n) + "has no value for " + std::string(name(carrier)) + at_line(n) + ".");
}

} // namespace

Scalar pointwise_value(const Node& n, const Scalar* x) {
  auto& body = std::get<Pointwise>(n.op->body);
  DType carrier = n.args[0]->dtype();
  for (const Ref& a : n.args)
    if (is_float(a->dtype())) carrier = a->dtype();
  if (body.reinterpret) return reinterpreted(carrier, n.dtype(), x[0]);
  Scalar value = carried_value(n, body, carrier, x);
  if (is_float(carrier) == is_float(n.dtype())) return rounded_to(n.dtype(), value);
  return converted(carrier, n.dtype(), value);
}

std::vector<Array> interpret(std::span<const Ref> roots, const Bindings& bindings) { return Interpreter(bindings).run(roots); }

Array interpret(const Ref& root, const Bindings& bindings) { return interpret(std::span(&root, 1), bindings)[0]; }

} // namespace croton::ir
