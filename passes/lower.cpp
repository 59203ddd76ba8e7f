#include "passes/lower.h"
#include <algorithm>

namespace croton::passes {

using namespace ir;

namespace {

class Lowering {
public:
  Lowering(Group& group, const std::unordered_set<const Node*>& stored, const LayoutOf& layout_of)
      : group_(group), stored_(stored), layout_of_(layout_of) {}

  Nest run(std::string name) {
    nest_.name = std::move(name);
    for (const Ref& v : group_.outer) nest_.outer.push_back({v, group_.extent.at(v.get())});
    if (body_of<PrefixScan>(*group_.outputs[0])) {
      scan(*group_.outputs[0]);
      return std::move(nest_);
    }
    for (const Node* out : group_.outputs) {
      const Index& index = group_.output_index.at(out);
      Write write;
      write.value = element(*out, index, nullptr, true);
      Layout layout = layout_of_(*out);
      write.buffer = layout.buffer;
      write.index = flat(layout, index);
      write.loops = loops_of(index);
      write.level = level_of(write.value);
      touch(layout.buffer, true);
      nest_.writes.push_back(std::move(write));
    }
    return std::move(nest_);
  }

private:
  Group& group_;
  const std::unordered_set<const Node*>& stored_;
  const LayoutOf& layout_of_;
  Nest nest_;
  struct Key {
    const Node* node;
    Index index;
    Ref guard;
    bool operator==(const Key&) const = default;
  };
  struct KeyHash {
    std::size_t operator()(const Key& k) const {
      std::size_t h = reinterpret_cast<std::size_t>(k.node);
      for (const Ref& i : k.index) h = hash_combine(h, reinterpret_cast<std::size_t>(i.get()));
      return hash_combine(h, reinterpret_cast<std::size_t>(k.guard.get()));
    }
  };
  std::unordered_map<Key, Ref, KeyHash> done_;
  std::unordered_map<const Node*, bool> arithmetic_;
  std::unordered_map<const Node*, int> level_; ///< of the registers that hold results of reductions

  void scan(const Node& n) {
    Index index = group_.output_index.at(&n);
    Scan scan{&n, {}, {}, nullptr, nullptr};
    auto axis = static_cast<std::size_t>(n.attrs.integer("axis"));
    if (!is_register(*index[axis])) index[axis] = register_of("s", DType::i64); // of size 1
    scan.axis = {index[axis], n.shape()[axis]};
    for (const Ref& x : n.args) scan.elements.push_back(element(*x, index, nullptr));
    Layout layout = layout_of_(n);
    scan.buffer = layout.buffer;
    scan.index = flat(layout, index);
    touch(layout.buffer, true);
    nest_.scan = std::move(scan);
  }

  void touch(const Ref& buffer, bool written) {
    for (auto& b : nest_.buffers)
      if (b.buffer == buffer) {
        b.is_written |= written;
        return;
      }
    nest_.buffers.push_back({buffer, written});
  }

  static Ref flat(const Layout& layout, const Index& index) {
    Ref at = constant_dim(0);
    for (std::size_t i = 0; i < index.size(); ++i) at = index_add(at, index_mul(index[i], layout.strides[i]));
    return at;
  }

  // Inner variables of an output, slowest first in the order of its axes.
  std::vector<Axis> loops_of(const Index& index) const {
    std::vector<Axis> loops;
    for (const Ref& i : index) {
      auto found = group_.extent.find(i.get());
      if (found != group_.extent.end() && std::find(group_.outer.begin(), group_.outer.end(), i) == group_.outer.end())
        loops.push_back({i, found->second});
    }
    return loops;
  }

  int level_of(const Ref& value) const {
    int level = 0;
    for (const Node* n : post_order(value))
      if (auto found = level_.find(n); found != level_.end()) level = std::max(level, found->second + 1);
    return level;
  }

  // The value of `node` at `index` as a scalar expression. An explicit stack stands for the recursion over the group,
  // whose depth is bounded only by the size limit of a kernel: pending elements are computed before their users.
  Ref element(const Node& node, const Index& index, const Ref& guard, bool as_output = false) {
    Key wanted{&node, index, guard};
    std::vector<std::pair<Key, bool>> stack{{wanted, as_output}};
    while (!stack.empty()) {
      auto [key, output] = stack.back();
      if (done_.contains(key)) {
        stack.pop_back();
        continue;
      }
      std::vector<Key> missing;
      Ref value = compute(key, output, missing);
      if (missing.empty()) {
        done_.emplace(key, value);
        stack.pop_back();
      } else {
        for (Key& m : missing) stack.emplace_back(std::move(m), false);
      }
    }
    return done_.at(wanted);
  }

  Ref operand(const Ref& arg, const Index& index, const Ref& guard, std::vector<Key>& missing) {
    Key key{arg.get(), index, guard};
    if (auto found = done_.find(key); found != done_.end()) return found->second;
    missing.push_back(std::move(key));
    return register_of("pending", arg->dtype());
  }

  bool is_inside(const Node& n, bool output) const {
    if (output) return true;
    if (!group_.members.contains(&n)) return false;
    return !stored_.contains(&n) || group_.output_index.contains(&n);
  }

  Ref compute(const Key& key, bool output, std::vector<Key>& missing) {
    const Node& n = *key.node;
    if (n.rank() == 0 && (is_literal(n) || (n.dtype() == DType::i64 && is_index_arithmetic(n)))) return Ref(&n);
    if (!is_inside(n, output)) return read(n, key.index, key.guard);
    struct Visit {
      Lowering& self;
      const Key& key;
      std::vector<Key>& missing;
      Ref operator()(const Pointwise&) const {
        Args args;
        for (const Ref& a : key.node->args) args.push_back(self.operand(a, broadcast_index(*a, key.index), key.guard, missing));
        if (!missing.empty()) return nullptr;
        return make(*key.node->op, std::move(args), key.node->attrs, key.node->where);
      }
      Ref operator()(const Reduction&) const { return self.reduction(key, missing); }
      Ref operator()(const View& v) const { return v.element(*key.node, key.index, reader()); }
      Ref operator()(const Indexed& v) const { return v.element(*key.node, key.index, reader()); }
      Ref operator()(const Generator& v) const { return v.element(*key.node, key.index); }
      Ref operator()(const Leaf&) const { return self.read(*key.node, key.index, key.guard); }
      Ref operator()(const Contraction&) const { return nullptr; }
      Ref operator()(const Scatter&) const { return nullptr; }
      Ref operator()(const PrefixScan&) const { return nullptr; }
      Ref operator()(const Opaque&) const { return nullptr; }
      Ref operator()(const Memory&) const { return nullptr; }
      ReadElement reader() const {
        return [this](int arg, const Index& index, const Ref& guard) {
          Ref both = !guard ? key.guard : !key.guard ? guard : call("logical_and", {key.guard, guard});
          return self.operand(key.node->args[static_cast<std::size_t>(arg)], index, both, missing);
        };
      }
    };
    Ref value = std::visit(Visit{*this, key, missing}, n.op->body);
    if (missing.empty() && !value) throw InternalError("[lower] " + std::string(n.op->name) + " cannot be part of a kernel");
    return value;
  }

  // Sizes and literals: the host or the kernel's scalars hold them. Remembered, as data of the same type may be a long chain.
  bool is_index_arithmetic(const Node& node) {
    static const Op* const dim = find_op("dim");
    auto descends = [](const Node& n) { return !is_literal(n) && n.op != dim && body_of<Pointwise>(n) && n.dtype() == DType::i64; };
    std::vector<const Node*> stack{&node};
    while (!stack.empty()) {
      const Node* n = stack.back();
      std::size_t before = stack.size();
      if (!arithmetic_.contains(n) && descends(*n))
        for (const Ref& a : n->args)
          if (!arithmetic_.contains(a.get())) stack.push_back(a.get());
      if (stack.size() > before) continue;
      stack.pop_back();
      auto known = [&](const Ref& a) { return arithmetic_.at(a.get()); };
      arithmetic_.try_emplace(n, n->op == dim || is_literal(*n) || (descends(*n) && std::all_of(n->args.begin(), n->args.end(), known)));
    }
    return arithmetic_.at(&node);
  }

  Ref read(const Node& n, const Index& index, const Ref& guard) {
    Layout layout = layout_of_(n);
    touch(layout.buffer, false);
    Ref value = load(layout.buffer, flat(layout, index), guard);
    return value;
  }

  // A reduction is made once for an outer iteration: what of its guard varies inside one concerns its users alone.
  Ref guard_outside(const Ref& guard) const {
    static const Op* const both = find_op("logical_and");
    if (!guard) return guard;
    if (guard->op == both) {
      Ref x = guard_outside(guard->args[0]), y = guard_outside(guard->args[1]);
      return x && y ? call("logical_and", {x, y}) : x ? x : y;
    }
    for (const Node* n : post_order(guard))
      if (group_.extent.contains(n) && std::find(group_.outer.begin(), group_.outer.end(), Ref(n)) == group_.outer.end()) return nullptr;
    return guard;
  }

  Ref reduction(const Key& key, std::vector<Key>& missing) {
    const Node& n = *key.node;
    if (Ref outside = guard_outside(key.guard); outside != key.guard) return operand(Ref(&n), key.index, outside, missing);
    Shape extents = reduced_extents(n);
    Index reduced = inner_variables(group_, extents);
    Ref value = operand(n.args[0], reduced_index(n, key.index, reduced), key.guard, missing);
    if (!missing.empty()) return nullptr;
    Reduce reduce;
    reduce.node = &n;
    reduce.element = value;
    reduce.position = constant_dim(0);
    auto strides = dense_strides(extents);
    for (std::size_t i = 0; i < extents.size(); ++i) {
      reduce.position = index_add(reduce.position, index_mul(reduced[i], strides[i]));
      if (!is_one(extents[i])) reduce.loops.push_back({reduced[i], extents[i]});
    }
    reduce.count = element_count(extents);
    reduce.result = register_of("v" + std::to_string(nest_.reduces.size()), n.dtype());
    reduce.level = level_of(value);
    level_[reduce.result.get()] = reduce.level;
    nest_.reduces.push_back(reduce);
    return reduce.result;
  }
};

} // namespace

Nest lower(Group& group, const std::unordered_set<const Node*>& stored, const LayoutOf& layout_of, std::string name) {
  return Lowering(group, stored, layout_of).run(std::move(name));
}

} // namespace croton::passes
