#include "passes/unify_dims.h"
#include "ir/build.h"
#include "passes/access.h"
#include <unordered_map>

namespace croton::passes {

using namespace ir;

namespace {

struct Requirement {
  Ref a, b;
  bool equal;
  const Node* node;
};

bool is_symbol(const Ref& d) {
  static const Op* const dim = find_op("dim");
  return d->op == dim;
}

void pointwise_requirements(const Node& n, const Require& require) {
  for (const Ref& a : n.args) {
    std::size_t shift = n.shape().size() - a->shape().size();
    for (std::size_t i = 0; i < a->shape().size(); ++i)
      if (!is_one(a->shape()[i]) && a->shape()[i] != n.shape()[shift + i]) require(a->shape()[i], true, n.shape()[shift + i]);
  }
}

// Classes of symbols; the representative is a constant where one is known.
class Classes {
public:
  Ref find(Ref d) {
    while (true) {
      auto next = parent_.find(d.get());
      if (next == parent_.end()) return d;
      d = next->second;
    }
  }
  void unite(const Ref& a, const Ref& b) {
    Ref x = find(a), y = find(b);
    if (x == y) return;
    bool keep_x = !is_symbol(x) || (is_symbol(y) && user_name(*x) < user_name(*y));
    if (!is_symbol(x) && !is_symbol(y)) return; // two different constants: left as a check
    if (keep_x) parent_.emplace(y.get(), x), held_.push_back(y);
    else parent_.emplace(x.get(), y), held_.push_back(x);
  }
  const std::vector<Ref>& replaced() const { return held_; }

private:
  std::unordered_map<const Node*, Ref> parent_;
  std::vector<Ref> held_;
};

} // namespace

UnifiedDims unify_dims(std::span<const Ref> roots) {
  std::vector<Requirement> requirements;
  UnifiedDims result;
  std::vector<Ref> counts;
  for (const Node* n : post_order(roots)) {
    Require note = [&](const Ref& a, bool equal, const Ref& b) {
      if (a != b || !equal) requirements.push_back({a, b, equal, n});
    };
    if (n->op->constrain) n->op->constrain(*n, note);
    else if (body_of<Pointwise>(*n)) pointwise_requirements(*n, note);
    if (auto* r = body_of<Reduction>(*n); r && r->empty_is_error) {
      counts.push_back(element_count(reduced_extents(*n)));
      counts.push_back(element_count(n->shape()));
      result.never_empty_nodes.push_back(Ref(n));
    }
  }
  Classes classes;
  for (const Requirement& r : requirements) {
    bool plain = (is_symbol(r.a) || constant_value(r.a)) && (is_symbol(r.b) || constant_value(r.b));
    if (r.equal && plain) classes.unite(r.a, r.b);
  }
  auto stand_in = [&](const Node& n) -> Ref {
    Ref self(&n);
    if (!is_symbol(self)) return nullptr;
    Ref other = classes.find(self);
    return other == self ? Ref() : other;
  };
  for (const Ref& s : classes.replaced()) result.substitution.emplace_back(s, classes.find(s));
  result.roots = classes.replaced().empty() ? std::vector<Ref>(roots.begin(), roots.end()) : substitute(roots, stand_in);
  std::vector<Ref> sides = counts;
  for (const Requirement& r : requirements) sides.insert(sides.end(), {r.a, r.b});
  std::vector<Ref> unified = substitute(sides, stand_in);
  for (std::size_t i = 0; i < counts.size(); i += 2) {
    result.never_empty.push_back(unified[i]);
    result.never_empty_results.push_back(unified[i + 1]);
  }
  for (std::size_t i = 0; i < requirements.size(); ++i) {
    Ref a = unified[counts.size() + 2 * i], b = unified[counts.size() + 2 * i + 1];
    auto ka = constant_value(a), kb = constant_value(b);
    bool settled = requirements[i].equal ? index_sub(a, b) == constant_dim(0) : ka && kb && *ka <= *kb;
    if (!settled) result.checks.push_back({a, b, requirements[i].equal, Ref(requirements[i].node)});
  }
  return result;
}

} // namespace croton::passes
