#include "passes/collapse.h"
#include "ir/build.h"
#include "passes/vectorize.h"
#include <algorithm>
#include <functional>

namespace croton::passes {

using namespace ir;

namespace {

// Every expression of a nest, and which of them are flat positions (indices into memory, positions in a reduction).
void for_each(Nest& nest, const std::function<void(Ref&, bool is_position)>& visit) {
  for (Reduce& r : nest.reduces) {
    visit(r.element, false);
    visit(r.position, true);
  }
  for (Write& w : nest.writes) {
    visit(w.value, false);
    visit(w.index, true);
  }
  if (!nest.scan) return;
  for (Ref& e : nest.scan->elements) visit(e, false);
  visit(nest.scan->index, true);
}

bool depends(const Ref& e, const Ref& var) {
  for (const Node* n : post_order(e))
    if (n == var.get()) return true;
  return false;
}

// True when `slow` and `fast` occur only as `k·(slow·extent + fast)` in flat positions.
bool walks_as_one(const Ref& e, bool is_position, const Axis& slow, const Axis& fast) {
  auto fits = [&](const Ref& position) {
    auto a = linear_in(position, slow.var), b = linear_in(position, fast.var);
    return a && b && a->scale == index_mul(b->scale, fast.extent) && !depends(a->scale, fast.var);
  };
  if (is_position) return fits(e);
  // Positions inside loads may hold the variables, nothing else may.
  std::unordered_map<const Node*, bool> clean;
  for (const Node* n : post_order(e)) {
    bool ok = n != slow.var.get() && n != fast.var.get();
    if (is_load(*n)) {
      ok = fits(n->args[1]);
      for (const Node* inner : post_order(n->args[1])) ok &= !is_load(*inner);
      if (n->args.size() > 2) ok &= clean.at(n->args[2].get());
    } else {
      for (const Ref& a : n->args) ok &= clean.at(a.get());
    }
    clean[n] = ok;
  }
  return clean.at(e.get());
}

// Merges axes[i] into axes[i + 1] everywhere in the nest.
void merge(Nest& nest, const Axis& slow, const Axis& fast, const Axis& merged) {
  std::unordered_map<const Node*, Ref> values{{slow.var.get(), constant_dim(0)}, {fast.var.get(), merged.var}};
  for_each(nest, [&](Ref& e, bool is_position) {
    if (is_position) {
      auto b = linear_in(e, fast.var), rest = linear_in(b->offset, slow.var);
      e = index_add(rest->offset, index_mul(b->scale, merged.var));
      return;
    }
    std::unordered_map<const Node*, Ref> loads = values;
    for (const Node* n : post_order(e)) {
      if (!is_load(*n)) continue;
      auto b = linear_in(n->args[1], fast.var), rest = linear_in(b->offset, slow.var);
      Args args = n->args;
      args[1] = index_add(rest->offset, index_mul(b->scale, merged.var));
      if (args.size() > 2) args[2] = replace(args[2], loads); // a guard may itself read memory
      loads[n] = make(*n->op, std::move(args), n->attrs);
    }
    e = replace(e, loads);
  });
  auto rename = [&](std::vector<Axis>& axes) {
    for (std::size_t i = 0; i + 1 < axes.size(); ++i)
      if (axes[i].var == slow.var && axes[i + 1].var == fast.var) {
        axes[i] = merged;
        axes.erase(axes.begin() + static_cast<std::ptrdiff_t>(i) + 1);
      }
  };
  rename(nest.outer);
  for (Reduce& r : nest.reduces) rename(r.loops);
  for (Write& w : nest.writes) rename(w.loops);
}

bool adjacent_everywhere(const Nest& nest, const Axis& slow, const Axis& fast) {
  auto ok = [&](const std::vector<Axis>& axes) {
    for (std::size_t i = 0; i < axes.size(); ++i) {
      if (axes[i].var == slow.var) return i + 1 < axes.size() && axes[i + 1].var == fast.var;
      if (axes[i].var == fast.var) return false;
    }
    return true;
  };
  bool all = ok(nest.outer);
  for (const Reduce& r : nest.reduces) all &= ok(r.loops);
  for (const Write& w : nest.writes) all &= ok(w.loops);
  return all;
}

bool try_merge(Nest& nest, const std::vector<Axis>& axes, std::size_t i) {
  Axis slow = axes[i], fast = axes[i + 1];
  if (!adjacent_everywhere(nest, slow, fast)) return false;
  bool all = true;
  for_each(nest, [&](Ref& e, bool is_position) { all = all && walks_as_one(e, is_position, slow, fast); });
  if (!all) return false;
  Axis merged{register_of(std::string(user_name(*fast.var)) + "_" + std::string(user_name(*slow.var)), DType::i64),
              index_mul(slow.extent, fast.extent)};
  merge(nest, slow, fast, merged);
  return true;
}

bool collapse_once(Nest& nest) {
  std::vector<std::vector<Axis>> lists{nest.outer};
  for (const Reduce& r : nest.reduces) lists.push_back(r.loops);
  for (const Write& w : nest.writes) lists.push_back(w.loops);
  for (const auto& axes : lists)
    for (std::size_t i = axes.size(); i-- > 1;)
      if (try_merge(nest, axes, i - 1)) return true;
  return false;
}

} // namespace

void collapse(Nest& nest) {
  while (collapse_once(nest)) {}
}

int unit_strides(const Nest& nest, const Ref& var) {
  int count = 0;
  auto look = [&](const Ref& e) {
    for (const Node* n : post_order(e))
      if (is_load(*n)) {
        auto linear = linear_in(n->args[1], var);
        count += linear && constant_value(linear->scale) == 1;
      }
  };
  for (const Reduce& r : nest.reduces) look(r.element);
  for (const Write& w : nest.writes) {
    look(w.value);
    auto linear = linear_in(w.index, var);
    count += linear && constant_value(linear->scale) == 1;
  }
  return count;
}

} // namespace croton::passes
