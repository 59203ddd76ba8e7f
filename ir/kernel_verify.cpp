#include "ir/kernel_verify.h"
#include "ir/build.h"
#include <bit>
#include <unordered_set>

namespace croton::ir {

namespace {

using Nodes = std::unordered_set<const Node*>;

class KernelVerifier {
public:
  explicit KernelVerifier(const Kernel& kernel) : kernel_(kernel) {}

  void run() {
    for (const BufferParam& b : kernel_.buffers) buffers_.insert(b.buffer.get());
    for (const Phase& phase : kernel_.phases) {
      phase_ = &phase;
      Nodes bound{phase.begin.get(), phase.end.get()};
      Nodes local;
      for (const Scratch& s : phase.scratch) local.insert(s.buffer.get());
      for (const Scratch& s : phase.threads.shared) {
        if (!constant_value(s.size)) fail("shared memory '" + std::string(user_name(*s.buffer)) + "' has no constant size");
        local.insert(s.buffer.get());
        shared_.insert(s.buffer.get());
      }
      if (phase.threads.count) bound.insert(phase.threads.index.get()), varying_.insert(phase.threads.index.get());
      buffers_.insert(local.begin(), local.end());
      block(phase.body, bound, false);
      for (const Node* b : local) buffers_.erase(b);
    }
  }

private:
  const Kernel& kernel_;
  const Phase* phase_ = nullptr;
  Nodes buffers_, shared_;
  Nodes varying_; ///< registers whose value may differ between the threads of a block
  std::vector<Ref> alive_;

  [[noreturn]] void fail(const std::string& what) const { throw InternalError("[verify] kernel " + kernel_.name + ": " + what + "."); }

  // Checks what an expression names; true when its value may differ between threads.
  bool expression(const Ref& e, const Nodes& bound) {
    bool varies = false;
    for (const Node* n : post_order(e)) {
      if (is_register(*n) && !bound.contains(n)) fail("'" + std::string(user_name(*n)) + "' is not bound where it is used");
      if (is_buffer(*n) && !buffers_.contains(n)) fail("'" + std::string(user_name(*n)) + "' is no buffer of it");
      varies |= varying_.contains(n) || shared_.contains(n);
    }
    return varies;
  }
  void bind(const Ref& var, bool varies, Nodes& bound) {
    bound.insert(var.get());
    if (varies) varying_.insert(var.get());
  }
  void need_threads(const char* what, bool diverged) const {
    if (!phase_->threads.count) fail(std::string(what) + " in a phase without threads");
    if (diverged) fail(std::string(what) + " that only some threads may reach");
  }

  void block(const Block& statements, Nodes& bound, bool diverged) {
    for (const Stmt& stmt : statements) std::visit([&](const auto& s) { check(s, bound, diverged); }, stmt.as);
  }

  void check(const Let& s, Nodes& bound, bool) { bind(s.var, expression(s.value, bound), bound); }
  void check(const Store& s, Nodes& bound, bool) {
    if (!buffers_.contains(s.buffer.get())) fail("'" + std::string(user_name(*s.buffer)) + "' is no buffer of it");
    expression(s.index, bound);
    expression(s.value, bound);
    if (s.mask) expression(s.mask, bound);
  }
  void check(const Prefetch& s, Nodes& bound, bool) {
    if (!buffers_.contains(s.buffer.get())) fail("'" + std::string(user_name(*s.buffer)) + "' is no buffer of it");
    expression(s.index, bound);
  }
  void check(const For& s, Nodes& bound, bool diverged) {
    if (s.step <= 0) fail("a loop has the step " + std::to_string(s.step));
    bool varies = expression(s.begin, bound);
    varies |= expression(s.end, bound);
    for (const Carried& c : s.carried) bind(c.var, expression(c.init, bound) || varies, bound);
    Nodes inside = bound;
    bind(s.var, varies, inside);
    block(s.body, inside, diverged || varies);
    for (const Carried& c : s.carried)
      if (expression(c.next, inside)) varying_.insert(c.var.get());
  }
  void check(const If& s, Nodes& bound, bool diverged) {
    bool varies = expression(s.condition, bound);
    Nodes inside = bound;
    block(s.body, inside, diverged || varies);
  }
  void check(const Barrier&, Nodes&, bool diverged) { need_threads("a barrier", diverged); }
  void check(const Exchange& s, Nodes& bound, bool diverged) {
    need_threads("an exchange", diverged);
    if (s.distance <= 0 || s.distance >= phase_->threads.count || !std::has_single_bit(static_cast<u64>(s.distance)))
      fail("an exchange over the distance " + std::to_string(s.distance));
    expression(s.value, bound);
    bind(s.var, true, bound);
  }
};

} // namespace

void verify(const Kernel& kernel) { KernelVerifier(kernel).run(); }

} // namespace croton::ir
