#include "tests/differential/run.h"
#include "ir/text.h"
#include <algorithm>
#include <cmath>
#include <cstring>
#include <stdexcept>

namespace croton::test {

using namespace ir;

Case case_of(std::vector<Ref> outputs, const Bindings& values, bool strict) {
  Case c{{}, {}, std::move(outputs), strict};
  std::vector<Ref> inputs;
  for (auto& [node, value] : values) inputs.push_back(node);
  std::sort(inputs.begin(), inputs.end(), [](const Ref& a, const Ref& b) { return user_name(*a) < user_name(*b); });
  for (const Ref& in : inputs) {
    c.inputs.push_back(in);
    c.values.push_back(values.at(in));
  }
  return c;
}

Program program_of(const Case& c) {
  Program p;
  p.inputs = c.inputs;
  p.outputs = c.outputs;
  p.strict = c.strict;
  p.name = "test";
  return p;
}

TensorView view_of(Array& array) { return {array.bytes.data(), array.shape, strides_of(array.shape)}; }

namespace {

constexpr std::size_t fence = 128;
constexpr std::byte untouched{0xff};

void expect_untouched(const std::vector<std::byte>& memory, std::size_t begin, std::size_t end, const char* what) {
  for (std::size_t i = begin; i < end; ++i)
    if (memory[i] != untouched) throw std::logic_error(what);
}

} // namespace

Arrays run_views(const Executable& executable, const std::vector<TensorView>& inputs, const Case& c) {
  auto shapes = executable.output_shapes(inputs);
  Arrays results;
  std::vector<std::vector<std::byte>> memory;
  std::vector<TensorView> outputs;
  for (std::size_t k = 0; k < shapes.size(); ++k) {
    Array& result = results.emplace_back(c.outputs[k]->dtype(), shapes[k]);
    memory.emplace_back(result.bytes.size() + 2 * fence, untouched);
    outputs.push_back({memory.back().data() + fence, shapes[k], strides_of(shapes[k])});
  }
  try {
    executable.run(inputs, outputs);
  } catch (const Error&) {
    for (auto& m : memory) expect_untouched(m, 0, m.size(), "a failed call wrote an output");
    throw;
  }
  for (std::size_t k = 0; k < results.size(); ++k) {
    std::size_t bytes = results[k].bytes.size();
    expect_untouched(memory[k], 0, fence, "memory in front of an output was written");
    expect_untouched(memory[k], fence + bytes, bytes + 2 * fence, "memory behind an output was written");
    if (bytes) std::memcpy(results[k].bytes.data(), memory[k].data() + fence, bytes);
  }
  return results;
}

Arrays run(const Executable& executable, const Case& c) {
  Arrays inputs = c.values;
  std::vector<TensorView> views;
  for (Array& a : inputs) views.push_back(view_of(a));
  Arrays results = run_views(executable, views, c);
  if (inputs != c.values) throw std::logic_error("an input was written");
  return results;
}

Arrays run_on(const std::string& device, const Case& c) { return run(*compile(program_of(c), device), c); }

// ---- comparing ------------------------------------------------------------------------------------------------

std::string text_of(const Array& a, i64 index) {
  Scalar s = a.load(index);
  char text[64];
  if (is_float(a.dtype)) std::snprintf(text, sizeof text, "%.17g", s.real);
  else std::snprintf(text, sizeof text, "%lld", static_cast<long long>(s.integer));
  return text;
}

std::string bit_difference(const Arrays& got, const Arrays& want) {
  if (got.size() != want.size()) return "another number of results";
  for (std::size_t k = 0; k < got.size(); ++k) {
    const Array &a = got[k], &b = want[k];
    if (a.dtype != b.dtype || a.shape != b.shape) return "result " + std::to_string(k) + " has another type";
    std::size_t size = size_of(a.dtype);
    for (i64 i = 0; i < a.count(); ++i) {
      auto at = static_cast<std::size_t>(i) * size;
      if (std::memcmp(a.bytes.data() + at, b.bytes.data() + at, size) == 0) continue;
      if (is_float(a.dtype) && std::isnan(a.load(i).real) && std::isnan(b.load(i).real)) continue;
      return "result " + std::to_string(k) + " " + shape_text(a.shape) + " element " + std::to_string(i) + ": " + text_of(a, i) + ", expected " + text_of(b, i);
    }
  }
  return "";
}

std::string describe(const Case& c) {
  std::string text = to_text(c.outputs);
  for (std::size_t k = 0; k < c.inputs.size(); ++k) {
    const Array& a = c.values[k];
    text += "# " + std::string(user_name(*c.inputs[k])) + " " + shape_text(a.shape) + ":";
    for (i64 i = 0; i < std::min<i64>(a.count(), 24); ++i) text += " " + text_of(a, i);
    text += a.count() > 24 ? " …\n" : "\n";
  }
  return text;
}

} // namespace croton::test
