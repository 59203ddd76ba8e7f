#include "ir/dims.h"
#include "ir/build.h"
#include <algorithm>
#include <map>

namespace croton::ir {

namespace {

// A product of atoms, sorted by structural hash so that the order is the same in every process.
using Monomial = std::vector<Ref>;

struct MonomialLess {
  static bool before(const Ref& a, const Ref& b) {
    return a->hash != b->hash ? a->hash < b->hash : a.get() < b.get();
  }
  bool operator()(const Monomial& a, const Monomial& b) const {
    if (a.size() != b.size()) return a.size() > b.size();
    for (std::size_t i = 0; i < a.size(); ++i)
      if (a[i] != b[i]) return before(a[i], b[i]);
    return false;
  }
};

using Polynomial = std::map<Monomial, i64, MonomialLess>;

// Sizes are bounded far below 2^63, so wrapping here can only meet expressions that the call check refuses.
i64 wrap_add(i64 a, i64 b) { return static_cast<i64>(static_cast<u64>(a) + static_cast<u64>(b)); }
i64 wrap_mul(i64 a, i64 b) { return static_cast<i64>(static_cast<u64>(a) * static_cast<u64>(b)); }

void accumulate(Polynomial& sum, const Monomial& monomial, i64 factor) {
  if (factor == 0) return;
  auto [it, fresh] = sum.try_emplace(monomial, factor);
  if (fresh) return;
  it->second = wrap_add(it->second, factor);
  if (it->second == 0) sum.erase(it);
}

Polynomial add(Polynomial a, const Polynomial& b, i64 factor = 1) {
  for (auto& [monomial, k] : b) accumulate(a, monomial, wrap_mul(k, factor));
  return a;
}

Polynomial multiply(const Polynomial& a, const Polynomial& b) {
  Polynomial product;
  for (auto& [ma, ka] : a)
    for (auto& [mb, kb] : b) {
      Monomial m = ma;
      m.insert(m.end(), mb.begin(), mb.end());
      std::sort(m.begin(), m.end(), MonomialLess::before);
      accumulate(product, m, wrap_mul(ka, kb));
    }
  return product;
}

const Op& add_op() { static const Op& op = *find_op("add"); return op; }
const Op& mul_op() { static const Op& op = *find_op("multiply"); return op; }

// Canonical expressions are small and shallow (a dim, an index of at most eight axes), so recursion is bounded.
Polynomial polynomial(const Ref& e) {
  if (auto k = constant_value(e)) {
    Polynomial p;
    accumulate(p, {}, *k);
    return p;
  }
  if (e->rank() == 0) {
    if (e->op == &add_op()) return add(polynomial(e->args[0]), polynomial(e->args[1]));
    if (e->op == &mul_op()) return multiply(polynomial(e->args[0]), polynomial(e->args[1]));
  }
  return {{{e}, 1}};
}

Ref expression(const Polynomial& p) {
  if (p.empty()) return constant_dim(0);
  Ref sum;
  for (auto& [monomial, k] : p) {
    Ref term;
    for (const Ref& atom : monomial) term = term ? make(mul_op(), {term, atom}) : atom;
    if (!term) term = constant_dim(k);
    else if (k != 1) term = make(mul_op(), {term, constant_dim(k)});
    sum = sum ? make(add_op(), {sum, term}) : term;
  }
  return sum;
}

i64 floor_div(i64 a, i64 b) {
  if (b == -1) return wrap_mul(a, -1); // the most negative number over −1 traps
  return b == 0 ? 0 : a / b - ((a % b != 0) && ((a < 0) != (b < 0)));
}

// p / divisor when every term divides exactly.
std::optional<Polynomial> divide_exactly(const Polynomial& p, const Polynomial& divisor) {
  if (divisor.size() != 1) return p == divisor ? std::optional(Polynomial{{{}, 1}}) : std::nullopt;
  auto& [dm, dk] = *divisor.begin();
  Polynomial quotient;
  for (auto& [m, k] : p) {
    if (dk == 0 || (dk != -1 && k % dk != 0)) return {};
    Monomial rest = m;
    for (const Ref& atom : dm) {
      auto found = std::find(rest.begin(), rest.end(), atom);
      if (found == rest.end()) return {};
      rest.erase(found);
    }
    accumulate(quotient, rest, floor_div(k, dk));
  }
  return quotient;
}

} // namespace

Dim constant_dim(i64 value) { return constant_int(DType::i64, value); }

Dim symbol_dim(std::string_view name) {
  static const Op& op = *find_op("dim");
  return make(op, {}, {{"name", std::string(name)}});
}

std::optional<i64> constant_value(const Ref& e) {
  static const Op* op = find_op("constant");
  if (e->op != op || e->rank() != 0) return {};
  auto* v = e->attrs.find("value");
  if (!v || !std::holds_alternative<i64>(*v)) return {};
  return std::get<i64>(*v);
}

Ref index_add(const Ref& a, const Ref& b) {
  if (constant_value(b) == 0) return a;
  if (constant_value(a) == 0) return b;
  return expression(add(polynomial(a), polynomial(b)));
}
Ref index_sub(const Ref& a, const Ref& b) {
  if (constant_value(b) == 0) return a;
  return expression(add(polynomial(a), polynomial(b), -1));
}
Ref index_mul(const Ref& a, const Ref& b) {
  if (constant_value(b) == 1) return a;
  if (constant_value(a) == 1) return b;
  return expression(multiply(polynomial(a), polynomial(b)));
}

Ref index_div(const Ref& a, const Ref& b) {
  if (constant_value(b) == 1) return a;
  auto ka = constant_value(a), kb = constant_value(b);
  if (ka && kb) return constant_dim(floor_div(*ka, *kb));
  if (auto q = divide_exactly(polynomial(a), polynomial(b))) return expression(*q);
  return call("floor_divide", {a, b});
}

Ref index_mod(const Ref& a, const Ref& b) {
  if (constant_value(b) == 1) return constant_dim(0);
  auto ka = constant_value(a), kb = constant_value(b);
  if (ka && kb) return constant_dim(wrap_add(*ka, wrap_mul(wrap_mul(floor_div(*ka, *kb), *kb), -1)));
  if (divide_exactly(polynomial(a), polynomial(b))) return constant_dim(0);
  return call("remainder", {a, b});
}

static Ref index_extreme(const Ref& a, const Ref& b, bool largest) {
  if (a == b) return a;
  auto difference = constant_value(index_sub(a, b));
  if (difference) return (*difference > 0) == largest ? a : b;
  return call(largest ? "maximum" : "minimum", {a, b});
}
Ref index_min(const Ref& a, const Ref& b) { return index_extreme(a, b, false); }
Ref index_max(const Ref& a, const Ref& b) { return index_extreme(a, b, true); }

Dim element_count(const Shape& shape) {
  Ref count = constant_dim(1);
  for (const Dim& d : shape) count = index_mul(count, d);
  return count;
}

std::vector<Ref> dense_strides(const Shape& shape) {
  std::vector<Ref> strides(shape.size());
  Ref stride = constant_dim(1);
  for (std::size_t i = shape.size(); i-- > 0;) {
    strides[i] = stride;
    stride = index_mul(stride, shape[i]);
  }
  return strides;
}

bool provably_different(const Dim& a, const Dim& b) {
  if (a == b) return false;
  auto difference = constant_value(index_sub(a, b));
  return difference && *difference != 0;
}

std::optional<Linear> linear_in(const Ref& e, const Ref& var) {
  Polynomial scale, offset;
  for (auto& [monomial, k] : polynomial(e)) {
    auto found = std::find(monomial.begin(), monomial.end(), var);
    if (found == monomial.end()) {
      for (const Ref& atom : monomial)
        for (const Node* n : post_order(atom))
          if (n == var.get()) return {};
      accumulate(offset, monomial, k);
      continue;
    }
    Monomial rest = monomial;
    rest.erase(rest.begin() + (found - monomial.begin()));
    for (const Ref& atom : rest)
      for (const Node* n : post_order(atom))
        if (n == var.get()) return {};
    accumulate(scale, rest, k);
  }
  return Linear{expression(scale), expression(offset)};
}

i64 evaluate_index(const Ref& e, const std::function<i64(const Node&)>& lookup) {
  if (auto k = constant_value(e)) return *k;
  auto* body = body_of<Pointwise>(e);
  if (!body) return lookup(*e);
  wide operands[3] = {};
  for (std::size_t i = 0; i < e->args.size() && i < 3; ++i) operands[i] = evaluate_index(e->args[i], lookup);
  wide value = body->integer(operands);
  if (value > INT64_MAX || value < INT64_MIN)
    throw ShapeError("a size does not fit 64 bits: " + to_string(e) + ". Use smaller dims.");
  return static_cast<i64>(value);
}

std::string to_string(const Dim& e) {
  if (!e) return "?";
  if (auto k = constant_value(e)) return std::to_string(*k);
  std::string_view op = e->op->name;
  if (auto* text = e->attrs.find("name")) return std::get<std::string>(*text);
  if (op == "add" || op == "multiply") {
    std::string l = to_string(e->args[0]), r = to_string(e->args[1]);
    auto wrap = [&](const Ref& x, const std::string& s) {
      return op == "multiply" && x->op == &add_op() ? "(" + s + ")" : s;
    };
    if (op == "add" && r.starts_with("-")) return l + " - " + r.substr(1);
    if (op == "multiply" && constant_value(e->args[1])) return r + "*" + wrap(e->args[0], l);
    return wrap(e->args[0], l) + (op == "add" ? " + " : "*") + wrap(e->args[1], r);
  }
  std::string text(op);
  text += "(";
  for (std::size_t i = 0; i < e->args.size(); ++i) text += (i ? ", " : "") + to_string(e->args[i]);
  return text + ")";
}

std::string to_string(const Shape& shape) {
  std::string text = "{";
  for (std::size_t i = 0; i < shape.size(); ++i) text += (i ? ", " : "") + to_string(shape[i]);
  return text + "}";
}

} // namespace croton::ir
