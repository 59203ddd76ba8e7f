#include "src/driver/reference_executable.h"
#include "ir/build.h"
#include "ir/interpret.h"
#include "src/driver/binding.h"
#include "src/driver/raw.h"
#include <chrono>
#include <cstring>

namespace croton::driver {

using namespace ir;

namespace {

passes::UnifiedDims unified_of(const Program& program) {
  std::vector<Ref> roots = program.outputs;
  roots.insert(roots.end(), program.inputs.begin(), program.inputs.end());
  return passes::unify_dims(roots);
}

class ReferenceExecutable final : public Executable {
public:
  explicit ReferenceExecutable(const Program& program, const passes::UnifiedDims& unified)
      : program_(program), binding_(program, unified),
        outputs_(unified.roots.begin(), unified.roots.begin() + static_cast<std::ptrdiff_t>(program.outputs.size())) {
    for (const Node* n : post_order(program.outputs))
      if (!has_value_on_host(*n)) expect_raw_body(*n, {"reference"});
  }

  std::vector<std::vector<i64>> output_shapes(std::span<const TensorView> inputs) const override {
    return binding_.shapes(outputs_, binding_.bind(inputs));
  }

  void run(std::span<const TensorView> inputs, std::span<const TensorView> outputs) const override {
    binding_.bind(inputs);
    Bindings values;
    for (std::size_t k = 0; k < inputs.size(); ++k) {
      Array value(program_.inputs[k]->dtype(), inputs[k].shape);
      pack(inputs[k], size_of(value.dtype), reinterpret_cast<char*>(value.bytes.data()));
      values.emplace(program_.inputs[k], std::move(value));
    }
    std::vector<Array> results = interpret(program_.outputs, values);
    for (std::size_t k = 0; k < results.size(); ++k)
      if (!results[k].bytes.empty()) std::memcpy(outputs[k].data, results[k].bytes.data(), results[k].bytes.size());
  }

  std::unique_ptr<BoundCall> bind(std::span<const TensorView> inputs, std::span<const TensorView> outputs) const override;

  // The interpreter keeps the value of every node until its last user is done.
  std::size_t peak_bytes(std::span<const TensorView> inputs) const override {
    DimValues dims = binding_.bind(inputs);
    auto order = post_order(outputs_);
    std::unordered_map<const Node*, std::size_t> last_use, bytes;
    for (std::size_t i = 0; i < order.size(); ++i)
      for (const Ref& a : order[i]->args) last_use[a.get()] = i;
    for (const Ref& out : outputs_) last_use[out.get()] = order.size();
    std::size_t alive = 0, peak = 0;
    for (std::size_t i = 0; i < order.size(); ++i) {
      Ref node(order[i]);
      std::size_t size = static_cast<std::size_t>(element_total(binding_.shapes(std::span(&node, 1), dims)[0])) * size_of(node->dtype());
      alive += bytes[node.get()] = size;
      peak = std::max(peak, alive);
      for (const Ref& a : node->args)
        if (last_use.at(a.get()) == i) alive -= std::exchange(bytes.at(a.get()), 0);
    }
    return peak;
  }

  ExecutableStats stats() const override { return {}; }

private:
  const Program program_;
  const InputBinding binding_;
  const std::vector<Ref> outputs_; ///< with unified sizes
};

class ReferenceBoundCall final : public BoundCall {
public:
  ReferenceBoundCall(const ReferenceExecutable& owner, std::span<const TensorView> inputs, std::span<const TensorView> outputs)
      : owner_(owner), inputs_(inputs.begin(), inputs.end()), outputs_(outputs.begin(), outputs.end()) {}
  void run() override { owner_.run(inputs_, outputs_); }

private:
  const ReferenceExecutable& owner_;
  std::vector<TensorView> inputs_, outputs_;
};

std::unique_ptr<BoundCall> ReferenceExecutable::bind(std::span<const TensorView> inputs, std::span<const TensorView> outputs) const {
  binding_.bind(inputs);
  return std::make_unique<ReferenceBoundCall>(*this, inputs, outputs);
}

} // namespace

std::shared_ptr<const Executable> compile_reference(const Program& program) {
  return std::make_shared<ReferenceExecutable>(program, unified_of(program));
}

} // namespace croton::driver
