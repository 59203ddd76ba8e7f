// Own elementwise ops: records registered at run time. The record's functions are plain pointers without a closure, so each
// own op takes one of a fixed number of slots, and the pointers of slot N look there.
#include "croton/custom.h"
#include "ir/interpret.h"
#include "ir/ops/record.h"
#include "passes/gradient.h"
#include "src/api/promote.h"
#include <array>
#include <atomic>
#include <mutex>
#include <unordered_map>
#include <utility>

namespace croton {

namespace detail {

struct Custom {
  std::string name, doc;
  CustomOp definition;
  const ir::Op* op = nullptr;

  struct Trace {
    std::vector<ir::Ref> operands; ///< scalar variables
    ir::Ref value;
  };
  std::mutex mutex;
  std::unordered_map<DType, Trace> traces;

  Trace trace(DType dtype);
};

} // namespace detail

namespace {

using detail::Custom;
using api::Ref;

constexpr std::size_t slot_count = 64;
std::array<std::shared_ptr<Custom>, slot_count>& slots() {
  static auto* table = new std::array<std::shared_ptr<Custom>, slot_count>; // leaked: nodes outlive static destructors
  return *table;
}
std::atomic<std::size_t> slots_used{0};

void check_elementwise(const Custom& custom, const Custom::Trace& trace, DType dtype) {
  std::string text = "[" + custom.name + "] ";
  for (const ir::Node* n : ir::post_order(trace.value)) {
    bool own = false;
    for (const Ref& x : trace.operands) own |= x.get() == n;
    if (own || ir::is_constant(*n) || ir::body_of<ir::Pointwise>(*n)) continue;
    throw UnsupportedError(text + "its value holds " + ir::describe(Ref(n)) + ": own ops are made of elementwise functions of their operands.");
  }
  if (trace.value->dtype() != dtype || trace.value->rank() != 0)
    throw DTypeError(text + "its value is " + ir::describe(trace.value) + ", expected a scalar of the operands' dtype " + std::string(name(dtype)) + ".");
}

// The trace with the operands put in.
Ref applied(const Custom::Trace& trace, const std::vector<Ref>& args) {
  return ir::substitute(std::span(&trace.value, 1), [&](const ir::Node& n) {
    for (std::size_t i = 0; i < args.size(); ++i)
      if (trace.operands[i].get() == &n) return args[i];
    return Ref();
  })[0];
}

template <class T> T value_of(std::size_t slot, const T* x) {
  DType dtype = dtype_of<T>;
  Custom::Trace trace = slots()[slot]->trace(dtype);
  ir::Bindings bindings;
  for (std::size_t i = 0; i < trace.operands.size(); ++i) {
    ir::Array scalar(dtype, {});
    scalar.store(0, {.real = static_cast<double>(x[i])});
    bindings.emplace(trace.operands[i], std::move(scalar));
  }
  return static_cast<T>(ir::interpret(trace.value, bindings).load(0).real);
}

std::vector<Ref> derivative(std::size_t slot, const ir::Node& node, const Ref& cotangent) {
  Custom& custom = *slots()[slot];
  if (!custom.definition.gradient) {
    Ref value = applied(custom.trace(node.dtype()), node.args);
    return passes::vjp(std::span(&value, 1), std::span(&cotangent, 1), node.args);
  }
  auto expr = [&](const Ref& r) { return detail::Access::expr(r, node.where); };
  std::vector<Expr> args;
  for (const Ref& a : node.args) args.push_back(expr(a));
  std::vector<Expr> found = custom.definition.gradient(args, expr(Ref(&node)), expr(cotangent));
  if (found.size() != args.size())
    throw GradientError("[" + custom.name + "] its gradient gives " + std::to_string(found.size()) + " cotangents, expected " + std::to_string(args.size()) + ".");
  std::vector<Ref> cotangents;
  for (const Expr& x : found) cotangents.push_back(detail::Access::ref(x));
  return cotangents;
}

struct SlotFunctions {
  float (*f32)(const float*);
  double (*f64)(const double*);
  Ref (*expand)(const ir::Node&);
  std::vector<Ref> (*vjp)(const ir::Node&, const Ref&);
};

template <std::size_t N> constexpr SlotFunctions functions_of_slot() {
  return {[](const float* x) { return value_of<float>(N, x); }, [](const double* x) { return value_of<double>(N, x); },
          [](const ir::Node& n) { return applied(slots()[N]->trace(n.dtype()), n.args); },
          [](const ir::Node& n, const Ref& g) { return derivative(N, n, g); }};
}
template <std::size_t... N> constexpr std::array<SlotFunctions, slot_count> all_functions(std::index_sequence<N...>) {
  return {functions_of_slot<N>()...};
}
constexpr auto slot_functions = all_functions(std::make_index_sequence<slot_count>());

const ir::Op& registered(const std::shared_ptr<Custom>& custom) {
  if (ir::find_op(custom->name)) throw ValueError("[custom_op] an op named '" + custom->name + "' exists already. Choose another name.");
  std::size_t slot = slots_used++;
  if (slot >= slot_count) throw UnsupportedError("[custom_op] " + std::to_string(slot_count) + " own ops exist already: that is the limit.");
  slots()[slot] = custom;
  const SlotFunctions& f = slot_functions[slot];
  ir::Pointwise body{.f32 = f.f32, .f64 = f.f64, .expand = f.expand, .cost = 16};
  static constexpr std::string_view names[] = {"x", "y", "z"};
  ir::Op op{.name = custom->name, .doc = custom->doc, .group = "custom", .params = {}, .accepts = ir::Accepts::floating,
            .body = body, .type = ir::pointwise_type, .vjp = f.vjp};
  op.params.assign(names, names + custom->definition.operands);
  return ir::register_op(std::move(op));
}

} // namespace

// Traced outside the lock: the user's function may use other own ops.
Custom::Trace Custom::trace(DType dtype) {
  {
    std::lock_guard lock(mutex);
    if (auto found = traces.find(dtype); found != traces.end()) return found->second;
  }
  Trace fresh;
  std::vector<Expr> args;
  for (int i = 0; i < definition.operands; ++i) {
    fresh.operands.push_back(ir::variable(name + "." + std::to_string(i), dtype, {}));
    args.push_back(Access::expr(fresh.operands.back(), {}));
  }
  {
    ir::LocationScope users_own_lines({});
    fresh.value = api::ref(definition.value(args));
  }
  check_elementwise(*this, fresh, dtype);
  std::lock_guard lock(mutex);
  return traces.emplace(dtype, std::move(fresh)).first->second;
}

CustomFunction custom_op(std::string name, CustomOp op, std::source_location here) {
  return api::at(here, [&] {
    if (op.operands < 1 || op.operands > 3)
      throw ValueError("[custom_op] '" + name + "': found " + std::to_string(op.operands) + " operands, expected 1 to 3.");
    if (!op.value || name.empty()) throw ValueError("[custom_op] '" + name + "': a name and a value are needed.");
    auto custom = std::make_shared<Custom>();
    custom->name = std::move(name);
    custom->doc = op.doc.empty() ? "An op of the user's own." : op.doc;
    custom->definition = std::move(op);
    custom->op = &registered(custom);
    CustomFunction f;
    f.custom_ = custom;
    return f;
  });
}

Expr CustomFunction::call(std::initializer_list<In> args) const {
  return api::expr_at(args.begin()->where(), [&] {
    if (!custom_) throw ValueError("[custom_op] an empty own op was called.");
    if (static_cast<int>(args.size()) != custom_->definition.operands)
      throw ValueError("[" + custom_->name + "] found " + std::to_string(args.size()) + " operands, expected " + std::to_string(custom_->definition.operands) + ".");
    api::Refs operands = api::promoted(custom_->name, ir::Accepts::floating, std::span(args.begin(), args.size()));
    custom_->trace(operands[0]->dtype()); // checked now, while the user's line is known
    return ir::make(*custom_->op, std::move(operands));
  });
}

} // namespace croton
