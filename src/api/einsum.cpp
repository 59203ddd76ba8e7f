// einsum: sums of products by labels, through diagonals, sums, permutations and one matrix product.
#include "croton/linalg.h"
#include "src/api/promote.h"
#include <algorithm>
#include <map>

namespace croton {

namespace {

using api::Ref;
using Labels = std::string;

[[noreturn]] void refuse(std::string_view labels, const std::string& why) {
  throw ValueError("[einsum] \"" + std::string(labels) + "\": " + why);
}

struct Spec {
  std::vector<Labels> inputs;
  Labels output;
};

bool holds(const Labels& labels, char c) { return labels.find(c) != Labels::npos; }

Spec parse(std::string_view text, std::size_t operands) {
  Spec spec;
  std::string compact;
  for (char c : text)
    if (c != ' ') compact += c;
  std::size_t arrow = compact.find("->");
  std::string inputs = compact.substr(0, arrow) + ",";
  for (std::size_t begin = 0, end; (end = inputs.find(',', begin)) != std::string::npos; begin = end + 1)
    spec.inputs.push_back(inputs.substr(begin, end - begin));
  if (spec.inputs.size() != operands)
    refuse(text, "found " + std::to_string(spec.inputs.size()) + " operands' labels, expected " + std::to_string(operands) + ".");
  std::map<char, int> count;
  for (const Labels& labels : spec.inputs)
    for (char c : labels) {
      if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'))) refuse(text, "labels are letters.");
      ++count[c];
    }
  if (arrow == std::string::npos) {
    for (auto& [c, n] : count)
      if (n == 1) spec.output += c;
    return spec;
  }
  spec.output = compact.substr(arrow + 2);
  for (char c : spec.output) {
    if (!count.contains(c)) refuse(text, std::string("the result's label '") + c + "' is not in an operand.");
    if (std::count(spec.output.begin(), spec.output.end(), c) > 1) refuse(text, std::string("the result names '") + c + "' twice.");
  }
  return spec;
}

// An operand with the label of each axis.
struct Labelled {
  Ref value;
  Labels labels;

  void order(const Labels& wanted) {
    std::vector<i64> axes;
    for (char c : wanted) axes.push_back(static_cast<i64>(labels.find(c)));
    value = ir::permute(value, axes);
    labels = wanted;
  }
  // A label that stands twice: its diagonal.
  void take_diagonals() {
    for (std::size_t i = 0; i < labels.size(); ++i) {
      std::size_t again = labels.find(labels[i], i + 1);
      if (again == Labels::npos) continue;
      std::vector<i64> axes;
      Labels rest;
      for (std::size_t k = 0; k < labels.size(); ++k)
        if (k != i && k != again) axes.push_back(static_cast<i64>(k)), rest += labels[k];
      axes.push_back(static_cast<i64>(i));
      axes.push_back(static_cast<i64>(again));
      value = ir::call("diagonal", {ir::permute(value, axes)}, {{"offset", i64(0)}});
      labels = rest + labels[i];
      i = static_cast<std::size_t>(-1); // from the start again
    }
  }
  // Labels that nothing else needs.
  void sum_all_but(const Labels& needed) {
    std::vector<i64> axes;
    Labels rest;
    for (std::size_t k = 0; k < labels.size(); ++k) {
      if (holds(needed, labels[k])) rest += labels[k];
      else axes.push_back(static_cast<i64>(k));
    }
    if (!axes.empty()) value = ir::reduce("sum", value, axes);
    labels = rest;
  }
  ir::Shape sizes(const Labels& of) const {
    ir::Shape shape;
    for (char c : of) shape.push_back(value->shape()[labels.find(c)]);
    return shape;
  }
};

Labelled labelled(std::string_view text, const Ref& x, const Labels& labels) {
  if (static_cast<int>(labels.size()) != x->rank())
    throw ShapeError("[einsum] \"" + std::string(text) + "\": " + ir::describe(x) + " has " + std::to_string(x->rank()) +
                     " axes, found the labels \"" + labels + "\".");
  for (std::size_t i = 0; i < labels.size(); ++i)
    for (std::size_t k = i + 1; k < labels.size(); ++k)
      if (labels[i] == labels[k] && ir::provably_different(x->shape()[i], x->shape()[k]))
        throw ShapeError("[einsum] \"" + std::string(text) + "\": the axes '" + labels[i] + "' of " + ir::describe(x) + " differ.");
  return {x, labels};
}

void check_sizes(std::string_view text, const Labelled& a, const Labelled& b) {
  for (char c : a.labels) {
    if (!holds(b.labels, c)) continue;
    Ref x = a.sizes({c})[0], y = b.sizes({c})[0];
    if (ir::provably_different(x, y))
      throw ShapeError("[einsum] \"" + std::string(text) + "\": '" + c + "' is " + ir::to_string(x) + " in " +
                       ir::describe(a.value) + " and " + ir::to_string(y) + " in " + ir::describe(b.value) + ".");
  }
}

ir::Shape joined(ir::Shape a, const ir::Shape& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

// {batch…, rows…, k…} × {batch…, k…, columns…}
Labelled product(Labelled a, Labelled b, const Labels& output) {
  Labels batch, rows, inner, columns;
  for (char c : a.labels)
    (holds(b.labels, c) ? (holds(output, c) ? batch : inner) : rows) += c;
  for (char c : b.labels)
    if (!holds(a.labels, c)) columns += c;
  ir::Shape shape = joined(joined(a.sizes(batch), a.sizes(rows)), b.sizes(columns));
  ir::Shape groups = a.sizes(batch);
  Ref m = ir::element_count(a.sizes(rows)), k = ir::element_count(a.sizes(inner)), n = ir::element_count(b.sizes(columns));
  a.order(batch + rows + inner);
  b.order(batch + inner + columns);
  Ref left = ir::reshape(a.value, joined(groups, {m, k})), right = ir::reshape(b.value, joined(groups, {k, n}));
  return {ir::reshape(ir::matmul(left, right), shape), batch + rows + columns};
}

// Nothing is summed over: a broadcast product.
Labelled elementwise(Labelled a, Labelled b, const Labels& output) {
  auto spread = [&](Labelled& x) {
    Labels mine;
    std::vector<i64> missing;
    for (std::size_t i = 0; i < output.size(); ++i) {
      if (holds(x.labels, output[i])) mine += output[i];
      else missing.push_back(static_cast<i64>(i));
    }
    x.order(mine);
    return ir::expand_dims(x.value, missing);
  };
  Ref left = spread(a), right = spread(b);
  return {left * right, output};
}

} // namespace

Expr einsum(std::string_view labels, In x) {
  return api::expr_at(x.where(), [&] {
    Spec spec = parse(labels, 1);
    Labelled a = labelled(labels, api::operand(x), spec.inputs[0]);
    a.take_diagonals();
    a.sum_all_but(spec.output);
    a.order(spec.output);
    return a.value;
  });
}

Expr einsum(std::string_view labels, In x, In y) {
  return api::expr_at(x.where(), [&] {
    Spec spec = parse(labels, 2);
    In both[] = {x, y};
    api::Refs factors = api::promoted("einsum", ir::Accepts::numeric, both);
    Labelled a = labelled(labels, factors[0], spec.inputs[0]), b = labelled(labels, factors[1], spec.inputs[1]);
    check_sizes(labels, a, b);
    a.take_diagonals();
    b.take_diagonals();
    a.sum_all_but(spec.output + b.labels);
    b.sum_all_but(spec.output + a.labels);
    bool contracts = std::any_of(a.labels.begin(), a.labels.end(), [&](char c) { return !holds(spec.output, c); });
    Labelled result = contracts ? product(a, b, spec.output) : elementwise(a, b, spec.output);
    result.order(spec.output);
    return result.value;
  });
}

} // namespace croton
