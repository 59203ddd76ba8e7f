#include "src/driver/built_executable.h"
#include "ir/build.h"
#include "runtime/thread_pool.h"
#include <mutex>

namespace croton::driver {

using namespace ir;

namespace {

/// The positions operand of a node that reads or writes at given positions.
Ref positions_of(const Node& n) {
  auto* reads = body_of<Indexed>(n);
  return n.args[static_cast<std::size_t>(reads ? reads->index_arg : body_of<Scatter>(n)->index_arg)];
}

} // namespace

std::vector<std::vector<i64>> BuiltExecutable::output_shapes(std::span<const TensorView> inputs) const {
  return built_.binding->shapes(built_.outputs, built_.binding->bind(inputs));
}

std::size_t BuiltExecutable::peak_bytes(std::span<const TensorView> inputs) const { return prepared(built_.binding->bind(inputs))->arena_bytes; }

int BuiltExecutable::workers() const { return runtime::ThreadPool::shared().thread_count(); }

void BuiltExecutable::fail_check(int which) const {
  int k = 0;
  for (const Step& s : built_.plan.steps)
    if (auto* check = std::get_if<CheckStep>(&s); check && k++ == which) {
      Ref n(check->indexed);
      throw IndexError("[" + std::string(n->op->name) + "] a position of " + describe(positions_of(*n)) + " is out of range. Use positions from 0 to size − 1, or negative ones that count from the end." + (n->where ? " (" + to_string(n->where) + ")" : ""), n->where);
    }
  throw InternalError("[plan] a check that does not exist failed");
}

std::shared_ptr<const Prepared> BuiltExecutable::prepared(DimValues dims) const {
  {
    std::shared_lock lock(mutex_);
    for (const auto& p : shapes_)
      if (p->dims == dims && p->threads == workers()) return p;
  }
  auto fresh = prepare_shapes(built_, code_.get(), symbols_, std::move(dims), workers());
  std::unique_lock lock(mutex_);
  if (shapes_.size() >= 16) shapes_.erase(shapes_.begin());
  shapes_.push_back(fresh);
  return fresh;
}

} // namespace croton::driver
