#include "passes/schedule_cpu.h"
#include "passes/collapse.h"
#include "passes/schedule_parts.h"

namespace croton::passes {

using namespace ir;

ScheduledKernel schedule_cpu(Nest nest, const CpuFacts& facts) {
  collapse(nest);
  Scheduler scheduler(std::move(nest), facts);
  switch (shape_of(scheduler.nest())) {
  case NestShape::map: scheduler.map(); break;
  case NestShape::rows: scheduler.rows(); break;
  case NestShape::columns: scheduler.columns(); break;
  case NestShape::total: scheduler.total(); break;
  case NestShape::scan: scheduler.scan(); break;
  }
  ScheduledKernel scheduled = scheduler.take();
  collect_scalars(scheduled.kernel);
  return scheduled;
}

} // namespace croton::passes
