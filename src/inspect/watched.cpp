#include "src/inspect/watched.h"
#include "ir/build.h"
#include "ir/interpret.h"
#include "passes/rules.h"
#include "src/driver/planner.h"
#include <optional>
#include <unordered_map>
#include <algorithm>
#include <cmath>
#include <cstring>

namespace croton::inspect {

using namespace ir;

namespace {

bool is_size(const Node& n) { return n.rank() == 0 && n.dtype() == DType::i64 && (body_of<Leaf>(n) || body_of<Pointwise>(n)); }
bool has_value(const Node& n) { return !is_literal(n) && !is_size(n); }

std::string number(double v) {
  char text[40];
  std::snprintf(text, sizeof text, "%.9g", v);
  return text;
}

double real_at(const Array& a, i64 i) {
  Scalar s = a.load(i);
  return is_float(a.dtype) ? s.real : static_cast<double>(s.integer);
}

std::string place_text(const Array& a, i64 at) {
  std::vector<i64> strides = strides_of(a.shape);
  std::string text = "[";
  for (std::size_t k = 0; k < strides.size(); ++k) text += (k ? ", " : "") + std::to_string(strides[k] ? at / strides[k] % a.shape[k] : 0);
  return text + "]";
}

double largest(const Array& a) {
  double most = 1;
  for (i64 i = 0; i < a.count(); ++i)
    if (double v = std::fabs(real_at(a, i)); std::isfinite(v)) most = std::max(most, v);
  return most;
}

/// The first element at which two values differ by more than rounding may; −1: none.
i64 first_difference(const Array& a, const Array& b, bool exact, double magnitude) {
  if (a.shape != b.shape || a.dtype != b.dtype) return 0;
  double epsilon = a.dtype == DType::f32 ? 0x1p-23 : 0x1p-52;
  double allowed = 512 * epsilon * std::max({largest(a), largest(b), magnitude});
  for (i64 i = 0; i < a.count(); ++i) {
    double x = real_at(a, i), y = real_at(b, i);
    if (x == y || (std::isnan(x) && std::isnan(y))) continue;
    if (exact || !is_float(a.dtype)) return i;
    if (!std::isfinite(x)) continue; // a stable form may have a value where the other overflows
    if (!(std::fabs(x - y) <= allowed)) return i;
  }
  return -1;
}

Array array_of_view(const TensorView& v, DType dtype) {
  Array a(dtype, v.shape);
  if (!a.bytes.empty()) driver::pack(v, size_of(dtype), reinterpret_cast<char*>(a.bytes.data()));
  return a;
}

class Watched final : public Executable {
public:
  Watched(const Program& program, const std::string& device, const WatchOptions& options) : options_(options), inner_(compile(program, device)), name_(program.name) {
    Program all = program;
    roots_ = program.outputs;
    if (auto* built = inner_->built()) all.inputs = built->inputs, roots_ = built->outputs;
    inputs_ = all.inputs;
    all.outputs.clear();
    for (const Node* n : post_order(roots_))
      if (has_value(*n) && !is_variable(*n) && !is_position_check(*n)) all.outputs.emplace_back(n);
    nodes_ = all.outputs;
    all.donor.assign(nodes_.size(), -1);
    all.observer = nullptr;
    all.compilations = nullptr;
    all.debug = false;
    if (!nodes_.empty()) all_ = compile(all, device);
    passes::UnifiedDims as_it_is;
    as_it_is.roots = nodes_;
    as_it_is.roots.insert(as_it_is.roots.end(), inputs_.begin(), inputs_.end());
    binding_.emplace(all, as_it_is);
  }

  std::vector<std::vector<i64>> output_shapes(std::span<const TensorView> inputs) const override { return inner_->output_shapes(inputs); }
  std::size_t peak_bytes(std::span<const TensorView> inputs) const override { return inner_->peak_bytes(inputs); }
  ExecutableStats stats() const override { return inner_->stats(); }
  const driver::BuiltProgram* built() const override { return inner_->built(); }
  std::string code(std::string_view stage) const override { return inner_->code(stage); }

  void run(std::span<const TensorView> inputs, std::span<const TensorView> outputs) const override {
    look(inputs);
    inner_->run(inputs, outputs);
  }

  std::unique_ptr<BoundCall> bind(std::span<const TensorView> inputs, std::span<const TensorView> outputs) const override;

private:
  const WatchOptions options_;
  std::shared_ptr<const Executable> inner_, all_;
  const std::string name_;
  std::vector<Ref> roots_, inputs_, nodes_;
  std::optional<driver::InputBinding> binding_;

  void look(std::span<const TensorView> inputs) const {
    driver::DimValues dims = binding_->bind(inputs);
    auto size = [&](const Ref& s) { return binding_->value(s, dims); };
    std::unordered_map<const Node*, Array> values;
    for (std::size_t k = 0; k < inputs_.size(); ++k) values.emplace(inputs_[k].get(), array_of_view(inputs[k], inputs_[k]->dtype()));
    if (options_.debug) check_rewrites(inputs);
    if (all_) run_all(inputs, values);
    for (const Node* n : post_order(roots_)) {
      if (is_constant(*n) && !is_literal(*n)) values.emplace(n, interpret(Ref(n), {}));
      if (is_position_check(*n)) {
        if (auto of = values.find(n->args[0].get()); of != values.end()) values.emplace(n, of->second);
      }
      auto found = values.find(n);
      if (found == values.end()) continue;
      NodeValue v{*n, found->second, {}};
      for (const Ref& a : n->args) {
        auto operand = values.find(a.get());
        v.operands.push_back(operand == values.end() ? nullptr : &operand->second);
      }
      if (options_.monitor) options_.monitor(v, false);
      if (options_.nan_guard) guard(v);
      if (options_.debug && !is_variable(*n) && !is_position_check(*n)) check_node(v, size);
      if (options_.monitor) options_.monitor(v, true);
    }
  }

  void run_all(std::span<const TensorView> inputs, std::unordered_map<const Node*, Array>& values) const {
    auto shapes = all_->output_shapes(inputs);
    std::vector<TensorView> views;
    for (std::size_t k = 0; k < nodes_.size(); ++k) {
      Array& a = values.insert_or_assign(nodes_[k].get(), Array(nodes_[k]->dtype(), shapes[k])).first->second;
      views.push_back({a.bytes.data(), a.shape, strides_of(a.shape)});
    }
    all_->run(inputs, views);
  }

  // ---- what may be wrong ----

  void guard(const NodeValue& v) const {
    if (!is_float(v.value.dtype)) return;
    double huge = v.value.dtype == DType::f32 ? 1e30 : 1e250;
    for (i64 i = 0; i < v.value.count(); ++i) {
      double x = v.value.load(i).real;
      if (std::fabs(x) <= huge) continue;
      std::string text = "[nan_guard] " + name_ + ": " + describe(Ref(&v.node)) + " is " + number(x) + " at " + place_text(v.value, i) + ". It is " + statistics(v.value) + ".";
      for (std::size_t k = 0; k < v.operands.size(); ++k)
        if (v.operands[k]) text += " Operand " + describe(v.node.args[k]) + " is " + statistics(*v.operands[k]) + ".";
      throw ValueError(text, v.node.where);
    }
  }

  // Each rule's two sides, as they were when it fired, on the inputs of this call.
  void check_rewrites(std::span<const TensorView> inputs) const {
    auto* built = inner_->built();
    if (!built) return;
    Bindings bindings;
    for (std::size_t k = 0; k < inputs_.size(); ++k) bindings.emplace(inputs_[k], array_of_view(inputs[k], inputs_[k]->dtype()));
    std::vector<Ref> sides;
    for (auto& step : built->rewrites.steps) sides.insert(sides.end(), {step.matched, step.made});
    std::vector<Array> values = interpret(sides, bindings);
    for (std::size_t i = 0; i < built->rewrites.steps.size(); ++i) {
      auto& step = built->rewrites.steps[i];
      const Array &from = values[2 * i], &to = values[2 * i + 1];
      i64 at = first_difference(from, to, step.exact && !reduces(step.matched) && !reduces(step.made), 1);
      if (at < 0) continue;
      throw InternalError("[debug] " + name_ + ": rule " + std::string(step.rule) + " changes a value: " + describe(step.matched) + " is " + number(real_at(from, at)) + " at " + place_text(from, at) +
                              ", what it became, " + describe(step.made) + ", is " + number(real_at(to, at)) + ". Please report this.",
                          step.matched->where);
    }
  }
  static bool reduces(const Ref& r) { return body_of<Reduction>(r) || body_of<Contraction>(r); }

  // The device's value beside the interpreter's, from the device's own operands.
  void check_node(const NodeValue& v, const std::function<i64(const Ref&)>& size) const {
    double magnitude = 1;
    for (const Array* a : v.operands)
      if (a) magnitude = std::max(magnitude, largest(*a));
    Array expected = value_of(v.node, v.operands, size);
    if (body_of<Contraction>(v.node)) magnitude *= magnitude;
    i64 at = first_difference(expected, v.value, false, magnitude);
    if (at < 0) return;
    throw InternalError("[debug] " + name_ + ": the device computes " + describe(Ref(&v.node)) + " as " + number(real_at(v.value, at)) + " at " + place_text(v.value, at) + ", the interpreter as " +
                            number(real_at(expected, at)) + ". Please report this.",
                        v.node.where);
  }
};

class WatchedCall final : public BoundCall {
public:
  WatchedCall(const Watched& owner, std::span<const TensorView> inputs, std::span<const TensorView> outputs)
      : owner_(owner), inputs_(inputs.begin(), inputs.end()), outputs_(outputs.begin(), outputs.end()) {}
  void run() override { owner_.run(inputs_, outputs_); }

private:
  const Watched& owner_;
  std::vector<TensorView> inputs_, outputs_;
};

std::unique_ptr<BoundCall> Watched::bind(std::span<const TensorView> inputs, std::span<const TensorView> outputs) const {
  inner_->output_shapes(inputs);
  return std::make_unique<WatchedCall>(*this, inputs, outputs);
}

} // namespace

Array value_of(const Node& node, const std::vector<const Array*>& operands, const std::function<i64(const Ref&)>& size) {
  Args args;
  for (std::size_t k = 0; k < node.args.size(); ++k) {
    const Ref& a = node.args[k];
    if (operands[k]) args.push_back(constant_array(operands[k]->dtype, operands[k]->shape, operands[k]->bytes));
    else args.push_back(is_literal(*a) ? a : constant_dim(size(a)));
  }
  return interpret(make(*node.op, std::move(args), node.attrs, node.where), {});
}

std::string statistics(const Array& a) {
  std::string text = std::string(name(a.dtype)) + shape_text(a.shape);
  double low = INFINITY, high = -INFINITY, sum = 0;
  i64 nan = 0, infinite = 0, finite = 0;
  for (i64 i = 0; i < a.count(); ++i) {
    double v = real_at(a, i);
    if (std::isnan(v)) ++nan;
    else if (std::isinf(v)) ++infinite;
    else low = std::min(low, v), high = std::max(high, v), sum += v, ++finite;
  }
  if (finite) text += " from " + number(low) + " to " + number(high) + ", mean " + number(sum / static_cast<double>(finite));
  if (nan) text += ", " + std::to_string(nan) + " NaN";
  if (infinite) text += ", " + std::to_string(infinite) + " infinite";
  return text;
}

std::shared_ptr<const Executable> watched(const Program& program, const std::string& device, const WatchOptions& options) {
  return std::make_shared<Watched>(program, device, options);
}

} // namespace croton::inspect
