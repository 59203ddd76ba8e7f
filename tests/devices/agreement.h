// What a device must agree with.
#pragma once
#include "tests/differential/bounds.h"

namespace croton::test {

/// Outside strict mode a library may order the sums of products.
bool has_library_product(const Case& c);

/// The first difference from the interpreter of kernels, bit for bit, or from the reference, within its bound, where products
/// or blocks of threads have an order of their own; empty: none.
std::string wrong_on(const Executable& device, const Case& c);

} // namespace croton::test
