#include "passes/vectorize.h"
#include "ir/build.h"

namespace croton::passes {

using namespace ir;

Ref splat(const Ref& x, i64 lanes) { return x->rank() == 1 ? x : broadcast_to(x, {constant_dim(lanes)}); }

Vectorizer::Vectorizer(Ref var, Ref base, i64 lanes, Ref mask)
    : var_(std::move(var)), base_(std::move(base)), mask_(std::move(mask)), lanes_(lanes) {}

Ref Vectorizer::operator()(const Ref& expression) {
  alive_.push_back(expression);
  for (const Node* n : post_order(expression))
    if (!done_.contains(n)) done_.emplace(n, rewrite(*n));
  return done_.at(expression.get());
}

Ref Vectorizer::rewrite(const Node& n) {
  if (&n == var_.get()) return call("add", {splat(base_, lanes_), lane_ramp(lanes_)});
  if (is_load(n)) return rewrite_load(n);
  Args args;
  bool changed = false;
  for (const Ref& a : n.args) {
    args.push_back(done_.at(a.get()));
    changed |= args.back() != a;
  }
  return changed ? make(*n.op, std::move(args), n.attrs, n.where) : Ref(&n);
}

Ref Vectorizer::rewrite_load(const Node& n) {
  const Ref& buffer = n.args[0];
  Ref index = done_.at(n.args[1].get());
  Ref guard = n.args.size() > 2 ? done_.at(n.args[2].get()) : Ref();
  bool varies = index != n.args[1] || (guard && guard != n.args[2]);
  if (!varies) return Ref(&n);
  Ref mask = !guard ? mask_ : !mask_ ? guard : call("logical_and", {splat(guard, lanes_), mask_});
  if (mask) mask = splat(mask, lanes_);
  auto linear = linear_in(n.args[1], var_);
  if (linear && constant_value(linear->scale) == 1) return vload(buffer, index_add(linear->offset, base_), lanes_, mask);
  return load(buffer, splat(index, lanes_), mask);
}

Ref replace(const Ref& expression, const std::unordered_map<const Node*, Ref>& values) {
  return substitute(std::span(&expression, 1), [&](const Node& n) {
    auto found = values.find(&n);
    return found == values.end() ? Ref() : found->second;
  })[0];
}

} // namespace croton::passes
