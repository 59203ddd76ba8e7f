// Checks of a call's arguments and buffers, all of them before anything is computed.
#include "src/api/compiled.h"
#include "src/api/storage.h"
#include <algorithm>
#include <functional>

namespace croton::api {

namespace {

using detail::InputSpec;

std::string who(const Compiled& f) { return "[" + f.program.name + "] "; }
std::string expected(const InputSpec& input) {
  return std::string(name(input.node->dtype())) + ir::to_string(input.node->shape());
}
std::string found(const ArrayView& v) {
  return std::string(name(v.dtype)) + shape_text({v.shape.data(), static_cast<std::size_t>(v.rank)});
}

TensorView as_tensor(const ArrayView& v) {
  return {v.data, {v.shape.begin(), v.shape.begin() + v.rank}, {v.strides.begin(), v.strides.begin() + v.rank}};
}
TensorView as_tensor(const Array& a) { return {const_cast<void*>(a.data()), a.shape(), dense_strides(a.shape())}; }

void add_argument(const Compiled& f, const InputSpec& input, const TensorArg& arg, Arguments& out) {
  auto text = [&] { return who(f) + "input '" + input.name + "': found "; };
  if (arg.is_literal()) {
    if (input.node->rank() != 0) throw ShapeError(text() + "a scalar, expected " + expected(input) + ".");
    out.owned.push_back(array_of(f.program.name + "] input '" + input.name + "': [", arg, input.node->dtype()));
    out.views.push_back(as_tensor(out.owned.back()));
    return;
  }
  const ArrayView& v = arg.view();
  if (v.dtype != input.node->dtype()) throw DTypeError(text() + croton::api::found(v) + ", expected " + expected(input) + ". Convert the elements first.");
  if (v.rank != input.node->rank()) {
    std::string hint = v.rank == 1 ? " Give a flat buffer its shape: view(data, {rows, columns})." : "";
    throw ShapeError(text() + croton::api::found(v) + ", expected " + expected(input) + "." + hint);
  }
  out.views.push_back(as_tensor(v));
}

// First and last byte of a view; nothing for an empty one.
struct Extent {
  const std::byte *begin = nullptr, *end = nullptr;
  bool overlaps(const Extent& other) const { return begin && other.begin && std::less<>()(begin, other.end) && std::less<>()(other.begin, end); }
};

Extent extent_of(const TensorView& v, std::size_t element) {
  i64 low = 0, high = 0;
  for (std::size_t i = 0; i < v.shape.size(); ++i) {
    if (v.shape[i] == 0) return {};
    i64 reach = (v.shape[i] - 1) * v.strides[i];
    (reach < 0 ? low : high) += reach;
  }
  auto* data = static_cast<const std::byte*>(v.data);
  auto bytes = static_cast<i64>(element);
  return {data + low * bytes, data + (high + 1) * bytes};
}

// A flat buffer serves an output of any rank with as many elements.
bool holds(const ArrayView& v, std::span<const i64> shape) {
  i64 count = 1;
  for (i64 d : shape) count *= d;
  if (v.rank == 1 && v.shape[0] == count) return v.strides[0] == 1 || count <= 1;
  std::vector<i64> dense = dense_strides(shape);
  bool fits = static_cast<std::size_t>(v.rank) == shape.size();
  for (std::size_t i = 0; fits && i < shape.size(); ++i) fits = v.shape[i] == shape[i] && (v.strides[i] == dense[i] || shape[i] <= 1 || count == 0);
  return fits;
}

} // namespace

std::vector<const TensorArg*> pointers(const std::vector<TensorArg>& args) {
  std::vector<const TensorArg*> list;
  for (const TensorArg& a : args) list.push_back(&a);
  return list;
}

Arguments check_arguments(const Compiled& f, std::span<const TensorArg* const> args) {
  if (args.size() > f.inputs.size())
    throw ValueError(who(f) + "found " + std::to_string(args.size()) + " arguments, expected " + std::to_string(f.inputs.size()) + ".");
  Arguments out;
  out.owned.reserve(f.inputs.size());
  for (std::size_t i = 0; i < f.inputs.size(); ++i) {
    const InputSpec& input = f.inputs[i];
    if (i < args.size() && args[i]) add_argument(f, input, *args[i], out);
    else if (input.default_value) out.views.push_back(as_tensor(*input.default_value));
    else throw ValueError(who(f) + "input '" + input.name + "' is missing: found " + std::to_string(args.size()) + " arguments, expected " + std::to_string(f.inputs.size()) + ".");
  }
  return out;
}

std::vector<TensorView> check_buffers(const Compiled& f, const Arguments& args, const std::vector<OutArg>& into,
                                      const std::vector<std::vector<i64>>& shapes) {
  if (into.size() != f.output_count())
    throw ValueError(who(f) + "found " + std::to_string(into.size()) + " output buffers, expected " + std::to_string(f.output_count()) + ".");
  std::vector<TensorView> views;
  std::vector<Extent> extents;
  for (std::size_t k = 0; k < into.size(); ++k) {
    const ArrayView& v = into[k].view();
    DType dtype = f.program.outputs[k]->dtype();
    auto text = [&] { return who(f) + "the buffer of " + (*f.output_names)[k] + ": "; };
    if (!v.writable) throw ValueError(text() + "it is const.");
    if (v.dtype != dtype) throw DTypeError(text() + "found " + found(v) + ", expected " + std::string(name(dtype)) + shape_text(shapes[k]) + ".");
    if (!holds(v, shapes[k]))
      throw ShapeError(text() + "found " + found(v) + ", expected dense row-major " + std::string(name(dtype)) + shape_text(shapes[k]) + ".");
    TensorView view{v.data, shapes[k], dense_strides(shapes[k])};
    Extent mine = extent_of(view, size_of(dtype));
    for (std::size_t i = 0; i < f.inputs.size(); ++i)
      if (mine.overlaps(extent_of(args.views[i], size_of(f.inputs[i].node->dtype()))))
        throw ValueError(text() + "it overlaps the memory of input '" + f.inputs[i].name + "'. Use separate buffers.");
    for (std::size_t j = 0; j < k; ++j)
      if (mine.overlaps(extents[j])) throw ValueError(text() + "it overlaps the buffer of " + (*f.output_names)[j] + ". Use separate buffers.");
    extents.push_back(mine);
    views.push_back(std::move(view));
  }
  return views;
}

} // namespace croton::api
