#include "passes/kernel_passes.h"
#include "ir/build.h"
#include "ir/node_map.h"
#include <unordered_set>

namespace croton::passes {

using namespace ir;

namespace {

using Memo = NodeMap<Ref>;

// Rebuilds an expression bottom-up; `change` sees a node whose args are rewritten already, null keeps it.
Ref rebuild(const Ref& e, Memo& done, const std::function<Ref(const Ref&)>& change) {
  for (const Node* n : post_order(e)) {
    if (done.contains(n)) continue;
    Args args;
    bool changed = false;
    for (const Ref& a : n->args) {
      args.push_back(done.at(a.get()));
      changed |= args.back() != a;
    }
    Ref node = changed ? make(*n->op, std::move(args), n->attrs, n->where) : Ref(n);
    Ref better = change(node);
    done.emplace(n, better ? better : node);
  }
  return done.at(e.get());
}

const Op& op(std::string_view name) { return *find_op(name); }

Ref fused(const Ref& n) {
  static const Op &add = op("add"), &sub = op("subtract"), &mul = op("multiply"), &square = op("square");
  if (!is_float(n->dtype()) || (n->op != &add && n->op != &sub)) return nullptr;
  auto product = [&](const Ref& x, Ref& a, Ref& b) {
    if (x->op == &square) a = b = x->args[0];
    else if (x->op == &mul) a = x->args[0], b = x->args[1];
    else return false;
    return true;
  };
  Ref a, b;
  bool minus = n->op == &sub;
  if (product(n->args[0], a, b)) return call("fma", {a, b, minus ? -n->args[1] : n->args[1]});
  if (product(n->args[1], a, b)) return call("fma", {minus ? -a : a, b, n->args[0]});
  return nullptr;
}

} // namespace

void contract(Kernel& kernel) {
  Memo done;
  std::vector<Ref> alive; // memo keys must not be freed and reused
  transform(kernel, [&](const Ref& e) {
    alive.push_back(e);
    return rebuild(e, done, fused);
  });
}

void expand(Kernel& kernel, Dialect dialect, Features features) {
  Memo done;
  std::vector<Ref> alive;
  std::function<Ref(const Ref&)> change = [&](const Ref& n) -> Ref {
    auto* body = body_of<Pointwise>(n);
    if (!body || !spelling(*n, dialect).empty() || is_native(*n, features)) return nullptr;
    if (!body->expand) throw InternalError("[expand] " + std::string(n->op->name) + " on " + std::string(name(n->dtype())) + " has no spelling and no expansion");
    alive.push_back(n);
    Ref simpler = body->expand(*n);
    alive.push_back(simpler);
    return rebuild(simpler, done, change); // expansions are shallow: each level uses simpler ops
  };
  transform(kernel, [&](const Ref& e) {
    alive.push_back(e);
    return rebuild(e, done, change);
  });
}

// ---- hoist ----------------------------------------------------------------------------------------------------

namespace {

class Hoister {
public:
  explicit Hoister(const Kernel& kernel) {
    for (const BufferParam& b : kernel.buffers)
      if (b.is_written) written_.insert(b.buffer.get());
    for (const Phase& p : kernel.phases) {
      for (const Scratch& s : p.scratch) written_.insert(s.buffer.get());
      for (const Scratch& s : p.threads.shared) written_.insert(s.buffer.get());
    }
  }

  void process(Block& block) {
    Block result;
    for (Stmt& stmt : block) {
      if (auto* loop = std::get_if<For>(&stmt.as)) {
        for (Stmt& let : invariants(*loop)) result.push_back(std::move(let));
        process(loop->body);
      }
      result.push_back(std::move(stmt));
    }
    block = std::move(result);
  }

private:
  std::unordered_set<const Node*> written_;
  int names_ = 0;

  static void defined_in(const For& loop, std::unordered_set<const Node*>& defined) {
    defined.insert(loop.var.get());
    for (const Carried& c : loop.carried) defined.insert(c.var.get());
    for (const Stmt& stmt : loop.body) {
      if (auto* let = std::get_if<Let>(&stmt.as)) defined.insert(let->var.get());
      if (auto* exchange = std::get_if<Exchange>(&stmt.as)) defined.insert(exchange->var.get());
      if (auto* inner = std::get_if<For>(&stmt.as)) defined_in(*inner, defined);
    }
  }

  Block invariants(For& loop) {
    std::unordered_set<const Node*> defined;
    defined_in(loop, defined);
    Block lets;
    Memo lifted, done;
    NodeMap<bool> varies;
    std::vector<Ref> alive; // memo keys must not be freed and reused
    auto lift = [&](const Node& n) -> Ref {
      if (is_free(n)) return Ref(&n);
      Ref& variable = lifted[&n];
      if (!variable) {
        variable = register_of("h." + std::to_string(names_++), n.dtype(), lanes_of(n));
        lets.push_back({Let{variable, Ref(&n)}});
      }
      return variable;
    };
    visit(loop, [&](Ref& e) {
      alive.push_back(e);
      for (const Node* n : post_order(e)) {
        if (done.contains(n)) continue;
        bool v = defined.contains(n) || (is_load(*n) && written_.contains(n->args[0].get()));
        for (const Ref& a : n->args) v |= varies.at(a.get());
        varies[n] = v;
        Args args;
        bool changed = false;
        // An invariant operand of something that varies becomes a register; inside invariants nothing changes.
        for (const Ref& a : n->args) {
          args.push_back(v && !varies.at(a.get()) ? lift(*a) : done.at(a.get()));
          changed |= args.back() != a;
        }
        done.emplace(n, changed ? make(*n->op, std::move(args), n->attrs, n->where) : Ref(n));
      }
      e = varies.at(e.get()) ? done.at(e.get()) : lift(*e);
    });
    return lets;
  }

  // Constants, and vectors made of constants alone, cost nothing inside the loop.
  static bool is_free(const Node& n) {
    if (n.args.empty() || is_buffer(n)) return true;
    if (body_of<Generator>(n) || is_load(n)) return !is_load(n);
    return body_of<View>(n) && n.args[0]->args.empty() && !is_register(*n.args[0]);
  }

  template <class F> void visit(For& loop, const F& change) {
    for (Carried& c : loop.carried) change(c.next);
    for (Stmt& stmt : loop.body) {
      for_each_expression(stmt, [&](Ref& e) { change(e); });
      if (auto* inner = std::get_if<For>(&stmt.as)) visit(*inner, change);
    }
  }
};

} // namespace

void hoist(Kernel& kernel) {
  Hoister hoister(kernel);
  for (Phase& phase : kernel.phases) hoister.process(phase.body);
}

} // namespace croton::passes
