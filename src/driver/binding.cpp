#include "src/driver/binding.h"
#include "ir/build.h"
#include <cstring>

namespace croton::driver {

using namespace ir;

bool is_dense(const TensorView& v) {
  i64 stride = 1;
  for (std::size_t i = v.shape.size(); i-- > 0;) {
    if (v.shape[i] != 1 && v.strides[i] != stride) return false;
    stride *= v.shape[i];
  }
  return true;
}

InputLayout layout_of(const TensorView& v) {
  if (is_dense(v) || element_total(v.shape) == 0) return {};
  InputLayout layout{.dense = false};
  for (std::size_t axis = v.shape.size(); axis-- > 0;)
    if (v.strides[axis] == 1 && v.shape[axis] > 1) {
      layout.unit_axis = static_cast<int>(axis);
      break;
    }
  return layout;
}

i64 element_total(const std::vector<i64>& shape) {
  i64 n = 1;
  for (i64 d : shape) n *= d;
  return n;
}

void pack(const TensorView& v, std::size_t element, char* out) {
  i64 count = element_total(v.shape);
  std::vector<i64> index(v.shape.size(), 0);
  for (i64 i = 0; i < count; ++i) {
    i64 at = 0;
    for (std::size_t k = 0; k < index.size(); ++k) at += index[k] * v.strides[k];
    std::memcpy(out + static_cast<std::size_t>(i) * element, static_cast<const char*>(v.data) + at * static_cast<i64>(element), element);
    for (std::size_t k = index.size(); k-- > 0;) {
      if (++index[k] < v.shape[k]) break;
      index[k] = 0;
    }
  }
}

namespace {

std::string at_line(const Node& n) { return n.where ? " (" + to_string(n.where) + ")" : ""; }

} // namespace

InputBinding::InputBinding(const Program& program, const passes::UnifiedDims& unified)
    : who_("[" + program.name + "] "), inputs_(unified.roots.begin() + static_cast<std::ptrdiff_t>(program.outputs.size()), unified.roots.end()), written_(program.inputs),
      checks_(unified.checks), never_empty_(unified.never_empty), never_empty_nodes_(unified.never_empty_nodes), never_empty_results_(unified.never_empty_results) {
  for (std::size_t k = 0; k < inputs_.size(); ++k) {
    bool named = k < program.input_names.size() && !program.input_names[k].empty();
    names_.push_back(named ? program.input_names[k] : std::string(user_name(*inputs_[k])));
  }
  static const Op* const dim = find_op("dim");
  for (const Node* n : post_order(unified.roots))
    if (n->op == dim && position_.try_emplace(n, symbols_.size()).second) symbols_.push_back(Ref(n));
}

i64 InputBinding::value(const Ref& size, const DimValues& dims) const {
  return evaluate_index(size, [&](const Node& n) -> i64 { return dims.at(position_.at(&n)); });
}

std::vector<std::vector<i64>> InputBinding::shapes(std::span<const Ref> nodes, const DimValues& dims) const {
  std::vector<std::vector<i64>> shapes;
  for (const Ref& n : nodes) {
    std::vector<i64>& shape = shapes.emplace_back();
    for (const Ref& d : n->shape()) shape.push_back(value(d, dims));
  }
  return shapes;
}

DimValues InputBinding::bind(std::span<const TensorView> inputs) const {
  if (inputs.size() != inputs_.size())
    throw ValueError(who_ + "found " + std::to_string(inputs.size()) + " inputs, expected " + std::to_string(inputs_.size()) + ".");
  DimValues dims(symbols_.size(), -1);
  std::vector<std::pair<std::size_t, std::size_t>> source(dims.size());
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    const Shape& shape = inputs_[k]->shape();
    auto size_along = [&](std::size_t axis) {
      return who_ + "input '" + names_[k] + "' has " + std::to_string(inputs[k].shape[axis]) + " along axis " + std::to_string(axis);
    };
    if (inputs[k].shape.size() != shape.size())
      throw ShapeError(who_ + "input '" + names_[k] + "' has rank " + std::to_string(inputs[k].shape.size()) + ", expected " +
                       std::to_string(shape.size()) + " " + to_string(written_[k]->shape()) + ".");
    for (std::size_t i = 0; i < shape.size(); ++i) {
      auto found = position_.find(shape[i].get());
      i64 size = inputs[k].shape[i];
      if (found != position_.end()) {
        i64& bound = dims[found->second];
        if (bound < 0) {
          bound = size;
          source[found->second] = {k, i};
        } else if (bound != size) {
          auto [other, axis] = source[found->second];
          throw ShapeError(size_along(i) + ", but input '" + names_[other] + "' has " + std::to_string(bound) + " along axis " +
                           std::to_string(axis) + ": both are " + to_string(shape[i]) +
                           ". A dim that should stretch must be 1 when the graph is built.");
        }
      } else if (auto known = constant_value(shape[i]); known && *known != size) {
        throw ShapeError(size_along(i) + ", expected " + std::to_string(*known) + ".");
      }
    }
  }
  check(inputs, dims);
  return dims;
}

void InputBinding::check(std::span<const TensorView> inputs, const DimValues& dims) const {
  for (std::size_t s = 0; s < dims.size(); ++s)
    if (dims[s] < 0) throw ShapeError(who_ + "size '" + to_string(symbols_[s]) + "' is not given by any input. Declare an input with it.");
  for (std::size_t k = 0; k < inputs.size(); ++k)
    for (std::size_t i = 0; i < inputs[k].shape.size(); ++i)
      if (i64 want = value(inputs_[k]->shape()[i], dims); want != inputs[k].shape[i])
        throw ShapeError(who_ + "input '" + names_[k] + "' has " + std::to_string(inputs[k].shape[i]) + " along axis " + std::to_string(i) +
                         ", expected " + to_string(written_[k]->shape()[i]) + " = " + std::to_string(want) + ".");
  for (const passes::DimCheck& c : checks_) {
    i64 a = value(c.a, dims), b = value(c.b, dims);
    if (c.equal ? a == b : a <= b) continue;
    std::string text = "[" + std::string(c.node->op->name) + "] ";
    for (const Ref& arg : c.node->args)
      if (arg->rank() > 0) text += describe(arg) + " · ";
    throw ShapeError(text + to_string(c.a) + " = " + std::to_string(a) + (c.equal ? " ≠ " : " > ") + to_string(c.b) + " = " +
                         std::to_string(b) + "." + at_line(*c.node), c.node->where);
  }
  for (std::size_t k = 0; k < never_empty_.size(); ++k) {
    const Node& node = *never_empty_nodes_[k];
    if (value(never_empty_[k], dims) != 0 || value(never_empty_results_[k], dims) == 0) continue;
    throw ValueError("[" + std::string(node.op->name) + "] " + describe(node.args[0]) + " has nothing to reduce: it is empty. An empty " +
                         std::string(node.op->name) + " has no value." + at_line(node), node.where);
  }
}

} // namespace croton::driver
