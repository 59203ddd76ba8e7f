// One-line kernels: expressions from text, built by the same promotion as those written in C++.
#include "croton/expression_kernels.h"
#include "croton/pointwise.h"
#include "ir/expression.h"
#include "ir/forms.h"
#include "ir/interpret.h"
#include "src/api/promote.h"
#include <algorithm>
#include <charconv>
#include <cmath>

namespace croton {

using api::Ref;
using ir::Pattern;

namespace detail {

struct Expression {
  std::string who; ///< "[elementwise_kernel] "
  Pattern pattern;
  std::vector<std::string> operands;

  /// `what` is "[elementwise_kernel]"; no operands given: the names in order of appearance.
  static std::shared_ptr<const Expression> parsed(std::string_view what, std::string text, std::vector<std::string> operands);
  Expr applied(const std::vector<In>& values) const;

private:
  In build(const Pattern& p, const std::vector<In>& values) const;
  In literal(const Pattern& p) const;
  Expr call(const Pattern& p, const std::vector<In>& values) const;
  void check(const Pattern& p) const;
  [[noreturn]] void fail(const Pattern& p, const std::string& expected) const {
    throw ValueError(who + "column " + std::to_string(p.column) + ": found " + ir::quoted_text(ir::to_string(p).substr(0, 40)) + ", " + expected + ".");
  }
};

} // namespace detail

namespace {

using detail::Expression;

bool converts(const Pattern& p) { return p.name == "cast" || p.name == "bitcast"; }
bool is_boolean(const Pattern& p) { return p.name == "true" || p.name == "false"; }

// "z = a * x + y" says the same as "a * x + y"; its columns stay those of the whole.
std::string without_name(std::string text) {
  std::size_t name = text.find_first_not_of(" \t"), equals = text.find('=');
  if (name == std::string::npos || equals == std::string::npos || text.substr(equals, 2) == "==") return text;
  std::size_t end = text.find_last_not_of(" \t", equals - 1);
  if (end == std::string::npos || !ir::is_identifier(std::string_view(text).substr(name, end + 1 - name))) return text;
  std::fill(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(equals) + 1, ' ');
  return text;
}

} // namespace

std::shared_ptr<const Expression> Expression::parsed(std::string_view what, std::string text, std::vector<std::string> operands) {
  auto e = std::make_shared<Expression>();
  e->who = std::string(what) + " ";
  try {
    e->pattern = ir::parse_pattern(without_name(std::move(text)));
  } catch (const ValueError& error) { // "[expression] column 3: …"
    constexpr std::string_view expression = "[expression] ";
    throw ValueError(e->who + std::string(error.what()).substr(expression.size()));
  }
  e->operands = operands.empty() ? ir::names_in(e->pattern) : std::move(operands);
  if (e->operands.empty()) throw ValueError(e->who + "the expression has no operand.");
  for (std::size_t k = 0; k < e->operands.size(); ++k)
    if (!ir::is_identifier(e->operands[k]) || std::find(e->operands.begin(), e->operands.begin() + static_cast<std::ptrdiff_t>(k), e->operands[k]) != e->operands.begin() + static_cast<std::ptrdiff_t>(k))
      throw ValueError(e->who + "the operand " + ir::quoted_text(e->operands[k].substr(0, 60)) + " is no identifier or is named twice.");
  e->check(e->pattern);
  return e;
}

// Patterns are at most 200 deep.
void Expression::check(const Pattern& p) const {
  switch (p.kind) {
  case Pattern::Kind::variable:
    if (!is_boolean(p) && std::find(operands.begin(), operands.end(), p.name) == operands.end()) fail(p, "which is none of the operands");
    return;
  case Pattern::Kind::literal:
    if (auto* written = p.attribute("dtype"); written && !ir::dtype_named(written->name)) fail(p, "which names no dtype");
    return;
  case Pattern::Kind::call: break;
  case Pattern::Kind::text:
  case Pattern::Kind::list: fail(p, "expected arithmetic");
  }
  const ir::Op* op = ir::find_op(p.name);
  if (!op || !std::holds_alternative<ir::Pointwise>(op->body) || op->group == "internal") fail(p, "expected an elementwise function (docs/ops.md)");
  if (p.args.size() != op->params.size()) fail(p, "expected " + std::to_string(op->params.size()) + " operands");
  const Pattern* dtype = p.attribute("dtype");
  bool converts_well = dtype && p.attributes.size() == 1 && dtype->kind == Pattern::Kind::variable && ir::dtype_named(dtype->name);
  if (converts(p) ? !converts_well : !p.attributes.empty()) fail(p, converts(p) ? "expected dtype=f32 or another" : "expected no attributes");
  for (const Pattern& a : p.args) check(a);
}

Expr Expression::applied(const std::vector<In>& values) const {
  if (values.size() != operands.size()) throw ValueError(who + "found " + std::to_string(values.size()) + " operands, expected " + std::to_string(operands.size()) + ".");
  In result = build(pattern, values);
  return result.is_literal() ? detail::Access::expr(api::operand(result), {}) : result.expr();
}

In Expression::build(const Pattern& p, const std::vector<In>& values) const {
  if (p.kind == Pattern::Kind::literal) return literal(p);
  if (p.kind == Pattern::Kind::call) return call(p, values);
  if (is_boolean(p)) return p.name == "true";
  return values[static_cast<std::size_t>(std::find(operands.begin(), operands.end(), p.name) - operands.begin())];
}

// Weak, as in C++, unless it has a dtype: 1.5:f64.
In Expression::literal(const Pattern& p) const {
  if (auto* written = p.attribute("dtype")) return detail::Access::expr(ir::literal_of(*ir::dtype_named(written->name), p.name), {});
  i64 integer = 0;
  if (p.is_integer_literal() && std::from_chars(p.name.data(), p.name.data() + p.name.size(), integer).ec == std::errc()) return integer;
  return p.value;
}

Expr Expression::call(const Pattern& p, const std::vector<In>& values) const {
  std::vector<In> args;
  for (const Pattern& a : p.args) args.push_back(build(a, values));
  if (p.name == "where") return where(args[0], args[1], args[2]);
  if (p.name == "cast") return cast(args[0], *ir::dtype_named(p.attribute("dtype")->name));
  if (p.name == "bitcast") return bitcast(args[0], *ir::dtype_named(p.attribute("dtype")->name));
  return api::pointwise(p.name, args);
}

// ---- elementwise ------------------------------------------------------------------------------------------------

ElementwiseFunction elementwise_kernel(std::string expression, std::vector<std::string> operands, std::source_location here) {
  return api::at(here, [&] {
    ElementwiseFunction f;
    f.expression_ = Expression::parsed("[elementwise_kernel]", std::move(expression), std::move(operands));
    return f;
  });
}

Expr ElementwiseFunction::call(const std::vector<In>& operands, Location here) const {
  return api::expr_at(here, [&] {
    if (!expression_) throw ValueError("[elementwise_kernel] an empty kernel was called.");
    return api::ref(expression_->applied(operands));
  });
}

// ---- reductions -------------------------------------------------------------------------------------------------

struct ReductionFunction::Definition {
  std::shared_ptr<const Expression> map;
  std::string combine;
  In identity;
};

namespace {

constexpr std::string_view who = "[reduction_kernel] ";

/// The reduction with a derivative of its own that a combination of two names is, or "".
struct Known {
  std::string_view combine, op;
  int identity;
};
constexpr Known known[] = {{"add", "sum", 0}, {"multiply", "prod", 1}, {"logical_or", "any", 0}, {"logical_and", "all", 1}};

const Known* known_reduction(const std::string& combine, const ir::Ref& identity) {
  Pattern p = ir::parse_pattern(combine);
  if (p.kind != Pattern::Kind::call || ir::names_in(p).size() != 2 || p.args.size() != 2 || p.args[0].kind != Pattern::Kind::variable || p.args[1].kind != Pattern::Kind::variable) return nullptr;
  for (const Known& k : known)
    if (p.name == k.combine && ir::scalar_value(identity) == k.identity) return &k;
  return nullptr;
}

// Values of the combination at some elements show what it is not. Elements of a float are such that rounding does not matter.
class Samples {
public:
  Samples(const std::string& combine, const Ref& identity) : combine_(combine), identity_(identity), dtype_(identity->dtype()) {
    for (double v : {0.75, 1.5, 0.5, 2.0, 3.0}) all_.push_back(dtype_ == DType::bool_ ? ir::constant_int(dtype_, v > 1) : is_float(dtype_) ? ir::constant(dtype_, v) : ir::constant_int(dtype_, static_cast<i64>(v * 4)));
  }

  void check() const {
    if (!near(of(identity_, identity_), identity_)) refuse("combined with itself it changes");
    for (const Ref& x : all_)
      if (!near(of(identity_, x), x)) refuse("it changes " + ir::literal_text(*x));
    for (const Ref& x : all_)
      for (const Ref& y : all_) {
        if (!near(of(x, y), of(y, x))) throw ValueError(std::string(who) + ir::quoted_text(combine_) + " depends on the order of its operands: a reduction combines elements in any order.");
        for (const Ref& z : all_)
          if (!near(of(of(x, y), z), of(x, of(y, z)))) throw ValueError(std::string(who) + ir::quoted_text(combine_) + " is not associative: a reduction combines elements in any grouping.");
      }
  }

private:
  const std::string& combine_;
  Ref identity_;
  DType dtype_;
  std::vector<Ref> all_;

  [[noreturn]] void refuse(const std::string& how) const {
    throw ValueError(std::string(who) + ir::literal_text(*identity_) + " is not the identity of " + ir::quoted_text(combine_) + ": " + how + ". Give the value that changes nothing.");
  }
  Ref of(const Ref& a, const Ref& b) const {
    const Ref both[] = {a, b};
    return ir::parse_elementwise(combine_, both, "[reduction_kernel] the combine, ");
  }
  static bool near(const Ref& a, const Ref& b) {
    ir::Scalar x = ir::interpret(a, {}).load(0), y = ir::interpret(b, {}).load(0);
    if (!is_float(a->dtype())) return x.integer == y.integer;
    bool both_nan = std::isnan(x.real) && std::isnan(y.real);
    return both_nan || x.real == y.real || std::fabs(x.real - y.real) <= 1e-5 * std::max(std::fabs(x.real), std::fabs(y.real));
  }
};

} // namespace

ReductionFunction reduction_kernel(std::string map, std::string combine, In identity) {
  return api::at(identity.where(), [&] {
    if (!identity.is_literal()) throw ValueError(std::string(who) + "the identity is an expression, expected a number.");
    combine = without_name(std::move(combine));
    auto parsed = Expression::parsed("[reduction_kernel]", combine, {});
    if (parsed->operands.size() != 2) throw ValueError(std::string(who) + ir::quoted_text(combine) + " has " + std::to_string(parsed->operands.size()) + " operands, expected two.");
    ReductionFunction f;
    f.definition_ = std::make_shared<ReductionFunction::Definition>(ReductionFunction::Definition{Expression::parsed("[reduction_kernel]", std::move(map), {}), std::move(combine), identity});
    return f;
  });
}

Expr ReductionFunction::call(const std::vector<In>& operands, Axes axes, KeepDims keep, Location here) const {
  return api::expr_at(here, [&] {
    if (!definition_) throw ValueError("[reduction_kernel] an empty kernel was called.");
    Expr mapped = definition_->map->applied(operands);
    Ref x = api::ref(mapped), identity = api::operand_as("reduction_kernel", definition_->identity, x->dtype());
    Samples(definition_->combine, identity).check();
    if (const Known* k = known_reduction(definition_->combine, identity)) {
      if (k->op == "sum") return api::ref(sum(mapped, axes, keep));
      if (k->op == "prod") return api::ref(prod(mapped, axes, keep));
      return api::ref(k->op == "any" ? any(mapped, axes, keep) : all(mapped, axes, keep));
    }
    std::vector<i64> list = api::axes_of("reduction_kernel", axes, x->rank());
    if (list.empty()) return x;
    return ir::call("reduce", {x}, {{"axes", list}, {"keepdims", i64(keep == keepdims)}, {"combine", definition_->combine}, {"identity", ir::literal_text(*identity)}});
  });
}

} // namespace croton
