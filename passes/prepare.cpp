#include "passes/prepare.h"
#include "ir/build.h"
#include "ir/node_map.h"
#include <algorithm>
#include <unordered_set>
#include <utility>

namespace croton::passes {

using namespace ir;

namespace {

// The last axis is reduced while another is kept: rows in memory for a dense operand.
bool reduces_rows(const Node& n) {
  const auto& axes = n.attrs.integers("axes");
  int rank = n.args[0]->rank();
  return static_cast<int>(axes.size()) < rank && std::find(axes.begin(), axes.end(), rank - 1) != axes.end();
}

// Σₖ a[…, i, k, 1]·b[…, 1, k, j]: fusion turns the views into indices.
Ref product_and_sum(const Ref& a, const Ref& b) {
  i64 rank = a->rank();
  return reduce("sum", expand_dims(a, {rank}) * expand_dims(b, {rank - 2}), {rank - 1});
}

// What a form is made of, down to the operands of what it replaces.
std::vector<Ref> parts_of(const Ref& made, const Node& replaced) {
  std::unordered_set<const Node*> there{made.get()};
  for (const Ref& a : replaced.args) there.insert(a.get());
  std::vector<Ref> parts, open{made};
  while (!open.empty()) {
    Ref n = open.back();
    open.pop_back();
    for (const Ref& a : n->args)
      if (!a->args.empty() && there.insert(a.get()).second) parts.push_back(a), open.push_back(a);
  }
  return parts;
}

Ref rebuilt(const Node& n, Args args) { return make(*n.op, std::move(args), n.attrs, n.where); }

} // namespace

std::vector<Ref> prepare(std::span<const Ref> roots, const std::function<bool(const Node&)>& has_library, RewriteLog* log) {
  std::vector<RewriteLog::Step> steps;
  NodeMap<Ref> done;
  for (const Node* n : post_order(roots)) {
    Args args;
    bool changed = false;
    for (const Ref& a : n->args) {
      args.push_back(done.at(a.get()));
      changed |= args.back() != a;
    }
    LocationScope at(n->where);
    Ref node = changed ? rebuilt(*n, std::move(args)) : Ref(n);
    if (auto* r = body_of<Reduction>(node); r && r->expand && reduces_rows(*node)) {
      Ref whole = std::exchange(node, r->expand(*node)); // simple reductions over operands that are done
      if (log) steps.push_back({"rows_by_stages", Ref(n), node, whole, node, false, parts_of(node, *whole)});
    } else if (body_of<Contraction>(node) && !has_library(*node)) {
      Ref whole = std::exchange(node, product_and_sum(node->args[0], node->args[1]));
      if (log) steps.push_back({"product_as_sum", Ref(n), node, whole, node, false, parts_of(node, *whole)});
    }
    done.emplace(n, node);
  }
  if (log) {
    log->follow([&](const Node& n) {
      const Ref* found = done.find(&n);
      return found ? *found : Ref();
    });
    log->steps.insert(log->steps.end(), steps.begin(), steps.end());
  }
  std::vector<Ref> result;
  for (const Ref& r : roots) result.push_back(done.at(r.get()));
  return result;
}

std::vector<std::pair<Ref, Ref>> position_checks(std::span<const Ref> roots) {
  std::vector<std::pair<Ref, Ref>> checks;
  std::unordered_set<const Node*> seen;
  for (const Node* n : post_order(roots)) {
    int arg = -1;
    Ref bound;
    if (auto* x = body_of<Indexed>(*n)) arg = x->index_arg, bound = x->bound(*n);
    if (auto* x = body_of<Scatter>(*n)) arg = x->index_arg, bound = x->bound(*n);
    if (arg < 0) continue;
    Ref positions = cast(n->args[static_cast<std::size_t>(arg)], DType::i64);
    Ref bad = call("logical_or", {call("less", {positions, constant_dim(0)}), call("greater_equal", {positions, bound})});
    std::vector<i64> axes(static_cast<std::size_t>(bad->rank()));
    for (std::size_t i = 0; i < axes.size(); ++i) axes[i] = static_cast<i64>(i);
    Ref flag = axes.empty() ? bad : reduce("any", bad, axes);
    if (seen.insert(flag.get()).second) checks.emplace_back(flag, Ref(n));
  }
  return checks;
}

} // namespace croton::passes
