// The manual of ops, made from their records.
#pragma once
#include "ir/op.h"
#include <string>

namespace croton::ir {

/// "pointwise", "reduction", …
std::string_view body_name(const Op& op);

/// Ops that only passes and kernels make.
bool is_internal(const Op& op);

/// The text of docs/ops.md.
std::string ops_manual();

} // namespace croton::ir
