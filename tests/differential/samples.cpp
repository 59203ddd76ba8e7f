#include "tests/differential/samples.h"
#include "ir/forms.h"
#include "ir/raw.h"
#include "tests/support/reduction_attrs.h"
#include <algorithm>
#include <cmath>
#include <limits>

namespace croton::test {

using namespace ir;

namespace {

const std::vector<i64> extents = {0, 1, 2, 15, 16, 17, 33, 100};

Ref s(const char* name) { return symbol_dim(name); }
Ref k(i64 value) { return constant_dim(value); }
i64 pick(const std::vector<i64>& from, Rng& rng) { return from[rng() % from.size()]; }

std::vector<Sizes> along_one() {
  std::vector<Sizes> all;
  for (i64 n : extents) all.push_back({{"a", n}});
  all.push_back({{"a", 33}}); // once more, as an edge case
  return all;
}
// Several draws whose product stays small; a dim of 0 comes by itself.
std::vector<Sizes> draws(const std::vector<std::string>& names, const std::vector<i64>& from, int count, i64 most, Rng& rng) {
  std::vector<Sizes> all;
  while (static_cast<int>(all.size()) < count) {
    Sizes sizes;
    i64 product = 1;
    for (const std::string& n : names) product *= std::max<i64>(1, sizes[n] = pick(from, rng));
    if (product <= most) all.push_back(std::move(sizes));
  }
  return all;
}
std::vector<Sizes> two(Rng& rng) { return draws({"a", "b"}, extents, 8, 3400, rng); }
std::vector<Sizes> three(Rng& rng) { return draws({"a", "b", "c"}, {0, 1, 2, 3, 5, 16, 17, 33}, 6, 3000, rng); }
std::vector<Sizes> four(Rng& rng) { return draws({"a", "b", "c", "d"}, {0, 1, 2, 3, 16, 17}, 6, 2000, rng); }

std::vector<Sample> pointwise(const Op& op, DType d, const std::vector<DType>& dtypes, Rng& rng) {
  auto& body = std::get<Pointwise>(op.body);
  using Shapes = std::vector<Shape>;
  // Operands in turn: whole, and stretched along some axes.
  const std::vector<std::pair<Shapes, std::vector<Sizes>>> layouts = {
      {{{}, {}, {}}, {{}, {}, {}}},
      {{{s("a")}, {s("a")}, {s("a")}}, along_one()},
      {{{k(17)}, {k(1)}, {k(17)}}, {{}, {}}},
      {{{s("a"), s("b")}, {k(1), s("b")}, {s("a"), k(1)}}, two(rng)},
      {{{s("a"), s("b"), s("c"), s("d")}, {s("b"), k(1), s("d")}, {s("a"), k(1), s("c"), k(1)}}, four(rng)},
  };
  std::vector<DType> results = {d};
  if (body.result == Pointwise::Result::attribute) results = dtypes;
  std::vector<Sample> all;
  for (DType to : results)
    for (auto& [shapes, sizes] : layouts) {
      if (to != d && shapes[0].size() > 1) continue;
      Args args;
      for (std::size_t i = 0; i < op.params.size(); ++i) {
        bool condition = op.params[i] == "condition";
        args.push_back(variable("x" + std::to_string(i), condition ? DType::bool_ : d, shapes[i % shapes.size()]));
      }
      Attrs attrs;
      if (body.result == Pointwise::Result::attribute) attrs.set("dtype", to);
      try {
        all.push_back({make(op, args, attrs), sizes});
      } catch (const DTypeError&) { // not for this dtype
      }
    }
  return all;
}

std::vector<Sample> reduction(const Op& op, DType d, Rng& rng) {
  const std::vector<std::pair<Shape, std::vector<std::vector<i64>>>> layouts = {
      {{}, {{}}},
      {{s("a")}, {{0}, {}}},
      {{s("a"), s("b")}, {{0}, {1}, {0, 1}}},
      {{k(16), s("b")}, {{0}, {1}}},
      {{s("a"), k(33)}, {{0}, {1}}},
      {{s("a"), s("b"), s("c")}, {{0}, {1}, {2}, {0, 2}, {1, 2}, {0, 1}, {0, 1, 2}}},
      {{s("a"), s("b"), s("c"), s("d")}, {{1, 3}, {0, 2}, {1, 2}}},
  };
  std::vector<Sample> all;
  i64 turn = 0;
  for (auto& [shape, axes_lists] : layouts)
    for (auto& axes : axes_lists) {
      bool keep = turn++ % 2;
      Attrs attrs = reduction_attrs(op, d, axes, keep, turn / 2 % 2);
      Ref node;
      try {
        node = make(op, {variable("x0", d, shape)}, attrs);
      } catch (const DTypeError&) {
        return {};
      }
      std::vector<Sizes> sizes = shape.size() < 2 ? along_one() : shape.size() == 2 ? two(rng) : shape.size() == 3 ? three(rng) : four(rng);
      if (std::get<Reduction>(op.body).empty_is_error)
        std::erase_if(sizes, [](const Sizes& x) { return std::any_of(x.begin(), x.end(), [](auto& e) { return e.second == 0; }); });
      all.push_back({node, sizes});
    }
  return all;
}

std::vector<Sample> scans(const Op& op, DType d, Rng& rng) {
  const std::vector<std::pair<Shape, std::vector<i64>>> layouts = {
      {{s("a")}, {0}}, {{k(33)}, {0}}, {{s("a"), s("b")}, {0, 1}}, {{s("a"), k(40)}, {0, 1}}, {{s("a"), s("b"), s("c")}, {0, 1, 2}}, {{k(1), s("b"), k(1)}, {0, 1}}, {{k(1)}, {0}}, {{k(1), k(1)}, {1}}};
  std::vector<Sample> all;
  u64 turn = rng();
  for (auto& [shape, axes] : layouts)
    for (i64 axis : axes)
      for (int again = 0; again < 2; ++again) {
        turn += 3; // every pair of flags comes round
        Attrs attrs{{"axis", axis}, {"reverse", static_cast<i64>(turn & 1)}, {"exclusive", static_cast<i64>(turn >> 1 & 1)}};
        if (op.name == "prefix_scan") {
          attrs.set("combine", std::string(again ? "maximum(a, b)" : "a + b"));
          attrs.set("identity", again && info(d).is_signed ? -128.0 : 0.0);
        }
        Args args;
        for (std::size_t i = 0; i < op.params.size(); ++i) args.push_back(variable("x" + std::to_string(i), d, shape));
        std::vector<Sizes> sizes = shape.size() == 1 ? along_one() : shape.size() == 2 ? two(rng) : three(rng);
        try {
          all.push_back({make(op, args, attrs), sizes});
        } catch (const DTypeError&) {
          return {};
        }
      }
  return all;
}

std::vector<Sample> view(const Op& op, DType d, Rng& rng) {
  auto x = [&](Shape shape) { return variable("x0", d, std::move(shape)); };
  std::vector<Sample> all;
  auto add = [&](std::vector<Sizes> sizes, Args args, Attrs attrs = {}) { all.push_back({make(op, std::move(args), std::move(attrs)), std::move(sizes)}); };
  Shape ab{s("a"), s("b")}, abc{s("a"), s("b"), s("c")};
  using Axes = std::vector<i64>;
  if (op.name == "reshape") {
    add(two(rng), {x(ab), index_mul(s("a"), s("b"))});
    add(three(rng), {x(abc), s("a"), index_mul(s("b"), s("c"))});
    add(three(rng), {x(abc), s("c"), s("b"), s("a")});
    add(two(rng), {x({index_mul(s("a"), k(6)), s("b")}), s("a"), k(3), k(1), k(2), s("b")});
    add({{}, {}}, {x({})});
  } else if (op.name == "broadcast_to") {
    add(two(rng), {x({k(1), s("b")}), s("a"), s("b")});
    add(two(rng), {x({s("a"), k(1)}), s("a"), s("b")});
    add(three(rng), {x({s("b"), k(1)}), s("a"), s("b"), s("c")});
    add({{}, {}}, {x({}), k(17)});
  } else if (op.name == "permute") {
    add(two(rng), {x(ab)}, {{"order", Axes{1, 0}}});
    for (Axes order : {Axes{2, 0, 1}, Axes{1, 0, 2}, Axes{0, 2, 1}, Axes{2, 1, 0}}) add(three(rng), {x(abc)}, {{"order", order}});
    add(four(rng), {x({s("a"), s("b"), s("c"), s("d")})}, {{"order", Axes{1, 3, 0, 2}}});
  } else if (op.name == "expand_dims") {
    add(two(rng), {x(ab)}, {{"axes", Axes{0, 2}}});
    add({{}, {}}, {x({})}, {{"axes", Axes{0}}});
  } else if (op.name == "squeeze") {
    add(two(rng), {x({k(1), s("a"), k(1), s("b")})}, {{"axes", Axes{0, 2}}});
  } else if (op.name == "slice") {
    auto slices = [&](const Ref& start, const Ref& size, i64 step, i64 axis, Shape shape, std::vector<Sizes> sizes) {
      std::erase_if(sizes, [](const Sizes& v) { return v.contains("a") && v.at("a") < 15; });
      add(sizes, {x(std::move(shape)), start, size}, {{"axis", axis}, {"step", step}});
    };
    slices(k(3), index_sub(s("a"), k(5)), 1, 0, {s("a")}, along_one());
    slices(index_sub(s("a"), k(1)), s("a"), -1, 0, {s("a")}, along_one());
    slices(k(1), k(7), 2, 0, {s("a")}, along_one());
    slices(k(14), k(5), -3, 0, ab, draws({"a", "b"}, {0, 1, 15, 16, 17, 33}, 6, 3000, rng));
    slices(k(2), k(4), 1, 1, {s("b"), s("a")}, draws({"a", "b"}, {15, 16, 17, 33}, 4, 3000, rng));
    slices(k(0), k(0), 1, 0, {s("a")}, along_one());
  } else if (op.name == "place") {
    Ref fill = is_float(d) ? constant(d, 2.5) : constant_int(d, 1);
    add(along_one(), {x({s("a")}), fill, k(3), index_add(s("a"), k(5))}, {{"axis", i64(0)}, {"step", i64(1)}});
    add(along_one(), {x({s("a")}), fill, k(1), index_add(index_mul(s("a"), k(2)), k(1))}, {{"axis", i64(0)}, {"step", i64(2)}});
    add(along_one(), {x({s("a")}), fill, s("a"), index_add(s("a"), k(1))}, {{"axis", i64(0)}, {"step", i64(-1)}});
    add(two(rng), {x(ab), variable("fill", d, {}), k(0), index_add(s("b"), k(2))}, {{"axis", i64(1)}, {"step", i64(1)}});
    add(two(rng), {x(ab), fill, k(2), index_add(s("a"), k(2))}, {{"axis", i64(0)}, {"step", i64(1)}});
  } else if (op.name == "diagonal") {
    for (i64 offset : {-1, 0, 2}) {
      add(two(rng), {x(ab)}, {{"offset", offset}});
      add(three(rng), {x(abc)}, {{"offset", offset}});
    }
  } else if (op.name == "concatenate") {
    auto y = [&](Shape shape) { return variable("x1", d, std::move(shape)); };
    add(two(rng), {x({s("a")}), y({s("b")}), x({s("a")})}, {{"axis", i64(0)}});
    add(three(rng), {x(ab), y({s("c"), s("b")})}, {{"axis", i64(0)}});
    add(three(rng), {x(ab), y({s("a"), s("c")}), y({s("a"), s("c")})}, {{"axis", i64(1)}});
    add(along_one(), {x({s("a")})}, {{"axis", i64(0)}});
  }
  return all;
}

Sample indexed(const Op& op, DType d, DType index, i64 axis, Shape shape, Shape positions, std::vector<Sizes> sizes) {
  // An axis without elements has no positions.
  std::erase_if(sizes, [](const Sizes& v) { return std::any_of(v.begin(), v.end(), [](auto& e) { return e.second == 0; }); });
  return {make(op, {variable("x0", d, std::move(shape)), variable("position", index, std::move(positions))}, {{"axis", axis}}), std::move(sizes)};
}

// The larger of a transposed matrix and a row, by bodies in all languages.
std::vector<Sample> raw(const Op& op, DType d, Rng& rng) {
  std::string t(name(d)), body = std::string(name(d == DType::bool_ ? DType::u8 : d));
  body += " a = x[(i % n) * m + i / n], b = y[i / n];\nz[i] = a > b ? a : b;";
  std::string signature = "x: " + t + "[n, m], y: " + t + "[m] -> z: " + t + "[m, n]";
  RawFunctions functions{[](const std::vector<const Array*>& v) {
                           i64 n = v[0]->shape[0], m = v[0]->shape[1];
                           Array z(v[0]->dtype, {m, n});
                           for (i64 i = 0; i < z.count(); ++i) {
                             Scalar a = v[0]->load(i % n * m + i / n), b = v[1]->load(i / n);
                             z.store(i, (is_float(z.dtype) ? a.real > b.real : a.integer > b.integer) ? a : b);
                           }
                           return z;
                         },
                         {}};
  Attrs attrs{{"name", std::string("larger")}, {"signature", signature}};
  for (const char* language : {"c", "opencl", "cuda"}) attrs.set(language, body);
  for (const char* key : {"c_preamble", "opencl_preamble", "cuda_preamble", "items", "groups", "threads", "shared"}) attrs.set(key, std::string());
  attrs.set("zeroed", i64(0));
  attrs.set("functions", keep_functions("larger", signature, functions));
  std::vector<std::pair<std::string, AttrValue>> given(attrs.entries().begin(), attrs.entries().end());
  return {{make(op, {variable("x0", d, {s("a"), s("b")}), variable("x1", d, {s("b")})}, ordered(op, std::move(given))), two(rng)}};
}

} // namespace

std::vector<Sample> samples_of(const Op& op, DType d, const std::vector<DType>& dtypes, Rng& rng) {
  if (std::holds_alternative<Pointwise>(op.body)) return pointwise(op, d, dtypes, rng);
  if (std::holds_alternative<Reduction>(op.body)) return reduction(op, d, rng);
  if (std::holds_alternative<PrefixScan>(op.body)) return scans(op, d, rng);
  if (std::holds_alternative<View>(op.body)) return view(op, d, rng);
  if (std::holds_alternative<Opaque>(op.body)) return raw(op, d, rng);
  std::vector<Sample> all;
  Shape abc{s("a"), s("b"), s("c")};
  if (std::holds_alternative<Generator>(op.body)) {
    // A size must come with an input: the op's result joins one.
    for (i64 axis : {0, 1}) all.push_back({make(op, {k(3), k(40)}, {{"axis", axis}, {"dtype", d}}), {{}}});
    all.push_back({make(op, {k(0)}, {{"axis", i64(0)}, {"dtype", d}}), {{}}});
  } else if (std::holds_alternative<Indexed>(op.body) && op.name == "pick") {
    all.push_back(indexed(op, d, DType::i32, 1, {s("a"), s("b")}, {s("a")}, two(rng)));
    all.push_back(indexed(op, d, DType::i64, 0, {s("a"), s("b")}, {s("b")}, two(rng)));
    all.push_back(indexed(op, d, DType::u8, 1, abc, {s("a"), s("c")}, three(rng)));
  } else if (std::holds_alternative<Indexed>(op.body)) {
    all.push_back(indexed(op, d, DType::i32, 0, {s("a"), s("b")}, {s("c")}, three(rng)));
    all.push_back(indexed(op, d, DType::i64, 1, {s("a"), s("b")}, {s("c"), k(2)}, three(rng)));
    all.push_back(indexed(op, d, DType::u8, 0, {s("a")}, {}, along_one()));
  } else if (std::holds_alternative<Scatter>(op.body)) {
    if (d == DType::bool_) return all;
    all.push_back({make(op, {variable("x0", d, {s("a"), s("b")}), variable("position", DType::i32, {s("a")}), k(5)}), two(rng)});
    all.push_back({make(op, {variable("x0", d, {s("a")}), variable("position", DType::i64, {s("a")}), k(3)}), along_one()});
  } else if (std::holds_alternative<Contraction>(op.body)) {
    auto product = [&](Shape a, Shape b, std::vector<Sizes> sizes) {
      all.push_back({make(op, {variable("x0", d, std::move(a)), variable("x1", d, std::move(b))}), std::move(sizes)});
    };
    try {
      product({s("a"), s("b")}, {s("b"), s("c")}, three(rng));
      product({k(3), s("b")}, {s("b"), k(1)}, two(rng));
      product({s("a"), s("b"), s("c")}, {s("a"), s("c"), s("d")}, four(rng));
    } catch (const DTypeError&) {
    }
  }
  return all;
}

Scalar ordinary_value(DType d, Domain domain, Rng& rng) {
  if (is_float(d)) return {std::uniform_real_distribution<>(domain.low, domain.high)(rng), 0};
  if (d == DType::bool_) return {0, static_cast<wide>(rng() % 2)};
  if (domain.low == Domain{}.low && domain.high == Domain{}.high) domain = {-100, 100};
  i64 low = info(d).is_signed ? static_cast<i64>(domain.low) : 0;
  return {0, std::uniform_int_distribution<i64>(low, static_cast<i64>(domain.high))(rng)};
}

Scalar edge_value(DType d, Rng& rng, bool mild) {
  if (mild && is_float(d)) {
    constexpr double inf = std::numeric_limits<double>::infinity();
    const double all[] = {inf, -inf, inf - inf, 0.0, -0.0, 1, -1};
    return {all[rng() % std::size(all)], 0};
  }
  auto any = [&](const auto& list) { return list[rng() % std::size(list)]; };
  if (d == DType::f32) {
    using L = std::numeric_limits<float>;
    const float all[] = {L::quiet_NaN(), L::infinity(), -L::infinity(), 0.0f, -0.0f, L::denorm_min(), -L::denorm_min(), L::min(), -L::min(), L::max(), L::lowest(), 1, -1,
                         0.5f, -0.5f, 1.5f, 2.5f, -2.5f, 1e-20f, -1e20f, 16777216, 2147483648.0f, -9.3e18f, 3.1415927f, 88.8f, -104.0f, 0.99999994f, -1.0000001f};
    return {any(all), 0};
  }
  if (d == DType::f64) {
    using L = std::numeric_limits<double>;
    const double all[] = {L::quiet_NaN(), L::infinity(), -L::infinity(), 0.0, -0.0, L::denorm_min(), -L::denorm_min(), L::min(), -L::min(), L::max(), L::lowest(), 1, -1,
                          0.5, -0.5, 1.5, 2.5, -2.5, 1e-200, -1e200, 9007199254740992.0, 2147483648.0, -9.3e18, 3.141592653589793, 709.9, -745.2, 1 - 0x1p-53, -1 - 0x1p-52};
    return {any(all), 0};
  }
  if (d == DType::bool_) return {0, static_cast<wide>(rng() % 2)};
  int bits = 8 * static_cast<int>(size_of(d));
  wide high = (wide(1) << (bits - (info(d).is_signed ? 1 : 0))) - 1, low = info(d).is_signed ? -high - 1 : 0;
  const wide all[] = {0, 1, -1, 2, -2, 3, high, low, high - 1, low + 1, 7, 8, 31, 32, 33, 63, 64, high / 2};
  return rounded_to(d, {0, any(all)});
}

Arrays values_of(const std::vector<Ref>& inputs, const Op& op, const Sizes& sizes, bool edges, Rng& rng) {
  Arrays values;
  std::vector<std::vector<i64>> shapes;
  for (const Ref& in : inputs) {
    auto& shape = shapes.emplace_back();
    for (const Dim& d : in->shape()) shape.push_back(evaluate_index(d, [&](const Node& n) { return sizes.at(std::string(user_name(n))); }));
  }
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    Array a(inputs[i]->dtype(), shapes[i]);
    bool position = user_name(*inputs[i]) == "position";
    i64 bound = 3; // of a scatter's rows
    if (position && std::holds_alternative<Indexed>(op.body)) {
      // pick and take: the size of the axis that the other input has where positions point.
      bound = std::numeric_limits<i64>::max();
      for (std::size_t j = 0; j < inputs.size(); ++j)
        if (user_name(*inputs[j]) == "x0")
          for (i64 size : shapes[j]) bound = std::min(bound, size);
    }
    std::size_t k = 0;
    if (user_name(*inputs[i]).starts_with("x")) k = static_cast<std::size_t>(user_name(*inputs[i])[1] - '0');
    // The order of a sum or a product is free: it must not decide what overflows.
    bool mild = !std::holds_alternative<Pointwise>(op.body);
    Domain domain = op.name == "prod" || op.name == "cumprod" ? Domain{0.7, 1.4} : op.domain.empty() ? Domain{} : op.domain[std::min(k, op.domain.size() - 1)];
    for (i64 e = 0; e < a.count(); ++e) {
      if (position) a.store(e, {0, static_cast<wide>(rng() % static_cast<u64>(bound))});
      else a.store(e, edges && rng() % 2 ? edge_value(a.dtype, rng, mild) : ordinary_value(a.dtype, domain, rng));
    }
    values.push_back(std::move(a));
  }
  return values;
}

} // namespace croton::test
