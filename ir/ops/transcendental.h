// Records of functions whose value is an expansion in ir/math/ and whose reference is libm.
#pragma once
#include "ir/math/bounds.h"
#include "ir/ops/record.h"

namespace croton::ir {

using Expand1 = Ref (*)(Ref);
using Expand2 = Ref (*)(Ref, Ref);

template <Expand1 F32, Expand1 F64> Ref expand_unary(const Node& n) {
  return n.dtype() == DType::f64 ? F64(n.args[0]) : F32(n.args[0]);
}
template <Expand2 F32, Expand2 F64> Ref expand_binary(const Node& n) {
  return n.dtype() == DType::f64 ? F64(n.args[0], n.args[1]) : F32(n.args[0], n.args[1]);
}

/// The measured bound of the expansion, from ir/math/bounds.h.
constexpr UlpBound bound_of(std::string_view op) {
  for (const auto& b : math::kBounds)
    if (b.op == op) return {b.f32, b.f64};
  return {4, 4};
}

using Vjp = std::vector<Ref> (*)(const Node&, const Ref&);

inline Op transcendental(std::string_view name, std::string_view doc, std::string_view group, Pointwise value,
                         Ref (*expand)(const Node&), Vjp vjp, std::vector<Domain> domain, int cost = 16, Notation notation = {}) {
  return {.name = name, .doc = doc, .group = group,
          .params = domain.size() == 2 ? std::vector<std::string_view>{"x", "y"} : std::vector<std::string_view>{"x"},
          .accepts = Accepts::floating, .body = expanded(value, expand, cost, bound_of(name)), .type = pointwise_type,
          .vjp = vjp, .domain = std::move(domain), .notation = notation};
}

} // namespace croton::ir

/// The f32 and f64 expansions named `op` as one function of a node.
#define CROTON_EXPAND1(op) (expand_unary<math::op##_f32<Ref>, math::op##_f64<Ref>>)
#define CROTON_EXPAND2(op) (expand_binary<math::op##_f32<Ref>, math::op##_f64<Ref>>)
