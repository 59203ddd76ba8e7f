// From inputs, outputs, updates and givens to a program.
#include "src/api/compiled.h"
#include "src/api/promote.h"
#include "src/api/storage.h"
#include "src/inspect/dump.h"
#include "src/inspect/profile.h"
#include <algorithm>
#include <cstring>
#include <map>
#include <unordered_set>

namespace croton::api {

namespace {

using ir::Node;

bool is_state(const Node& n) { return ir::is_variable(n) && n.attrs.find("state"); }
bool is_input(const Node& n) { return ir::is_variable(n) && !n.attrs.find("state"); }

Array public_array(const ir::Array& from) {
  Array a = uninitialized(from.dtype, from.shape);
  if (!from.bytes.empty()) std::memcpy(a.data(), from.bytes.data(), from.bytes.size());
  return a;
}

// The user's callback with public types.
std::function<void(const inspect::NodeValue&, bool)> monitored(const std::function<void(const Monitored&)>& callback) {
  if (!callback) return {};
  return [callback](const inspect::NodeValue& v, bool after) {
    Monitored m{after, std::string(v.node.op->name), ir::describe(Ref(&v.node)), v.node.where, {}, {}};
    for (const ir::Array* a : v.operands) m.operands.push_back(a ? public_array(*a) : Array());
    if (after) m.value = public_array(v.value);
    callback(m);
  };
}

class Builder {
public:
  Builder(const ExprList& inputs, const ExprList& outputs, FunctionOptions options)
      : options_(std::move(options)), who_("[" + options_.name + "] ") {
    compiled_->device = options_.device.empty() ? default_device() : options_.device;
    declare_inputs(inputs);
    for (const Expr& x : outputs.list()) roots_.push_back(ref(x));
    user_outputs_ = roots_.size();
    declare_updates();
    substitute_givens();
    take_looks_out();
    collect();
    check_used();
    set_defaults();
    name_outputs();
  }

  std::shared_ptr<const Compiled> build() {
    Program& p = compiled_->program;
    for (const auto& input : compiled_->inputs) {
      p.inputs.push_back(input.node);
      p.input_names.push_back(input.name);
    }
    for (const StatePtr& state : compiled_->states) {
      p.inputs.push_back(state->node);
      p.input_names.push_back(state->name);
    }
    p.outputs = roots_;
    p.donor.assign(user_outputs_, -1);
    bool asserts = std::any_of(compiled_->looks.begin(), compiled_->looks.end(), [](auto& look) { return look.asserts; });
    for (const StatePtr& state : compiled_->updated) p.donor.push_back(asserts ? -1 : position_of(state)); // a call that fails leaves the state
    p.donor.resize(roots_.size(), -1);
    p.name = options_.name;
    p.strict = options_.strict;
    p.output_names = *compiled_->output_names;
    for (const StatePtr& state : compiled_->updated) p.output_names.push_back("new " + state->name);
    for (const detail::Look& look : compiled_->looks) p.output_names.push_back(look.label);
    p.compilations = std::make_shared<CompilationLog>();
    compiled_->profiled = options_.profile;
    compiled_->watch = {options_.debug, options_.nan_guard, monitored(options_.monitor)};
    compiled_->capture_failures = options_.capture_failures;
    compiled_->failure_captured = std::make_shared<std::atomic<bool>>(false);
    compile_program(*compiled_, "function() on device " + compiled_->device);
    return compiled_;
  }

private:
  FunctionOptions options_;
  std::string who_;
  std::shared_ptr<Compiled> compiled_ = std::make_shared<Compiled>();
  Refs roots_;
  std::size_t user_outputs_ = 0;
  std::unordered_set<const Node*> reached_;

  [[noreturn]] void refuse(const std::string& what) const { throw ValueError(who_ + what); }

  void declare_inputs(const ExprList& inputs) {
    auto names = std::make_shared<std::vector<std::string>>(options_.input_names);
    bool named = !names->empty();
    if (named && names->size() != inputs.list().size())
      refuse("found " + std::to_string(names->size()) + " input names for " + std::to_string(inputs.list().size()) + " inputs.");
    for (const Expr& x : inputs.list()) {
      Ref node = ref(x);
      if (is_state(*node)) refuse(ir::describe(node) + " is a shared variable: it is always at hand. Leave it out of the inputs, or use givens.");
      if (!is_input(*node)) refuse(ir::describe(node) + " is not a variable. Inputs are made by scalar, vector, matrix or tensor.");
      for (const auto& other : compiled_->inputs)
        if (other.node == node) refuse("input " + ir::describe(node) + " stands twice.");
      std::string name = named ? (*names)[compiled_->inputs.size()] : std::string(ir::user_name(*node));
      for (const auto& other : compiled_->inputs)
        if (other.name == name) refuse("two inputs are named '" + name + "'. Rename one, or give input_names.");
      if (!named) names->push_back(name);
      compiled_->inputs.push_back({name, node, {}});
    }
    compiled_->input_names = std::move(names);
  }

  // Updates in the order of their variables' ids, the order in which locks are taken.
  void declare_updates() {
    std::map<i64, std::pair<StatePtr, const In*>> ordered;
    for (const Update& u : options_.updates) {
      const StatePtr& state = detail::Access::state(u.variable);
      if (!state) refuse("an update names an empty shared variable.");
      if (!ordered.emplace(state->id, std::pair(state, &u.value)).second) refuse("'" + state->name + "' is updated twice.");
    }
    for (auto& [id, update] : ordered) {
      roots_.push_back(update_value(*update.first, *update.second));
      compiled_->updated.push_back(update.first);
    }
  }

  Ref update_value(const detail::State& state, const In& given) const {
    const ir::Type& type = state.node->type;
    if (given.is_literal()) return ir::broadcast_to(operand_as("update", given, type.dtype), type.shape);
    Ref value = ref(given.expr());
    std::string text = who_ + "the update of '" + state.name + "' (" + std::string(name(type.dtype)) + ir::to_string(type.shape) + ") is " + ir::describe(value);
    if (value->dtype() != type.dtype) throw DTypeError(text + ". Cast it to " + std::string(name(type.dtype)) + ".");
    bool fits = value->rank() == type.rank();
    for (int i = 0; fits && i < type.rank(); ++i) fits = !ir::provably_different(value->shape()[i], type.shape[i]);
    if (!fits) throw ShapeError(text + ": the shapes differ.");
    return value;
  }

  void substitute_givens() {
    if (options_.givens.empty()) return;
    std::unordered_map<const Node*, Ref> replacement;
    for (const Given& g : options_.givens) {
      Ref from = ref(g.variable), to = operand_as("givens", g.value, from->dtype());
      if (!g.value.is_literal() && ref(g.value.expr())->dtype() != from->dtype())
        throw DTypeError(who_ + "givens: " + ir::describe(from) + " cannot be replaced by " + ir::describe(ref(g.value.expr())) + ": the dtypes differ.");
      for (const auto& input : compiled_->inputs)
        if (input.node == from) refuse("givens replace the input " + ir::describe(from) + ". Leave it out of the inputs.");
      if (g.value.is_literal()) to = ir::broadcast_to(to, from->shape());
      bool fits = from->rank() == to->rank();
      for (int i = 0; fits && i < from->rank(); ++i) fits = !ir::provably_different(from->shape()[i], to->shape()[i]);
      if (!fits) throw ShapeError(who_ + "givens: " + ir::describe(from) + " cannot be replaced by " + ir::describe(to) + ": the shapes differ.");
      if (!replacement.emplace(from.get(), to).second) refuse("givens replace " + ir::describe(from) + " twice.");
    }
    replace_sizes(replacement);
    roots_ = ir::substitute(roots_, [&](const Node& n) {
      auto found = replacement.find(&n);
      return found == replacement.end() ? Ref() : found->second;
    });
  }

  // Prints and asserts become outputs, in the order of the graph, and what they stood for takes their places.
  void take_looks_out() {
    static const ir::Op *const print = ir::find_op("print"), *const assertion = ir::find_op("assert");
    auto is_look = [](const Node& n) { return n.op == print || n.op == assertion; };
    for (const Node* n : ir::post_order(Refs(roots_))) {
      if (!is_look(*n)) continue;
      compiled_->looks.push_back({n->op == assertion, n->attrs.text("label"), n->where});
      roots_.push_back(n->args.back());
    }
    auto any_left = [&] {
      auto order = ir::post_order(roots_);
      return std::any_of(order.begin(), order.end(), [&](const Node* n) { return is_look(*n); });
    };
    while (any_left()) roots_ = ir::substitute(roots_, [&](const Node& n) { return is_look(n) ? n.args[0] : Ref(); });
  }

  // A symbol that only a replaced variable gave becomes the size of what replaces it.
  void replace_sizes(std::unordered_map<const Node*, Ref>& replacement) const {
    std::unordered_set<const Node*> given;
    for (const auto& input : compiled_->inputs)
      for (const Node* n : ir::post_order(input.node)) given.insert(n);
    std::unordered_map<const Node*, Ref> sizes;
    for (auto& [from, to] : replacement)
      for (int i = 0; i < to->rank(); ++i) {
        const Ref& d = from->shape()[i];
        if (!ir::constant_value(d) && d->args.empty() && !given.contains(d.get()) && d != to->shape()[i]) sizes.emplace(d.get(), to->shape()[i]);
      }
    replacement.insert(sizes.begin(), sizes.end());
  }

  void collect() {
    std::map<i64, StatePtr> states;
    for (const Node* n : ir::post_order(roots_)) {
      reached_.insert(n);
      check_dtype(*n);
      if (is_state(*n)) states.emplace(n->attrs.integer("state"), state_of(*n));
      if (is_input(*n) && std::none_of(compiled_->inputs.begin(), compiled_->inputs.end(), [&](auto& x) { return x.node.get() == n; }))
        refuse(ir::describe(Ref(n)) + " is needed but is not among the inputs. Add it, or replace it by givens.");
    }
    for (auto& [id, state] : states) compiled_->states.push_back(state);
    for (const auto& input : compiled_->inputs) check_dtype(*input.node);
    check_sizes_known();
  }

  void check_dtype(const Node& n) const {
    switch (n.dtype()) {
    case DType::f16:
    case DType::bf16:
    case DType::c64:
    case DType::c128:
      throw UnsupportedError(who_ + "dtype " + std::string(name(n.dtype())) + " of " + ir::describe(Ref(&n)) +
                             " is not built yet on device '" + compiled_->device + "'. Use f32 or f64.");
    default: return;
    }
  }

  void check_sizes_known() const {
    std::unordered_set<const Node*> known;
    auto add = [&](const Ref& variable) {
      for (const Ref& d : variable->shape()) known.insert(d.get());
    };
    for (const auto& input : compiled_->inputs) add(input.node);
    for (const auto& state : compiled_->states) add(state->node);
    static const ir::Op* symbol = ir::find_op("dim");
    for (const Node* n : ir::post_order(roots_))
      if (n->op == symbol && !known.contains(n))
        throw ShapeError(who_ + "the size '" + ir::to_string(Ref(n)) + "' is not that of any input. Declare an input with it.");
  }

  // A variable is also used when one of its sizes is.
  void check_used() const {
    if (options_.unused_inputs == Unused::ignore) return;
    for (const auto& input : compiled_->inputs) {
      bool used = reached_.contains(input.node.get());
      for (const Ref& d : input.node->shape()) used |= !ir::constant_value(d) && reached_.contains(d.get());
      if (!used) refuse("input " + ir::describe(input.node) + " is not used. Leave it out, or set unused_inputs = Unused::ignore.");
    }
  }

  void set_defaults() {
    for (const Default& d : options_.defaults) {
      Ref node = ref(d.variable);
      auto input = std::find_if(compiled_->inputs.begin(), compiled_->inputs.end(), [&](auto& x) { return x.node == node; });
      if (input == compiled_->inputs.end()) refuse("the default of " + ir::describe(node) + " names no input.");
      Array value = d.value;
      if (value.rank() == 0 && value.dtype() != node->dtype()) // scalars are weak
        value = array_of(input->name, is_float(value.dtype()) ? TensorArg(value.item<double>()) : TensorArg(value.item<i64>()), node->dtype());
      if (value.dtype() != node->dtype()) throw DTypeError(who_ + "the default of " + ir::describe(node) + " is " + std::string(name(value.dtype())) + ".");
      if (value.rank() != node->rank()) throw ShapeError(who_ + "the default of " + ir::describe(node) + " has the shape " + shape_text(value.shape()) + ".");
      input->default_value = value;
    }
  }

  void name_outputs() {
    auto names = std::make_shared<std::vector<std::string>>(options_.output_names);
    if (!names->empty() && names->size() != user_outputs_)
      refuse("found " + std::to_string(names->size()) + " output names for " + std::to_string(user_outputs_) + " outputs.");
    for (std::size_t i = names->size(); i < user_outputs_; ++i)
      names->push_back(ir::is_variable(*roots_[i]) ? std::string(ir::user_name(*roots_[i])) : "output " + std::to_string(i));
    compiled_->output_names = std::move(names);
  }

  int position_of(const StatePtr& state) const {
    auto found = std::find(compiled_->states.begin(), compiled_->states.end(), state);
    if (found == compiled_->states.end()) return -1;
    return static_cast<int>(compiled_->inputs.size() + static_cast<std::size_t>(found - compiled_->states.begin()));
  }
};

} // namespace

std::shared_ptr<const Compiled> build_function(const ExprList& inputs, const ExprList& outputs, FunctionOptions options) {
  return Builder(inputs, outputs, std::move(options)).build();
}

void compile_program(Compiled& f, const std::string& cause) {
  bool everything = inspect::profiles_everything();
  f.profile = f.profiled || everything ? std::make_shared<inspect::Profile>() : nullptr;
  f.program.observer = f.profile;
  f.program.debug = f.watch.debug;
  f.executable = f.watch.any() ? inspect::watched(f.program, f.device, f.watch) : compile(f.program, f.device);
  ExecutableStats stats = f.executable->stats();
  f.program.compilations->add({cause, ir::LocationScope::current(), stats.compile_ms, stats.from_cache});
  inspect::dump_by_environment(f.program, *f.executable);
  if (everything) inspect::report_at_exit(f.program, f.executable, f.profile);
}

std::shared_ptr<const Compiled> recompiled(const Compiled& f, const std::string& device) {
  auto twin = std::make_shared<Compiled>(f);
  twin->device = device;
  compile_program(*twin, "on(\"" + device + "\"), a device it was not compiled for");
  return twin;
}

} // namespace croton::api
