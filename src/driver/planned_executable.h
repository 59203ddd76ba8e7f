// What devices that run a plan step by step share: binding, memory, bound calls. They differ in how a kernel is run.
#pragma once
#include "src/driver/built_executable.h"
#include <functional>
#include <mutex>
#include <shared_mutex>

namespace croton::driver {

class PlannedExecutable : public BuiltExecutable {
public:
  PlannedExecutable(const Program& program, const Machine& machine, const Target& target);

  void run(std::span<const TensorView> inputs, std::span<const TensorView> outputs) const override;
  std::unique_ptr<BoundCall> bind(std::span<const TensorView> inputs, std::span<const TensorView> outputs) const override;

  struct Copy {
    const void* from;
    void* to;
    std::size_t bytes;
  };
  struct Pack {
    TensorView from;
    std::size_t element;
    void* to;
  };
  struct Call {
    std::shared_ptr<const Prepared> ready;
    std::vector<void*> pointers;
    runtime::Buffer arena;
    std::vector<runtime::Buffer> extra; ///< packed inputs, outputs that cannot be written in place
    std::vector<Pack> packs;            ///< before the run
    std::vector<Copy> copies;           ///< after it
  };

  Call start(std::span<const TensorView> inputs, std::span<const TensorView> outputs) const;
  /// Runs the steps; the second tells the program's observer. A bound call knows from the start which it is.
  void finish(const Call& call, const std::function<void(int)>& fail) const;
  void finish_observed(const Call& call, const std::function<void(int)>& fail) const;

protected:
  /// The same function for inputs in other places of memory; null where strided inputs are packed at the call.
  virtual std::shared_ptr<const PlannedExecutable> compile_variant(const Program&) const { return nullptr; }

  const Machine machine_;

private:
  std::vector<void*> constants_; ///< the elements of the plan's constants

  void* input_pointer(Call& call, const TensorView& view, const ir::PlanBuffer& buffer) const;
  void* output_pointer(Call& call, std::span<const TensorView> inputs, const TensorView& view, std::size_t buffer) const;

  // ---- strided inputs ----
  struct Variant {
    std::vector<InputLayout> layouts;
    std::shared_ptr<const PlannedExecutable> executable;
  };
  static constexpr std::size_t most_variants = 16; ///< beyond so many, inputs of yet other patterns are packed
  mutable std::shared_mutex variants_mutex_;
  mutable std::vector<Variant> variants_;
  /// What runs with inputs that lie like these: this executable where all are dense.
  const PlannedExecutable& variant_for(std::span<const TensorView> inputs) const;
  std::string why_strided(std::span<const TensorView> inputs) const;
};

} // namespace croton::driver
