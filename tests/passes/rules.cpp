// Rules that are functions, the manual, and random graphs.
#include "passes/rules.h"
#include "ir/build.h"
#include "ir/interpret.h"
#include "passes/simplify.h"
#include "tests/support/catch.h"
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <random>
#include <set>
#include <sstream>

using namespace croton;
using namespace croton::ir;
using namespace croton::passes;

namespace {

Dim k(i64 n) { return constant_dim(n); }

Array ramp(const Ref& x) {
  std::vector<i64> shape;
  for (const Dim& d : x->shape()) shape.push_back(constant_value(d).value_or(4)); // symbols are 4
  Array a(x->dtype(), shape);
  for (i64 i = 0; i < a.count(); ++i) a.store(i, {std::sin(static_cast<double>(i) * 1.7) * 3, static_cast<wide>(i * 7 % 11)});
  return a;
}

Bindings ramps(const Ref& root) {
  Bindings bindings;
  for (const Node* n : post_order(root))
    if (is_variable(*n)) bindings.emplace(Ref(n), ramp(Ref(n)));
  return bindings;
}

struct Expectation {
  std::string_view rule;
  Ref before, after;
};

void check(const Expectation& e) {
  INFO("rule " << e.rule);
  RewriteLog log;
  Ref result = simplify(e.before, {}, &log);
  CHECK(std::any_of(log.steps.begin(), log.steps.end(), [&](auto& s) { return s.rule == e.rule; }));
  CHECK(result == e.after);
  CHECK(simplify(result) == result);
  Bindings bindings = ramps(e.before);
  Array a = interpret(e.before, bindings), b = interpret(result, bindings);
  REQUIRE(a.shape == b.shape);
  for (i64 i = 0; i < a.count(); ++i) {
    CHECK(a.load(i).integer == b.load(i).integer);
    CHECK(a.load(i).real == Approx(b.load(i).real).epsilon(1e-6));
  }
}

const Ref x = variable("x", DType::f32, {k(3), k(4)});
const Ref row = variable("row", DType::f32, {k(1), k(4)});
const Ref cube = variable("cube", DType::f32, {k(2), k(3), k(4)});
const Ref n32 = variable("n", DType::i32, {k(3), k(4)});
const Ref batch = variable("batch", DType::f32, {symbol_dim("n"), k(3)});

Ref sum(const Ref& v, std::vector<i64> axes, bool keep = false) { return reduce("sum", v, std::move(axes), keep); }
Ref square(const Ref& v) { return call("square", {v}); }
Ref mean(const Ref& v, std::vector<i64> axes, double count) { return sum(v, std::move(axes), true) / count; }

} // namespace

TEST_CASE("constants and broadcasts") {
  Ref two = constant(DType::f32, 2), three = constant(DType::f32, 3);
  check({"fold_constants", x * (two * three), x * 6.0});
  check({"fold_constants", call("exp", {broadcast_to(constant(DType::f32, 0), x->shape())}), broadcast_to(constant(DType::f32, 1), x->shape())});
  check({"pointwise_broadcast", x + broadcast_to(row, x->shape()), x + row});
  check({"pointwise_broadcast", call("exp", {broadcast_to(row, x->shape())}), broadcast_to(call("exp", {row}), x->shape())});
  Ref flat = variable("flat", DType::f32, {k(4)});
  check({"pointwise_broadcast", x + expand_dims(flat, {0}), x + flat});
  check({"broadcast_broadcast", broadcast_to(broadcast_to(row, x->shape()), cube->shape()), broadcast_to(row, cube->shape())});
  check({"view_of_scalar", reshape(broadcast_to(two, x->shape()), {k(12)}), broadcast_to(two, {k(12)})});
  Ref scalar = variable("scalar", DType::f32, {});
  check({"view_of_scalar", expand_dims(broadcast_to(scalar, {k(3)}), {1}) * x, scalar * x});
  check({"reshape_same", call("reshape", {x, k(3), k(4)}), x});
  check({"permute_identity", call("permute", {x}, {{"order", std::vector<i64>{0, 1}}}), x});
  check({"no_axes", call("expand_dims", {x}, {{"axes", std::vector<i64>{}}}), x});
}

TEST_CASE("casts") {
  check({"cast_same", call("cast", {x}, {{"dtype", DType::f32}}), x});
  check({"cast_cast", cast(cast(x, DType::f64), DType::f32), x});
  check({"cast_cast", cast(cast(n32, DType::i64), DType::u8), cast(n32, DType::u8)});
  check({"cast_cast", cast(cast(n32, DType::f64), DType::i32), n32});
  for (DType narrow : {DType::f32, DType::u8, DType::bool_}) { // these lose values
    Ref kept = cast(cast(n32, narrow), DType::i32);
    CHECK(simplify(kept) == kept);
  }
}

TEST_CASE("views") {
  check({"reshape_reshape", reshape(reshape(x, {k(12)}), {k(2), k(6)}), reshape(x, {k(2), k(6)})});
  check({"reshape_reshape", reshape(expand_dims(x, {1}), {k(12)}), reshape(x, {k(12)})});
  check({"unit_axes_of_reshape", expand_dims(reshape(x, {k(12)}), {0}), reshape(x, {k(1), k(12)})});
  check({"expand_expand", expand_dims(expand_dims(x, {1}), {0, 3}), expand_dims(x, {0, 2, 3})});
  Ref ones = variable("ones", DType::f32, {k(1), k(3), k(1), k(1)});
  check({"squeeze_squeeze", squeeze(squeeze(ones, {0}), {2}), squeeze(ones, {0, 3})});
  check({"inverse_view", squeeze(expand_dims(x, {1}), {1}), x});
  check({"inverse_view", expand_dims(squeeze(ones, {0, 2}), {0, 2}), ones});
  check({"permute_permute", permute(permute(cube, {1, 2, 0}), {1, 2, 0}), permute(cube, {2, 0, 1})});
  check({"permute_permute", permute(permute(x, {1, 0}), {1, 0}), x});
  Ref a = variable("a", DType::f32, {k(3), k(2)}), b = variable("b", DType::f32, {k(5), k(3)});
  check({"transposed_product", swap_last_axes(matmul(swap_last_axes(a), swap_last_axes(b))), matmul(b, a)});
}

TEST_CASE("slices and joins") {
  check({"whole_slice", call("slice", {x, k(0), k(4)}, {{"axis", i64(1)}, {"step", i64(1)}}), x});
  check({"slice_slice", slice(slice(x, 1, k(1), k(3), 1), 1, k(0), k(2), 2), slice(x, 1, k(1), k(2), 2)});
  Ref flipped = slice(x, 1, k(3), k(4), -1);
  check({"slice_slice", slice(flipped, 1, k(3), k(4), -1), x});
  check({"flipped_scan", slice(scan("cumsum", {flipped}, 1, false, true), 1, k(3), k(4), -1), scan("cumsum", {x}, 1, true, true)});
  Ref zero = constant(DType::f32, 0);
  auto place = [&](const Ref& v, i64 start, i64 size) {
    return call("place", {v, zero, k(start), k(size)}, {{"axis", i64(1)}, {"step", i64(1)}});
  };
  check({"slice_place", slice(place(x, 2, 9), 1, k(2), k(4), 1), x});
  check({"whole_place", place(x, 0, 4), x});
  auto join = [](Args parts) { return call("concatenate", std::move(parts), {{"axis", i64(0)}}); };
  check({"concatenate_one", join({x}), x});
  check({"concatenate_concatenate", join({join({x, row}), x}), join({x, row, x})});
  check({"slice_concatenate", slice(join({x, row}), 0, k(3), k(1), 1), row});
}

TEST_CASE("reductions") {
  check({"expand_reduction", expand_dims(sum(x, {1}), {1}), sum(x, {1}, true)});
  check({"squeeze_reduction", squeeze(sum(x, {1}, true), {1}), sum(x, {1})});
  check({"reduce_unit_axes", sum(row, {0}), squeeze(row, {0})});
  CHECK(simplify(sum(row, {0, 1})) == sum(row, {0, 1}));
  check({"reduce_unit_axes", reduce("max", row, {0}, true), row});
  check({"nested_reduction", sum(sum(cube, {0}), {1}), sum(cube, {0, 2})});
  check({"nested_reduction", sum(sum(cube, {0}, true), {1}, true), sum(cube, {0, 1}, true)});
  check({"nested_reduction", reduce("max", reduce("max", cube, {2}, true), {0, 2}), reduce("max", cube, {0, 2})});
  check({"reduce_all_of_view", sum(permute(cube, {2, 0, 1}), {0, 1, 2}), sum(cube, {0, 1, 2})});
  check({"sum_broadcast", sum(broadcast_to(row, x->shape()), {0}), squeeze(row, {0}) * 3.0});
  check({"extreme_broadcast", reduce("max", broadcast_to(row, x->shape()), {0}), squeeze(row, {0})});
  Ref stretched = sum(broadcast_to(variable("s", DType::f32, {k(1), k(3)}), batch->shape()), {0});
  CHECK(simplify(stretched) == stretched); // an empty sum of ∞ is 0, not NaN
}

TEST_CASE("variance is recognised") {
  auto variance = [](const Ref& v, std::vector<i64> axes, bool keep, i64 ddof) {
    return call("variance", {v}, {{"axes", std::move(axes)}, {"keepdims", i64(keep)}, {"ddof", ddof}});
  };
  check({"variance", sum(square(x - mean(x, {1}, 4)), {1}) / 4.0, variance(x, {1}, false, 0)}); // ÷4 is ×0.25 by then
  check({"variance", sum(square(x - mean(x, {0}, 3)), {0}, true) / 3.0, variance(x, {0}, true, 0)});
  check({"variance", sum(square(x - mean(x, {0}, 3)), {0}, true) / 2.0, variance(x, {0}, true, 1)});
  Ref d = x - mean(x, {0, 1}, 12);
  check({"variance", sum(d * d, {0, 1}) / 12.0, variance(x, {0, 1}, false, 0)});
  Ref count = cast(symbol_dim("n"), DType::f32);
  Ref centred = batch - sum(batch, {0}, true) / count;
  check({"variance", sum(square(centred), {0}) / count, variance(batch, {0}, false, 0)});
  check({"variance", sum(square(centred), {0}) / (count - 1.0), variance(batch, {0}, false, 1)});
  Ref other = simplify(sum(square(x - mean(x, {1}, 5)), {1}) / 4.0); // not the mean
  CHECK(other->op->name != "variance");
}

TEST_CASE("every rule that is a function has fired") {
  const auto never = rules_that_never_fired();
  for (const auto& rule : all_rules()) {
    if (!rule->shape) continue;
    INFO(rule->name);
    CHECK(std::find(never.begin(), never.end(), rule->name) == never.end());
  }
}

TEST_CASE("names of rules are unique, and there are enough") {
  std::set<std::string_view> names;
  std::size_t lines = 0;
  for (const auto& rule : all_rules()) {
    CHECK(names.insert(rule->name).second);
    lines += rule->algebra != nullptr;
  }
  CHECK(lines >= 60);
}

TEST_CASE("docs/rules.md is the tables") {
  std::string path = std::string(CROTON_SOURCE_DIR) + "/docs/rules.md";
  if (std::getenv("CROTON_UPDATE")) std::ofstream(path) << rules_manual();
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  CHECK(text.str() == rules_manual()); // CROTON_UPDATE=1 rewrites it
}
