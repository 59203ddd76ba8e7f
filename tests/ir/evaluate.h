// Short forms for interpreter tests.
#pragma once
#include "ir/build.h"
#include "ir/interpret.h"
#include <initializer_list>
#include <vector>

namespace croton::test {

/// A constant vector of a C++ element type; std::vector<bool> has no data(), hence the array.
template <class T> ir::Ref vec(std::initializer_list<T> values) {
  ir::Array a = ir::array_of<T>({static_cast<i64>(values.size())}, std::span<const T>(values.begin(), values.size()));
  return ir::constant_array(a.dtype, a.shape, a.bytes);
}
template <class T> ir::Ref mat(std::vector<i64> shape, std::initializer_list<T> values) {
  ir::Array a = ir::array_of<T>(std::move(shape), std::span<const T>(values.begin(), values.size()));
  return ir::constant_array(a.dtype, a.shape, a.bytes);
}

template <class T> std::vector<T> run(const ir::Ref& node, const ir::Bindings& bindings = {}) {
  return ir::elements_of<T>(ir::interpret(node, bindings));
}

inline ir::Ref k(i64 v) { return ir::constant_dim(v); }

} // namespace croton::test
