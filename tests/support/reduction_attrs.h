// Attributes for any reduction's record.
#pragma once
#include "ir/op.h"
#include <string>
#include <vector>

namespace croton::test {

/// `other` is the value of a further attribute that is a number; elements are combined by their maximum.
inline ir::Attrs reduction_attrs(const ir::Op& op, DType dtype, std::vector<i64> axes, bool keepdims, i64 other = 1) {
  ir::Attrs attrs{{"axes", std::move(axes)}, {"keepdims", i64(keepdims)}};
  for (const ir::AttrSpec& spec : op.attr_specs) {
    if (spec.name == "axes" || spec.name == "keepdims") continue;
    if (spec.kind != "text") {
      attrs.set(spec.name, other);
    } else if (spec.name == "combine") {
      attrs.set(spec.name, dtype == DType::bool_ ? std::string("logical_or(a, b)") : std::string("maximum(a, b)"));
    } else {
      bool is_signed = info(dtype).is_signed;
      i64 lowest = is_signed ? -1 - static_cast<i64>(~u64(0) >> (65 - 8 * size_of(dtype))) : 0;
      attrs.set(spec.name, dtype == DType::bool_ ? std::string("false") : is_float(dtype) ? std::string("-inf") : std::to_string(lowest));
    }
  }
  return attrs;
}

} // namespace croton::test
