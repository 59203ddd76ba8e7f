#include "src/driver/raw.h"
#include "ir/array.h"
#include "ir/build.h"
#include <algorithm>
#include <cstring>

namespace croton::driver {

using namespace ir;

namespace {
std::string who(const Node& n) { return "[" + std::string(user_name(n)) + "] "; }
std::string at_line(const Node& n) { return n.where ? " (" + to_string(n.where) + ")" : ""; }
} // namespace

void expect_raw_body(const Node& n, const RawSupport& support) {
  if (support.device.empty()) return;
  std::string text = who(n) + "this raw kernel" + at_line(n);
  if (support.language) {
    if (!raw_body_of(n.attrs, *support.language).text.empty()) return;
    throw UnsupportedError(text + " has no body in " + std::string(name(*support.language)) + ", which device '" + std::string(support.device) + "' runs. Give one as ." +
                               std::string(attribute(*support.language)) + ", or choose another device.", n.where);
  }
  if (has_value_on_host(n)) return;
  throw UnsupportedError(text + " has no reference body, which device '" + std::string(support.device) + "' runs. Give one as .reference, or choose another device." +
                             std::string(lost_functions(n)), n.where);
}

RawStep raw_step(const Node& n) {
  RawKernel k = raw_kernel_of(n.attrs);
  RawSizes sizes = bind_sizes(k.signature, n.args, [](const Ref&, bool, const Ref&) {});
  RawStep s{Ref(&n), {}, -1, {}, k.items ? sizes.at(k.items) : element_count(n.shape()), {}, {}, k.shared ? sizes.at(k.shared) : Ref(), k.zeroed};
  for (const Ref& size : k.signature.sizes) s.sizes.push_back(sizes.at(size));
  for (const Dim& d : k.groups) s.groups.push_back(sizes.at(d));
  for (const Dim& d : k.threads) s.threads.push_back(sizes.at(d));
  return s;
}

std::vector<Ref> raw_nodes(const Plan& plan) {
  std::vector<Ref> nodes;
  for (const Step& s : plan.steps)
    if (auto* raw = std::get_if<RawStep>(&s)) nodes.push_back(raw->node);
  return nodes;
}

runtime::Grid raw_grid(const ReadyRaw& raw, const runtime::DeviceFacts& facts) {
  const Node& n = *raw.step->node;
  runtime::Grid grid;
  i64 threads = 1;
  auto fill = [&](const std::vector<i64>& from, std::array<std::uint32_t, 3>& to, i64 least, std::string_view what) {
    for (std::size_t k = 0; k < from.size(); ++k) {
      if (from[k] < least || from[k] > INT32_MAX)
        throw DeviceError(who(n) + "the launch has " + std::to_string(from[k]) + " " + std::string(what) + " along axis " + std::to_string(k) + ", expected " + std::to_string(least) + " to 2147483647" + at_line(n) + ".", n.where);
      to[k] = static_cast<std::uint32_t>(from[k]);
    }
  };
  fill(raw.groups, grid.groups, 0, "groups");
  fill(raw.threads, grid.group, 1, "threads");
  for (std::uint32_t t : grid.group) threads = std::min<i64>(threads * t, INT32_MAX);
  if (threads > static_cast<i64>(facts.group_limit))
    throw DeviceError(who(n) + "the launch has " + std::to_string(threads) + " threads in a group, and " + facts.name + " at most " + std::to_string(facts.group_limit) + at_line(n) + ".", n.where);
  if (raw.shared < 0 || static_cast<std::size_t>(raw.shared) > facts.local_bytes)
    throw DeviceError(who(n) + "the launch shares " + std::to_string(raw.shared) + " bytes in a group, and " + facts.name + " has " + std::to_string(facts.local_bytes) + at_line(n) + ".", n.where);
  if (raw.step->shared) grid.local_bytes = std::max<std::size_t>(1, static_cast<std::size_t>(raw.shared));
  return grid;
}

void run_reference(const ReadyRaw& raw, const Prepared&, void* const* pointers, char*) {
  const Node& n = *raw.step->node;
  std::vector<Array> values;
  for (std::size_t k = 0; k < n.args.size(); ++k) {
    Array& a = values.emplace_back(n.args[k]->dtype(), raw.shapes[k]);
    if (!a.bytes.empty()) std::memcpy(a.bytes.data(), pointers[raw.step->operands[k]], a.bytes.size());
  }
  std::vector<const Array*> operands;
  for (const Array& a : values) operands.push_back(&a);
  Array result = std::get<Opaque>(n.op->body).reference(n, operands, raw.shapes.back());
  if (!result.bytes.empty()) std::memcpy(pointers[raw.step->result], result.bytes.data(), result.bytes.size());
}

} // namespace croton::driver
