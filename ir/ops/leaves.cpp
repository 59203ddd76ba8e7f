// Leaves: inputs, shared state, constants, dims; and the leaves and memory reads that only kernels hold.
#include "ir/ops/record.h"
#include <algorithm>

namespace croton::ir {

namespace {

Type declared_type(const Op& op, const Args& args, const Attrs& attrs) {
  Type type{attrs.dtype("dtype"), {}};
  for (const Ref& dim : args) {
    expect_index_scalar(op, dim);
    type.shape.push_back(dim);
  }
  return type;
}

Type index_scalar(const Op&, const Args&, const Attrs&) { return {DType::i64, {}}; }

Type constant_type(const Op& op, const Args& args, const Attrs& attrs) {
  expect_count(op, args, 0, 0);
  Type type{attrs.dtype("dtype"), {}};
  if (!attrs.find("shape")) return type;
  i64 count = 1;
  for (i64 d : attrs.integers("shape")) {
    if (d < 0 || __builtin_mul_overflow(count, d, &count)) throw ShapeError("[constant] a dim is negative or the size overflows.");
    type.shape.push_back(constant_dim(d));
  }
  const AttrValue* data = attrs.find("data");
  if (!data || !std::holds_alternative<Bytes>(*data) || std::get<Bytes>(*data)->size() % size_of(type.dtype) != 0 ||
      std::get<Bytes>(*data)->size() / size_of(type.dtype) != static_cast<std::size_t>(count))
    throw ValueError("[constant] the data does not have " + std::to_string(count) + " elements of " + std::string(name(type.dtype)) + ".");
  return type;
}

// A register of a kernel: a scalar, or `lanes` values side by side.
Type register_type(const Op&, const Args&, const Attrs& attrs) {
  Type type{attrs.dtype("dtype"), {}};
  if (i64 lanes = attrs.integer("lanes"); lanes > 0) type.shape.push_back(constant_dim(lanes));
  return type;
}

Type buffer_type(const Op&, const Args&, const Attrs& attrs) { return {attrs.dtype("dtype"), {}}; }

// load(buffer, index): one element, or one per lane of a vector index.
Type load_type(const Op& op, const Args& args, const Attrs&) {
  expect_count(op, args, 2, 3);
  return {args[0]->dtype(), args[1]->shape()};
}

Type vector_load_type(const Op& op, const Args& args, const Attrs& attrs) {
  expect_count(op, args, 2, 3);
  return {args[0]->dtype(), {constant_dim(attrs.integer("lanes"))}};
}

Type shuffle_type(const Op& op, const Args& args, const Attrs& attrs) {
  expect_count(op, args, 1, 1);
  const auto& order = attrs.integers("order");
  i64 lanes = args[0]->rank() == 1 ? constant_value(args[0]->shape()[0]).value_or(0) : 0;
  bool fits = !order.empty() && static_cast<i64>(order.size()) <= lanes && std::all_of(order.begin(), order.end(), [&](i64 lane) { return lane >= 0 && lane < lanes; });
  if (!fits) throw ValueError("[shuffle] expected an order of lanes that the operand has.");
  return {args[0]->dtype(), {constant_dim(static_cast<i64>(order.size()))}};
}

Type until_aligned_type(const Op& op, const Args& args, const Attrs& attrs) {
  expect_count(op, args, 1, 1);
  i64 bytes = attrs.integer("bytes");
  if (bytes < static_cast<i64>(size_of(args[0]->dtype())) || bytes > 4096 || (bytes & (bytes - 1))) throw ValueError("[until_aligned] expected a power of two that holds an element.");
  return {DType::i64, {}};
}

} // namespace

std::vector<Op> leaf_ops() {
  AttrSpec name_spec{"name", "text", "as the user wrote it"}, dtype_spec{"dtype", "dtype", "the element type"};
  auto leaf = [](std::string_view n, std::string_view doc, std::vector<AttrSpec> specs, auto type) {
    return Op{.name = n, .doc = doc, .group = "leaf", .params = {}, .attr_specs = std::move(specs), .accepts = Accepts::any,
              .body = Leaf{}, .type = type, .differentiable = false};
  };
  Op input = leaf("input", "A value given at each call.", {name_spec, dtype_spec}, declared_type);
  Op state = leaf("shared", "A value that lives between calls and can be updated.",
                  {name_spec, {"state", "int", "identifies the storage"}, dtype_spec}, declared_type);
  input.params = state.params = {"dims..."};
  return {
      input,
      state,
      leaf("constant", "A literal scalar, or an array with its data.",
           {dtype_spec, {"value", "number", "the scalar's value"}, {"shape", "ints", "the array's shape"}, {"data", "data", "the array's elements"}},
           constant_type),
      leaf("dim", "A size that is known at the call.", {name_spec}, index_scalar),
  };
}

std::vector<Op> memory_ops() {
  AttrSpec name_spec{"name", "text", "unique in the kernel"}, dtype_spec{"dtype", "dtype", "the element type"};
  auto op = [](std::string_view n, std::string_view doc, std::vector<std::string_view> params, std::vector<AttrSpec> specs, auto type) {
    return Op{.name = n, .doc = doc, .group = "internal", .params = std::move(params), .attr_specs = std::move(specs),
              .accepts = Accepts::any, .body = Memory{}, .type = type, .differentiable = false};
  };
  return {
      op("register", "A value bound by a Let or a loop of a kernel.", {}, {name_spec, dtype_spec, {"lanes", "int", "0: a scalar"}}, register_type),
      op("buffer", "Memory that a kernel reads or writes.", {}, {name_spec, dtype_spec}, buffer_type),
      op("load", "Reads an element per index; where the mask is false nothing is read and the value is 0.",
         {"buffer", "index", "mask"}, {}, load_type),
      op("shuffle", "Lanes in another order.", {"x"}, {{"order", "ints", "lane k of the result is lane order[k]"}}, shuffle_type),
      op("vload", "Reads neighbouring elements from an index; where the mask is false nothing is read and the value is 0.",
         {"buffer", "index", "mask"}, {{"lanes", "int", "how many"}}, vector_load_type),
      op("until_aligned", "How many elements stand in front of the first whose address is a multiple of the bytes.", {"buffer"},
         {{"bytes", "int", "a power of two"}}, until_aligned_type),
  };
}

} // namespace croton::ir
