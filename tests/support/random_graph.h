// Random graphs over all public ops, with values for their inputs: for differential tests, round trips and fuzzing.
// Sizes are 0, 1, 2, 3 or 7; a symbol "s7" always stands for 7, and 1 is always written as a number.
#pragma once
#include "ir/array.h"
#include "ir/build.h"
#include "ir/interpret.h"
#include "tests/support/reduction_attrs.h"
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace croton::test {

struct RandomOptions {
  int nodes = 12;
  std::vector<DType> dtypes = {DType::f32, DType::f64, DType::i32, DType::i64, DType::u8, DType::bool_};
  bool symbols = true;   ///< some sizes are symbols
  bool specials = false; ///< infinities, NaN and the integers' extremes among the values
  i64 most_elements = 2000;
};

struct RandomGraph {
  std::vector<ir::Ref> roots;
  ir::Bindings values;
};

class GraphMaker {
public:
  GraphMaker(std::uint64_t seed, RandomOptions options) : rng_(seed), options_(std::move(options)) {}

  RandomGraph make() {
    for (DType d : options_.dtypes) pool_.push_back(input(d));
    for (int k = 0; k < 2; ++k) pool_.push_back(input(options_.dtypes[below(options_.dtypes.size())]));
    for (int made = 0, tries = 0; made < options_.nodes && tries < 60 * options_.nodes; ++tries)
      if (ir::Ref n = attempt()) {
        pool_.push_back(n);
        ++made;
      }
    graph_.roots.push_back(pool_.back());
    graph_.roots.push_back(pool_[pool_.size() / 2 + below(pool_.size() - pool_.size() / 2)]);
    return std::move(graph_);
  }

private:
  using Ref = ir::Ref;

  std::size_t below(std::size_t n) { return std::uniform_int_distribution<std::size_t>(0, n - 1)(rng_); }
  i64 between(i64 low, i64 high) { return std::uniform_int_distribution<i64>(low, high)(rng_); }
  bool chance(double p) { return std::bernoulli_distribution(p)(rng_); }
  const Ref& any() { return pool_[below(pool_.size())]; }

  // ---- sizes ----

  static i64 value_of(const ir::Dim& d) {
    return ir::evaluate_index(d, [](const ir::Node& n) { return std::stoll(std::string(ir::user_name(n)).substr(1)); });
  }
  static std::vector<i64> sizes_of(const Ref& x) {
    std::vector<i64> sizes;
    for (const ir::Dim& d : x->shape()) sizes.push_back(value_of(d));
    return sizes;
  }
  // A symbol only where the shape of an input determines it.
  ir::Dim dim(i64 size, bool of_input = false) {
    bool symbol = options_.symbols && size != 1 && chance(0.4) && (of_input || bound_.contains(size));
    if (!symbol) return ir::constant_dim(size);
    bound_.insert(size);
    return ir::symbol_dim("s" + std::to_string(size));
  }
  i64 size() {
    constexpr i64 sizes[] = {0, 1, 1, 2, 2, 3, 3, 3, 7, 7, 7, 7};
    return sizes[below(std::size(sizes))];
  }

  // ---- values ----

  ir::Scalar value(DType d) {
    if (is_float(d)) {
      constexpr double specials[] = {0, -0.0, 1, -1, INFINITY, -INFINITY, NAN, 1e30, 1e-30};
      double v = options_.specials && chance(0.2) ? specials[below(std::size(specials))] : std::uniform_real_distribution<>(-4, 4)(rng_);
      return {v, 0};
    }
    if (d == DType::bool_) return {0, chance(0.5)};
    bool extreme = options_.specials && chance(0.1);
    return {0, extreme ? between(INT64_MIN, INT64_MAX) : info(d).is_signed ? between(-9, 9) : between(0, 9)};
  }
  ir::Array values(DType d, std::vector<i64> shape) {
    ir::Array a(d, std::move(shape));
    for (i64 i = 0; i < a.count(); ++i) a.store(i, value(d));
    return a;
  }
  Ref input(DType d) {
    std::vector<i64> sizes;
    ir::Shape shape;
    for (i64 k = between(0, 4); k > 0; --k) {
      sizes.push_back(size());
      shape.push_back(dim(sizes.back(), true));
    }
    Ref x = ir::variable("x" + std::to_string(graph_.values.size()), d, shape);
    graph_.values.emplace(x, values(d, sizes));
    return x;
  }
  Ref scalar(DType d) {
    ir::Scalar v = value(d);
    return is_float(d) ? ir::constant(d, v.real) : ir::constant_int(d, static_cast<i64>(v.integer));
  }
  Ref positions(std::vector<i64> shape, i64 bound) {
    DType d = chance(0.5) ? DType::i32 : DType::i64;
    ir::Array a(d, shape);
    for (i64 i = 0; i < a.count(); ++i) a.store(i, {0, bound ? between(0, bound - 1) : 0});
    return ir::constant_array(d, shape, a.bytes);
  }

  // ---- one node ----

  // Sizes that symbols only allow to agree may differ: the graph with numbers for symbols must have a type, too.
  static void expect_agreement(const Ref& n) {
    ir::substitute(std::span(&n, 1), [](const ir::Node& leaf) -> Ref {
      return leaf.op->name == "dim" ? ir::constant_dim(value_of(Ref(&leaf))) : nullptr;
    });
  }

  Ref attempt() {
    auto ops = ir::all_ops();
    const ir::Op& op = *ops[below(ops.size())];
    if (op.group == "internal") return nullptr;
    try {
      Ref n = std::visit([&](auto& body) { return node(op, body); }, op.body);
      if (n) expect_agreement(n);
      i64 count = 1;
      if (n)
        for (i64 s : sizes_of(n)) count *= s;
      bool known = n && std::find(options_.dtypes.begin(), options_.dtypes.end(), n->dtype()) != options_.dtypes.end();
      return known && n->rank() <= 5 && count <= options_.most_elements ? n : nullptr;
    } catch (const Error&) { // operands that do not fit: try others
      return nullptr;
    }
  }

  Ref node(const ir::Op&, const ir::Leaf&) { return nullptr; }
  Ref node(const ir::Op&, const ir::Opaque&) { return nullptr; }
  Ref node(const ir::Op&, const ir::Memory&) { return nullptr; }

  Ref node(const ir::Op& op, const ir::Pointwise& body) {
    Ref x = any();
    ir::Args args;
    for (std::size_t k = 0; k < op.params.size(); ++k) args.push_back(chance(0.4) ? any() : chance(0.5) ? x : scalar(x->dtype()));
    ir::Attrs attrs;
    if (body.result == ir::Pointwise::Result::attribute) attrs.set("dtype", options_.dtypes[below(options_.dtypes.size())]);
    return ir::make(op, args, attrs);
  }

  Ref node(const ir::Op& op, const ir::Reduction& body) {
    Ref x = any();
    std::vector<i64> axes, sizes = sizes_of(x);
    for (i64 k = 0; k < x->rank(); ++k)
      if (chance(0.5)) axes.push_back(k);
    for (i64 k : axes)
      if (body.empty_is_error && sizes[static_cast<std::size_t>(k)] == 0) return nullptr;
    bool keepdims = between(0, 1);
    return ir::make(op, {x}, reduction_attrs(op, x->dtype(), axes, keepdims, op.attr_specs.size() > 2 ? between(0, 1) : 0));
  }

  Ref node(const ir::Op& op, const ir::PrefixScan&) {
    Ref x = any();
    if (x->rank() == 0) return nullptr;
    ir::Args args{x};
    if (op.params.size() > 1) args.push_back(chance(0.5) ? any() : x);
    ir::Attrs attrs{{"axis", between(0, x->rank() - 1)}, {"reverse", between(0, 1)}, {"exclusive", between(0, 1)}};
    if (op.name == "prefix_scan") {
      bool sum = chance(0.5);
      attrs.set("combine", std::string(sum ? "a + b" : "maximum(a, b)"));
      attrs.set("identity", sum || !info(x->dtype()).is_signed ? 0.0 : -128.0);
    }
    return ir::make(op, args, attrs);
  }

  Ref node(const ir::Op& op, const ir::Generator&) {
    ir::Args dims;
    for (i64 k = between(1, 3); k > 0; --k) dims.push_back(dim(size()));
    i64 axis = between(0, static_cast<i64>(dims.size()) - 1);
    return ir::make(op, dims, {{"axis", axis}, {"dtype", options_.dtypes[below(options_.dtypes.size())]}});
  }

  Ref node(const ir::Op& op, const ir::Contraction&) {
    Ref x = any(), y = chance(0.5) ? any() : x;
    return ir::make(op, {x, x->rank() >= 2 && y == x ? ir::swap_last_axes(x) : y});
  }

  Ref node(const ir::Op& op, const ir::Scatter&) {
    Ref x = any();
    if (x->rank() == 0) return nullptr;
    i64 rows = between(1, 5);
    return ir::make(op, {x, positions({sizes_of(x)[0]}, rows), dim(rows)});
  }

  Ref node(const ir::Op& op, const ir::Indexed&) {
    Ref x = any();
    if (x->rank() == 0) return nullptr;
    auto sizes = sizes_of(x);
    std::size_t axis = below(sizes.size());
    i64 bound = sizes[axis];
    std::vector<i64> shape;
    if (op.name == "pick") {
      shape = sizes;
      shape.erase(shape.begin() + static_cast<i64>(axis));
    } else {
      for (i64 k = between(0, 2); k > 0; --k) shape.push_back(size());
    }
    if (bound == 0 && ir::checked_count(shape) > 0) return nullptr;
    return ir::make(op, {x, positions(shape, bound)}, {{"axis", static_cast<i64>(axis)}});
  }

  Ref node(const ir::Op& op, const ir::View&) {
    Ref x = any();
    auto sizes = sizes_of(x);
    i64 rank = x->rank();
    if (op.name == "reshape") return reshaped(op, x);
    if (op.name == "broadcast_to") return stretched(op, x);
    if (op.name == "permute") {
      std::vector<i64> order;
      for (i64 k = 0; k < rank; ++k) order.insert(order.begin() + between(0, k), k);
      return ir::make(op, {x}, {{"order", order}});
    }
    if (op.name == "expand_dims" || op.name == "squeeze") {
      std::vector<i64> axes;
      if (op.name == "expand_dims") axes.push_back(between(0, rank));
      for (i64 k = 0; op.name == "squeeze" && k < rank; ++k)
        if (ir::is_one(x->shape()[static_cast<std::size_t>(k)])) axes.push_back(k);
      return ir::make(op, {x}, {{"axes", axes}});
    }
    if (op.name == "diagonal") return ir::make(op, {x}, {{"offset", between(-2, 2)}});
    if (rank == 0) return nullptr;
    i64 axis = between(0, rank - 1), step = chance(0.5) ? 1 : between(0, 1) * 5 - 3; // 1, −3 or 2
    i64 n = sizes[static_cast<std::size_t>(axis)];
    if (op.name == "concatenate") {
      Ref y = any();
      return ir::make(op, chance(0.5) ? ir::Args{x, x, y} : ir::Args{x, x}, {{"axis", axis}});
    }
    if (op.name == "slice") {
      i64 start = n ? between(0, n - 1) : step > 0 ? 0 : -1;
      i64 most = n == 0 ? 0 : step > 0 ? (n - 1 - start) / step + 1 : start / -step + 1;
      return ir::make(op, {x, dim(start), dim(between(0, most))}, {{"axis", axis}, {"step", step}});
    }
    if (op.name != "place") return nullptr;
    i64 span = n ? (n - 1) * std::abs(step) : 0, before = between(0, 2);
    i64 start = step > 0 || n == 0 ? before : before + span;
    return ir::make(op, {x, scalar(x->dtype()), dim(start), dim(before + span + 1 + between(0, 2))}, {{"axis", axis}, {"step", step}});
  }

  Ref reshaped(const ir::Op& op, const Ref& x) {
    ir::Shape shape = x->shape();
    if (shape.size() >= 2 && chance(0.7)) { // merge two neighbours
      std::size_t k = below(shape.size() - 1);
      shape[k] = ir::index_mul(shape[k], shape[k + 1]);
      shape.erase(shape.begin() + static_cast<i64>(k) + 1);
    }
    if (chance(0.3)) std::reverse(shape.begin(), shape.end());
    if (chance(0.3)) shape.insert(shape.begin(), ir::constant_dim(1));
    ir::Args args{x};
    args.insert(args.end(), shape.begin(), shape.end());
    return ir::make(op, args);
  }

  Ref stretched(const ir::Op& op, const Ref& x) {
    ir::Args args{x};
    if (chance(0.5)) args.push_back(dim(size()));
    for (const ir::Dim& d : x->shape()) args.push_back(ir::is_one(d) ? dim(size()) : d);
    return ir::make(op, args);
  }

  std::mt19937_64 rng_;
  RandomOptions options_;
  std::vector<Ref> pool_;
  RandomGraph graph_;
  std::set<i64> bound_;
};

inline RandomGraph random_graph(std::uint64_t seed, RandomOptions options = {}) { return GraphMaker(seed, std::move(options)).make(); }

} // namespace croton::test
