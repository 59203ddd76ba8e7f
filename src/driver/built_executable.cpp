#include "src/driver/built_executable.h"
#include "ir/build.h"
#include "ir/interpret.h"
#include "runtime/thread_pool.h"
#include <algorithm>
#include <mutex>

namespace croton::driver {

using namespace ir;

std::vector<std::vector<i64>> BuiltExecutable::output_shapes(std::span<const TensorView> inputs) const { return sized(inputs)->outputs; }

std::size_t BuiltExecutable::peak_bytes(std::span<const TensorView> inputs) const { return prepared(inputs)->arena_bytes; }

int BuiltExecutable::workers() const { return runtime::ThreadPool::shared().thread_count(); }

Array BuiltExecutable::host_value(const TensorView& view, DType dtype) const {
  Array value(dtype, view.shape);
  if (value.count()) pack(view, size_of(dtype), reinterpret_cast<char*>(value.bytes.data()));
  return value;
}

// The reference interpreter finds the position again, and says which it is.
void BuiltExecutable::fail_check(int which, std::span<const TensorView> inputs) const {
  int k = 0;
  for (const Step& s : built_.plan.steps)
    if (auto* check = std::get_if<CheckStep>(&s); check && k++ == which) {
      Ref n(check->indexed);
      Bindings values;
      for (std::size_t i = 0; i < inputs.size(); ++i) values.emplace(built_.inputs[i], host_value(inputs[i], built_.inputs[i]->dtype()));
      try {
        interpret(std::span(&n, 1), values);
      } catch (const UnsupportedError&) { // a raw kernel without a reference body: which position it was is not known
        throw IndexError("[" + std::string(n->op->name) + "] " + describe(n->args[0]) + ": a position is out of range." + (n->where ? " (" + to_string(n->where) + ")" : ""), n->where);
      }
      throw InternalError("[" + std::string(n->op->name) + "] positions that the device refuses and the interpreter does not");
    }
  throw InternalError("[plan] a check that does not exist failed");
}

bool BuiltExecutable::holds_for(const Sized& sized, std::span<const TensorView> inputs) const {
  if (sized.ready->threads != workers()) return false;
  if (!std::equal(inputs.begin(), inputs.end(), sized.inputs.begin(), sized.inputs.end(), [](const TensorView& v, const auto& shape) { return v.shape == shape; })) return false;
  const i64* stride = sized.ready->dims.data() + built_.binding->symbols().size();
  return std::all_of(built_.strides.begin(), built_.strides.end(),
                     [&](auto at) { return inputs[static_cast<std::size_t>(at.first)].strides[static_cast<std::size_t>(at.second)] == *stride++; });
}

std::shared_ptr<const BuiltExecutable::Sized> BuiltExecutable::sized(std::span<const TensorView> inputs) const {
  {
    std::shared_lock lock(mutex_);
    for (const auto& known : sizes_)
      if (holds_for(*known, inputs)) return known;
  }
  DimValues dims = built_.binding->bind(inputs);
  auto fresh = std::make_shared<Sized>();
  for (const TensorView& v : inputs) fresh->inputs.push_back(v.shape);
  fresh->outputs = built_.binding->shapes(built_.outputs, dims);
  for (auto [input, axis] : built_.strides) dims.push_back(inputs[static_cast<std::size_t>(input)].strides[static_cast<std::size_t>(axis)]);
  fresh->ready = prepare_shapes(built_, code_.get(), raw_, std::move(dims), workers());
  std::unique_lock lock(mutex_);
  if (sizes_.size() >= 16) sizes_.erase(sizes_.begin());
  sizes_.push_back(fresh);
  return fresh;
}

} // namespace croton::driver
