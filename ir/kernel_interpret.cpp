#include "ir/kernel_interpret.h"
#include "ir/build.h"
#include "ir/interpret.h"
#include "ir/kernel_verify.h"
#include <algorithm>
#include <array>
#include <cstring>
#include <limits>
#include <unordered_map>

namespace croton::ir {

namespace {

using Lanes = std::vector<Scalar>;

std::string shortened(std::string text) {
  constexpr std::size_t most = 400;
  return text.size() <= most ? text : text.substr(0, most) + "…";
}

std::string text_of(const Stmt& stmt) {
  struct Visit {
    std::string operator()(const Let& s) const { return "let " + expression_text(s.var) + " = " + expression_text(s.value); }
    std::string operator()(const Store& s) const {
      return expression_text(s.buffer) + "[" + expression_text(s.index) + "] = " + expression_text(s.value);
    }
    std::string operator()(const For& s) const {
      return "for " + expression_text(s.var) + " in " + expression_text(s.begin) + ".." + expression_text(s.end);
    }
    std::string operator()(const If& s) const { return "if " + expression_text(s.condition); }
    std::string operator()(const Prefetch& s) const { return "prefetch " + expression_text(s.buffer) + "[" + expression_text(s.index) + "]"; }
    std::string operator()(const Barrier&) const { return "barrier"; }
    std::string operator()(const Exchange& s) const { return "let " + expression_text(s.var) + " = " + expression_text(s.value) + " of thread ^ " + std::to_string(s.distance); }
  };
  return shortened(std::visit(Visit{}, stmt.as));
}

// Who touched the elements of a buffer since the last meeting of the threads, where threads share it.
struct Trace {
  static constexpr int nobody = -1, several = -2;
  struct Element {
    i64 written_at = -1, read_at = -1; ///< the meeting after which it was
    int writer = nobody, reader = nobody;
  };
  std::vector<Element> elements;
};

// The nodes of an expression that have to be computed, operands first; known once for all runs of a statement.
struct Code {
  struct Step {
    const Node* node;
    std::size_t to;
    std::vector<std::size_t> from;
  };
  std::vector<Step> steps;
  std::size_t result = 0;
};

class Machine {
public:
  Machine(const Kernel& kernel, std::span<const KernelMemory> buffers, std::span<const i64> scalars) : kernel_(kernel) {
    for (std::size_t i = 0; i < kernel.buffers.size(); ++i)
      memory_[kernel.buffers[i].buffer.get()] = {buffers[i], kernel.buffers[i].is_written, {}};
    for (std::size_t i = 0; i < kernel.scalars.size(); ++i) assign(*kernel.scalars[i], {{0, scalars[i]}});
  }

  void run(i64 parts) {
    for (const Phase& phase : kernel_.phases) {
      i64 extent = integer(phase.extent);
      i64 count = std::min(parts, extent);
      gather_threads(phase);
      for (i64 k = count; k-- > 0;) part(phase, extent * k / count, extent * (k + 1) / count, static_cast<int>(k));
      thread_ = 0;
      threads_.resize(1);
      for (auto& [_, m] : memory_) m.trace.elements.clear();
    }
  }

private:
  struct Memory {
    KernelMemory of;
    bool is_written = true;
    Trace trace; ///< empty: one thread alone uses it
  };
  using Active = std::vector<std::size_t>; ///< threads that run a statement, ascending

  const Kernel& kernel_;
  std::unordered_map<const Node*, Memory> memory_;
  std::unordered_map<const Node*, std::size_t> slots_;
  std::vector<std::vector<Lanes>> threads_{1}; ///< of each thread, the values by slot; empty: no value yet
  std::size_t thread_ = 0;
  i64 meeting_ = 0; ///< barriers passed
  int block_ = 0;
  std::unordered_map<const Node*, Code> codes_;
  const Stmt* at_ = nullptr;

  [[noreturn]] void fail(const std::string& what) const {
    throw InternalError("[host] kernel " + kernel_.name + ": " + what + (at_ ? " in `" + text_of(*at_) + "`" : "") + ".");
  }

  // ---- values ----

  std::size_t slot(const Node& n) {
    auto [found, fresh] = slots_.try_emplace(&n, slots_.size());
    if (fresh)
      for (auto& values : threads_) values.resize(slots_.size());
    return found->second;
  }
  Lanes& value_at(std::size_t slot) { return threads_[thread_][slot]; }
  void assign(const Node& var, Lanes value) {
    auto lanes = static_cast<std::size_t>(std::max<i64>(lanes_of(var), 1));
    if (value.size() == 1 && lanes > 1) value.assign(lanes, Scalar(value[0]));
    if (value.size() != lanes) fail(std::string(user_name(var)) + " has " + std::to_string(lanes) + " lanes, its value " + std::to_string(value.size()));
    std::size_t to = slot(var);
    value_at(to) = std::move(value);
  }

  const Code& code(const Ref& e) {
    auto [found, fresh] = codes_.try_emplace(e.get());
    Code& code = found->second;
    if (!fresh) return code;
    for (const Node* n : post_order(e)) {
      if (is_buffer(*n) || is_register(*n)) continue;
      std::size_t to = slot(*n);
      if (n->args.empty() && !is_constant(*n)) continue; // a scalar of the kernel
      Code::Step step{n, to, {}};
      for (const Ref& a : n->args) step.from.push_back(is_buffer(*a) ? 0 : slot(*a));
      code.steps.push_back(std::move(step));
    }
    code.result = slot(*e);
    return code;
  }

  const Lanes& evaluate(const Ref& e) {
    const Code& program = code(e);
    for (const Code::Step& step : program.steps) compute(step);
    const Lanes& result = value_at(program.result);
    if (result.empty()) fail("'" + std::string(user_name(*e)) + "' has no value");
    return result;
  }
  i64 integer(const Ref& e) { return static_cast<i64>(evaluate(e)[0].integer); }

  const Scalar& lane(const Code::Step& step, std::size_t arg, std::size_t k) {
    const Lanes& value = value_at(step.from[arg]);
    if (value.empty()) fail("'" + std::string(user_name(*step.node->args[arg])) + "' has no value");
    return value[value.size() == 1 ? 0 : k];
  }

  void compute(const Code::Step& step) {
    const Node& n = *step.node;
    auto lanes = static_cast<std::size_t>(std::max<i64>(lanes_of(n), 1));
    Lanes result(lanes);
    if (is_constant(n)) {
      if (is_float(n.dtype())) result[0].real = n.attrs.number("value");
      else result[0].integer = n.attrs.integer("value");
      result[0] = rounded_to(n.dtype(), result[0]);
    } else if (is_load(n)) {
      load(step, result);
    } else if (is_until_aligned(n)) {
      result[0].integer = 0; // memory begins where it is aligned
    } else if (is_shuffle(n)) {
      const auto& order = n.attrs.integers("order");
      for (std::size_t k = 0; k < lanes; ++k) result[k] = lane(step, 0, static_cast<std::size_t>(order[k]));
    } else if (body_of<Pointwise>(n)) {
      constexpr std::size_t most = 8;
      if (step.from.size() > most) fail(std::string(n.op->name) + " has too many operands");
      std::array<Scalar, most> x;
      for (std::size_t k = 0; k < lanes; ++k) {
        for (std::size_t a = 0; a < step.from.size(); ++a) x[a] = lane(step, a, k);
        result[k] = pointwise_value(n, x.data());
      }
    } else if (body_of<Generator>(n)) {
      for (std::size_t k = 0; k < lanes; ++k) result[k] = converted(DType::i64, n.dtype(), {0, static_cast<wide>(k)});
    } else if (body_of<View>(n)) { // a splat, a single lane, or neighbouring lanes
      bool part = lanes_of(n) > 0 && n.args[0]->rank() > 0;
      auto start = part ? static_cast<std::size_t>(constant_value(n.args[1]).value()) : 0;
      for (std::size_t k = 0; k < lanes; ++k) result[k] = lane(step, 0, start + k);
    } else {
      fail(std::string(n.op->name) + " belongs in no kernel");
    }
    value_at(step.to) = std::move(result);
  }

  // ---- memory ----

  Memory& memory(const Ref& buffer) {
    auto found = memory_.find(buffer.get());
    if (found == memory_.end()) fail("'" + std::string(user_name(*buffer)) + "' is no buffer of it");
    return found->second;
  }
  std::byte* element(const Ref& buffer, wide position) {
    const KernelMemory& m = memory(buffer).of;
    if (position < 0 || position >= m.count)
      fail("element " + std::to_string(static_cast<i64>(position)) + " of '" + std::string(user_name(*buffer)) + "', which has " + std::to_string(m.count) + ",");
    return m.data + static_cast<std::size_t>(position) * size_of(buffer->dtype());
  }

  void load(const Code::Step& step, Lanes& result) {
    const Node& n = *step.node;
    bool neighbours = lanes_of(n) > 0 && lanes_of(*n.args[1]) == 0;
    for (std::size_t k = 0; k < result.size(); ++k) {
      if (n.args.size() > 2 && !lane(step, 2, k).integer) continue;
      wide position = lane(step, 1, k).integer + (neighbours ? static_cast<wide>(k) : 0);
      result[k] = load_element(n.dtype(), element(n.args[0], position));
      trace_read(n.args[0], position);
    }
  }

  // ---- threads that share memory ----

  // What a thread stores in memory that others use must be apart from what they do until all have met. Memory of the
  // grid has no meetings in a phase: its meeting number stays that of the phase's begin.
  void gather_threads(const Phase& phase) {
    auto count = static_cast<std::size_t>(std::max<i64>(phase.threads.count, 1));
    threads_.resize(count, threads_[0]);
    if (count == 1) return;
    for (std::size_t t = 0; t < count; ++t) {
      thread_ = t;
      assign(*phase.threads.index, {{0, static_cast<wide>(t)}});
    }
    for (const BufferParam& b : kernel_.buffers)
      if (b.is_written) {
        Memory& m = memory(b.buffer);
        m.trace.elements.assign(static_cast<std::size_t>(m.of.count), {});
      }
  }
  int thread_number() const { return block_ * static_cast<int>(threads_.size()) + static_cast<int>(thread_); }
  bool in_block(const Ref& buffer) const {
    for (const Phase& p : kernel_.phases)
      for (const Scratch& s : p.threads.shared)
        if (s.buffer == buffer) return true;
    return false;
  }
  void trace_read(const Ref& buffer, wide position) {
    if (threads_.size() == 1) return;
    Trace& trace = memory(buffer).trace;
    if (trace.elements.empty()) return;
    auto& e = trace.elements[static_cast<std::size_t>(position)];
    bool shared = in_block(buffer);
    i64 now = shared ? meeting_ : 0;
    if (shared && e.writer == Trace::nobody) fail("element " + std::to_string(static_cast<i64>(position)) + " of '" + std::string(user_name(*buffer)) + "' is read before any thread wrote it");
    if (e.written_at == now && e.writer != thread_number()) race(buffer, position);
    e.reader = e.read_at == now && e.reader != thread_number() ? Trace::several : thread_number();
    e.read_at = now;
  }
  void trace_write(const Ref& buffer, wide position) {
    if (threads_.size() == 1) return;
    Trace& trace = memory(buffer).trace;
    if (trace.elements.empty()) return;
    auto& e = trace.elements[static_cast<std::size_t>(position)];
    i64 now = in_block(buffer) ? meeting_ : 0;
    if ((e.written_at == now && e.writer != thread_number()) || (e.read_at == now && e.reader != thread_number())) race(buffer, position);
    e.writer = thread_number();
    e.written_at = now;
  }
  [[noreturn]] void race(const Ref& buffer, wide position) const {
    fail("element " + std::to_string(static_cast<i64>(position)) + " of '" + std::string(user_name(*buffer)) + "' is used by two threads without a barrier between");
  }

  // ---- statements: each is run by all active threads before the next one ----

  void part(const Phase& phase, i64 begin, i64 end, int block_number) {
    block_ = block_number;
    ++meeting_;
    thread_ = 0;
    std::vector<std::vector<std::byte>> scratch;
    auto make_memory = [&](const Scratch& s, bool is_shared) {
      KernelMemory m{nullptr, integer(s.size)};
      m.data = scratch.emplace_back(static_cast<std::size_t>(m.count) * size_of(s.buffer->dtype())).data();
      poison(s.buffer->dtype(), m);
      Memory& made = memory_[s.buffer.get()] = {m, true, {}};
      if (is_shared) made.trace.elements.resize(static_cast<std::size_t>(m.count));
    };
    for (const Scratch& s : phase.scratch) make_memory(s, false);
    for (const Scratch& s : phase.threads.shared) make_memory(s, true);
    Active all(threads_.size());
    for (std::size_t t = 0; t < all.size(); ++t) {
      all[t] = thread_ = t;
      assign(*phase.begin, {{0, begin}});
      assign(*phase.end, {{0, end}});
    }
    block(phase.body, all);
    for (const Scratch& s : phase.scratch) memory_.erase(s.buffer.get());
    for (const Scratch& s : phase.threads.shared) memory_.erase(s.buffer.get());
  }

  void block(const Block& statements, const Active& active) {
    for (const Stmt& stmt : statements) {
      at_ = &stmt;
      std::visit([&](const auto& s) { run(s, active); }, stmt.as);
    }
  }

  template <class F> void each(const Active& active, const F& f) {
    for (std::size_t t : active) {
      thread_ = t;
      f();
    }
  }

  void run(const Let& s, const Active& active) {
    each(active, [&] { assign(*s.var, evaluate(s.value)); });
  }

  void run(const Store& s, const Active& active) {
    each(active, [&] {
      Lanes value = evaluate(s.value), index = evaluate(s.index), mask;
      if (s.mask) mask = evaluate(s.mask);
      if (!memory(s.buffer).is_written) fail("'" + std::string(user_name(*s.buffer)) + "' is only read, but written");
      for (std::size_t k = 0; k < value.size(); ++k) {
        if (s.mask && !mask[mask.size() == 1 ? 0 : k].integer) continue;
        wide position = index.size() > 1 ? index[k].integer : index[0].integer + static_cast<wide>(k);
        store_element(s.buffer->dtype(), element(s.buffer, position), value[k]);
        trace_write(s.buffer, position);
      }
    });
  }

  void run(const Prefetch& s, const Active& active) {
    each(active, [&] { evaluate(s.index); });
  }

  void run(const For& s, const Active& active) {
    const Stmt* here = at_;
    std::vector<i64> at(threads_.size()), end(threads_.size());
    std::vector<Lanes> next;
    auto advance = [&](bool first) {
      next.clear();
      for (const Carried& c : s.carried) next.push_back(evaluate(first ? c.init : c.next));
      for (std::size_t k = 0; k < next.size(); ++k) assign(*s.carried[k].var, std::move(next[k]));
    };
    each(active, [&] {
      at[thread_] = integer(s.begin);
      end[thread_] = integer(s.end);
      advance(true);
    });
    for (Active running = active;;) {
      std::erase_if(running, [&](std::size_t t) { return at[t] + s.step > end[t]; });
      if (running.empty()) return;
      each(running, [&] { assign(*s.var, {{0, at[thread_]}}); });
      block(s.body, running);
      at_ = here;
      each(running, [&] {
        advance(false);
        at[thread_] += s.step;
      });
    }
  }

  void run(const If& s, const Active& active) {
    Active taken;
    each(active, [&] {
      if (integer(s.condition)) taken.push_back(thread_);
    });
    if (!taken.empty()) block(s.body, taken);
  }

  void all_meet(const Active& active) const {
    if (active.size() != threads_.size()) fail(std::to_string(active.size()) + " of " + std::to_string(threads_.size()) + " threads reach what all must reach");
  }
  void run(const Barrier&, const Active& active) {
    all_meet(active);
    ++meeting_;
  }
  void run(const Exchange& s, const Active& active) {
    all_meet(active);
    std::vector<Lanes> values;
    each(active, [&] { values.push_back(evaluate(s.value)); });
    each(active, [&] { assign(*s.var, values.at(thread_ ^ static_cast<std::size_t>(s.distance))); });
  }
};

} // namespace

void interpret(const Kernel& kernel, std::span<const KernelMemory> buffers, std::span<const i64> scalars, i64 parts) {
  verify(kernel);
  if (buffers.size() != kernel.buffers.size() || scalars.size() != kernel.scalars.size())
    throw InternalError("[host] kernel " + kernel.name + ": found " + std::to_string(buffers.size()) + " buffers and " +
                        std::to_string(scalars.size()) + " scalars, expected " + std::to_string(kernel.buffers.size()) + " and " +
                        std::to_string(kernel.scalars.size()) + ".");
  Machine(kernel, buffers, scalars).run(parts);
}

void poison(DType dtype, KernelMemory memory) {
  for (i64 i = 0; i < memory.count; ++i) {
    std::byte* at = memory.data + static_cast<std::size_t>(i) * size_of(dtype);
    if (is_float(dtype)) store_element(dtype, at, {std::numeric_limits<double>::quiet_NaN(), 0});
    else std::memset(at, 0xab, size_of(dtype));
  }
}

} // namespace croton::ir
