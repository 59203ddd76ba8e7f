#include "passes/in_place.h"

namespace croton::passes {

using namespace ir;

namespace {

bool mentions(const Block& block, const Ref& buffer) {
  return any_statement(block, [&](const Stmt& stmt) {
    bool found = false;
    for_each_expression(stmt, [&](const Ref& e) {
      for (const Node* n : post_order(e)) found |= n == buffer.get();
    });
    if (auto* loop = std::get_if<For>(&stmt.as))
      for (const Carried& c : loop->carried)
        for (const Node* n : post_order(c.next)) found |= n == buffer.get();
    return found;
  });
}

bool stores(const Block& block, const Ref& buffer) {
  return any_statement(block, [&](const Stmt& stmt) {
    auto* store = std::get_if<Store>(&stmt.as);
    return store && store->buffer == buffer;
  });
}

// Every statement that stores into `write` loads from `read` at the index it stores to, and no other statement does.
bool elementwise(const Block& block, const Ref& read, const Ref& write) {
  for (const Stmt& stmt : block) {
    const Store* store = std::get_if<Store>(&stmt.as);
    bool ok = true;
    auto look = [&](const Ref& e) {
      for (const Node* n : post_order(e))
        if (is_load(*n) && n->args[0] == read) ok = ok && store && store->buffer == write && n->args[1] == store->index;
    };
    for_each_expression(stmt, look);
    if (auto* loop = std::get_if<For>(&stmt.as)) {
      for (const Carried& c : loop->carried) look(c.next);
      ok = ok && elementwise(loop->body, read, write);
    } else if (auto* branch = std::get_if<If>(&stmt.as)) {
      ok = ok && elementwise(branch->body, read, write);
    }
    if (!ok) return false;
  }
  return true;
}

bool in_place(const Kernel& k, bool rare, const Ref& read, const Ref& write) {
  bool written = false;
  for (const Phase& phase : k.phases) {
    if (phase.rare != rare) continue;
    if (!elementwise(phase.body, read, write)) return false;
    if (written && mentions(phase.body, read)) return false;
    written |= stores(phase.body, write);
  }
  return true;
}

} // namespace

bool writes_after_reads(const Kernel& k, const Ref& read, const Ref& write) {
  // Rare phases do by chunks what the others do at once: one or the other runs.
  return in_place(k, false, read, write) && in_place(k, true, read, write);
}

} // namespace croton::passes
