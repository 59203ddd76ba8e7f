// What devices that run a plan step by step share: binding, memory, bound calls. They differ in how a kernel is run.
#pragma once
#include "src/driver/prepared.h"
#include <mutex>
#include <shared_mutex>

namespace croton::driver {

class PlannedExecutable : public Executable {
public:
  PlannedExecutable(const Program& program, const Machine& machine, const Target& target) : program_(program), machine_(machine), built_(build(program, target)) {}

  std::vector<std::vector<i64>> output_shapes(std::span<const TensorView> inputs) const override;
  void run(std::span<const TensorView> inputs, std::span<const TensorView> outputs) const override;
  std::unique_ptr<BoundCall> bind(std::span<const TensorView> inputs, std::span<const TensorView> outputs) const override;
  std::size_t peak_bytes(std::span<const TensorView> inputs) const override;
  ExecutableStats stats() const override { return stats_; }
  const BuiltProgram* built() const override { return &built_; }

  struct Copy {
    const void* from;
    void* to;
    std::size_t bytes;
  };
  struct Call {
    std::shared_ptr<const Prepared> ready;
    std::vector<void*> pointers;
    runtime::Buffer arena;
    std::vector<runtime::Buffer> extra; ///< packed inputs, outputs that cannot be written in place
    std::vector<Copy> copies;           ///< after the run
    bool packs = false;                 ///< an input was copied to be dense
  };

  Call start(std::span<const TensorView> inputs, std::span<const TensorView> outputs) const;
  void finish(const Call& call, const std::function<void(int)>& fail) const;
  [[noreturn]] void fail_check(int which) const;

protected:
  /// The same function for inputs in other places of memory; null where strided inputs are packed at the call.
  virtual std::shared_ptr<const PlannedExecutable> compile_variant(const Program&) const { return nullptr; }

  const Program program_;
  const Machine machine_;
  BuiltProgram built_;
  std::shared_ptr<const runtime::CompiledCode> code_; ///< null where kernels are interpreted
  Symbols symbols_;                                   ///< of the code
  ExecutableStats stats_;

private:
  mutable std::shared_mutex mutex_;
  mutable std::vector<std::shared_ptr<const Prepared>> shapes_;

  void* input_pointer(Call& call, const TensorView& view, const ir::PlanBuffer& buffer) const;
  void* output_pointer(Call& call, std::span<const TensorView> inputs, const TensorView& view, std::size_t buffer) const;
  std::shared_ptr<const Prepared> prepared(DimValues dims) const;

  // ---- strided inputs ----
  struct Variant {
    std::vector<InputLayout> layouts;
    std::shared_ptr<const PlannedExecutable> executable;
  };
  static constexpr std::size_t most_variants = 16; ///< beyond so many, inputs of yet other patterns are packed
  mutable std::vector<Variant> variants_;
  /// What runs with inputs that lie like these: this executable where all are dense.
  const PlannedExecutable& variant_for(std::span<const TensorView> inputs) const;
};

} // namespace croton::driver
