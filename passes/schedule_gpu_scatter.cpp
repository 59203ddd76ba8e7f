#include "passes/schedule_gpu_scatter.h"
#include "passes/schedule_base.h"

namespace croton::passes {

using namespace ir;

ScheduledKernel schedule_gpu_scatter(const ScatterNest& nest, const GpuFacts& facts) {
  ScheduledKernel scheduled;
  Kernel& kernel = scheduled.kernel;
  kernel.name = nest.name;
  kernel.buffers = {{nest.x, false}, {nest.positions, false}, {nest.result, true}};
  auto reg = [](const char* name, DType dtype = DType::i64) { return register_of(name, dtype); };
  Ref threads = constant_dim(facts.threads);
  Phase phase;
  phase.begin = reg("begin");
  phase.end = reg("end");
  phase.extent = call("quotient", {index_add(nest.row_size, constant_dim(facts.threads - 1)), threads});
  phase.work = constant_dim(1);
  phase.threads = {facts.threads, reg("thread"), {}};

  For parts{reg("p"), phase.begin, phase.end};
  Ref column = reg("column"), inside = reg("inside", DType::bool_);
  parts.body.push_back({Let{column, index_add(index_mul(parts.var, threads), phase.threads.index)}});
  parts.body.push_back({Let{inside, call("less", {column, nest.row_size})}});
  For zeros{reg("row"), constant_dim(0), nest.rows};
  zeros.body.push_back({Store{nest.result, index_add(index_mul(zeros.var, nest.row_size), column), constant(nest.result->dtype(), 0), inside}});
  For adds{reg("i"), constant_dim(0), nest.count};
  Ref at = reg("at");
  adds.body.push_back({Let{at, index_add(call("multiply", {cast(load(nest.positions, adds.var), DType::i64), nest.row_size}), column)}});
  adds.body.push_back({Store{nest.result, at, load(nest.result, at, inside) + load(nest.x, index_add(index_mul(adds.var, nest.row_size), column), inside), inside}});
  parts.body.push_back({std::move(zeros)});
  parts.body.push_back({std::move(adds)});
  phase.body.push_back({std::move(parts)});
  kernel.phases.push_back(std::move(phase));
  collect_scalars(kernel);
  return scheduled;
}

} // namespace croton::passes
