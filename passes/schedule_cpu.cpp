#include "passes/schedule_cpu.h"
#include "passes/collapse.h"
#include "passes/schedule_parts.h"

namespace croton::passes {

using namespace ir;

namespace {

enum class Shape { map, rows, columns, total };

// Reductions stream along whichever axis most of their loads walk.
Shape choose(const Nest& nest) {
  if (nest.reduces.empty()) return Shape::map;
  if (nest.outer.empty()) return Shape::total;
  int inner = 0;
  for (const Reduce& r : nest.reduces)
    if (!r.loops.empty()) inner = std::max(inner, unit_strides(nest, r.loops.back().var));
  int outer = unit_strides(nest, nest.outer.back().var);
  bool has_loops = false;
  for (const Reduce& r : nest.reduces) has_loops |= !r.loops.empty();
  // Writes of one element per outer iteration count for the outer axis; the loads of the stages decide.
  int direct = 0;
  for (const Write& w : nest.writes) direct += w.loops.empty();
  return has_loops && outer - direct > inner ? Shape::columns : Shape::rows;
}

} // namespace

// The scalars of a kernel are the sizes its expressions mention.
static void collect_scalars(Kernel& kernel) {
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

ScheduledKernel schedule_cpu(Nest nest, const CpuFacts& facts) {
  collapse(nest);
  Scheduler scheduler(std::move(nest), facts);
  switch (choose(scheduler.nest())) {
  case Shape::map: scheduler.map(); break;
  case Shape::rows: scheduler.rows(); break;
  case Shape::columns: scheduler.columns(); break;
  case Shape::total: scheduler.total(); break;
  }
  ScheduledKernel scheduled = scheduler.take();
  collect_scalars(scheduled.kernel);
  return scheduled;
}

} // namespace croton::passes
