// Values that variables have while a program is written: every expression over them is evaluated when it is built.
#pragma once
#include "ir/array.h"
#include <atomic>

namespace croton::api {

/// True once any variable has a test value: the only cost where none has.
extern std::atomic<bool> has_test_values;

/// Throws DTypeError or ShapeError when the value cannot be the variable's.
void set_test_value(const ir::Ref& variable, ir::Array value);
/// The values of the node and of all that it needs, where every variable has one; whatever evaluating throws, it throws.
void follow_test_values(const ir::Ref& node);
/// A copy; nothing where it is not known.
std::optional<ir::Array> test_value_of(const ir::Ref& node);
void clear_test_values();

} // namespace croton::api
