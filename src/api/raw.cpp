// Raw kernels: from what the user gives to the attributes of a node.
#include "croton/raw.h"
#include "ir/raw.h"
#include "src/api/promote.h"
#include "src/api/storage.h"
#include <cstring>

namespace croton {

using api::Ref;

struct RawFunction::Definition {
  std::string name;
  std::vector<DType> dtypes; ///< of the operands
  ir::Attrs attrs;
};

namespace {

const RawBody& chosen(const RawBody& own, const RawBody& common) { return own.statements.empty() ? common : own; }

Array public_array(const ir::Array& a) {
  Array copy = api::uninitialized(a.dtype, a.shape);
  if (!a.bytes.empty()) std::memcpy(copy.data(), a.bytes.data(), a.bytes.size());
  return copy;
}
ir::Array inner_array(const Array& a) {
  ir::Array copy(a.dtype(), a.shape());
  if (!copy.bytes.empty()) std::memcpy(copy.bytes.data(), a.data(), copy.bytes.size());
  return copy;
}

ir::RawFunctions functions_of(const std::string& name, const RawKernel& kernel) {
  ir::RawFunctions f;
  if (kernel.reference)
    f.reference = [reference = kernel.reference](const std::vector<const ir::Array*>& operands) {
      std::vector<Array> given;
      for (const ir::Array* a : operands) given.push_back(public_array(*a));
      return inner_array(reference(given));
    };
  if (kernel.gradient)
    f.gradient = [name, gradient = kernel.gradient](const ir::Node& node, const Ref& cotangent) {
      auto expr = [&](const Ref& r) { return detail::Access::expr(r, node.where); };
      std::vector<Expr> operands;
      for (const Ref& a : node.args) operands.push_back(expr(a));
      std::vector<Expr> found = gradient(operands, expr(Ref(&node)), expr(cotangent));
      if (found.size() != operands.size())
        throw GradientError("[" + name + "] its gradient gives " + std::to_string(found.size()) + " cotangents, expected " + std::to_string(operands.size()) + ".");
      std::vector<Ref> cotangents;
      for (std::size_t k = 0; k < found.size(); ++k) {
        Ref g = detail::Access::ref(found[k]);
        if (g && (g->dtype() != node.args[k]->dtype() || g->rank() != node.args[k]->rank()))
          throw GradientError("[" + name + "] its gradient gives " + ir::describe(g) + " for operand " + std::to_string(k) + ", expected the dtype and rank of " + ir::describe(node.args[k]) + ".");
        cotangents.push_back(std::move(g));
      }
      return cotangents;
    };
  return f;
}

} // namespace

RawFunction raw_kernel(std::string name, std::string signature, RawKernel kernel, std::source_location here) {
  return api::at(here, [&] {
    const RawBody &c = chosen(kernel.c, kernel.body), &opencl = chosen(kernel.opencl, kernel.body), &cuda = chosen(kernel.cuda, kernel.body);
    if (c.statements.empty() && opencl.statements.empty() && cuda.statements.empty() && !kernel.reference)
      throw ValueError("[raw_kernel] '" + name + "' has no body at all. Give one as .body, .c, .opencl, .cuda or .reference.");
    std::string threads = kernel.launch.threads.empty() && !kernel.launch.groups.empty() ? "1" : kernel.launch.threads;
    auto definition = std::make_shared<RawFunction::Definition>();
    definition->name = name;
    definition->attrs = {{"name", name},       {"signature", signature},
                         {"c", c.statements},  {"c_preamble", c.preamble},
                         {"opencl", opencl.statements}, {"opencl_preamble", opencl.preamble},
                         {"cuda", cuda.statements},     {"cuda_preamble", cuda.preamble},
                         {"items", kernel.items},       {"groups", kernel.launch.groups},
                         {"threads", threads},          {"shared", kernel.launch.shared},
                         {"zeroed", i64(kernel.zeroed)}, {"functions", i64(0)}};
    ir::RawKernel checked = ir::raw_kernel_of(definition->attrs);
    for (const ir::RawTensor& t : checked.signature.operands) definition->dtypes.push_back(t.dtype);
    if (kernel.reference || kernel.gradient) definition->attrs.set("functions", ir::keep_functions(name, signature, functions_of(name, kernel)));
    RawFunction f;
    f.definition_ = std::move(definition);
    return f;
  });
}

Expr RawFunction::call(const std::vector<In>& operands, Location here) const {
  return api::expr_at(here, [&] {
    if (!definition_) throw ValueError("[raw_kernel] an empty raw kernel was called.");
    const Definition& d = *definition_;
    ir::Args args;
    for (std::size_t k = 0; k < operands.size(); ++k)
      args.push_back(operands[k].is_literal() && k < d.dtypes.size() ? api::operand_as(d.name, operands[k], d.dtypes[k]) : api::operand(operands[k]));
    return ir::make(*ir::find_op("raw"), std::move(args), d.attrs);
  });
}

} // namespace croton
