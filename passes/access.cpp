#include "passes/access.h"
#include "ir/kernel.h"
#include <algorithm>

namespace croton::passes {

using namespace ir;

Index broadcast_index(const Node& operand, const Index& index) {
  Index result;
  std::size_t shift = index.size() - operand.shape().size();
  for (std::size_t i = 0; i < operand.shape().size(); ++i)
    result.push_back(is_one(operand.shape()[i]) ? constant_dim(0) : index[shift + i]);
  return result;
}

Index reduced_index(const Node& reduction, const Index& index, const Index& reduced) {
  const auto& axes = reduction.attrs.integers("axes");
  bool keep = reduction.attrs.integer("keepdims") != 0;
  Index result;
  std::size_t next_outer = 0, next_reduced = 0;
  for (int i = 0; i < reduction.args[0]->rank(); ++i) {
    if (std::find(axes.begin(), axes.end(), i) != axes.end()) {
      result.push_back(reduced[next_reduced++]);
      next_outer += keep;
    } else {
      result.push_back(index[next_outer++]);
    }
  }
  return result;
}

Shape reduced_extents(const Node& reduction) {
  Shape extents;
  for (i64 axis : reduction.attrs.integers("axes")) extents.push_back(reduction.args[0]->shape()[axis]);
  return extents;
}

std::vector<Access> accesses(const Node& node, const Index& index, const Index& reduced) {
  std::vector<Access> reads;
  // The record's own index map, asked with operands that only note how they are read.
  ReadElement note = [&](int arg, const Index& at, const Ref&) {
    const Ref& operand = node.args[static_cast<std::size_t>(arg)];
    reads.push_back({operand.get(), at});
    return register_of("element", operand->dtype());
  };
  struct Visit {
    const Node& n;
    const Index& i;
    const Index& r;
    std::vector<Access>& out;
    const ReadElement& note;
    void operator()(const Pointwise&) const {
      for (const Ref& a : n.args) out.push_back({a.get(), broadcast_index(*a, i)});
    }
    void operator()(const Reduction&) const { out.push_back({n.args[0].get(), reduced_index(n, i, r)}); }
    void operator()(const View& v) const { v.element(n, i, note); }
    void operator()(const Indexed& v) const { v.element(n, i, note); }
    void operator()(const Generator&) const {}
    void operator()(const Leaf&) const {}
    void operator()(const Contraction&) const {}
    void operator()(const Scatter&) const {}
    void operator()(const PrefixScan&) const {
      for (const Ref& a : n.args) out.push_back({a.get(), i});
    }
    void operator()(const Opaque&) const {}
    void operator()(const Memory&) const {}
  };
  std::visit(Visit{node, index, reduced, reads, note}, node.op->body);
  return reads;
}

} // namespace croton::passes
