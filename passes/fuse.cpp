#include "passes/fuse.h"
#include "ir/kernel.h"
#include <algorithm>

namespace croton::passes {

using namespace ir;

namespace {

constexpr int max_group_cost = 600;      ///< keeps the compile time of a kernel linear in the graph
constexpr std::size_t max_outputs = 16;  ///< as many streams as the hardware follows at once
constexpr int sibling_window = 32;       ///< groups looked at for one to share a pass with
constexpr std::size_t max_reads = 4;  ///< distinct places one node may be recomputed at inside a group
constexpr int expensive = 8;          ///< in adds: worth storing rather than computing twice

bool is_library(const Node& n) { return body_of<Contraction>(n) || body_of<Scatter>(n) || body_of<Opaque>(n); }
bool is_scalar_constant(const Node& n) { return is_literal(n); }

// The whole node is one expression in the variables; a dim or a constant costs nothing anywhere.
bool is_leaf(const Node& n) { return body_of<Leaf>(n) != nullptr; }

int cost_of(const Node& n) {
  if (auto* p = body_of<Pointwise>(n)) return p->cost;
  return 1;
}

bool is_cheap(const Node& n) {
  if (body_of<View>(n) || body_of<Generator>(n)) return true;
  auto* p = body_of<Pointwise>(n);
  if (!p || p->cost >= expensive) return false;
  int tensors = 0;
  for (const Ref& a : n.args) tensors += !is_scalar_constant(*a);
  return tensors <= 1;
}

class Fuser {
public:
  explicit Fuser(std::span<const Ref> roots) : roots_(roots) {}

  Partition run() {
    auto order = post_order(roots_);
    for (const Ref& r : roots_)
      if (r) must_store_.insert(r.get());
    for (auto it = order.rbegin(); it != order.rend(); ++it) place(**it);
    return finish();
  }

private:
  std::span<const Ref> roots_;
  std::vector<Group> groups_;
  std::unordered_set<const Node*> must_store_;
  std::unordered_map<const Node*, std::vector<int>> readers_; ///< groups that read the node
  std::unordered_map<const Node*, int> producer_;
  Partition result_;

  void stop(const Node& n, std::string reason) { result_.stops.emplace_back(&n, std::move(reason)); }

  std::vector<int> readers(const Node& n) const {
    auto found = readers_.find(&n);
    return found == readers_.end() ? std::vector<int>{} : found->second;
  }

  void place(const Node& n) {
    if (is_leaf(n)) {
      if (must_store_.contains(&n) && !is_stored_leaf(n)) start(n);
      return;
    }
    std::vector<int> users = readers(n);
    bool stored = must_store_.contains(&n);
    if (users.empty() && !stored) return; // arithmetic on dims: evaluated by the host
    if (is_library(n)) return start_library(n);
    if (body_of<PrefixScan>(n)) return start_scan(n);
    if (!stored && fits_everywhere(n, users)) {
      for (int g : users) join(groups_[g], n);
      return;
    }
    if (!stored && users.size() > 1) stop(n, "read by several kernels, so it is computed once and stored");
    result_.stored.insert(&n);
    for (int g : users)
      if (can_be_output(groups_[g], n)) {
        join(groups_[g], n);
        add_output(groups_[g], n, groups_[g].reads.at(&n).front());
        depend(n, g);
        return;
      }
    if (int g = sibling(n); g >= 0) {
      Group& group = groups_[g];
      Index index = group.output_index.at(group.outputs.front());
      read(group, n, index);
      join(group, n);
      add_output(group, n, index);
      depend(n, g);
      return;
    }
    start(n);
  }

  // ---- joining ----

  bool fits_everywhere(const Node& n, const std::vector<int>& users) {
    if (users.size() > 1 && !is_cheap(n)) return false;
    for (int g : users)
      if (!fits(groups_[g], n)) return false;
    return true;
  }

  bool fits(Group& g, const Node& n) {
    if (g.kind != GroupKind::kernel && g.kind != GroupKind::scan) return false;
    if (g.kind == GroupKind::scan && body_of<Reduction>(n)) return stop(n, "a scan's kernel reduces nothing"), false;
    if (g.cost + cost_of(n) > max_group_cost) return stop(n, "the kernel is large enough"), false;
    const auto& at = g.reads.at(&n);
    if (body_of<Reduction>(n)) return fits_reduction(g, n, at);
    if (at.size() > max_reads) return stop(n, "read at too many places"), false;
    if (at.size() > 1 && cost_of(n) >= expensive) return stop(n, "read at several places and expensive"), false;
    if (g.inside.contains(&n) && strands_a_reduction(g, n)) return stop(n, "made from a reduction over other axes than its consumer's kernel"), false;
    return true;
  }

  static std::vector<Ref> variables_in(const Group& g, const Index& index, bool& plain) {
    std::vector<Ref> vars;
    plain = true;
    for (const Ref& i : index) {
      if (constant_value(i) == 0) continue;
      if (g.extent.contains(i.get()) && std::find(vars.begin(), vars.end(), i) == vars.end()) vars.push_back(i);
      else plain = false;
    }
    return vars;
  }

  static bool same_set(const std::vector<Ref>& a, const std::vector<Ref>& b) {
    return a.size() == b.size() && std::all_of(a.begin(), a.end(), [&](const Ref& x) { return std::find(b.begin(), b.end(), x) != b.end(); });
  }
  static bool includes(const std::vector<Ref>& all, const std::vector<Ref>& part) {
    return std::all_of(part.begin(), part.end(), [&](const Ref& x) { return std::find(all.begin(), all.end(), x) != all.end(); });
  }

  bool fits_reduction(Group& g, const Node& n, const std::vector<Index>& at) {
    if (at.size() > 1) return stop(n, "a reduction read at several places"), false;
    bool plain = false;
    auto vars = variables_in(g, at.front(), plain);
    if (!plain) return stop(n, "a reduction read through a view that moves elements"), false;
    if (vars.empty()) {
      // A total feeds every element: the data would be read twice by one worker. Only totals of totals share a kernel.
      if (!g.outer.empty() || g.inside.contains(&n))
        return stop(n, "a total over all elements is needed before its consumer starts"), false;
      return true;
    }
    if (g.has_reduction || g.outer.size() != g.extent.size()) {
      if (!same_set(vars, g.outer)) return stop(n, "reduces over other axes than its consumer's kernel"), false;
      return true;
    }
    for (const Node* out : g.outputs) {
      bool ignored = false;
      if (!includes(variables_in(g, g.output_index.at(out), ignored), vars))
        return stop(n, "an output of the kernel does not have the outer axes of this reduction"), false;
    }
    return true;
  }

  // Restricts the outer variables of a pointwise group to those of its first reduction; the others become inner.
  void demote(Group& g, const std::vector<Ref>& vars) {
    std::vector<Ref> keep;
    std::vector<const Node*> extents;
    Index inner;
    for (const Ref& v : g.outer) {
      if (std::find(vars.begin(), vars.end(), v) != vars.end()) keep.push_back(v);
      else {
        inner.push_back(v);
        extents.push_back(g.extent.at(v.get()).get());
      }
    }
    if (!inner.empty()) g.inner[extents] = inner;
    g.outer = keep;
  }

  void join(Group& g, const Node& n) {
    if (!g.members.insert(&n).second) return;
    g.cost += cost_of(n);
    Index reduced;
    if (body_of<Reduction>(n)) {
      const Index& at = g.reads.at(&n).front();
      bool plain = false;
      if (!g.has_reduction) demote(g, variables_in(g, at, plain));
      g.has_reduction = true;
      reduced = inner_variables(g, reduced_extents(n));
    }
    bool inside = body_of<Reduction>(n) || g.inside.contains(&n);
    for (const Index& at : std::vector<Index>(g.reads.at(&n)))
      for (Access& a : accesses(n, at, reduced)) {
        if (inside) g.inside.insert(a.node);
        read(g, *a.node, std::move(a.index));
      }
  }

  void read(Group& g, const Node& n, Index index) {
    auto& list = g.reads[&n];
    if (std::find(list.begin(), list.end(), index) != list.end()) return;
    list.push_back(std::move(index));
    auto& users = readers_[&n];
    if (std::find(users.begin(), users.end(), g.id) == users.end()) users.push_back(g.id);
  }

  // ---- storing ----

  bool can_be_output(Group& g, const Node& n) {
    if (g.kind == GroupKind::scan) return stop(n, "a scan's kernel has one output"), false;
    if (g.outputs.size() >= max_outputs) return stop(n, "its consumer's kernel has enough outputs"), false;
    if (!fits(g, n)) return false;
    const auto& at = g.reads.at(&n);
    if (at.size() != 1) return false;
    // Identity index over distinct variables that cover the group's outer ones: each element is stored once.
    bool plain = false;
    auto vars = variables_in(g, at.front(), plain);
    for (std::size_t i = 0; i < at.front().size(); ++i) {
      const Ref& component = at.front()[i];
      if (constant_value(component) == 0 ? !is_one(n.shape()[i]) : !plain || g.extent.at(component.get()) != n.shape()[i]) return false;
    }
    std::vector<Ref> outer = g.outer;
    if (body_of<Reduction>(n) && !g.has_reduction) outer = vars;
    if (!includes(vars, outer)) return stop(n, "its axes are not the outer axes of its consumer's kernel"), false;
    if (g.has_reduction && strands_a_reduction(g, n)) return stop(n, "made from a reduction over other axes than its consumer's kernel"), false;
    return acyclic(n, g.id);
  }

  // True when n is made from a reduction that could not follow it into g: n then starts a kernel of its own, together
  // with that reduction, instead of tearing the two apart.
  bool strands_a_reduction(const Group& g, const Node& n) {
    constexpr std::size_t limit = 256;
    std::vector<Access> stack{{&n, g.reads.at(&n).front()}};
    std::unordered_set<const Node*> seen{&n};
    while (!stack.empty() && seen.size() < limit) {
      Access at = std::move(stack.back());
      stack.pop_back();
      if (body_of<Reduction>(*at.node) && at.node != &n) {
        bool plain = false;
        auto vars = variables_in(g, at.index, plain);
        if (!plain || !same_set(vars, g.outer)) return true;
        continue;
      }
      if (is_leaf(*at.node) || is_library(*at.node) || body_of<PrefixScan>(*at.node) || body_of<Reduction>(*at.node) || (at.node != &n && must_store_.contains(at.node))) continue;
      for (Access& a : accesses(*at.node, at.index, {}))
        if (seen.insert(a.node).second) stack.push_back(std::move(a));
    }
    return false;
  }

  // Storing n in g makes its other readers wait for g.
  bool acyclic(const Node& n, int g) const {
    for (int reader : readers(n))
      if (reader != g && reaches(g, reader)) return false;
    for (int reader : library_readers(n))
      if (reaches(g, reader)) return false;
    return true;
  }

  // True when group `from` needs `to` to have run, directly or not.
  bool reaches(int from, int to) const {
    std::vector<int> stack{from};
    std::unordered_set<int> seen{from};
    while (!stack.empty()) {
      int g = stack.back();
      stack.pop_back();
      if (g == to) return true;
      for (int next : groups_[g].needs)
        if (seen.insert(next).second) stack.push_back(next);
    }
    return false;
  }

  std::unordered_map<const Node*, std::vector<int>> library_readers_;
  std::vector<int> library_readers(const Node& n) const {
    auto found = library_readers_.find(&n);
    return found == library_readers_.end() ? std::vector<int>{} : found->second;
  }

  // A pointwise group of the same shape: one pass makes both, and what both are computed from is computed once.
  int sibling(const Node& n) {
    if (!body_of<Pointwise>(n)) return -1;
    int count = static_cast<int>(groups_.size());
    for (int k = std::max(0, count - sibling_window); k < count; ++k) {
      Group& g = groups_[k];
      if (g.outputs.size() >= max_outputs) continue;
      if (g.kind != GroupKind::kernel || g.has_reduction || g.reads.contains(&n) || g.cost > max_group_cost / 2) continue;
      if (g.outputs.front()->shape() != n.shape() || n.rank() == 0) continue;
      if (acyclic(n, k)) return k;
    }
    return -1;
  }

  void depend(const Node& n, int g) {
    for (int reader : readers(n))
      if (reader != g) groups_[reader].needs.insert(g);
    for (int reader : library_readers(n)) groups_[reader].needs.insert(g);
    producer_[&n] = g;
  }

  void add_output(Group& g, const Node& n, Index index) {
    g.outputs.push_back(&n);
    g.output_index[&n] = std::move(index);
    result_.stored.insert(&n);
  }

  void start(const Node& n) {
    Group& g = groups_.emplace_back();
    g.id = static_cast<int>(groups_.size()) - 1;
    Index index;
    for (int i = 0; i < n.rank(); ++i) {
      if (is_one(n.shape()[i])) {
        index.push_back(constant_dim(0));
        continue;
      }
      Ref var = register_of("o" + std::to_string(i), DType::i64);
      g.extent[var.get()] = n.shape()[i];
      g.outer.push_back(var);
      index.push_back(var);
    }
    read(g, n, index);
    add_output(g, n, index);
    depend(n, g.id);
    readers_[&n].erase(std::find(readers_[&n].begin(), readers_[&n].end(), g.id));
    join(g, n);
  }

  // The scanned axis is an inner variable: nothing else can have it.
  void start_scan(const Node& n) {
    if (!must_store_.contains(&n)) stop(n, "a scan is stored: its consumers read it when it is complete");
    start(n);
    Group& g = groups_.back();
    g.kind = GroupKind::scan;
    const Ref& var = g.output_index.at(&n)[static_cast<std::size_t>(n.attrs.integer("axis"))];
    std::erase(g.outer, var);
  }

  void start_library(const Node& n) {
    Group& g = groups_.emplace_back();
    g.id = static_cast<int>(groups_.size()) - 1;
    g.kind = body_of<Scatter>(n) ? GroupKind::scatter : body_of<Opaque>(n) ? GroupKind::opaque : GroupKind::matmul;
    g.outputs.push_back(&n);
    g.members.insert(&n);
    result_.stored.insert(&n);
    depend(n, g.id);
    for (const Ref& a : n.args) {
      if (g.kind != GroupKind::opaque && a->rank() == 0 && a->dtype() == DType::i64) continue; // a size
      const Node* operand = g.kind == GroupKind::matmul ? library_operand(*a) : a.get();
      must_store_.insert(operand);
      library_readers_[operand].push_back(g.id);
    }
  }

  // ---- order ----

  Partition finish() {
    std::vector<int> state(groups_.size(), 0), order;
    std::vector<std::pair<int, bool>> stack;
    for (int g = 0; g < static_cast<int>(groups_.size()); ++g) stack.emplace_back(g, false);
    while (!stack.empty()) {
      auto [g, leaving] = stack.back();
      stack.pop_back();
      if (leaving) {
        order.push_back(g);
        continue;
      }
      if (state[g]++) continue;
      stack.emplace_back(g, true);
      std::vector<int> needs(groups_[g].needs.begin(), groups_[g].needs.end());
      std::sort(needs.begin(), needs.end());
      for (int next : needs)
        if (!state[next]) stack.emplace_back(next, false);
    }
    for (int g : order) result_.groups.push_back(std::move(groups_[g]));
    return std::move(result_);
  }
};

} // namespace

Partition fuse(std::span<const Ref> roots) { return Fuser(roots).run(); }

bool is_stored_leaf(const Node& n) { return is_variable(n) || (is_constant(n) && n.attrs.find("data")); }

Index inner_variables(Group& g, const Shape& extents) {
  std::vector<const Node*> key;
  for (const Ref& e : extents)
    if (!is_one(e)) key.push_back(e.get());
  auto [found, fresh] = g.inner.try_emplace(key);
  if (fresh) {
    for (const Node* e : key) {
      Ref var = register_of("r" + std::to_string(g.extent.size()), DType::i64);
      g.extent[var.get()] = Ref(e);
      found->second.push_back(var);
    }
  }
  Index index;
  std::size_t next = 0;
  for (const Ref& e : extents) index.push_back(is_one(e) ? constant_dim(0) : found->second[next++]);
  return index;
}

const Node* library_operand(const Node& operand, bool* transposed) {
  static const Op* const permute = find_op("permute");
  bool swapped = false;
  const Node* n = &operand;
  if (n->op == permute) {
    const auto& order = n->attrs.integers("order");
    std::size_t r = order.size();
    bool swaps = r >= 2 && order[r - 1] == static_cast<i64>(r) - 2 && order[r - 2] == static_cast<i64>(r) - 1;
    for (std::size_t i = 0; swaps && i + 2 < r; ++i) swaps = order[i] == static_cast<i64>(i);
    if (swaps) {
      swapped = true;
      n = n->args[0].get();
    }
  }
  if (transposed) *transposed = swapped;
  return n;
}

} // namespace croton::passes
