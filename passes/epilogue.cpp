#include "passes/epilogue.h"
#include "ir/build.h"
#include "passes/simplify.h"
#include <algorithm>
#include <numbers>
#include <unordered_map>
#include <unordered_set>

namespace croton::passes {

using namespace ir;

namespace {

using Readers = std::unordered_map<const Node*, std::vector<const Node*>>;

// Nodes are unique, so an activation of z that is in the graph is the node that is made here, once it is as simple.
Ref activated(const Ref& z, Activation activation) {
  constexpr double slope = std::numbers::sqrt2 * std::numbers::inv_sqrtpi; // √(2/π)
  switch (activation) {
  case Activation::none: return z;
  case Activation::relu: return simplify(call("maximum", {constant_like(z, 0), z}));
  case Activation::gelu: return simplify(0.5 * z * (1.0 + call("tanh", {slope * (z + 0.044715 * (z * z * z))})));
  }
  return z;
}

class Epilogues {
public:
  Epilogues(std::span<const Ref> roots, const OffersEpilogue& offers) : offers_(offers) {
    for (const Ref& r : roots) outputs_.insert(r.get());
    for (const Node* n : post_order(roots)) {
      order_.push_back(n);
      for (const Ref& a : n->args) readers_[a.get()].push_back(n);
    }
  }

  /// What each last node of an epilogue becomes.
  std::unordered_map<const Node*, Ref> run() {
    static const Op* const matmul = find_op("matmul");
    for (const Node* n : order_)
      if (n->op == matmul) look_at(Ref(n));
    return std::move(taken_);
  }

private:
  const OffersEpilogue& offers_;
  std::unordered_set<const Node*> outputs_;
  std::vector<const Node*> order_;
  Readers readers_;
  std::unordered_map<const Node*, Ref> taken_;

  const Node* only_reader(const Node& n) const {
    auto found = readers_.find(&n);
    if (outputs_.contains(&n) || found == readers_.end()) return nullptr;
    for (const Node* r : found->second)
      if (r != found->second[0]) return nullptr;
    return found->second[0];
  }

  void look_at(const Ref& product) {
    static const Op *const add = find_op("add"), *const reshape_op = find_op("reshape");
    const Ref& columns = product->shape().back();
    Ref z = product, bias;
    const Node* next = only_reader(*z);
    if (next && next->op == reshape_op && next->shape().back() == columns) z = Ref(next), next = only_reader(*z); // rows stay rows
    if (next && next->op == add && next->shape() == z->shape() && offers_(*product, true, Activation::none))
      for (std::size_t k : {0, 1})
        if (!bias && next->args[k] == z && is_row(next->args[1 - k], columns)) bias = next->args[1 - k];
    if (bias) z = Ref(next);
    Activation activation = Activation::none;
    for (Activation a : {Activation::relu, Activation::gelu}) {
      if (activation != Activation::none || !offers_(*product, bool(bias), a)) continue;
      if (Ref whole = whole_of(z, a)) z = whole, activation = a;
    }
    if (!bias && activation == Activation::none) return;
    Args args{product->args[0], product->args[1]};
    if (bias) args.push_back(bias);
    LocationScope at(z->where);
    Ref fused = make(*find_op("fused_matmul"), std::move(args), {{"activation", std::string(name(activation))}}, z->where);
    taken_.emplace(z.get(), fused->shape() == z->shape() ? fused : reshape(fused, z->shape()));
  }

  // One element for each column, whatever the row.
  static bool is_row(const Ref& x, const Ref& columns) {
    if (x->rank() == 0 || x->shape().back() != columns || is_one(columns)) return false;
    return std::all_of(x->shape().begin(), x->shape().end() - 1, [](const Ref& d) { return is_one(d); });
  }

  /// The activation of z, if it is in the graph and all that reads z is part of it.
  Ref whole_of(const Ref& z, Activation activation) const {
    Ref whole = activated(z, activation);
    if (!readers_.contains(whole.get()) && !outputs_.contains(whole.get())) return nullptr;
    std::unordered_set<const Node*> inside{z.get()};
    for (const Node* n : post_order(whole))
      for (const Ref& a : n->args)
        if (inside.contains(a.get())) inside.insert(n);
    for (const Node* n : inside) {
      if (n == whole.get()) continue;
      auto readers = readers_.find(n);
      if (outputs_.contains(n) || readers == readers_.end()) return nullptr;
      for (const Node* r : readers->second)
        if (!inside.contains(r)) return nullptr;
    }
    return whole;
  }
};

} // namespace

std::vector<Ref> take_epilogues(std::span<const Ref> roots, const OffersEpilogue& offers) {
  auto taken = Epilogues(roots, offers).run();
  if (taken.empty()) return {roots.begin(), roots.end()};
  // From the roots down: what lies inside of an epilogue is not visited.
  std::unordered_map<const Node*, Ref> done;
  std::vector<std::pair<const Node*, bool>> stack;
  for (const Ref& r : roots) stack.emplace_back(r.get(), false);
  while (!stack.empty()) {
    auto [n, leaving] = stack.back();
    stack.pop_back();
    if (done.contains(n)) continue;
    auto found = taken.find(n);
    const Node* from = found == taken.end() ? n : found->second.get();
    if (!leaving) {
      stack.emplace_back(n, true);
      for (const Ref& a : from->args) stack.emplace_back(a.get(), false);
      continue;
    }
    Args args;
    for (const Ref& a : from->args) args.push_back(done.at(a.get()));
    done.emplace(n, args == from->args ? Ref(from) : make(*from->op, std::move(args), from->attrs, from->where));
  }
  std::vector<Ref> result;
  for (const Ref& r : roots) result.push_back(done.at(r.get()));
  return result;
}

} // namespace croton::passes
