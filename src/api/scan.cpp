#include "croton/scan.h"
#include "ir/expression.h"
#include "src/api/promote.h"

namespace croton {

namespace {

using api::Ref;

ir::Attrs attrs_of(std::string_view op, int axis, ScanOptions options, int rank) {
  return {{"axis", api::axis_of(op, axis, rank)}, {"reverse", i64(options.reverse)}, {"exclusive", i64(options.exclusive)}};
}

Expr scanned(std::string_view op, const In& x, int axis, ScanOptions options, Ref (*prepare)(std::string_view, const In&)) {
  return api::expr_at(x.where(), [&] {
    Ref value = prepare(op, x);
    return ir::call(op, {value}, attrs_of(op, axis, options, value->rank()));
  });
}

// bool is compared as 0 and 1.
Expr extreme(std::string_view op, const In& x, int axis, ScanOptions options) {
  return api::expr_at(x.where(), [&] {
    Ref value = api::operand(x);
    bool is_bool = value->dtype() == DType::bool_;
    Ref result = ir::call(op, {is_bool ? ir::cast(value, DType::u8) : value}, attrs_of(op, axis, options, value->rank()));
    return is_bool ? ir::cast(result, DType::bool_) : result;
  });
}

} // namespace

Expr cumsum(In x, int axis, ScanOptions options) { return scanned("cumsum", x, axis, options, api::as_summable); }
Expr cumprod(In x, int axis, ScanOptions options) { return scanned("cumprod", x, axis, options, api::as_summable); }
Expr cummax(In x, int axis, ScanOptions options) { return extreme("cummax", x, axis, options); }
Expr cummin(In x, int axis, ScanOptions options) { return extreme("cummin", x, axis, options); }
Expr logcumsumexp(In x, int axis, ScanOptions options) { return scanned("logcumsumexp", x, axis, options, api::as_float); }

Expr linear_recurrence(In multiplier, In addend, int axis, ScanOptions options) {
  return api::expr_at(multiplier.where(), [&] {
    const In operands[] = {multiplier, addend};
    api::Refs values = api::promoted("linear_recurrence", ir::Accepts::numeric, operands);
    ir::Shape shape = ir::broadcast_shapes(values, "linear_recurrence");
    for (Ref& x : values) x = ir::broadcast_to(x, shape);
    return ir::call("linear_recurrence", values, attrs_of("linear_recurrence", axis, options, values[0]->rank()));
  });
}

ScanKernel scan_kernel(std::string combine, double identity, std::source_location here) {
  return api::at(here, [&] {
    auto check = [&](DType dtype) { ir::parse_elementwise(combine, {{"a", ir::variable("a", dtype, {})}, {"b", ir::variable("b", dtype, {})}}, "[scan_kernel] "); };
    try {
      check(DType::f64);
    } catch (const ValueError&) { // for integers alone, perhaps
      std::exception_ptr as_float = std::current_exception();
      try {
        check(DType::i64);
      } catch (const ValueError&) {
        std::rethrow_exception(as_float);
      }
    }
    ScanKernel kernel;
    kernel.combine_ = std::move(combine);
    kernel.identity_ = identity;
    return kernel;
  });
}

Expr ScanKernel::operator()(In x, int axis, ScanOptions options) const {
  return api::expr_at(x.where(), [&] {
    if (combine_.empty()) throw ValueError("[scan_kernel] an empty scan kernel was called.");
    Ref value = api::operand(x);
    ir::Attrs attrs = attrs_of("prefix_scan", axis, options, value->rank());
    attrs.set("combine", combine_);
    attrs.set("identity", identity_);
    return ir::call("prefix_scan", {value}, attrs);
  });
}

} // namespace croton
