#include "passes/schedule_scatter.h"
#include "passes/schedule_base.h"

namespace croton::passes {

using namespace ir;

namespace {

/// `body` for whole vectors of [begin, end), then one by one. It is given the column and the lanes, 0 for a scalar.
template <class F> void columns(Block& out, const Ref& begin, const Ref& end, i64 lanes, int& names, const F& body) {
  auto loop = [&](const Ref& from, i64 step, i64 width) {
    For columns{register_of("j." + std::to_string(names++), DType::i64), from, end, step};
    body(columns.body, columns.var, width);
    out.push_back({std::move(columns)});
  };
  if (lanes > 1) loop(begin, lanes, lanes);
  Ref rest = begin;
  if (lanes > 1) {
    Ref whole = register_of("whole." + std::to_string(names++), DType::i64);
    out.push_back({Let{whole, index_add(begin, call("bitwise_and", {index_sub(end, begin), constant_dim(-lanes)}))}});
    rest = whole;
  }
  loop(rest, 1, 0);
}

Ref read(const Ref& buffer, const Ref& index, i64 lanes) { return lanes > 0 ? vload(buffer, index, lanes) : load(buffer, index); }

} // namespace

ScheduledKernel schedule_scatter(const ScatterNest& nest, i64 lanes) {
  ScheduledKernel scheduled;
  Kernel& kernel = scheduled.kernel;
  kernel.name = nest.name;
  kernel.buffers = {{nest.x, false}, {nest.positions, false}, {nest.result, true}};
  int names = 0;
  Phase phase;
  phase.begin = register_of("begin", DType::i64);
  phase.end = register_of("end", DType::i64);
  phase.extent = nest.row_size;
  phase.work = index_add(nest.rows, index_mul(nest.count, constant_dim(2)));
  DType d = nest.result->dtype();

  For zeros{register_of("row", DType::i64), constant_dim(0), nest.rows};
  columns(zeros.body, phase.begin, phase.end, lanes, names, [&](Block& body, const Ref& j, i64 width) {
    Ref zero = constant(d, 0);
    body.push_back({Store{nest.result, index_add(index_mul(zeros.var, nest.row_size), j), width ? broadcast_to(zero, {constant_dim(width)}) : zero}});
  });
  phase.body.push_back({std::move(zeros)});

  For adds{register_of("i", DType::i64), constant_dim(0), nest.count};
  Ref to = register_of("to", DType::i64), from = register_of("from", DType::i64);
  adds.body.push_back({Let{to, call("multiply", {cast(load(nest.positions, adds.var), DType::i64), nest.row_size})}});
  adds.body.push_back({Let{from, index_mul(adds.var, nest.row_size)}});
  columns(adds.body, phase.begin, phase.end, lanes, names, [&](Block& body, const Ref& j, i64 width) {
    Ref at = index_add(to, j);
    body.push_back({Store{nest.result, at, read(nest.result, at, width) + read(nest.x, index_add(from, j), width)}});
  });
  phase.body.push_back({std::move(adds)});
  kernel.phases.push_back(std::move(phase));
  collect_scalars(kernel);
  return scheduled;
}

} // namespace croton::passes
