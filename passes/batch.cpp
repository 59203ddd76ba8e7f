#include "passes/batch.h"
#include "ir/build.h"
#include <algorithm>
#include <unordered_map>

namespace croton::passes {

using namespace ir;

namespace {

using Flags = std::vector<bool>;

// Operands align at the last axis, so a batched one of lower rank gets axes of size 1 behind its first.
Ref batch_pointwise(const Node& node, Args args, const Flags& batched) {
  for (std::size_t i = 0; i < args.size(); ++i)
    if (batched[i]) args[i] = with_rank_behind_first(args[i], node.rank() + 1);
  return make(*node.op, std::move(args), node.attrs, node.where);
}

Ref batch_reduction(const Node& node, const Args& args) {
  Attrs attrs = node.attrs;
  std::vector<i64> axes = attrs.integers("axes");
  for (i64& axis : axes) ++axis;
  attrs.set("axes", axes);
  return make(*node.op, args, std::move(attrs), node.where);
}

Ref batch_node(const Node& node, const Args& args, const Flags& batched) {
  if (node.op->batch) return node.op->batch(node, args, batched);
  if (body_of<Pointwise>(node)) return batch_pointwise(node, args, batched);
  if (body_of<Reduction>(node)) return batch_reduction(node, args);
  throw UnsupportedError("[batch] " + std::string(node.op->name) + (node.where ? " (" + to_string(node.where) + ")" : "") +
                         " has no form for many values at once.", node.where);
}

} // namespace

std::vector<Ref> batch(std::span<const Ref> outputs, std::span<const Ref> variables, std::span<const Ref> values) {
  std::unordered_map<const Node*, Ref> done; // nodes that depend on a variable
  for (std::size_t i = 0; i < variables.size(); ++i) done.emplace(variables[i].get(), values[i]);
  for (const Node* n : post_order(outputs)) {
    if (done.contains(n)) continue;
    Args args;
    Flags batched;
    for (const Ref& a : n->args) {
      auto found = done.find(a.get());
      batched.push_back(found != done.end());
      args.push_back(batched.back() ? found->second : a);
    }
    if (std::find(batched.begin(), batched.end(), true) == batched.end()) continue;
    LocationScope scope(n->where);
    done.emplace(n, batch_node(*n, args, batched));
  }
  std::vector<Ref> result;
  for (const Ref& y : outputs) {
    auto found = done.find(y.get());
    Shape shape = y->shape();
    shape.insert(shape.begin(), values[0]->shape()[0]);
    result.push_back(found != done.end() ? found->second : broadcast_to(y, shape));
  }
  return result;
}

} // namespace croton::passes
