// What executables over a plan share, wherever its memory lies: shapes, messages, plans made ready for sizes.
#pragma once
#include "ir/array.h"
#include "src/driver/prepared.h"
#include <shared_mutex>

namespace croton::driver {

class BuiltExecutable : public Executable {
public:
  std::vector<std::vector<i64>> output_shapes(std::span<const TensorView> inputs) const override;
  std::size_t peak_bytes(std::span<const TensorView> inputs) const override;
  ExecutableStats stats() const override { return stats_; }
  const BuiltProgram* built() const override { return &built_; }

  /// Throws the IndexError of the plan's check number `which`, which failed with these inputs.
  [[noreturn]] void fail_check(int which, std::span<const TensorView> inputs) const;

protected:
  BuiltExecutable(const Program& program, const Target& target) : program_(program), built_(build(program, target)) {}

  /// What follows from the sizes of the inputs (and the strides of those that code is made for).
  struct Sized {
    std::vector<std::vector<i64>> inputs, outputs; ///< shapes
    std::shared_ptr<const Prepared> ready;
  };
  /// For inputs of these sizes, checked; the last 16 are kept.
  std::shared_ptr<const Sized> sized(std::span<const TensorView> inputs) const;
  std::shared_ptr<const Prepared> prepared(std::span<const TensorView> inputs) const { return sized(inputs)->ready; }
  /// The dense value of an input, wherever it lies.
  virtual ir::Array host_value(const TensorView& view, DType dtype) const;
  /// Workers that share a phase: the threads of the CPU's pool unless a device has its own.
  virtual int workers() const;

  const Program program_;
  BuiltProgram built_;
  std::unique_ptr<const PhaseCode> code_; ///< null where phases are not functions of this process
  std::vector<PhaseFunction> raw_;        ///< of the plan's raw kernels, where they are functions of this process
  ExecutableStats stats_;

private:
  mutable std::shared_mutex mutex_;
  mutable std::vector<std::shared_ptr<const Sized>> sizes_;
  bool holds_for(const Sized& sized, std::span<const TensorView> inputs) const;
};

} // namespace croton::driver
