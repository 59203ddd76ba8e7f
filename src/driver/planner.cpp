#include "src/driver/planner.h"
#include "ir/build.h"
#include "ir/verify.h"
#include "passes/in_place.h"
#include "passes/kernel_passes.h"
#include "passes/lower.h"
#include "passes/prepare.h"
#include "passes/simplify.h"
#include "runtime/cpu/blas.h"
#include "runtime/cpu/features.h"
#include "src/driver/raw.h"
#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <optional>

namespace croton::driver {

using namespace ir;
using namespace passes;

namespace {

class Timer {
public:
  explicit Timer(BuiltProgram& built) : built_(built) {}
  void lap(std::string name) {
    auto now = std::chrono::steady_clock::now();
    built_.pass_ms.emplace_back(std::move(name), std::chrono::duration<double, std::milli>(now - last_).count());
    last_ = now;
  }

private:
  BuiltProgram& built_;
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

class Planner {
public:
  Planner(BuiltProgram& built, const Program& program, const Target& target, const KernelWatch& watch)
      : built_(built), program_(program), target_(target), watch_(watch), plan_(built.plan) {}

  void inputs() {
    for (std::size_t k = 0; k < built_.inputs.size(); ++k) {
      const Node& n = *built_.inputs[k];
      buffer_[&n] = add({Place::input, static_cast<int>(k), n.dtype(), element_count(n.shape())}, &n);
      if (k < program_.layouts.size() && !program_.layouts[k].dense) stride_symbols(static_cast<int>(k), n);
    }
  }

  void groups(std::vector<Ref> roots) {
    alive_.insert(alive_.end(), roots.begin(), roots.end());
    Partition partition = fuse(roots);
    for (auto& [node, reason] : partition.stops) built_.fusion_stops.emplace_back(Ref(node), reason);
    for (Group& g : partition.groups) {
      switch (g.kind) {
      case GroupKind::kernel:
      case GroupKind::scan: kernel(g, partition.stored); break;
      case GroupKind::matmul: gemm(*g.outputs[0]); break;
      case GroupKind::scatter: scatter(*g.outputs[0]); break;
      case GroupKind::opaque: raw(*g.outputs[0]); break;
      }
    }
  }

  void check(const Ref& flag, const Ref& indexed) { last_.reset(); plan_.steps.push_back(CheckStep{buffer_of_node(*flag), indexed.get()}); alive_.push_back(indexed); }

  /// Computed outputs are written where the caller wants them; the others are copied there.
  void name_outputs(const std::vector<Ref>& outputs) {
    for (std::size_t k = 0; k < outputs.size(); ++k) {
      const Node* n = outputs[k].get();
      if (is_stored_leaf(*n) || output_of_.contains(n)) continue;
      output_of_[n] = static_cast<int>(k);
    }
  }
  void copy_outputs(const std::vector<Ref>& outputs) {
    for (std::size_t k = 0; k < outputs.size(); ++k) {
      const Node* n = outputs[k].get();
      auto owner = output_of_.find(n);
      if (owner != output_of_.end() && owner->second == static_cast<int>(k)) continue;
      int to = add({Place::output, static_cast<int>(k), n->dtype(), element_count(n->shape())}, n);
      int from = dense_buffer(*n);
      plan_.steps.push_back(CopyStep{from, to, index_mul(element_count(n->shape()), constant_dim(static_cast<i64>(size_of(n->dtype()))))});
    }
  }

  void finish() {
    lifetimes();
    plan_.dims = built_.binding->symbols();
    for (auto [input, axis] : built_.strides) plan_.dims.push_back(strides_.at(built_.inputs[static_cast<std::size_t>(input)].get())[static_cast<std::size_t>(axis)]);
    decide_in_place();
  }

private:
  BuiltProgram& built_;
  const Program& program_;
  const Target& target_;
  const KernelWatch& watch_;
  Plan& plan_;
  std::unordered_map<const Node*, int> buffer_;
  std::unordered_map<const Node*, int> output_of_;
  std::unordered_map<std::string, int> names_;
  std::unordered_map<const Node*, std::vector<Ref>> strides_; ///< of the inputs that are not dense
  std::unordered_map<const Node*, int> packed_;               ///< their dense copies
  std::vector<Ref> alive_;
  std::vector<std::vector<bool>> reads_elsewhere_; ///< per step: kernel buffers read at other indices than they are written

  int add(PlanBuffer b, const Node* holds = nullptr) {
    b.node = Ref(holds);
    plan_.buffers.push_back(std::move(b));
    return static_cast<int>(plan_.buffers.size()) - 1;
  }

  void stride_symbols(int input, const Node& n) {
    std::vector<Ref>& strides = strides_[&n];
    for (int axis = 0; axis < n.rank(); ++axis) {
      if (axis == program_.layouts[static_cast<std::size_t>(input)].unit_axis) {
        strides.push_back(constant_dim(1));
        continue;
      }
      strides.push_back(symbol_dim("stride " + std::to_string(axis) + " of input " + std::to_string(input)));
      built_.strides.emplace_back(input, axis);
    }
  }
  std::vector<Ref> strides_of(const Node& n) const {
    auto strided = strides_.find(&n);
    return strided == strides_.end() ? dense_strides(n.shape()) : strided->second;
  }

  /// For steps that need their operands one element after the other: a strided input is copied once, by a kernel.
  int dense_buffer(const Node& n) {
    if (!strides_.contains(&n)) return buffer_of_node(n);
    auto [found, fresh] = packed_.try_emplace(&n, -1);
    if (!fresh) return found->second;
    Nest nest;
    nest.name = unique(program_.name + ".pack");
    Ref from = ir::buffer_of("b0", n.dtype()), to = ir::buffer_of("b1", n.dtype()), read = constant_dim(0), write = constant_dim(0);
    std::vector<Ref> strides = strides_of(n), dense = dense_strides(n.shape());
    for (std::size_t axis = 0; axis < strides.size(); ++axis) {
      nest.outer.push_back({register_of("o" + std::to_string(axis), DType::i64), n.shape()[axis]});
      read = index_add(read, index_mul(nest.outer.back().var, strides[axis]));
      write = index_add(write, index_mul(nest.outer.back().var, dense[axis]));
    }
    nest.writes.push_back({to, write, load(from, read), {}, 0});
    nest.buffers = {{from, false}, {to, true}};
    ScheduledKernel scheduled = target_.schedule(std::move(nest));
    finish_kernel(scheduled.kernel);
    found->second = add({Place::temporary, 0, n.dtype(), element_count(n.shape())}, &n);
    LaunchStep step{static_cast<int>(built_.kernels.size()), {}};
    for (const BufferParam& b : scheduled.kernel.buffers) step.buffers.push_back(b.buffer == from ? buffer_of_node(n) : found->second);
    plan_.steps.push_back(std::move(step));
    built_.kernels.push_back(std::move(scheduled.kernel));
    built_.kernel_members.push_back({Ref(&n)});
    return found->second;
  }

  int buffer_of_node(const Node& n) {
    auto [found, fresh] = buffer_.try_emplace(&n, -1);
    if (!fresh) return found->second;
    Ref count = element_count(n.shape());
    int id = -1;
    if (is_constant(n) && n.attrs.find("data")) {
      plan_.constants.push_back(Ref(&n));
      id = add({Place::constant, static_cast<int>(plan_.constants.size()) - 1, n.dtype(), count}, &n);
    } else if (auto out = output_of_.find(&n); out != output_of_.end()) {
      id = add({Place::output, out->second, n.dtype(), count}, &n);
    } else {
      id = add({Place::temporary, 0, n.dtype(), count}, &n);
    }
    return buffer_[&n] = id;
  }

  std::string unique(std::string stem) {
    int k = names_[stem]++;
    return k ? stem + "_" + std::to_string(k) : stem;
  }

  /// A kernel being built: its buffers by their plan ids. Buffers are numbered inside the kernel, so that kernels that do
  /// the same read the same.
  struct Naming {
    std::unordered_map<int, int> local;
    std::unordered_map<const Node*, int> ids;
    std::unordered_set<int> row_results; ///< outputs with one element for each outer iteration
  };
  std::optional<Naming> last_; ///< of the previous step, when it is a kernel over rows

  /// The caller's memory, and no operand's.
  bool is_result(int buffer) const {
    const PlanBuffer& b = plan_.buffers[static_cast<std::size_t>(buffer)];
    auto output = static_cast<std::size_t>(b.index);
    return b.place == Place::output && (output >= program_.donor.size() || program_.donor[output] < 0);
  }

  ScheduledKernel lowered(Group& g, const std::unordered_set<const Node*>& stored, Naming& naming, const std::string& name) {
    LayoutOf layout_of = [&](const Node& n) {
      int id = buffer_of_node(n);
      auto [known, fresh] = naming.local.try_emplace(id, static_cast<int>(naming.local.size()));
      Ref buffer = ir::buffer_of("b" + std::to_string(known->second), n.dtype());
      if (fresh) naming.ids[buffer.get()] = id, alive_.push_back(buffer);
      return Layout{buffer, strides_of(n)};
    };
    Nest nest = lower(g, stored, layout_of, name);
    for (const BufferParam& b : nest.buffers)
      if (b.is_written && is_result(naming.ids.at(b.buffer.get()))) nest.results.push_back(b.buffer);
    ScheduledKernel scheduled = target_.schedule(std::move(nest));
    finish_kernel(scheduled.kernel);
    return scheduled;
  }

  void finish_kernel(Kernel& kernel) const {
    auto after = [&](std::string_view pass) {
      if (watch_) watch_(pass, kernel);
    };
    after("schedule");
    if (!program_.strict) contract(kernel);
    after("contract");
    expand(kernel, target_.dialect, target_.features);
    after("expand");
    hoist(kernel);
    after("hoist");
  }

  void kernel(Group& g, const std::unordered_set<const Node*>& stored) {
    bool total = g.has_reduction && g.outer.empty();
    if (total && last_ && finish_in_previous(g, stored)) return;
    Naming naming;
    ScheduledKernel scheduled = lowered(g, stored, naming, unique(program_.name + "." + std::string(g.outputs[0]->op->name)));
    for (const Scratch& t : scheduled.temporaries) naming.ids[t.buffer.get()] = add({Place::temporary, 0, t.buffer->dtype(), t.size}), alive_.push_back(t.buffer);
    LaunchStep step{static_cast<int>(built_.kernels.size()), {}};
    for (const BufferParam& b : scheduled.kernel.buffers) step.buffers.push_back(naming.ids.at(b.buffer.get()));
    plan_.steps.push_back(std::move(step));
    built_.kernels.push_back(std::move(scheduled.kernel));
    built_.kernel_members.push_back(members_of(g));
    last_.reset();
    if (total) return;
    for (const Node* out : g.outputs) {
      const Index& at = g.output_index.at(out);
      bool only_outer = std::all_of(at.begin(), at.end(), [&](const Ref& i) { return !g.extent.contains(i.get()) || std::find(g.outer.begin(), g.outer.end(), i) != g.outer.end(); });
      if (only_outer && g.has_reduction) naming.row_results.insert(buffer_of_node(*out));
    }
    last_ = std::move(naming);
  }

  /// In the order they are computed. The walk stays inside the group, so that all groups together cost one pass.
  static std::vector<Ref> members_of(const Group& g) {
    std::vector<Ref> members;
    std::unordered_set<const Node*> seen;
    std::vector<std::pair<const Node*, std::size_t>> stack;
    for (const Node* out : g.outputs) {
      if (seen.insert(out).second) stack.emplace_back(out, 0);
      while (!stack.empty()) {
        auto& [node, next] = stack.back();
        if (next == node->args.size()) {
          members.emplace_back(node);
          stack.pop_back();
          continue;
        }
        const Node* arg = node->args[next++].get();
        if (g.members.contains(arg) && seen.insert(arg).second) stack.emplace_back(arg, 0);
      }
    }
    return members;
  }

  // A total of what the previous kernel computes for each row (a loss over a batch) becomes that kernel's last phases: the
  // rows are a few numbers still in cache, and there is one launch.
  bool finish_in_previous(Group& g, const std::unordered_set<const Node*>& stored) {
    auto* step = std::get_if<LaunchStep>(&plan_.steps.back());
    if (!step) return false;
    Naming naming = *last_;
    Kernel& previous = built_.kernels[static_cast<std::size_t>(step->kernel)];
    ScheduledKernel tail = lowered(g, stored, naming, previous.name);
    for (const BufferParam& b : tail.kernel.buffers) {
      auto id = naming.ids.find(b.buffer.get());
      if (!b.is_written && (id == naming.ids.end() || !naming.row_results.contains(id->second))) return false;
    }
    for (const Scratch& t : tail.temporaries) naming.ids[t.buffer.get()] = add({Place::temporary, 0, t.buffer->dtype(), t.size}), alive_.push_back(t.buffer);
    for (const BufferParam& b : tail.kernel.buffers) {
      auto known = std::find_if(previous.buffers.begin(), previous.buffers.end(), [&](const BufferParam& x) { return x.buffer == b.buffer; });
      if (known != previous.buffers.end()) {
        known->is_written |= b.is_written;
        continue;
      }
      previous.buffers.push_back(b);
      step->buffers.push_back(naming.ids.at(b.buffer.get()));
    }
    for (const Ref& scalar : tail.kernel.scalars)
      if (std::find(previous.scalars.begin(), previous.scalars.end(), scalar) == previous.scalars.end()) previous.scalars.push_back(scalar);
    for (Phase& phase : tail.kernel.phases) previous.phases.push_back(std::move(phase));
    auto& members = built_.kernel_members[static_cast<std::size_t>(step->kernel)];
    for (Ref& m : members_of(g)) members.push_back(std::move(m));
    last_.reset();
    return true;
  }

  void gemm(const Node& n) {
    GemmStep s;
    last_.reset();
    s.dtype = n.dtype();
    const Shape& shape = n.shape();
    s.m = shape[shape.size() - 2];
    s.n = shape.back();
    s.k = n.args[0]->shape().back();
    s.batch = element_count(Shape(shape.begin(), shape.end() - 2));
    s.a = dense_buffer(*library_operand(*n.args[0], &s.trans_a));
    s.b = dense_buffer(*library_operand(*n.args[1], &s.trans_b));
    if (n.args.size() > 2) s.bias = dense_buffer(*n.args[2]);
    s.activation = activation_of(n);
    s.c = buffer_of_node(n);
    if (product_by(target_, program_.strict, n) == ProductBy::kernel) return product_kernel(n, s);
    plan_.steps.push_back(std::move(s));
  }

  void product_kernel(const Node& n, const GemmStep& s) {
    auto operand = [&](const char* name) { return ir::buffer_of(name, s.dtype); };
    ProductNest nest{unique(program_.name + ".matmul"), operand("b0"), operand("b1"), operand("b2"), s.trans_a, s.trans_b, s.batch, s.m, s.n, s.k};
    step_kernel(n, target_.product(nest), {s.a, s.b, s.c});
  }

  void scatter(const Node& n) {
    last_.reset();
    ScatterStep s;
    s.dtype = n.dtype();
    s.index_dtype = n.args[1]->dtype();
    s.rows = n.shape()[0];
    s.row_size = element_count(Shape(n.shape().begin() + 1, n.shape().end()));
    s.count = n.args[1]->shape()[0];
    s.x = dense_buffer(*n.args[0]);
    s.positions = dense_buffer(*n.args[1]);
    s.result = buffer_of_node(n);
    if (target_.scatter) return scatter_kernel(n, s);
    plan_.steps.push_back(std::move(s));
  }

  void scatter_kernel(const Node& n, const ScatterStep& s) {
    ScatterNest nest{unique(program_.name + ".scatter_add"), ir::buffer_of("b0", s.dtype), ir::buffer_of("b1", s.index_dtype), ir::buffer_of("b2", s.dtype), s.rows, s.row_size, s.count};
    step_kernel(n, target_.scatter(nest), {s.x, s.positions, s.result});
  }

  void raw(const Node& n) {
    last_.reset();
    expect_raw_body(n, target_.raw);
    RawStep s = raw_step(n);
    for (const Ref& a : n.args) s.operands.push_back(dense_buffer(*a));
    s.result = buffer_of_node(n);
    plan_.steps.push_back(std::move(s));
  }

  /// A kernel that stands for one node, and its buffers in the plan.
  void step_kernel(const Node& n, ScheduledKernel scheduled, std::vector<int> buffers) {
    finish_kernel(scheduled.kernel);
    plan_.steps.push_back(LaunchStep{static_cast<int>(built_.kernels.size()), std::move(buffers)});
    built_.kernels.push_back(std::move(scheduled.kernel));
    built_.kernel_members.push_back({Ref(&n)});
  }

  // ---- after all steps ----

  void lifetimes() {
    for (PlanBuffer& b : plan_.buffers) b.first = static_cast<int>(plan_.steps.size()), b.last = -1;
    for (int s = 0; s < static_cast<int>(plan_.steps.size()); ++s) {
      StepBuffers used = buffers_of(plan_.steps[static_cast<std::size_t>(s)], built_.kernels);
      for (const auto* ids : {&used.reads, &used.writes})
        for (int id : *ids) {
          PlanBuffer& b = plan_.buffers[static_cast<std::size_t>(id)];
          b.first = std::min(b.first, s);
          b.last = std::max(b.last, s);
        }
    }
  }

  // An output may take its donor's memory when nothing reads the donor after the step that writes it, and that step
  // reads the donor exactly where it writes.
  void decide_in_place() {
    plan_.in_place.assign(built_.outputs.size(), false);
    for (std::size_t k = 0; k < built_.outputs.size(); ++k) {
      int donor = k < program_.donor.size() ? program_.donor[k] : -1;
      if (donor < 0) continue;
      const Node* given = built_.inputs[static_cast<std::size_t>(donor)].get();
      if (strides_.contains(given)) continue;
      int in = buffer_.at(given);
      int out = -1;
      for (std::size_t b = 0; b < plan_.buffers.size(); ++b)
        if (plan_.buffers[b].place == Place::output && plan_.buffers[b].index == static_cast<int>(k)) out = static_cast<int>(b);
      if (out < 0) continue;
      int write = plan_.buffers[static_cast<std::size_t>(out)].first;
      int last_read = plan_.buffers[static_cast<std::size_t>(in)].last;
      if (last_read < write) plan_.in_place[k] = true;
      else if (last_read == write) plan_.in_place[k] = same_index(plan_.steps[static_cast<std::size_t>(write)], in, out);
    }
  }

  bool same_index(const Step& step, int in, int out) const {
    auto* launch = std::get_if<LaunchStep>(&step);
    if (!launch) return std::holds_alternative<CopyStep>(step);
    const Kernel& k = built_.kernels[static_cast<std::size_t>(launch->kernel)];
    Ref read, write;
    for (std::size_t i = 0; i < launch->buffers.size(); ++i) {
      if (launch->buffers[i] == in) read = k.buffers[i].buffer;
      if (launch->buffers[i] == out) write = k.buffers[i].buffer;
    }
    return writes_after_reads(k, read, write);
  }
};

} // namespace

namespace {
/// Debug builds check the graph between passes and name the guilty one.
void check_graph([[maybe_unused]] const std::vector<Ref>& graph, [[maybe_unused]] std::string_view pass) {
#ifndef NDEBUG
  verify(graph, pass);
#endif
}
} // namespace

i64 stream_bytes() {
  static const i64 bytes = [] {
    constexpr i64 usual = i64(32) << 20; // beyond what a cache keeps until it is read
    const char* text = std::getenv("CROTON_STREAM_BYTES");
    i64 wanted = usual;
    if (!text) return usual;
    auto [end, error] = std::from_chars(text, text + std::strlen(text), wanted);
    return error == std::errc() && *end == '\0' && wanted >= 0 ? wanted : usual;
  }();
  return bytes;
}

Target cpu_target() {
  return {.dialect = Dialect::llvm,
          .features = runtime::cpu_features(),
          .schedule = [](Nest nest) { return schedule_cpu(std::move(nest), CpuFacts{.stream_bytes = stream_bytes()}); },
          .has_product_library = [](const Node& matmul) { return runtime::blas::available(matmul.dtype()); },
          .raw = {"cpu", RawLanguage::c}};
}

ProductBy product_by(const Target& target, bool strict, const Node& matmul) {
  if (strict) return ProductBy::fusion; // one tree on every device
  if (target.has_product_library && target.has_product_library(matmul)) return ProductBy::library;
  return target.product && is_float(matmul.dtype()) ? ProductBy::kernel : ProductBy::fusion;
}

BuiltProgram build(const Program& program, const Target& target, const KernelWatch& watch) {
  BuiltProgram built;
  built.rebuild = [program, target](const KernelWatch& again) { build(program, target, again); };
  Timer timer(built);
  built.written = program.outputs;

  std::vector<Ref> roots = program.outputs;
  roots.insert(roots.end(), program.inputs.begin(), program.inputs.end());
  UnifiedDims unified = unify_dims(roots);
  std::size_t outputs = program.outputs.size();
  built.binding.emplace(program, unified);
  built.inputs = built.binding->inputs();
  std::vector<Ref> graph(unified.roots.begin(), unified.roots.begin() + static_cast<std::ptrdiff_t>(outputs));
  built.unified = graph;
  check_graph(graph, "unify_dims");
  timer.lap("unify_dims");

  // Positions are checked as the user wrote them: a rewrite may drop a read whose value does not matter.
  auto checks = position_checks(graph);
  graph = simplify(graph, {}, &built.rewrites);
  built.simplified = graph;
  check_graph(graph, "simplify");
  timer.lap("simplify");
  auto is_step = [&](const Node& matmul) { return product_by(target, program.strict, matmul) != ProductBy::fusion; };
  graph = prepare(graph, is_step, &built.rewrites);
  check_graph(graph, "prepare");
  if (target.has_epilogue) {
    graph = take_epilogues(graph, [&](const Node& product, bool bias, Activation activation) {
      return product_by(target, program.strict, product) == ProductBy::library && target.has_epilogue(product, bias, activation);
    });
    check_graph(graph, "epilogue");
  }
  built.outputs = graph;
  timer.lap("prepare");

  Planner planner(built, program, target, watch);
  planner.inputs();
  std::vector<Ref> flags;
  for (auto& [flag, node] : checks) flags.push_back(flag);
  flags = prepare(simplify(flags), is_step);
  planner.groups(flags);
  for (std::size_t i = 0; i < checks.size(); ++i) planner.check(flags[i], checks[i].second);
  planner.name_outputs(graph);
  planner.groups(graph);
  planner.copy_outputs(graph);
  planner.finish();
  if (target.narrow_indices)
    for (const Kernel& kernel : built.kernels) built.narrow.emplace_back(kernel);
  timer.lap("fuse and lower");
  return built;
}

} // namespace croton::driver
