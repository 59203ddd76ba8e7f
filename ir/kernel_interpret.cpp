#include "ir/kernel_interpret.h"
#include "ir/build.h"
#include "ir/interpret.h"
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
  };
  return shortened(std::visit(Visit{}, stmt.as));
}

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
      memory_[kernel.buffers[i].buffer.get()] = {buffers[i], kernel.buffers[i].is_written};
    for (std::size_t i = 0; i < kernel.scalars.size(); ++i) assign(*kernel.scalars[i], {{0, scalars[i]}});
  }

  void run(i64 parts) {
    for (const Phase& phase : kernel_.phases) {
      i64 extent = integer(phase.extent);
      i64 count = std::min(parts, extent);
      for (i64 k = count; k-- > 0;) part(phase, extent * k / count, extent * (k + 1) / count);
    }
  }

private:
  struct Memory {
    KernelMemory of;
    bool is_written = true;
  };

  const Kernel& kernel_;
  std::unordered_map<const Node*, Memory> memory_;
  std::unordered_map<const Node*, std::size_t> slots_;
  std::vector<Lanes> values_; ///< empty: no value yet
  std::unordered_map<const Node*, Code> codes_;
  const Stmt* at_ = nullptr;

  [[noreturn]] void fail(const std::string& what) const {
    throw InternalError("[host] kernel " + kernel_.name + ": " + what + (at_ ? " in `" + text_of(*at_) + "`" : "") + ".");
  }

  // ---- values ----

  std::size_t slot(const Node& n) {
    auto [found, fresh] = slots_.try_emplace(&n, values_.size());
    if (fresh) values_.emplace_back();
    return found->second;
  }
  void assign(const Node& var, Lanes value) {
    auto lanes = static_cast<std::size_t>(std::max<i64>(lanes_of(var), 1));
    if (value.size() == 1 && lanes > 1) value.assign(lanes, Scalar(value[0]));
    if (value.size() != lanes) fail(std::string(user_name(var)) + " has " + std::to_string(lanes) + " lanes, its value " + std::to_string(value.size()));
    values_[slot(var)] = std::move(value);
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
    const Lanes& result = values_[program.result];
    if (result.empty()) fail("'" + std::string(user_name(*e)) + "' has no value");
    return result;
  }
  i64 integer(const Ref& e) { return static_cast<i64>(evaluate(e)[0].integer); }

  const Scalar& lane(const Code::Step& step, std::size_t arg, std::size_t k) {
    const Lanes& value = values_[step.from[arg]];
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
    values_[step.to] = std::move(result);
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
    }
  }

  // ---- statements ----

  void part(const Phase& phase, i64 begin, i64 end) {
    std::vector<std::vector<std::byte>> scratch;
    for (const Scratch& s : phase.scratch) {
      KernelMemory m{nullptr, integer(s.size)};
      m.data = scratch.emplace_back(static_cast<std::size_t>(m.count) * size_of(s.buffer->dtype())).data();
      poison(s.buffer->dtype(), m);
      memory_[s.buffer.get()] = {m, true};
    }
    assign(*phase.begin, {{0, begin}});
    assign(*phase.end, {{0, end}});
    block(phase.body);
    for (const Scratch& s : phase.scratch) memory_.erase(s.buffer.get());
  }

  void block(const Block& statements) {
    for (const Stmt& stmt : statements) {
      at_ = &stmt;
      std::visit([&](const auto& s) { run(s); }, stmt.as);
    }
  }

  void run(const Let& s) { assign(*s.var, evaluate(s.value)); }

  void run(const Store& s) {
    Lanes value = evaluate(s.value), index = evaluate(s.index), mask;
    if (s.mask) mask = evaluate(s.mask);
    if (!memory(s.buffer).is_written) fail("'" + std::string(user_name(*s.buffer)) + "' is only read, but written");
    for (std::size_t k = 0; k < value.size(); ++k) {
      if (s.mask && !mask[mask.size() == 1 ? 0 : k].integer) continue;
      wide position = index.size() > 1 ? index[k].integer : index[0].integer + static_cast<wide>(k);
      store_element(s.buffer->dtype(), element(s.buffer, position), value[k]);
    }
  }

  void run(const For& s) {
    const Stmt* here = at_;
    i64 at = integer(s.begin), end = integer(s.end);
    std::vector<Lanes> next;
    for (const Carried& c : s.carried) next.push_back(evaluate(c.init));
    for (std::size_t k = 0; k < next.size(); ++k) assign(*s.carried[k].var, std::move(next[k]));
    for (; at + s.step <= end; at += s.step) {
      assign(*s.var, {{0, at}});
      block(s.body);
      at_ = here;
      next.clear();
      for (const Carried& c : s.carried) next.push_back(evaluate(c.next));
      for (std::size_t k = 0; k < next.size(); ++k) assign(*s.carried[k].var, std::move(next[k]));
    }
  }

  void run(const If& s) {
    if (integer(s.condition)) block(s.body);
  }
};

} // namespace

void interpret(const Kernel& kernel, std::span<const KernelMemory> buffers, std::span<const i64> scalars, i64 parts) {
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
