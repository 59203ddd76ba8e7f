#include "passes/schedule_base.h"
#include "passes/collapse.h"
#include "passes/vectorize.h"
#include <algorithm>
#include <unordered_set>

namespace croton::passes {

using namespace ir;

Accumulator accumulator_of(const Reduce& r) {
  const Node* node = r.node;
  const Reduction* body = body_of<Reduction>(*node);
  return {body->identity(*node), [=](const Ref& e, const Ref& p) { return body->lift(*node, e, p); },
          [=](const State& a, const State& b) { return body->merge(*node, a, b); }, r.element,
          body->needs_index ? r.position : Ref()};
}

Accumulator block_accumulator(const Reduce& r, const BlockStage& pass, const std::vector<Ref>& previous, const Ref& count) {
  const Node* node = r.node;
  auto map = pass.map;
  auto merge = pass.merge;
  return {{constant_like(r.element, pass.identity)}, [=](const Ref& e, const Ref&) -> State { return {map(*node, e, previous, count)}; },
          [=](const State& a, const State& b) -> State { return {merge(a[0], b[0])}; }, r.element, nullptr};
}

bool is_blocked(const Reduce& r) { return !body_of<Reduction>(*r.node)->block.empty(); }

int cost_of(const Ref& e) {
  int cost = 0;
  for (const Node* n : post_order(e))
    if (auto* p = body_of<Pointwise>(*n)) cost += p->cost;
  return cost;
}

bool same_loops(const std::vector<Axis>& a, const std::vector<Axis>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Axis& x, const Axis& y) { return x.var == y.var; });
}

bool depends_on(const Ref& e, const std::vector<Axis>& axes) {
  for (const Node* n : post_order(e))
    for (const Axis& a : axes)
      if (a.var.get() == n) return true;
  return false;
}

// Reductions stream along whichever axis most of their loads walk.
NestShape shape_of(const Nest& nest) {
  if (nest.scan) return NestShape::scan;
  if (nest.reduces.empty()) return NestShape::map;
  if (nest.outer.empty()) return NestShape::total;
  int inner = 0;
  for (const Reduce& r : nest.reduces)
    if (!r.loops.empty()) inner = std::max(inner, unit_strides(nest, r.loops.back().var));
  int outer = unit_strides(nest, nest.outer.back().var);
  bool has_loops = false;
  for (const Reduce& r : nest.reduces) has_loops |= !r.loops.empty();
  // Writes of one element per outer iteration count for the outer axis; the loads of the stages decide.
  int direct = 0;
  for (const Write& w : nest.writes) direct += w.loops.empty();
  return has_loops && outer - direct > inner ? NestShape::columns : NestShape::rows;
}

Running::Running(const Scan& scan) : node(scan.node), reverse(node->attrs.integer("reverse") != 0), exclusive(node->attrs.integer("exclusive") != 0) {
  const PrefixScan& body = *body_of<PrefixScan>(*node);
  identity = body.identity(*node);
  lifted = body.lift(*node, scan.elements);
}
State Running::merge(const State& left, const State& right) const { return body_of<PrefixScan>(*node)->merge(*node, left, right); }
Ref Running::finish(const State& state) const { return body_of<PrefixScan>(*node)->finish(*node, state); }
int Running::cost() const {
  int cost = 2;
  for (const Ref& r : merge(lifted, lifted)) cost += cost_of(r);
  return cost;
}

bool scans_rows(const Nest& nest) {
  auto linear = linear_in(nest.scan->index, nest.scan->axis.var);
  return nest.outer.empty() || (linear && constant_value(linear->scale) == 1);
}

State merge_pairwise(std::vector<State> parts, const std::function<State(const State&, const State&)>& merge) {
  for (std::size_t width = parts.size(); width > 1; width = (width + 1) / 2) {
    for (std::size_t k = 0; k < width / 2; ++k) parts[k] = merge(parts[2 * k], parts[2 * k + 1]);
    if (width % 2 == 1) parts[width / 2] = std::move(parts[width - 1]);
  }
  return std::move(parts[0]);
}

State state_after(const Reduce& r, State before, const std::vector<Ref>& elements, const std::function<Ref(const Ref&)>& keep) {
  const Reduction* body = body_of<Reduction>(*r.node);
  Ref count = constant_dim(static_cast<i64>(elements.size()));
  bool starts = body->block[0].start != nullptr;
  if (starts)
    for (Ref& s : before) s = keep(s);
  State values;
  for (const BlockStage& stage : body->block) {
    Accumulator pass = block_accumulator(r, stage, values, count);
    std::vector<State> parts;
    for (const Ref& x : elements) parts.push_back(pass.lift(x, nullptr));
    State value = merge_pairwise(std::move(parts), pass.merge);
    if (starts) value = pass.merge({stage.start(*r.node, before, values)}, value);
    values.push_back(keep(value[0]));
  }
  State block = body->from_block(*r.node, values, count);
  return starts ? block : body->merge(*r.node, before, block);
}

void collect_scalars(Kernel& kernel) {
  static const Op* const dim = find_op("dim");
  auto look = [&](const Ref& e) {
    for (const Node* n : post_order(e)) {
      if (n->op != dim) continue;
      bool known = false;
      for (const Ref& s : kernel.scalars) known |= s.get() == n;
      if (!known) kernel.scalars.push_back(Ref(n));
    }
  };
  std::function<void(const Block&)> walk = [&](const Block& block) {
    for (const Stmt& stmt : block) {
      for_each_expression(stmt, look);
      if (auto* loop = std::get_if<For>(&stmt.as)) {
        for (auto& c : loop->carried) look(c.next);
        walk(loop->body);
      } else if (auto* branch = std::get_if<If>(&stmt.as)) {
        walk(branch->body);
      }
    }
  };
  for (const Phase& phase : kernel.phases) {
    look(phase.extent);
    look(phase.work);
    for (const Scratch& s : phase.scratch) look(s.size);
    walk(phase.body);
  }
}

i64 choose_lanes(const Nest& nest, i64 vector_bytes) {
  std::size_t widest = 4;
  auto look = [&](const Ref& e) {
    for (const Node* n : post_order(e))
      if (is_load(*n)) widest = std::max(widest, size_of(n->dtype()));
  };
  for (const Reduce& r : nest.reduces) look(r.element);
  if (nest.scan) {
    for (const Ref& e : nest.scan->elements) look(e);
    widest = std::max(widest, size_of(nest.scan->buffer->dtype()));
  }
  for (const Write& w : nest.writes) {
    look(w.value);
    if (!w.loops.empty() || nest.reduces.empty()) widest = std::max(widest, size_of(w.buffer->dtype()));
  }
  return vector_bytes / static_cast<i64>(std::min<std::size_t>(widest, 8));
}

int unroll_of(const std::vector<Accumulator>& accumulators) {
  int cost = 0;
  std::size_t states = 0;
  for (const Accumulator& a : accumulators) {
    cost += cost_of(a.element);
    if (!a.lift(a.element, a.position ? a.position : constant_dim(0)).empty()) {
      State s = a.lift(a.element, a.position ? a.position : constant_dim(0));
      states += s.size();
      for (const Ref& r : s) cost += cost_of(r) - cost_of(a.element);
    }
  }
  if (states == 0 || cost > 30) return 1;
  return cost > 10 || states > 2 ? 2 : 4;
}

NestScheduler::NestScheduler(Nest nest) : nest_(std::move(nest)) {
  result_.kernel.name = nest_.name;
  result_.kernel.buffers = nest_.buffers;
}

// ---- names and small expressions ----

Ref NestScheduler::fresh(std::string_view stem, DType dtype, i64 lanes) {
  return register_of(std::string(stem) + "." + std::to_string(names_++), dtype, lanes);
}
Ref NestScheduler::fresh_buffer(std::string_view stem, DType dtype) {
  return buffer_of(std::string(stem) + "." + std::to_string(names_++), dtype);
}
Ref NestScheduler::bind(Block& out, std::string_view stem, const Ref& value) {
  if (value->args.empty()) return value;
  Ref var = fresh(stem, value->dtype(), lanes_of(*value));
  out.push_back({Let{var, value}});
  return var;
}
Ref NestScheduler::round_down(const Ref& count, i64 multiple) {
  if (auto k = constant_value(count)) return constant_dim(*k / multiple * multiple);
  return call("bitwise_and", {count, constant_dim(-multiple)}); // a power of two
}
Ref NestScheduler::round_up_quotient(const Ref& count, i64 divisor) {
  if (auto k = constant_value(count)) return constant_dim((*k + divisor - 1) / divisor);
  return call("quotient", {index_add(count, constant_dim(divisor - 1)), constant_dim(divisor)});
}
int NestScheduler::max_level() const {
  int level = 0;
  for (const Reduce& r : nest_.reduces) level = std::max(level, r.level);
  for (const Write& w : nest_.writes) level = std::max(level, w.level);
  return level;
}

// ---- phases ----

Phase NestScheduler::new_phase(const Ref& extent, const Ref& work) {
  Phase phase;
  phase.begin = fresh("begin", DType::i64);
  phase.end = fresh("end", DType::i64);
  phase.extent = extent;
  phase.work = work;
  return phase;
}

Ref NestScheduler::product(const std::vector<Axis>& axes) {
  Ref count = constant_dim(1);
  for (const Axis& a : axes) count = index_mul(count, a.extent);
  return count;
}

Ref NestScheduler::work_of(const std::vector<Axis>& loops, int cost) {
  return index_mul(product(loops), constant_dim(std::max(1, cost)));
}

void NestScheduler::bind_axes(Block& out, const std::vector<Axis>& axes, const Ref& flat) {
  Ref rest = flat;
  for (std::size_t i = axes.size(); i-- > 0;) {
    if (i == 0) {
      out.push_back({Let{axes[0].var, rest}});
      return;
    }
    Ref q = bind(out, "q", call("quotient", {rest, axes[i].extent}));
    out.push_back({Let{axes[i].var, index_sub(rest, index_mul(q, axes[i].extent))}});
    rest = q;
  }
}

bool NestScheduler::copies_apart() const {
  return std::all_of(nest_.reduces.begin(), nest_.reduces.end(), [](const Reduce& r) { return r.level == 0; }) &&
         std::all_of(nest_.writes.begin(), nest_.writes.end(), [](const Write& w) { return w.loops.empty(); });
}

std::vector<std::vector<Axis>> NestScheduler::loop_lists(int level) const {
  std::vector<std::vector<Axis>> lists;
  auto add = [&](const std::vector<Axis>& loops) {
    if (std::none_of(lists.begin(), lists.end(), [&](auto& l) { return same_loops(l, loops); })) lists.push_back(loops);
  };
  for (const Reduce& r : nest_.reduces)
    if (r.level == level) add(r.loops);
  for (const Write& w : nest_.writes)
    if (w.level == level && !w.loops.empty()) add(w.loops);
  return lists;
}

// A dear value used at two levels is computed at the first and kept in a row of cache.
void NestScheduler::keep_shared_values(Phase& phase) {
  for (int level = 0; level < max_level(); ++level)
    for (const auto& loops : loop_lists(level)) {
      if (loops.empty()) continue;
      std::unordered_set<const Node*> here;
      auto collect = [&](const Ref& e) { for (const Node* n : post_order(e)) here.insert(n); };
      for (const Reduce& r : nest_.reduces)
        if (r.level == level && same_loops(r.loops, loops)) collect(r.element);
      std::unordered_map<const Node*, Ref> kept;
      auto keep = [&](Ref& e) {
        auto order = post_order(e);
        for (auto it = order.rbegin(); it != order.rend(); ++it) {
          const Node* n = *it;
          if (!here.contains(n) || kept.contains(n) || !body_of<Pointwise>(*n) || cost_of(Ref(n)) < 8 || !depends_on(Ref(n), loops)) continue;
          bool covered = false;
          for (auto& [outer, _] : kept)
            for (const Node* m : post_order(Ref(outer))) covered |= m == n;
          if (covered) continue;
          Ref row = fresh_buffer("row", n->dtype());
          phase.scratch.push_back({row, product(loops)});
          Ref position = constant_dim(0);
          for (const Axis& a : loops) position = index_add(index_mul(position, a.extent), a.var);
          nest_.writes.push_back({row, position, Ref(n), loops, level});
          kept.emplace(n, load(row, position));
        }
        e = replace(e, kept);
      };
      std::size_t writes = nest_.writes.size();
      for (Reduce& r : nest_.reduces)
        if (r.level > level && same_loops(r.loops, loops)) keep(r.element);
      for (std::size_t w = 0; w < writes; ++w)
        if (nest_.writes[w].level > level && same_loops(nest_.writes[w].loops, loops)) {
          Ref value = nest_.writes[w].value;
          keep(value);
          nest_.writes[w].value = value;
        }
    }
}

} // namespace croton::passes
