#include "ir/kernel.h"
#include "ir/build.h"
#include <unordered_map>

namespace croton::ir {

namespace {
const Op& register_op() { static const Op& op = *find_op("register"); return op; }
const Op& buffer_op() { static const Op& op = *find_op("buffer"); return op; }
const Op& load_op() { static const Op& op = *find_op("load"); return op; }
const Op& vload_op() { static const Op& op = *find_op("vload"); return op; }

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
bool is_register(const Node& node) { return node.op == &register_op(); }
bool is_load(const Node& node) { return node.op == &load_op() || node.op == &vload_op(); }
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

// ---- text -----------------------------------------------------------------------------------------------------

std::string expression_text(const Ref& e) {
  std::unordered_map<const Node*, std::string> text;
  for (const Node* n : post_order(e)) {
    std::string t;
    if (auto v = scalar_value(Ref(n)); v && n->args.empty()) {
      char number[40];
      std::snprintf(number, sizeof number, is_float(n->dtype()) ? "%.9g" : "%.0f", *v);
      t = number;
    } else if (n->args.empty() && !user_name(*n).empty()) {
      t = user_name(*n);
    } else if (is_load(*n)) {
      t = text[n->args[0].get()] + "[" + text[n->args[1].get()];
      if (i64 lanes = lanes_of(*n); lanes && n->op == &vload_op()) t += ":" + std::to_string(lanes);
      t += "]";
      if (n->args.size() > 2) t += "?" + text[n->args[2].get()];
    } else {
      t = std::string(n->op->name) + "(";
      for (std::size_t i = 0; i < n->args.size(); ++i) t += (i ? ", " : "") + text[n->args[i].get()];
      if (auto* d = n->attrs.find("dtype"); d && !n->args.empty()) t += (n->args.empty() ? "" : ", ") + std::string(name(std::get<DType>(*d)));
      t += ")";
    }
    text[n] = std::move(t);
  }
  return text[e.get()];
}

namespace {

void print(std::string& out, const Block& block, int depth) {
  std::string pad(static_cast<std::size_t>(depth) * 2, ' ');
  for (const Stmt& stmt : block) {
    if (auto* let = std::get_if<Let>(&stmt.as)) {
      out += pad + "let " + expression_text(let->var) + " = " + expression_text(let->value) + "\n";
    } else if (auto* store = std::get_if<Store>(&stmt.as)) {
      out += pad + expression_text(store->buffer) + "[" + expression_text(store->index) + "] = " + expression_text(store->value);
      if (store->mask) out += " where " + expression_text(store->mask);
      out += store->streaming ? " streaming\n" : "\n";
    } else if (auto* loop = std::get_if<For>(&stmt.as)) {
      out += pad + "for " + expression_text(loop->var) + " in " + expression_text(loop->begin) + ".." +
             expression_text(loop->end) + " step " + std::to_string(loop->step);
      for (auto& c : loop->carried) out += ", " + expression_text(c.var) + " = " + expression_text(c.init);
      out += " {\n";
      print(out, loop->body, depth + 1);
      for (auto& c : loop->carried) out += pad + "  next " + expression_text(c.var) + " = " + expression_text(c.next) + "\n";
      out += pad + "}\n";
    } else if (auto* exchange = std::get_if<Exchange>(&stmt.as)) {
      out += pad + "let " + expression_text(exchange->var) + " = " + expression_text(exchange->value) + " of thread ^ " + std::to_string(exchange->distance) + "\n";
    } else if (auto* prefetch = std::get_if<Prefetch>(&stmt.as)) {
      out += pad + "prefetch " + expression_text(prefetch->buffer) + "[" + expression_text(prefetch->index) + "]\n";
    } else if (std::holds_alternative<Barrier>(stmt.as)) {
      out += pad + "barrier\n";
    } else {
      auto& branch = std::get<If>(stmt.as);
      out += pad + "if " + expression_text(branch.condition) + " {\n";
      print(out, branch.body, depth + 1);
      out += pad + "}\n";
    }
  }
}

} // namespace

std::string to_text(const Kernel& kernel) {
  std::string out = "kernel " + kernel.name + "(";
  for (std::size_t i = 0; i < kernel.buffers.size(); ++i) {
    auto& b = kernel.buffers[i];
    out += (i ? ", " : "") + std::string(b.is_written ? "out " : "in ") + std::string(user_name(*b.buffer)) + ": " + std::string(name(b.buffer->dtype()));
  }
  for (auto& s : kernel.scalars) out += ", " + std::string(user_name(*s));
  out += ")\n";
  for (auto& phase : kernel.phases) {
    out += "  parallel " + expression_text(phase.extent) + " as " + expression_text(phase.begin) + ".." + expression_text(phase.end);
    if (phase.threads.count) out += " by " + std::to_string(phase.threads.count) + " threads " + expression_text(phase.threads.index);
    out += " {\n";
    for (auto& s : phase.threads.shared)
      out += "    shared " + std::string(user_name(*s.buffer)) + ": " + std::string(name(s.buffer->dtype())) + "[" + expression_text(s.size) + "]\n";
    for (auto& s : phase.scratch)
      out += "    scratch " + std::string(user_name(*s.buffer)) + ": " + std::string(name(s.buffer->dtype())) + "[" + expression_text(s.size) + "]\n";
    print(out, phase.body, 2);
    out += "  }\n";
  }
  return out;
}

} // namespace croton::ir
