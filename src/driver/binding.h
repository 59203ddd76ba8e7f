// What a call must satisfy: which sizes the inputs give, and which of them have to agree.
#pragma once
#include "passes/unify_dims.h"
#include "src/executable.h"
#include <string>
#include <unordered_map>
#include <vector>

namespace croton::driver {

/// Elements one after the other, in row-major order.
bool is_dense(const TensorView& view);
/// The part of a view's layout that code depends on; a tensor without elements is dense.
InputLayout layout_of(const TensorView& view);
i64 element_total(const std::vector<i64>& shape);
/// Copies a strided view to dense row-major memory.
void pack(const TensorView& view, std::size_t element_bytes, char* out);

/// The sizes of one call, in the order of `InputBinding::symbols`.
using DimValues = std::vector<i64>;

/// The checks of every device: ranks, sizes that are fixed, symbols that must agree, reductions that must not be empty.
class InputBinding {
public:
  /// Checks for these outputs and inputs; `unified` is of the outputs followed by the inputs.
  InputBinding(const Program& program, const passes::UnifiedDims& unified);

  /// Throws ValueError for a wrong count and ShapeError naming the inputs that disagree.
  DimValues bind(std::span<const TensorView> inputs) const;
  i64 value(const ir::Ref& size, const DimValues& dims) const;
  std::vector<std::vector<i64>> shapes(std::span<const ir::Ref> nodes, const DimValues& dims) const;

  const std::vector<ir::Ref>& symbols() const { return symbols_; }
  /// The inputs with unified sizes.
  const std::vector<ir::Ref>& inputs() const { return inputs_; }

private:
  std::string who_; ///< "[name] ", the start of messages
  std::vector<ir::Ref> inputs_, written_;
  std::vector<std::string> names_;
  std::vector<passes::DimCheck> checks_;
  std::vector<ir::Ref> never_empty_, never_empty_nodes_, never_empty_results_;
  std::vector<ir::Ref> symbols_;
  std::unordered_map<const ir::Node*, std::size_t> position_;

  void check(std::span<const TensorView> inputs, const DimValues& dims) const;
};

} // namespace croton::driver
