// The op of raw kernels: one record for all of them, since what a kernel is stands in its attributes.
#include "ir/array.h"
#include "ir/error_bound.h"
#include "ir/ops/record.h"
#include "ir/raw.h"

namespace croton::ir {

namespace {

std::string who(const Attrs& attrs) { return "[" + attrs.text("name") + "] "; }
std::string at_line(const Node& n) { return n.where ? " (" + to_string(n.where) + ")" : ""; }

[[noreturn]] void bad_operand(const std::string& who, std::size_t number, const Ref& found, const RawTensor& expected, const std::string& cure) {
  std::string text = who + "operand " + std::to_string(number) + " is " + describe(found) + ", expected " + to_string(expected) + cure;
  if (found->dtype() != expected.dtype) throw DTypeError(text);
  throw ShapeError(text);
}

Type raw_type(const Op&, const Args& args, const Attrs& attrs) {
  RawKernel k = raw_kernel_of(attrs);
  const RawSignature& s = k.signature;
  if (args.size() != s.operands.size())
    throw ValueError(who(attrs) + "found " + std::to_string(args.size()) + " operands, expected " + std::to_string(s.operands.size()) + ".");
  const Ref* leading = nullptr;
  for (std::size_t i = 0; i < args.size(); ++i) {
    const RawTensor& t = s.operands[i];
    int dims = static_cast<int>(t.dims.size());
    if (args[i]->dtype() != t.dtype) bad_operand(who(attrs), i, args[i], t, ". Cast it first.");
    if (t.has_leading ? args[i]->rank() < dims : args[i]->rank() != dims) bad_operand(who(attrs), i, args[i], t, ": the ranks differ.");
    if (!t.has_leading) continue;
    if (!leading) leading = &args[i];
    else if (args[i]->rank() - dims != (*leading)->rank() - static_cast<int>(s.operands[static_cast<std::size_t>(leading - args.data())].dims.size()))
      bad_operand(who(attrs), i, args[i], t, ": '...' has another number of axes than in " + describe(*leading) + ".");
  }
  RawSizes sizes = bind_sizes(s, args, [&](const Ref& a, bool, const Ref& b) {
    if (!provably_different(a, b)) return;
    std::string text = who(attrs);
    for (const Ref& x : args) text += describe(x) + " · ";
    throw ShapeError(text + to_string(a) + " ≠ " + to_string(b) + ". The signature says that they are equal.");
  });
  Type type{s.result.dtype, {}};
  if (s.result.has_leading) type.shape = sizes.leading;
  for (const Dim& d : s.result.dims) type.shape.push_back(sizes.at(d));
  return type;
}

void raw_constrain(const Node& n, const Require& require) { bind_sizes(parse_signature(n.attrs.text("signature")), n.args, require); }

std::vector<Ref> raw_vjp(const Node& n, const Ref& g) {
  const RawFunctions* f = functions_of(n);
  if (!f || !f->gradient)
    throw GradientError(who(n.attrs) + "this raw kernel has no gradient" + at_line(n) +
                            ". Give one as .gradient, or put stop_gradient around the kernel." + std::string(lost_functions(n)), n.where);
  return f->gradient(n, g);
}

Array raw_reference(const Node& n, const std::vector<const Array*>& operands, const std::vector<i64>& shape) {
  const RawFunctions* f = functions_of(n);
  if (!f || !f->reference)
    throw UnsupportedError(who(n.attrs) + "this raw kernel has no reference body" + at_line(n) + ". Give one as .reference." +
                               std::string(lost_functions(n)), n.where);
  Array result = f->reference(operands);
  if (result.dtype != n.dtype() || result.shape != shape)
    throw ShapeError(who(n.attrs) + "the reference body gives " + std::string(name(result.dtype)) + shape_text(result.shape) + ", expected " + std::string(name(n.dtype())) +
                         shape_text(shape) + "." + at_line(n), n.where);
  return result;
}

Ref raw_batch(const Node& n, const Args&, const std::vector<bool>&) {
  throw UnsupportedError(who(n.attrs) + "a raw kernel has no form for many values at once: jacobian and hessian cannot go through it." + at_line(n), n.where);
}

} // namespace

std::vector<Op> raw_ops() {
  return {
      {.name = "raw", .doc = "A kernel of the user's own: statements in C, OpenCL C and CUDA C (docs/raw-kernels.md).", .group = "raw", .params = {"x..."},
       .attr_specs = {{"name", "text", "an identifier"},
                      {"signature", "text", "operands, sizes and result: \"a: f32, x: f32[n] -> z: f32[n]\""},
                      {"c", "text", "statements in C; empty: none"}, {"c_preamble", "text", "what stands in front of them"},
                      {"opencl", "text", "statements in OpenCL C; empty: none"}, {"opencl_preamble", "text", "what stands in front of them"},
                      {"cuda", "text", "statements in CUDA C; empty: none"}, {"cuda_preamble", "text", "what stands in front of them"},
                      {"items", "text", "how often the statements run; empty: for each element of the result"},
                      {"groups", "text", "groups of a launch on OpenCL and CUDA; empty: one thread for each item"},
                      {"threads", "text", "threads of a group"}, {"shared", "text", "bytes that a group shares"},
                      {"zeroed", "bool", "the result is 0 before the kernel runs"},
                      {"functions", "functions", "reference body and gradient, where the process that made the node has them; 0: none"}},
       .accepts = Accepts::any, .body = Opaque{raw_reference}, .type = raw_type, .vjp = raw_vjp, .constrain = raw_constrain,
       // What it computes is not known: a rounding for each element that a result may depend on, and some more.
       .error = [](const Ref& v, i64 n) { return error_of_roundings(v, 2 * n + 16); }, .batch = raw_batch},
  };
}

} // namespace croton::ir
