// Rounding of floats; integers pass through.
#include "ir/ops/record.h"

namespace croton::ir {

namespace {
Op rounding(std::string_view name, std::string_view doc, Pointwise body, Spelling s) {
  body.integer = value_of<1, wide>([](wide x) { return x; });
  body = spelled(body, s);
  body.c_integer = "{0}";
  body.expand = [](const Node& n) { return n.args[0]; }; // reached by integers only
  return {.name = name, .doc = doc, .group = "rounding", .params = {"x"}, .accepts = Accepts::real_number, .body = body,
          .type = pointwise_type, .differentiable = false};
}
} // namespace

std::vector<Op> rounding_ops() {
  return {
      rounding("floor", "The largest integer not above x.", on_floats<1>([](auto x) { return std::floor(x); }),
               {"@llvm.floor", "", "", "floor({0})"}),
      rounding("ceil", "The smallest integer not below x.", on_floats<1>([](auto x) { return std::ceil(x); }),
               {"@llvm.ceil", "", "", "ceil({0})"}),
      rounding("trunc", "x without its fraction.", on_floats<1>([](auto x) { return std::trunc(x); }),
               {"@llvm.trunc", "", "", "trunc({0})"}),
      rounding("round", "The nearest integer, halves to even.", on_floats<1>([](auto x) { return std::nearbyint(x); }),
               {"@llvm.roundeven", "", "", "rint({0})"}),
  };
}

} // namespace croton::ir
