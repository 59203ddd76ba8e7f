#include "passes/simplify.h"
#include "ir/build.h"
#include "ir/node_map.h"
#include "passes/rules.h"
#include <algorithm>
#include <unordered_set>

namespace croton::passes {

using namespace ir;

namespace {

class Simplifier {
public:
  Simplifier(const RewriteOptions& options, RewriteLog* log) : options_(options), log_(log) {}

  Ref run(const Ref& root) {
    push(root.get());
    while (!stack_.empty()) step();
    return done_.at(root.get());
  }

  // What a rule made may have been rewritten further: the log names where it ended.
  void settle_log() {
    if (!log_) return;
    log_->follow([&](const Node& n) {
      const Ref* found = done_.find(&n);
      return found ? *found : Ref();
    });
  }

private:
  void push(const Node* n) {
    if (open_.contains(n) && !done_.contains(n)) fail("goes round in a circle");
    stack_.push_back(n);
  }

  // One visit of the node on top: it waits for its operands, then for what a rule made of it.
  void step() {
    const Node* n = stack_.back();
    if (done_.contains(n)) {
      stack_.pop_back();
      return;
    }
    if (const Ref* next = becomes_.find(n)) {
      if (const Ref* result = done_.find(next->get())) finish(n, *result);
      else push(next->get());
      return;
    }
    if (open_.insert(n)) {
      ++visited_;
      std::size_t height = stack_.size();
      for (const Ref& a : n->args)
        if (!done_.contains(a.get())) push(a.get());
      if (stack_.size() > height) return;
    }
    rewrite(n);
  }

  void rewrite(const Node* n) {
    if (is_size(*n)) {
      finish(n, Ref(n));
      return;
    }
    Ref current = with_simple_operands(n);
    if (const Ref* known = done_.find(current.get())) {
      finish(n, *known);
      return;
    }
    Ref next = first_rule(*current);
    if (!next) {
      done_.emplace(current.get(), current);
      finish(n, current);
      return;
    }
    if (log_) log_->steps.push_back({last_rule_, Ref(n), next, current, next, last_exact_, new_parts(next)});
    becomes_.emplace(n, next);
  }

  // What a rule made besides its result; nodes that were there are done already.
  std::vector<Ref> new_parts(const Ref& made) const {
    std::vector<Ref> parts;
    if (done_.contains(made.get())) return parts;
    std::vector<const Node*> open{made.get()};
    std::unordered_set<const Node*> seen{made.get()};
    while (!open.empty()) {
      const Node* n = open.back();
      open.pop_back();
      for (const Ref& a : n->args) {
        if (a->args.empty() || done_.contains(a.get()) || !seen.insert(a.get()).second) continue;
        parts.push_back(a);
        open.push_back(a.get());
      }
    }
    return parts;
  }

  void finish(const Node* n, Ref result) {
    keep_.emplace_back(n); // the memo is keyed by address
    done_.emplace(n, std::move(result));
    stack_.pop_back();
  }

  Ref with_simple_operands(const Node* n) {
    Args args;
    bool changed = false;
    for (const Ref& a : n->args) {
      args.push_back(done_.at(a.get()));
      changed |= args.back() != a;
    }
    return changed ? make(*n->op, std::move(args), n->attrs, n->where) : Ref(n);
  }

  Ref first_rule(const Node& node) {
    LocationScope scope(node.where);
    if (const AnyRule* planted = planted_rule())
      if (Ref result = planted->starts_at(*node.op) ? planted->try_on(node) : Ref()) {
        last_rule_ = planted->name;
        last_exact_ = planted->holds == Holds::exact;
        return result;
      }
    for (const AnyRule* rule : rules_for(node)) {
      if (!options_.fast_math && (rule->holds == Holds::close || rule->holds == Holds::finite)) continue;
      Ref result = rule->try_on(node);
      if (!result) continue;
      last_rule_ = rule->name;
      last_exact_ = rule->holds == Holds::exact;
      rule->fired.fetch_add(1, std::memory_order_relaxed);
      if (++fired_ > 64 * visited_ + 1024) fail("does not come to an end");
      return result;
    }
    return nullptr;
  }

  // Arithmetic on dims is canonical already (ir/dims.h) and compared by pointer: it is left alone.
  bool is_size(const Node& n) {
    if (n.rank() != 0 || n.dtype() != DType::i64) return false;
    static const Op* dim = find_op("dim");
    bool size = n.op == dim;
    if (body_of<Pointwise>(n)) {
      size = true;
      for (const Ref& a : n.args) size = size && (sizes_.contains(a.get()) || constant_value(a));
      size = size && std::any_of(n.args.begin(), n.args.end(), [&](const Ref& a) { return sizes_.contains(a.get()); });
    }
    if (size) sizes_.insert(&n);
    return size;
  }

  [[noreturn]] void fail(std::string_view what) const {
    throw InternalError("[simplify] rule " + std::string(last_rule_) + " " + std::string(what));
  }

  const RewriteOptions& options_;
  RewriteLog* log_;
  std::vector<const Node*> stack_;
  NodeSet open_, sizes_; ///< `open_`: begun; done when they are in `done_`
  NodeMap<Ref> done_, becomes_;
  std::vector<Ref> keep_;
  std::string_view last_rule_ = "?";
  bool last_exact_ = false;
  std::size_t visited_ = 0, fired_ = 0;
};

} // namespace

std::vector<Ref> simplify(std::span<const Ref> roots, const RewriteOptions& options, RewriteLog* log) {
  Simplifier simplifier(options, log);
  std::vector<Ref> result;
  for (const Ref& root : roots) result.push_back(root ? simplifier.run(root) : Ref());
  simplifier.settle_log();
  return result;
}

Ref simplify(const Ref& root, const RewriteOptions& options, RewriteLog* log) {
  return simplify(std::span(&root, 1), options, log)[0];
}

void RewriteLog::follow(const std::function<Ref(const Node&)>& now) {
  auto move = [&](Ref& n) {
    if (Ref next = now(*n)) n = next;
  };
  for (Step& step : steps) {
    move(step.after);
    for (Ref& part : step.parts) move(part);
  }
}

std::vector<std::string_view> RewriteLog::rules_behind(const Ref& node) const {
  std::vector<std::string_view> names;
  for (const Step& step : steps)
    if (step.after == node) names.push_back(step.rule);
  return names;
}

} // namespace croton::passes
