// Comparisons, logic, bits and selection.
#include "ir/ops/record.h"

namespace croton::ir {

namespace {

Op comparison(std::string_view name, std::string_view doc, std::string_view symbol, Pointwise body, bool commutative = false) {
  return {.name = name, .doc = doc, .group = "comparison", .params = {"x", "y"}, .accepts = Accepts::any,
          .body = boolean(body), .type = pointwise_type, .differentiable = false, .commutative = commutative,
          .notation = infix_from_left(symbol, Binding::comparing)};
}

Op on_bools(std::string_view name, std::string_view doc, Pointwise body, Notation notation = {}) {
  return {.name = name, .doc = doc, .group = "logic", .params = {"x", "y"}, .accepts = Accepts::boolean, .body = body,
          .type = pointwise_type, .differentiable = false, .commutative = true, .notation = notation};
}

Op on_bits(std::string_view name, std::string_view doc, Pointwise body) {
  return {.name = name, .doc = doc, .group = "logic", .params = {"x", "y"}, .accepts = Accepts::bits, .body = body,
          .type = pointwise_type, .differentiable = false, .commutative = true};
}

// Shift counts outside 0..bits−1 give 0.
Op shift(std::string_view name, std::string_view doc, Pointwise body, wide (*sized)(const wide*, int), Ref (*expand)(const Node&)) {
  body.sized_integer = sized;
  body.expand = expand;
  return {.name = name, .doc = doc, .group = "logic", .params = {"x", "count"}, .accepts = Accepts::integer,
          .body = body, .type = pointwise_type, .differentiable = false, .domain = {{-100, 100}, {0, 7}}};
}

Ref guarded_shift(const Node& n, std::string_view raw) {
  const Ref &x = n.args[0], &count = n.args[1];
  Ref zero = constant_like(x, 0), bits = constant_like(x, 8.0 * static_cast<double>(size_of(n.dtype())));
  Ref inside = call("less", {count, bits});
  if (info(n.dtype()).is_signed) inside = call("logical_and", {inside, call("greater_equal", {count, zero})});
  return where(inside, call(raw, {x, where(inside, count, zero)}), zero);
}

Op raw_shift(std::string_view name, std::string_view doc, Pointwise body) {
  return {.name = name, .doc = doc, .group = "internal", .params = {"x", "count"}, .accepts = Accepts::integer,
          .body = body, .type = pointwise_type, .differentiable = false, .domain = {{0, 100}, {0, 7}}};
}

constexpr auto shift_left_value = [](wide x, wide n) { return n < 0 || n > 63 ? wide(0) : x * (wide(1) << n); };
constexpr auto shift_right_value = [](wide x, wide n) { return n < 0 || n > 63 ? wide(0) : x >> n; };

Type where_type(const Op& op, const Args& args, const Attrs&) {
  expect_count(op, args, 3, 3);
  if (args[0]->dtype() != DType::bool_) fail_dtype(op, args[0], "a bool condition");
  if (args[1]->dtype() != args[2]->dtype()) fail_dtype(op, args[2], std::string(name(args[1]->dtype())));
  return {args[1]->dtype(), broadcast_shapes(args, op.name)};
}

} // namespace

std::vector<Op> comparison_ops() {
  return {
      comparison("less", "x < y; false on NaN.", " < ",
                 spelled(on_all<2>([](auto x, auto y) { return x < y; }), {"fcmp olt", "icmp slt", "icmp ult", "({0} < {1})"})),
      comparison("less_equal", "x ≤ y; false on NaN.", " ≤ ",
                 spelled(on_all<2>([](auto x, auto y) { return x <= y; }), {"fcmp ole", "icmp sle", "icmp ule", "({0} <= {1})"})),
      comparison("greater", "x > y; false on NaN.", " > ",
                 spelled(on_all<2>([](auto x, auto y) { return x > y; }), {"fcmp ogt", "icmp sgt", "icmp ugt", "({0} > {1})"})),
      comparison("greater_equal", "x ≥ y; false on NaN.", " ≥ ",
                 spelled(on_all<2>([](auto x, auto y) { return x >= y; }), {"fcmp oge", "icmp sge", "icmp uge", "({0} >= {1})"})),
      comparison("equal", "x = y; false on NaN.", " = ",
                 spelled(on_all<2>([](auto x, auto y) { return x == y; }), {"fcmp oeq", "icmp eq", "icmp eq", "({0} == {1})"}), true),
      comparison("not_equal", "x ≠ y; true on NaN.", " ≠ ",
                 spelled(on_all<2>([](auto x, auto y) { return x != y; }), {"fcmp une", "icmp ne", "icmp ne", "({0} != {1})"}), true),
      {.name = "isnan", .doc = "True on NaN.", .group = "comparison", .params = {"x"}, .accepts = Accepts::floating,
       .body = boolean(expanded(on_floats<1>([](auto x) { return x != x; }),
                                [](const Node& n) { return call("not_equal", {n.args[0], n.args[0]}); })),
       .type = pointwise_type, .differentiable = false},
      {.name = "isinf", .doc = "True on ±infinity.", .group = "comparison", .params = {"x"}, .accepts = Accepts::floating,
       .body = boolean(expanded(on_floats<1>([](auto x) { return std::isinf(x); }),
                                [](const Node& n) { return call("equal", {call("abs", {n.args[0]}), constant_like(n.args[0], INFINITY)}); })),
       .type = pointwise_type, .differentiable = false},
      {.name = "isfinite", .doc = "False on NaN and ±infinity.", .group = "comparison", .params = {"x"},
       .accepts = Accepts::floating,
       .body = boolean(expanded(on_floats<1>([](auto x) { return std::isfinite(x); }),
                                [](const Node& n) { return call("less", {call("abs", {n.args[0]}), constant_like(n.args[0], INFINITY)}); })),
       .type = pointwise_type, .differentiable = false},
  };
}

std::vector<Op> logic_ops() {
  return {
      on_bools("logical_and", "True where both are.", spelled(on_integers<2>([](wide x, wide y) { return x & y; }), {"", "and", "", "", "({0} & {1})"}), infix_from_left(" ∧ ", Binding::comparing)),
      on_bools("logical_or", "True where one is.", spelled(on_integers<2>([](wide x, wide y) { return x | y; }), {"", "or", "", "", "({0} | {1})"}), infix_from_left(" ∨ ", Binding::comparing)),
      on_bools("logical_xor", "True where exactly one is.", spelled(on_integers<2>([](wide x, wide y) { return x ^ y; }), {"", "xor", "", "", "({0} != {1})"})),
      {.name = "logical_not", .doc = "True where x is false.", .group = "logic", .params = {"x"}, .accepts = Accepts::boolean,
       .body = spelled(on_integers<1>([](wide x) { return wide(x == 0); }), {"", "not", "", "", "(!{0})"}), .type = pointwise_type,
       .differentiable = false},
      on_bits("bitwise_and", "And of the bits.", spelled(on_integers<2>([](wide x, wide y) { return x & y; }), {"", "and", "", "", "({0} & {1})"})),
      on_bits("bitwise_or", "Or of the bits.", spelled(on_integers<2>([](wide x, wide y) { return x | y; }), {"", "or", "", "", "({0} | {1})"})),
      on_bits("bitwise_xor", "Exclusive or of the bits.", spelled(on_integers<2>([](wide x, wide y) { return x ^ y; }), {"", "xor", "", "", "({0} ^ {1})"})),
      {.name = "bitwise_not", .doc = "Complement of the bits; on bool, logical not.", .group = "logic", .params = {"x"}, .accepts = Accepts::integer,
       .body = spelled(on_integers<1>([](wide x) { return ~x; }), {"", "not", "", "", "(~{0})"}), .type = pointwise_type,
       .differentiable = false},
      shift("left_shift", "x·2ⁿ, wrapping; 0 where n is negative or not below the width.", on_integers<2>(shift_left_value),
            [](const wide* x, int bits) { return x[1] < bits ? shift_left_value(x[0], x[1]) : wide(0); },
            [](const Node& n) { return guarded_shift(n, "shl"); }),
      shift("right_shift", "Arithmetic shift for signed, logical for unsigned; 0 where n is negative or not below the width.",
            on_integers<2>(shift_right_value),
            [](const wide* x, int bits) { return x[1] < bits ? shift_right_value(x[0], x[1]) : wide(0); },
            [](const Node& n) { return guarded_shift(n, "shr"); }),
      raw_shift("shl", "Left shift; the count must be inside the width.",
                spelled(on_integers<2>(shift_left_value), {"", "shl", "", "", "({u0} << {u1})"})),
      raw_shift("shr", "Right shift, arithmetic for signed; the count must be inside the width.",
                spelled(on_integers<2>(shift_right_value), {"", "ashr", "lshr", "", "({0} >> {1})"})),
      {.name = "where", .doc = "x where the condition is true, else y. The other side's NaN does not leak.", .group = "logic",
       .params = {"condition", "x", "y"}, .accepts = Accepts::any,
       .body = spelled(on_all<3>([](auto c, auto x, auto y) { return c != 0 ? x : y; }),
                       {"select", "select", "", "select"}),
       .type = where_type,
       .vjp = [](const Node& n, const Ref& g) -> std::vector<Ref> {
         Ref zero = constant_like(g, 0);
         return {nullptr, where(n.args[0], g, zero), where(n.args[0], zero, g)};
       }},
  };
}

} // namespace croton::ir
