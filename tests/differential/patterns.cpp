#include "tests/differential/patterns.h"
#include <cmath>

namespace croton::test {

using namespace ir;

namespace {
const Ref& a() { static const Ref s = symbol_dim("a"); return s; }
const Ref& b() { static const Ref s = symbol_dim("b"); return s; }
const Ref& c() { static const Ref s = symbol_dim("c"); return s; }
Ref f(std::string_view op, const Ref& x) { return call(op, {x}); }
} // namespace

Ref keep(std::string_view reduction, const Ref& x, std::vector<i64> axes) { return reduce(reduction, x, std::move(axes), true); }
Ref softmax(const Ref& x, i64 axis) {
  Ref e = f("exp", x - keep("max", x, {axis}));
  return e / keep("sum", e, {axis});
}
Ref log_softmax(const Ref& x, i64 axis) {
  Ref d = x - keep("max", x, {axis});
  return d - f("log", keep("sum", f("exp", d), {axis}));
}
Ref variance(const Ref& x, std::vector<i64> axes, bool keepdims) {
  return call("variance", {x}, {{"axes", std::move(axes)}, {"keepdims", i64(keepdims)}, {"ddof", i64(0)}});
}
Ref layer_norm(const Ref& x, i64 axis) {
  Ref n = cast(x->shape()[static_cast<std::size_t>(axis)], x->dtype());
  Ref d = x - keep("sum", x, {axis}) / n;
  return d * f("rsqrt", keep("sum", f("square", d), {axis}) / n + 1e-5);
}
Ref flip(const Ref& x, i64 axis) {
  const Ref& n = x->shape()[static_cast<std::size_t>(axis)];
  return slice(x, axis, index_sub(n, constant_dim(1)), n, -1);
}

const std::vector<Pattern>& patterns() {
  using R = std::vector<Ref>;
  using O = const Operands&;
  static const std::vector<Pattern> all = {
      {"chain", [](O o) -> R { return {f("tanh", o.x * o.y + o.row) * f("sigmoid", o.column) - f("exp", -f("abs", o.x))}; }},
      {"several outputs of one map", [](O o) -> R { Ref e = f("exp", o.x); return {e * o.y, e + o.row, f("square", e)}; }},
      {"outputs of different shapes", [](O o) -> R { return {o.x + 1.0, o.row * 2.0, f("exp", o.column), reduce("sum", o.x, {0}), reduce("max", o.y, {1})}; }},
      {"sum of squares, rows", [](O o) -> R { return {reduce("sum", f("square", o.x), {1})}; }},
      {"sum of products, columns", [](O o) -> R { return {reduce("sum", o.x * o.y, {0})}; }},
      {"sum of a map, all", [](O o) -> R { return {reduce("sum", f("exp", o.x) * o.row, {0, 1})}; }},
      {"mean and maximum, all", [](O o) -> R { return {reduce("sum", o.x, {0, 1}) / cast(index_mul(a(), b()), o.x->dtype()), reduce("max", o.x * o.y, {0, 1}), reduce("min", o.x, {0, 1})}; }},
      {"softmax, rows", [](O o) -> R { return {softmax(o.x, 1)}; }},
      {"softmax, columns", [](O o) -> R { return {softmax(o.x, 0)}; }},
      {"softmax, middle", [](O o) -> R { return {softmax(o.cube, 1)}; }},
      {"log-softmax, rows", [](O o) -> R { return {log_softmax(o.x, 1)}; }},
      {"log-softmax, columns", [](O o) -> R { return {log_softmax(o.x, 0)}; }},
      {"layer norm, rows", [](O o) -> R { return {layer_norm(o.x, 1) * o.row + o.y}; }},
      {"layer norm, columns", [](O o) -> R { return {layer_norm(o.x, 0) * o.column}; }},
      {"layer norm, last of three", [](O o) -> R { return {layer_norm(o.cube, 2)}; }},
      {"variance, rows", [](O o) -> R { return {variance(o.x, {1}), variance(o.x, {1}, true) + o.x}; }},
      {"variance, columns", [](O o) -> R { return {variance(o.x * o.y, {0})}; }},
      {"variance, all", [](O o) -> R { return {variance(o.x + o.row, {0, 1})}; }},
      {"variance, middle", [](O o) -> R { return {variance(o.cube, {1}), variance(o.cube, {0, 2})}; }},
      {"logsumexp, rows", [](O o) -> R { return {reduce("logsumexp", o.x, {1}), o.y - keep("logsumexp", o.x, {1})}; }},
      {"logsumexp, columns", [](O o) -> R { return {reduce("logsumexp", o.x, {0})}; }},
      {"logsumexp, all", [](O o) -> R { return {reduce("logsumexp", o.x * 2.0, {0, 1})}; }},
      {"logsumexp, middle", [](O o) -> R { return {reduce("logsumexp", o.cube, {1})}; }},
      {"positions, rows", [](O o) -> R { return {reduce("argmax", o.x, {1}), reduce("argmin", o.x, {1})}; }},
      {"positions, columns", [](O o) -> R { return {reduce("argmax", o.x, {0}), reduce("argmin", o.x * o.row, {0})}; }},
      {"positions, all", [](O o) -> R { return {reduce("argmax", o.x, {0, 1}), reduce("argmin", o.x, {0, 1}), reduce("argmax", o.cube, {1, 2})}; }},
      {"reductions over middle axes", [](O o) -> R { return {reduce("sum", o.cube, {1}), reduce("max", o.cube, {0, 2}), reduce("sum", f("exp", o.cube), {0, 1})}; }},
      {"stages over columns", [](O o) -> R {
         Ref centred = o.x - keep("sum", o.x, {0}) / cast(a(), o.x->dtype());
         Ref scaled = centred / (keep("max", f("abs", centred), {0}) + 1.0);
         return {reduce("sum", scaled * scaled, {0}), scaled};
       }},
      {"transposed operand", [](O o) -> R { return {permute(o.x, {1, 0}) * 2.0 + permute(o.y, {1, 0}), reduce("sum", permute(o.x, {1, 0}), {1})}; }},
      {"sum of a transpose with a plain one", [](O o) -> R { return {reduce("sum", permute(o.cube, {2, 1, 0}), {2}), permute(o.cube, {1, 2, 0}) + 1.0}; }},
      {"flipped operand", [](O o) -> R { return {flip(o.x, 1) - o.x, reduce("sum", flip(o.x, 0) * o.y, {1}), reduce("argmax", flip(o.x, 1), {1})}; }},
      {"reshaped operand", [](O o) -> R {
         Ref flat = reshape(o.cube, {a(), index_mul(b(), c())});
         return {softmax(flat, 1), reduce("sum", reshape(o.cube, {index_mul(a(), b()), c()}), {0}), reshape(o.x, {index_mul(a(), b())}) + 1.0};
       }},
      {"concatenated operand", [](O o) -> R {
         Ref both = call("concatenate", {o.x, o.y, o.x}, {{"axis", i64(1)}});
         return {reduce("sum", both, {1}), f("exp", both), reduce("max", call("concatenate", {o.x, o.y}, {{"axis", i64(0)}}), {0})};
       }},
      {"padded operand", [](O o) -> R {
         Ref fill = constant_like(o.x, 0.25);
         Ref padded = call("place", {o.x, fill, constant_dim(2), index_add(b(), constant_dim(5))}, {{"axis", i64(1)}, {"step", i64(1)}});
         Ref spread = call("place", {o.x, fill, constant_dim(0), index_mul(a(), constant_dim(2))}, {{"axis", i64(0)}, {"step", i64(2)}});
         return {softmax(padded, 1), reduce("sum", padded, {0}), spread * 3.0};
       }},
      {"diagonal in a sum", [](O o) -> R { return {call("diagonal", {o.x + o.y}, {{"offset", i64(0)}}) * 2.0, reduce("sum", call("diagonal", {o.cube}, {{"offset", i64(-1)}}), {1})}; }},
      {"product", [](O o) -> R { return {f("tanh", matmul(o.x, permute(o.y, {1, 0})) + 1.0), matmul(permute(o.x, {1, 0}), o.y * 2.0)}; }},
      {"batched product", [](O o) -> R { return {matmul(o.cube, permute(o.cube, {0, 2, 1})), reduce("sum", matmul(permute(o.cube, {0, 2, 1}), o.cube), {1})}; }},
      {"an index in a reduction", [](O o) -> R {
         Ref i = iota({a(), b()}, 1, DType::i64);
         return {reduce("sum", where(call("less", {i, broadcast_to(constant_dim(3), {a(), b()})}), o.x, constant_like(o.x, 0)), {1}), reduce("sum", cast(i, o.x->dtype()) * o.x, {0})};
       }},
      {"any, all and counts", [](O o) -> R {
         Ref positive = call("greater", {o.x, constant_like(o.x, 0)});
         return {reduce("any", positive, {1}), reduce("all", positive, {0}), reduce("sum", cast(positive, DType::i64), {0, 1}), reduce("any", f("isnan", o.x), {0, 1})};
       }},
      {"a map of a reduction of a reduction", [](O o) -> R { return {reduce("sum", f("exp", reduce("max", o.x, {1})), {0}), reduce("max", reduce("sum", o.cube, {2}), {0})}; }},
      {"scans, rows", [](O o) -> R { return {scan("cumsum", {o.x * o.y + o.row}, 1), f("exp", scan("cummin", {o.x}, 1, true) - 4.0), scan("logcumsumexp", {o.x}, 1, false, true)}; }},
      {"scans, columns", [](O o) -> R { return {scan("cumsum", {o.x + o.column}, 0, true), scan("cumprod", {o.y * 0.5}, 0, false, true), scan("logcumsumexp", {o.x}, 0)}; }},
      {"scans, middle", [](O o) -> R { return {scan("cummax", {o.cube * 2.0}, 1), scan("linear_recurrence", {f("tanh", o.cube), o.cube}, 1, true), scan("cumsum", {o.cube}, 2, true, true)}; }},
      {"a scan of a quotient by a sum, and its sum", [](O o) -> R {
         Ref p = f("exp", o.x) / keep("sum", f("exp", o.x), {1}), running = scan("cumsum", {p}, 1);
         return {running, reduce("sum", running * o.y, {1}), reduce("max", scan("cumsum", {o.y}, 0), {0, 1})};
       }},
      {"a scan of a scan, of views, and a scan twice", [](O o) -> R {
         Ref x = scan("cumsum", {o.x}, 0);
         return {scan("cumsum", {x}, 1) + x, scan("cummax", {permute(o.x, {1, 0})}, 1), flip(scan("cumsum", {flip(o.y, 1)}, 1), 1), scan("cumsum", {flip(o.y, 0)}, 0)};
       }},
      {"one value in two reductions and an output", [](O o) -> R { Ref e = f("exp", o.x); return {reduce("sum", e, {1}), reduce("sum", e, {0}), e}; }},
  };
  return all;
}

Operands operands(DType d) {
  return {variable("x", d, {a(), b()}), variable("y", d, {a(), b()}), variable("row", d, {b()}), variable("column", d, {a(), constant_dim(1)}), variable("cube", d, {a(), b(), c()})};
}

// Values of the inputs' dtypes and shapes.
static void draw(Case& k, const Sizes& sizes, Values values, Rng& rng) {
  const double some[] = {NAN, INFINITY, -INFINITY, -INFINITY, -0.0, 0, 1};
  for (const Ref& input : k.inputs) {
    std::vector<i64> shape;
    for (const Dim& d : input->shape()) shape.push_back(evaluate_index(d, [&](const Node& n) { return sizes.at(std::string(user_name(n))); }));
    const DType dtype = input->dtype();
    Array value(dtype, shape);
    // Whole rows of −inf, and single specials, now and then.
    i64 width = shape.empty() ? 1 : std::max<i64>(shape.back(), 1);
    bool dead = false;
    for (i64 i = 0; i < value.count(); ++i) {
      if (i % width == 0) dead = values == Values::special && rng() % 4 == 0;
      double v = ordinary_value(dtype, {}, rng).real;
      if (values == Values::ties) v = static_cast<double>(static_cast<i64>(rng() % 3)) - 1;
      if (values == Values::special && rng() % 24 == 0) v = some[rng() % std::size(some)];
      value.store(i, {dead ? -INFINITY : v, 0});
    }
    k.values.push_back(std::move(value));
  }
}

Case pattern_case(const Pattern& pattern, DType dtype, const Sizes& sizes, Values values, bool strict, Rng& rng) {
  Operands in = operands(dtype);
  Case k{{in.x, in.y, in.row, in.column, in.cube}, {}, pattern.outputs(in), strict};
  draw(k, sizes, values, rng);
  return k;
}

Case few_rows_case(i64 rows, DType dtype, Values values, bool strict, Rng& rng) {
  Ref x = variable("x", dtype, {constant_dim(rows), b()}), scaled = x * 0.5;
  Case k{{x}, {}, {reduce("sum", scaled, {0}), variance(x, {0}), reduce("logsumexp", scaled, {0}), reduce("argmax", x, {0}), softmax(x, 0)}, strict};
  draw(k, {{"b", 37}}, values, rng);
  return k;
}

} // namespace croton::test
