#include "src/compare/compare.h"
#include "ir/build.h"
#include "ir/forms.h"
#include "runtime/device.h"
#include "src/compare/tolerance.h"
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <unordered_set>

namespace croton::comparison {

using namespace ir;
using Arrays = std::vector<ir::Array>;

namespace {

constexpr std::size_t most_nodes = 2000; ///< compared one by one: each becomes an output of one program

TensorView view_of(ir::Array& a) { return {a.bytes.data(), a.shape, strides_of(a.shape)}; }

double now_ms() {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// Outputs that hold nothing yet.
Arrays room_for(const Program& program, const Executable& executable, std::span<const TensorView> inputs) {
  Arrays results;
  auto shapes = executable.output_shapes(inputs);
  for (std::size_t k = 0; k < shapes.size(); ++k) results.emplace_back(program.outputs[k]->dtype(), shapes[k]);
  return results;
}

class Comparing {
public:
  explicit Comparing(Request request) : request_(std::move(request)) {
    request_.program.strict = report_.strict = request_.options.strict;
    request_.program.donor.assign(request_.program.outputs.size(), -1);
  }

  Comparison run() {
    for (const std::string& device : request_.devices) devices_.push_back(run_on(device));
    Expected expected = expected_of(request_.program, request_.inputs, precision());
    report_.outputs = differences(request_.program, devices_, expected, [&](std::size_t k) { return output_label(k); });
    for (const ir::Array& a : request_.inputs) report_.bytes += a.bytes.size();
    for (const ir::Array& a : expected.values) report_.bytes += a.bytes.size();
    for (OnDevice& d : devices_) {
      if (d.facts.call_ms > 0) d.facts.gigabytes_per_second = static_cast<double>(report_.bytes) / d.facts.call_ms * 1e-6;
      report_.devices.push_back(d.facts);
    }
    if (request_.options.intermediates || !report_.agree()) compare_nodes();
    return std::move(report_);
  }

private:
  struct OnDevice {
    Comparison::Device facts;
    Arrays results;
    bool exact_division = true;
  };
  using Label = std::function<std::pair<std::string, std::string>(std::size_t)>;

  Request request_;
  Comparison report_;
  std::vector<OnDevice> devices_;

  Precision precision() const {
    bool exact = std::all_of(devices_.begin(), devices_.end(), [](const OnDevice& d) { return d.exact_division; });
    return {.strict = request_.options.strict, .exact_division = exact};
  }

  std::pair<std::string, std::string> output_label(std::size_t k) const {
    const Ref& n = request_.program.outputs[k];
    return {k < request_.output_names.size() && !request_.output_names[k].empty() ? request_.output_names[k] : "output " + std::to_string(k),
            n->where ? to_string(n->where) : ""};
  }

  // A device that is not there, or lacks something, is no error of the comparison.
  OnDevice run_on(const std::string& name) {
    OnDevice on{{.name = name}, {}};
    try {
      double start = now_ms();
      auto executable = compile(request_.program, name);
      on.facts.compile_ms = now_ms() - start;
      auto stats = executable->stats();
      on.facts.kernels = stats.kernels;
      on.facts.library_calls = stats.library_calls;
      if (auto device = executable->device()) on.exact_division = device->facts().exact_division;
      Arrays inputs = request_.inputs;
      std::vector<TensorView> in, out;
      for (ir::Array& a : inputs) in.push_back(view_of(a));
      on.results = room_for(request_.program, *executable, in);
      for (ir::Array& a : on.results) out.push_back(view_of(a));
      executable->run(in, out);
      on.facts.call_ms = time(*executable, in, out);
      on.facts.ran = true;
    } catch (const UnsupportedError& e) {
      on.facts.note = e.what();
    } catch (const DeviceError& e) {
      on.facts.note = e.what();
    }
    return on;
  }

  double time(const Executable& executable, std::span<const TensorView> in, std::span<const TensorView> out) const {
    if (request_.options.repeat <= 0) return 0;
    auto call = executable.bind(in, out);
    std::vector<double> times;
    for (int k = 0; k < request_.options.repeat; ++k) {
      double start = now_ms();
      call->run();
      times.push_back(now_ms() - start);
    }
    std::sort(times.begin(), times.end());
    return times[times.size() / 2];
  }

  // ---- differences ----

  std::vector<Comparison::Difference> differences(const Program& program, const std::vector<OnDevice>& devices, const Expected& expected, const Label& label) const {
    std::vector<Comparison::Difference> all;
    const OnDevice* bits = nullptr; // whose bits the others must have
    for (const OnDevice& d : devices)
      if (d.facts.ran && d.facts.name != "reference" && !bits) bits = &d;
    for (std::size_t k = 0; k < program.outputs.size(); ++k)
      for (const OnDevice& d : devices) {
        if (!d.facts.ran) continue;
        Comparison::Difference diff;
        std::tie(diff.what, diff.where) = label(k);
        diff.device = d.facts.name;
        measure(d.results[k], expected.values[k], expected.tolerance[k], diff);
        if (request_.options.strict && bits && d.facts.name != "reference") {
          diff.differing = differing_bits(d.results[k], bits->results[k]);
          diff.exceeds |= diff.differing > 0;
        }
        all.push_back(std::move(diff));
      }
    return all;
  }

  static void measure(const ir::Array& found, const ir::Array& want, const std::vector<double>& tolerance, Comparison::Difference& diff) {
    if (found.shape != want.shape) throw InternalError("[compare] devices give different shapes");
    for (i64 i = 0; i < found.count(); ++i) {
      Scalar a = found.load(i), b = want.load(i);
      double x = is_float(found.dtype) ? a.real : static_cast<double>(a.integer), y = is_float(found.dtype) ? b.real : static_cast<double>(b.integer);
      if (x == y || (std::isnan(x) && std::isnan(y))) continue;
      double bound = tolerance[static_cast<std::size_t>(i)];
      if (std::isinf(bound)) continue; // nothing is promised here
      double distance = std::isnan(x) || std::isnan(y) ? INFINITY : std::fabs(x - y);
      double share = distance / bound; // infinite where nothing is allowed
      diff.absolute = std::max(diff.absolute, distance);
      diff.relative = std::max(diff.relative, y == 0 ? INFINITY : distance / std::fabs(y));
      diff.ulp = std::max(diff.ulp, is_float(found.dtype) ? ulps(found.dtype, x, y) : distance);
      if (share > diff.share || diff.at < 0) diff.share = share, diff.at = i, diff.found = x, diff.expected = y, diff.bound = bound;
    }
    diff.exceeds = diff.share > 1;
  }

  static i64 differing_bits(const ir::Array& a, const ir::Array& b) {
    i64 count = 0;
    std::size_t size = size_of(a.dtype);
    for (i64 i = 0; i < a.count(); ++i) {
      std::size_t at = static_cast<std::size_t>(i) * size;
      if (std::memcmp(a.bytes.data() + at, b.bytes.data() + at, size) == 0) continue;
      bool both_nan = is_float(a.dtype) && std::isnan(a.load(i).real) && std::isnan(b.load(i).real);
      count += !both_nan;
    }
    return count;
  }

  // ---- where they part ----

  // All nodes as outputs of one program: what each device computes for each of them.
  void compare_nodes() {
    Request nodes = request_;
    nodes.program.outputs = nodes_of(request_.program.outputs);
    nodes.program.donor.assign(nodes.program.outputs.size(), -1);
    nodes.options.repeat = 0;
    nodes.devices.clear();
    for (const OnDevice& d : devices_)
      if (d.facts.ran) nodes.devices.push_back(d.facts.name);
    Comparing inner(nodes);
    for (const std::string& device : nodes.devices) inner.devices_.push_back(inner.run_on(device));
    Expected expected = expected_of(nodes.program, nodes.inputs, precision());
    report_.nodes = inner.differences(nodes.program, inner.devices_, expected, [&](std::size_t k) {
      const Ref& n = nodes.program.outputs[k];
      return std::pair{std::string(n->op->name) + " " + std::string(name(n->dtype())) + ir::to_string(n->shape()), n->where ? to_string(n->where) : std::string()};
    });
    auto first = std::find_if(report_.nodes.begin(), report_.nodes.end(), [](const auto& d) { return d.exceeds; });
    if (first != report_.nodes.end()) report_.first = *first;
  }

  static std::vector<Ref> nodes_of(const std::vector<Ref>& outputs) {
    std::vector<Ref> nodes;
    for (const Node* n : post_order(outputs)) {
      bool computed = !body_of<Leaf>(*n) && (is_float(n->dtype()) || n->rank() > 0);
      if (computed) nodes.emplace_back(n);
    }
    if (nodes.size() > most_nodes)
      throw UnsupportedError("[compare] a graph of " + std::to_string(nodes.size()) + " nodes cannot be compared node by node: at most " + std::to_string(most_nodes) + ". Compare a part of it.");
    return nodes;
  }
};

} // namespace

Comparison compare(Request request) { return Comparing(std::move(request)).run(); }

} // namespace croton::comparison
