// Quick values, and one function on several devices.
#include "croton/compare.h"
#include "src/api/compiled.h"
#include <cstring>
#include "src/compare/compare.h"

namespace croton {

Array eval(const Expr& x, const std::vector<EvalInput>& inputs, std::source_location here) {
  return api::at(here, [&] {
    std::vector<Expr> variables;
    std::vector<TensorArg> values;
    for (const EvalInput& input : inputs) {
      variables.push_back(input.variable);
      values.push_back(input.value);
    }
    std::vector<Array> tested; // variables that are not given have their test values
    if (api::has_test_values)
      for (const ir::Node* n : ir::post_order(api::ref(x))) {
        ir::Ref node(n);
        bool given = std::any_of(variables.begin(), variables.end(), [&](const Expr& v) { return detail::Access::ref(v) == node; });
        if (given || !ir::is_variable(*n) || n->attrs.find("state")) continue;
        if (auto value = api::test_value_of(node)) {
          Array& copy = tested.emplace_back(value->dtype, value->shape);
          if (!value->bytes.empty()) std::memcpy(copy.data(), value->bytes.data(), value->bytes.size());
          variables.push_back(detail::Access::expr(node, n->where));
        }
      }
    for (const Array& a : tested) values.emplace_back(a);
    FunctionOptions options;
    options.name = "eval";
    options.unused_inputs = Unused::ignore;
    Outputs result = function(variables, x, options, here).call(values, here);
    return result.single();
  });
}

Array Expr::eval(std::initializer_list<EvalInput> inputs, Here here) const {
  return croton::eval(*this, std::vector<EvalInput>(inputs), here);
}

Comparison compare(const Function& f, const std::vector<std::string>& devices, const std::vector<TensorArg>& args, const CompareOptions& options,
                   std::source_location here) {
  return api::at(here, [&] {
    const detail::Compiled& original = detail::Access::compiled(f);
    api::Arguments checked = api::check_arguments(original, api::pointers(args));
    comparison::Request request{original.program, {}, *original.output_names, devices, options};
    request.output_names.resize(original.output_count());
    for (const api::StatePtr& state : original.updated) request.output_names.push_back("new " + std::string(ir::user_name(*state->node)));
    request.inputs = api::host_inputs(original, checked);
    return comparison::compare(std::move(request));
  });
}

} // namespace croton
