#include "croton/variables.h"
#include "src/api/bridge.h"
#include <atomic>

namespace croton {

namespace {

constexpr std::size_t most_axes = 8;

std::string unique_name() {
  static std::atomic<u64> next{0};
  return "v" + std::to_string(next++);
}

void check_shape(const std::string& name, const ir::Shape& shape) {
  if (shape.size() > most_axes)
    throw ShapeError("[variable] " + name + ": found " + std::to_string(shape.size()) + " axes, expected at most " +
                     std::to_string(most_axes) + ".");
  for (const ir::Ref& d : shape)
    if (auto size = ir::constant_value(d); size && *size < 0)
      throw ShapeError("[variable] " + name + ": " + ir::to_string(shape) + " has a negative size.");
}

} // namespace

Expr tensor(DType dtype, std::string_view name, Shape shape, std::source_location here) {
  return api::expr_at(here, [&] {
    std::string chosen = name.empty() ? unique_name() : std::string(name);
    ir::Shape dims = api::shape_of(shape);
    check_shape(chosen, dims);
    return ir::variable(chosen, dtype, std::move(dims));
  });
}

Expr tensor_of_rank(DType dtype, std::string_view name, int rank, std::source_location here) {
  std::string chosen = name.empty() ? unique_name() : std::string(name);
  Shape shape;
  for (int i = 0; i < rank; ++i) shape.push_back(dim(chosen + "." + std::to_string(i)));
  return tensor(dtype, chosen, std::move(shape), here);
}

} // namespace croton
