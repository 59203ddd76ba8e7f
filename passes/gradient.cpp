#include "passes/gradient.h"
#include "ir/build.h"
#include "passes/batch.h"
#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace croton::passes {

using namespace ir;

namespace {

std::string place(const Node& node) { return node.where ? " (" + to_string(node.where) + ")" : ""; }

void require_float(const Ref& x, std::string_view role) {
  if (is_float(x->dtype())) return;
  throw GradientError("[grad] " + describe(x) + " is " + std::string(role) + " but has no derivative: found " +
                      std::string(name(x->dtype())) + ", expected a float. Cast it first.", x->where);
}

// ---- selected cotangents --------------------------------------------------------------------------------------

// where(condition, value, 0), or with the branches exchanged.
struct Selected {
  Ref condition, value;
  bool when_false = false;
};

bool is_zero(const Ref& x) { return scalar_value(x) == 0; }

std::optional<Selected> as_selected(const Ref& g) {
  static const Op* select = find_op("where");
  if (g->op != select) return {};
  const Ref &yes = g->args[1], &no = g->args[2];
  if (is_zero(no) && yes->shape() == g->shape()) return Selected{g->args[0], yes};
  if (is_zero(yes) && no->shape() == g->shape()) return Selected{g->args[0], no, true};
  return {};
}

Ref condition_of(const Selected& s) { return s.when_false ? call("logical_not", {s.condition}) : s.condition; }

// Two selections of one value become one, so that the next node sees the value itself.
Ref select(const Selected& outer, const Ref& value) {
  if (auto inner = as_selected(value))
    return where(call("logical_and", {condition_of(outer), condition_of(*inner)}), inner->value, constant_like(value, 0));
  Ref zero = constant_like(value, 0);
  return outer.when_false ? where(outer.condition, zero, value) : where(outer.condition, value, zero);
}

// ---- one node -------------------------------------------------------------------------------------------------

// Sums away what broadcasting added. Sizes that only the call can prove equal are taken as the operand declares them.
Ref fit(const Ref& cotangent, const Node& node, const Ref& operand) {
  if (cotangent->shape() == operand->shape()) return cotangent;
  Ref g = body_of<Pointwise>(node) ? sum_to(broadcast_to(cotangent, node.shape()), operand->shape()) : cotangent;
  return g->shape() == operand->shape() ? g : reshape(g, operand->shape());
}

std::vector<Ref> pull_back(const Node& node, const Ref& g) {
  auto selected = body_of<Pointwise>(node) ? as_selected(g) : std::nullopt;
  std::vector<Ref> parts = node.op->vjp(node, selected ? selected->value : g);
  if (selected)
    for (Ref& part : parts)
      if (part) part = select(*selected, broadcast_to(part, node.shape()));
  return parts;
}

// ---- the walk -------------------------------------------------------------------------------------------------

class Reverse {
public:
  Reverse(std::span<const Ref> outputs, std::span<const Ref> wrt) : order_(post_order(outputs)) {
    for (const Ref& x : wrt) wanted_.insert(x.get());
    for (const Node* n : order_)
      if (wanted_.contains(n) || std::any_of(n->args.begin(), n->args.end(), [&](const Ref& a) { return depends_.contains(a.get()); }))
        depends_.insert(n);
  }

  bool connected(const Ref& x) const { return depends_.contains(x.get()); }

  void seed(const Ref& output, const Ref& cotangent) {
    if (connected(output)) accumulate(output, broadcast_to(cotangent, output->shape()));
  }

  void run() {
    for (auto it = order_.rbegin(); it != order_.rend(); ++it) {
      auto found = cotangents_.find(*it);
      if (found == cotangents_.end()) continue;
      Ref g = found->second;
      visit(**it, g);
      if (!wanted_.contains(*it)) cotangents_.erase(*it);
    }
  }

  Ref result(const Ref& x) const {
    if (!connected(x)) return nullptr;
    auto found = cotangents_.find(x.get());
    return found == cotangents_.end() ? zeros_like(x) : found->second;
  }

private:
  void visit(const Node& node, const Ref& g) {
    bool needed = std::any_of(node.args.begin(), node.args.end(), [&](const Ref& a) { return flows_to(a); });
    if (!needed || !node.op->differentiable) return;
    if (!node.op->vjp)
      throw GradientError("[grad] " + std::string(node.op->name) + place(node) +
                          " has no derivative. Put stop_gradient around it, or give the op a vjp.", node.where);
    LocationScope scope(node.where);
    std::vector<Ref> parts = pull_back(node, g);
    for (std::size_t i = 0; i < parts.size() && i < node.args.size(); ++i)
      if (parts[i] && flows_to(node.args[i])) accumulate(node.args[i], fit(parts[i], node, node.args[i]));
  }

  bool flows_to(const Ref& operand) const { return is_float(operand->dtype()) && depends_.contains(operand.get()); }

  // Users are visited in one fixed order, so the sums are the same in every run.
  void accumulate(const Ref& x, const Ref& g) {
    auto [slot, fresh] = cotangents_.try_emplace(x.get(), g);
    if (!fresh) slot->second = slot->second + g;
  }

  std::vector<const Node*> order_;
  std::unordered_set<const Node*> wanted_, depends_;
  std::unordered_map<const Node*, Ref> cotangents_;
};

// A variable that stands for a cotangent and is gone from the final result.
std::vector<Ref> dummies_for(std::span<const Ref> outputs) {
  std::vector<Ref> result;
  for (const Ref& y : outputs)
    result.push_back(variable("(cotangent " + std::to_string(result.size()) + ")", y->dtype(), y->shape()));
  return result;
}

void expect_as_many(std::string_view what, std::size_t found, std::size_t expected) {
  if (found != expected)
    throw ValueError("[grad] found " + std::to_string(found) + " " + std::string(what) + ", expected " + std::to_string(expected) + ".");
}

Ref first(const std::vector<Ref>& refs) { return refs.at(0); }

Ref scalar_gradient(const Ref& output, const Ref& wrt) {
  if (output->rank() != 0)
    throw GradientError("[hessian] " + describe(output) + ": found rank " + std::to_string(output->rank()) +
                        ", expected a scalar. Reduce it first.", output->where);
  Ref one = constant_like(output, 1);
  return first(vjp(std::span(&output, 1), std::span(&one, 1), std::span(&wrt, 1)));
}

} // namespace

std::vector<Ref> vjp(std::span<const Ref> outputs, std::span<const Ref> cotangents, std::span<const Ref> wrt) {
  expect_as_many("cotangents", cotangents.size(), outputs.size());
  for (const Ref& y : outputs) require_float(y, "differentiated");
  for (const Ref& x : wrt) require_float(x, "a variable of differentiation");
  Reverse reverse(outputs, wrt);
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    LocationScope scope(outputs[i]->where);
    reverse.seed(outputs[i], cast(cotangents[i], outputs[i]->dtype()));
  }
  reverse.run();
  std::vector<Ref> result;
  for (const Ref& x : wrt) result.push_back(reverse.result(x));
  return result;
}

std::vector<Ref> jvp(std::span<const Ref> outputs, std::span<const Ref> wrt, std::span<const Ref> tangents) {
  expect_as_many("tangents", tangents.size(), wrt.size());
  std::vector<Ref> dummies = dummies_for(outputs), linear, seeds;
  std::vector<Ref> pulled = vjp(outputs, dummies, wrt);
  for (std::size_t j = 0; j < pulled.size(); ++j) {
    if (!pulled[j]) continue;
    linear.push_back(pulled[j]);
    seeds.push_back(tangents[j]);
  }
  std::vector<Ref> result = vjp(linear, seeds, dummies);
  Reverse reach(outputs, wrt);
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    // Connected, but no derivative flows: the pull-back dropped the dummy.
    if (!result[i] && reach.connected(outputs[i])) result[i] = zeros_like(outputs[i]);
  }
  return result;
}

Ref jacobian(const Ref& output, const Ref& wrt) {
  std::vector<Ref> dummy = dummies_for(std::span(&output, 1));
  Ref row = first(vjp(std::span(&output, 1), dummy, std::span(&wrt, 1)));
  if (!row) return nullptr;
  Dim count = element_count(output->shape());
  Shape square{count, count}, rows{count}, result = output->shape();
  rows.insert(rows.end(), output->shape().begin(), output->shape().end());
  result.insert(result.end(), wrt->shape().begin(), wrt->shape().end());
  Ref eye = cast(call("equal", {iota(square, 0, DType::i64), iota(square, 1, DType::i64)}), output->dtype());
  Ref one_hot = reshape(eye, rows);
  return reshape(first(batch(std::span(&row, 1), dummy, std::span(&one_hot, 1))), result);
}

Ref hessian(const Ref& output, const Ref& wrt) {
  Ref gradient = scalar_gradient(output, wrt);
  return gradient ? jacobian(gradient, wrt) : nullptr;
}

Ref hessian_vector_product(const Ref& output, const Ref& wrt, const Ref& vector) {
  Ref gradient = scalar_gradient(output, wrt);
  if (!gradient) return nullptr;
  Ref product = first(jvp(std::span(&gradient, 1), std::span(&wrt, 1), std::span(&vector, 1)));
  return product ? product : zeros_like(wrt); // a linear output
}

} // namespace croton::passes
