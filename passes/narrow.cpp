#include "passes/narrow.h"
#include "ir/build.h"
#include "ir/op.h"
#include <algorithm>
#include <bit>
#include <cstdint>
#include <limits>
#include <optional>
#include <unordered_map>

namespace croton::passes {

using namespace ir;

namespace {

bool is_index(const Node& n) { return n.dtype() == DType::i64 && n.rank() == 0; }

// A product as its factors that are not constants, sorted, and the constant.
struct Factors {
  std::vector<const Node*> nodes;
  i64 constant = 1;

  explicit Factors(const Ref& e) {
    static const Op* const mul = find_op("multiply");
    std::vector<const Node*> stack{e.get()};
    while (!stack.empty()) {
      const Node* n = stack.back();
      stack.pop_back();
      if (auto k = constant_value(Ref(n))) constant *= *k;
      else if (n->op == mul) for (const Ref& a : n->args) stack.push_back(a.get());
      else nodes.push_back(n);
    }
    std::sort(nodes.begin(), nodes.end());
  }
};

} // namespace

/// Finds the numbers that can be narrow, in the order they are computed, and writes the phase that computes them so. Registers
/// are bound anew by each loop over an axis, so what is known of expressions is known for one statement.
class NarrowAnalysis {
public:
  using Kind = NarrowIndices::Kind;
  using Rule = NarrowIndices::Rule;

  NarrowAnalysis(const Kernel& kernel, Phase& phase, std::vector<Rule>& rules) : rules_(rules) {
    for (std::size_t k = 0; k < kernel.scalars.size(); ++k) registers_[kernel.scalars[k].get()] = add({Kind::scalar, -1, -1, static_cast<i64>(k), false});
    registers_[phase.begin.get()] = registers_[phase.end.get()] = add({Kind::part});
    if (phase.threads.count) registers_[phase.threads.index.get()] = add({Kind::hull, constant_rule(0), constant_rule(phase.threads.count - 1)});
    Block body = rewrite(phase.body);
    front_.insert(front_.end(), std::make_move_iterator(body.begin()), std::make_move_iterator(body.end()));
    phase.body = std::move(front_);
  }

private:
  std::vector<Rule>& rules_;
  std::unordered_map<const Node*, int> registers_; ///< the rule of each leaf; −1: it stays wide
  std::unordered_map<const Node*, Ref> narrow_registers_, definitions_;
  Block front_; ///< sizes, part and thread as i32
  // Of the statement at hand:
  std::unordered_map<const Node*, int> number_;
  std::unordered_map<const Node*, Ref> narrow_, wide_;
  std::vector<Ref> alive_;

  int add(Rule rule) {
    rules_.push_back(rule);
    return static_cast<int>(rules_.size()) - 1;
  }
  int constant_rule(i64 value) { return add({Kind::constant, -1, -1, value, false}); }
  void next_statement() { number_.clear(), narrow_.clear(), wide_.clear(), alive_.clear(); }

  // ---- which numbers ----

  /// The rule of an expression; −1: it is not made of indices alone.
  int number(const Ref& e) {
    for (const Node* n : post_order(e)) {
      if (number_.contains(n)) continue;
      alive_.emplace_back(n);
      number_.emplace(n, is_index(*n) ? rule_of(*n) : -1);
    }
    return number_.at(e.get());
  }

  int rule_of(const Node& n) {
    if (auto k = constant_value(Ref(&n))) return *k >= INT32_MIN && *k <= INT32_MAX ? constant_rule(*k) : -1;
    if (auto leaf = registers_.find(&n); leaf != registers_.end()) return leaf->second;
    if (!body_of<Pointwise>(n)) return -1;
    std::vector<int> operands;
    for (const Ref& a : n.args) operands.push_back(a->dtype() == DType::bool_ ? 0 : number_.at(a.get()));
    if (std::find(operands.begin(), operands.end(), -1) != operands.end()) return -1;
    std::string_view op = n.op->name;
    if (op == "add")
      for (std::size_t k : {0, 1})
        if (auto divisor = remainder_of(n.args[k], n.args[1 - k])) return add({Kind::remainder, operands[k], *divisor});
    static const std::unordered_map<std::string_view, Kind> kinds = {{"add", Kind::add}, {"multiply", Kind::multiply}, {"quotient", Kind::quotient}, {"minimum", Kind::minimum}, {"maximum", Kind::maximum},
                                                                      {"bitwise_and", Kind::bitwise_and}, {"bitwise_xor", Kind::bitwise_xor}, {"shr", Kind::shr}};
    if (op == "where") return add({Kind::hull, operands[1], operands[2]});
    if (op == "negative") return add({Kind::negative, operands[0]});
    if (op == "subtract") {
      int minus = add({Kind::negative, operands[1], -1, 0, false});
      return add({Kind::add, operands[0], minus});
    }
    auto kind = kinds.find(op);
    return kind == kinds.end() ? -1 : add({kind->second, operands[0], operands[1]});
  }

  /// The divisor's rule where `rest` is −(x / divisor)·divisor, the quotient in a register of its own.
  std::optional<int> remainder_of(const Ref& x, const Ref& rest) {
    static const Op* const quotient = find_op("quotient");
    Factors product(rest);
    for (const Node* q : product.nodes) {
      auto def = definitions_.find(q);
      if (def == definitions_.end() || def->second->op != quotient || def->second->args[0] != x) continue;
      Factors divisor(def->second->args[1]);
      std::vector<const Node*> others = product.nodes;
      others.erase(std::find(others.begin(), others.end(), q));
      if (others == divisor.nodes && product.constant == -divisor.constant) return number(def->second->args[1]);
    }
    return {};
  }

  // ---- the kernel ----

  Ref register32(const Node& n) { return register_of(user_name(n), DType::i32); }

  /// An index as i32.
  Ref narrowed(const Ref& e) {
    auto [found, fresh] = narrow_.try_emplace(e.get());
    if (!fresh) return found->second;
    alive_.push_back(e);
    Ref made;
    if (auto k = constant_value(e)) {
      made = constant(DType::i32, static_cast<double>(*k));
    } else if (e->args.empty()) { // a size, a part's end or a thread: registers of lets and loops are there already
      Ref& leaf = narrow_registers_[e.get()];
      if (!leaf) {
        leaf = register32(*e);
        rules_[static_cast<std::size_t>(registers_.at(e.get()))].checked = true;
        front_.push_back({Let{leaf, cast(e, DType::i32)}});
      }
      made = leaf;
    } else {
      Args args;
      for (const Ref& a : e->args) args.push_back(a->dtype() == DType::bool_ ? rewritten(a) : narrowed(a));
      made = make(*e->op, std::move(args), e->attrs, e->where);
    }
    return narrow_[e.get()] = made;
  }

  /// Any expression with its dtype; indices inside are narrow.
  Ref rewritten(const Ref& e) {
    for (const Node* n : post_order(e)) {
      if (wide_.contains(n)) continue;
      alive_.emplace_back(n);
      wide_.emplace(n, rebuilt(*n));
    }
    return wide_.at(e.get());
  }

  Ref rebuilt(const Node& n) {
    Ref self(&n);
    if (n.args.empty() && !is_index(n)) return self;
    if (is_constant(n)) return self;
    if (is_index(n) && number(self) >= 0) return cast(narrowed(self), DType::i64);
    Args args;
    bool indices = body_of<Pointwise>(n) && n.dtype() != DType::i64; // a comparison or a cast of indices
    for (const Ref& a : n.args) indices = indices && (a->dtype() == DType::bool_ || (is_index(*a) && number(a) >= 0));
    for (std::size_t k = 0; k < n.args.size(); ++k) {
      const Ref& a = n.args[k];
      bool position = is_load(n) && k == 1 && is_index(*a) && number(a) >= 0;
      args.push_back((indices && a->dtype() != DType::bool_) || position ? narrowed(a) : wide_.at(a.get()));
    }
    return args == n.args ? self : make(*n.op, std::move(args), n.attrs, n.where);
  }

  Ref index(const Ref& e) { return is_index(*e) && number(e) >= 0 ? narrowed(e) : rewritten(e); }

  Block rewrite(const Block& block) {
    Block out;
    for (const Stmt& stmt : block) {
      next_statement();
      std::visit([&](const auto& s) { statement(out, s); }, stmt.as);
    }
    return out;
  }

  /// From here on the register is the number of this rule; −1: one that stays wide.
  void bound(const Ref& var, int rule) {
    registers_[var.get()] = rule;
    if (rule >= 0) narrow_registers_[var.get()] = register32(*var);
    else narrow_registers_.erase(var.get());
  }

  void statement(Block& out, const Let& s) {
    int of = is_index(*s.var) ? number(s.value) : -1;
    Ref value = of >= 0 ? narrowed(s.value) : rewritten(s.value);
    bound(s.var, of);
    definitions_[s.var.get()] = s.value;
    out.push_back({Let{of >= 0 ? narrow_registers_.at(s.var.get()) : s.var, value}});
  }
  void statement(Block& out, const Store& s) {
    Store store = s;
    store.index = index(s.index);
    store.value = rewritten(s.value);
    if (s.mask) store.mask = rewritten(s.mask);
    out.push_back({std::move(store)});
  }
  void statement(Block& out, const For& s) {
    For loop{s.var, nullptr, nullptr, s.step};
    int begin = number(s.begin), end = number(s.end), inside = -1;
    if (begin >= 0 && end >= 0) {
      add({Kind::loop, begin, end, s.step});                       // as it counts, which is one step beyond …
      inside = add({Kind::loop, begin, end, -s.step, false}); // … what the body sees
      loop.begin = narrowed(s.begin), loop.end = narrowed(s.end);
    } else {
      loop.begin = rewritten(s.begin), loop.end = rewritten(s.end);
    }
    for (const Carried& c : s.carried) loop.carried.push_back({c.var, rewritten(c.init), nullptr});
    bound(s.var, inside);
    if (inside >= 0) loop.var = narrow_registers_.at(s.var.get());
    for (const Carried& c : s.carried) bound(c.var, -1);
    loop.body = rewrite(s.body);
    next_statement();
    for (std::size_t k = 0; k < s.carried.size(); ++k) loop.carried[k].next = rewritten(s.carried[k].next);
    out.push_back({std::move(loop)});
  }
  void statement(Block& out, const If& s) {
    If branch{rewritten(s.condition), {}};
    branch.body = rewrite(s.body);
    out.push_back({std::move(branch)});
  }
  void statement(Block& out, const Barrier& s) { out.push_back({s}); }
  void statement(Block& out, const Exchange& s) {
    Ref value = rewritten(s.value);
    bound(s.var, -1);
    out.push_back({Exchange{s.var, value, s.distance}});
  }
  void statement(Block& out, const Prefetch& s) { out.push_back({Prefetch{s.buffer, index(s.index), s.near}}); }
};

NarrowIndices::NarrowIndices(const Kernel& kernel) : rules_(kernel.phases.size()), narrow_(kernel) {
  for (std::size_t p = 0; p < rules_.size(); ++p) NarrowAnalysis(kernel, narrow_.phases[p], rules_[p]);
}

// ---- intervals --------------------------------------------------------------------------------------------------

namespace {


struct Interval {
  wide low, high;
};

Interval hull(std::initializer_list<wide> values) { return {std::min(values), std::max(values)}; }
Interval times(Interval a, Interval b) { return hull({a.low * b.low, a.low * b.high, a.high * b.low, a.high * b.high}); }

} // namespace

bool NarrowIndices::fits(std::size_t phase, std::span<const i64> scalars, i64 extent) const {
  std::vector<Interval> all;
  all.reserve(rules_[phase].size());
  for (const Rule& r : rules_[phase]) {
    Interval a = r.a >= 0 ? all[static_cast<std::size_t>(r.a)] : Interval{0, 0}, b = r.b >= 0 ? all[static_cast<std::size_t>(r.b)] : Interval{0, 0}, x{};
    switch (r.kind) {
    case Kind::constant: x = {r.value, r.value}; break;
    case Kind::scalar: x = {scalars[static_cast<std::size_t>(r.value)], scalars[static_cast<std::size_t>(r.value)]}; break;
    case Kind::part: x = {0, extent}; break;
    case Kind::add: x = {a.low + b.low, a.high + b.high}; break;
    case Kind::negative: x = {-a.high, -a.low}; break;
    case Kind::multiply: x = times(a, b); break;
    case Kind::quotient: { // by what is at least 1: where a size is 0 nothing runs
      wide least = std::max<wide>(b.low, 1), most = std::max<wide>(b.high, 1);
      x = hull({a.low / least, a.low / most, a.high / least, a.high / most});
      break;
    }
    case Kind::remainder: x = a.low >= 0 ? Interval{0, std::min(a.high, std::max<wide>(b.high - 1, 0))} : Interval{a.low, std::max<wide>(a.high, b.high)}; break;
    case Kind::minimum: x = {std::min(a.low, b.low), std::min(a.high, b.high)}; break;
    case Kind::maximum: x = {std::max(a.low, b.low), std::max(a.high, b.high)}; break;
    case Kind::hull: x = {std::min(a.low, b.low), std::max(a.high, b.high)}; break;
    case Kind::bitwise_and:
      if (a.low == a.high) std::swap(a, b); // a constant last
      if (b.low >= 0) x = {0, b.high};
      else x = {a.low >= 0 && b.low == b.high ? wide(0) : a.low + std::min<wide>(b.low, 0), std::max<wide>(a.high, 0)};
      break;
    case Kind::bitwise_xor: {
      wide most = std::max(a.high, b.high);
      if (a.low < 0 || b.low < 0 || most > INT32_MAX) return false;
      x = {0, static_cast<wide>(std::bit_ceil(static_cast<std::uint64_t>(most) + 1)) - 1};
      break;
    }
    case Kind::shr:
      if (b.low < 0 || b.high > 62) return false;
      x = hull({a.low >> static_cast<int>(b.low), a.low >> static_cast<int>(b.high), a.high >> static_cast<int>(b.low), a.high >> static_cast<int>(b.high)});
      break;
    case Kind::loop: // from a on, up to but not beyond b
      x = r.value > 0 ? Interval{a.low, std::max(a.high, b.high) + r.value} : Interval{a.low, std::max(a.low, b.high + r.value)};
      break;
    }
    if (r.checked && (x.low < std::numeric_limits<std::int32_t>::min() || x.high > std::numeric_limits<std::int32_t>::max())) return false;
    all.push_back(x);
  }
  return true;
}

} // namespace croton::passes
