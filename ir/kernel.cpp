#include "ir/kernel.h"
#include "ir/build.h"
#include <unordered_map>

namespace croton::ir {

namespace {
const Op& register_op() { static const Op& op = *find_op("register"); return op; }
const Op& buffer_op() { static const Op& op = *find_op("buffer"); return op; }
const Op& load_op() { static const Op& op = *find_op("load"); return op; }
const Op& vload_op() { static const Op& op = *find_op("vload"); return op; }
const Op& until_aligned_op() { static const Op& op = *find_op("until_aligned"); return op; }
const Op& shuffle_op() { static const Op& op = *find_op("shuffle"); return op; }

Args with_mask(const Ref& buffer, const Ref& index, const Ref& mask) {
  return mask ? Args{buffer, index, mask} : Args{buffer, index};
}
} // namespace

Ref register_of(std::string_view name, DType dtype, i64 lanes) {
  return make(register_op(), {}, {{"name", std::string(name)}, {"dtype", dtype}, {"lanes", lanes}});
}
Ref buffer_of(std::string_view name, DType dtype) {
  return make(buffer_op(), {}, {{"name", std::string(name)}, {"dtype", dtype}});
}
Ref load(const Ref& buffer, const Ref& index, const Ref& mask) { return make(load_op(), with_mask(buffer, index, mask)); }
Ref vload(const Ref& buffer, const Ref& index, i64 lanes, const Ref& mask) {
  return make(vload_op(), with_mask(buffer, index, mask), {{"lanes", lanes}});
}
Ref lane_ramp(i64 lanes) { return iota({constant_dim(lanes)}, 0, DType::i64); }
i64 lanes_of(const Node& node) { return node.rank() == 0 ? 0 : constant_value(node.shape()[0]).value_or(0); }
Ref until_aligned(const Ref& buffer, i64 bytes) { return make(until_aligned_op(), {buffer}, {{"bytes", bytes}}); }
bool is_until_aligned(const Node& node) { return node.op == &until_aligned_op(); }
bool is_register(const Node& node) { return node.op == &register_op(); }
bool is_load(const Node& node) { return node.op == &load_op() || node.op == &vload_op(); }
Ref shuffle(const Ref& x, std::vector<i64> order) { return make(shuffle_op(), {x}, {{"order", std::move(order)}}); }
bool is_shuffle(const Node& node) { return node.op == &shuffle_op(); }
bool is_buffer(const Node& node) { return node.op == &buffer_op(); }

namespace {
template <class S, class F> void visit_expressions(S& stmt, const F& visit) {
  std::visit(
      [&](auto& s) {
        using T = std::decay_t<decltype(s)>;
        if constexpr (std::is_same_v<T, Let>) {
          visit(s.value);
        } else if constexpr (std::is_same_v<T, Store>) {
          visit(s.index);
          visit(s.value);
          if (s.mask) visit(s.mask);
        } else if constexpr (std::is_same_v<T, For>) {
          visit(s.begin);
          visit(s.end);
          for (auto& c : s.carried) visit(c.init);
        } else if constexpr (std::is_same_v<T, If>) {
          visit(s.condition);
        } else if constexpr (std::is_same_v<T, Exchange>) {
          visit(s.value);
        } else if constexpr (std::is_same_v<T, Prefetch>) {
          visit(s.index);
        } else {
          static_assert(std::is_same_v<T, Barrier>);
        }
      },
      stmt.as);
}
} // namespace

void for_each_expression(Stmt& stmt, const std::function<void(Ref&)>& visit) { visit_expressions(stmt, visit); }
void for_each_expression(const Stmt& stmt, const std::function<void(const Ref&)>& visit) { visit_expressions(stmt, visit); }

static void transform(Block& block, const std::function<Ref(const Ref&)>& change) {
  for (Stmt& stmt : block) {
    for_each_expression(stmt, [&](Ref& e) { e = change(e); });
    if (auto* loop = std::get_if<For>(&stmt.as)) {
      for (Carried& c : loop->carried) c.next = change(c.next);
      transform(loop->body, change);
    } else if (auto* branch = std::get_if<If>(&stmt.as)) {
      transform(branch->body, change);
    }
  }
}

void transform(Kernel& kernel, const std::function<Ref(const Ref&)>& change) {
  for (Phase& phase : kernel.phases) transform(phase.body, change);
}

} // namespace croton::ir
