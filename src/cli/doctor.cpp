// croton doctor: runs a program on every device and compares with the reference.
#include "ir/build.h"
#include "src/cli/commands.h"
#include "src/executable.h"
#include "src/inspect/device_facts.h"
#include <chrono>
#include <cmath>
#include <cstring>
#include <iostream>

namespace croton::cli {

namespace {

using namespace ir;

/// Rows of exponentials, their quotients and totals, positions and a matrix product: a kernel of every kind.
Program program() {
  Program p;
  Ref x = variable("x", DType::f32, {symbol_dim("rows"), symbol_dim("columns")}), at = variable("at", DType::i32, {symbol_dim("rows")});
  Ref e = call("exp", {x - reduce("max", x, {1}, true)}), rows = e / reduce("sum", e, {1}, true);
  p.inputs = {x, at};
  p.input_names = {"x", "at"};
  p.outputs = {rows, reduce("sum", x, {0}), reduce("argmax", x, {0, 1}), call("pick", {x, at}, {{"axis", i64(1)}}), matmul(x, swap_last_axes(x))};
  p.donor.assign(p.outputs.size(), -1);
  p.name = "doctor";
  return p;
}

struct Values {
  static constexpr i64 rows = 37, columns = 101;
  std::vector<float> x;
  std::vector<i32> at;

  Values() {
    for (i64 i = 0; i < rows * columns; ++i) x.push_back(static_cast<float>(std::sin(static_cast<double>(i) * 0.7) * 3));
    for (i64 i = 0; i < rows; ++i) at.push_back(static_cast<i32>(i * 7 % columns));
  }
  std::vector<TensorView> inputs() { return {{x.data(), {rows, columns}, {columns, 1}}, {at.data(), {rows}, {1}}}; }
};

/// Every output's elements as doubles.
std::vector<std::vector<double>> results(const Executable& executable, const Program& p) {
  Values values;
  auto inputs = values.inputs();
  auto shapes = executable.output_shapes(inputs);
  std::vector<std::vector<std::byte>> memory;
  std::vector<TensorView> outputs;
  for (std::size_t k = 0; k < shapes.size(); ++k) {
    std::size_t count = 1;
    for (i64 d : shapes[k]) count *= static_cast<std::size_t>(d);
    memory.emplace_back(count * size_of(p.outputs[k]->dtype()));
    std::vector<i64> strides(shapes[k].size(), 1);
    for (std::size_t i = strides.size(); i-- > 1;) strides[i - 1] = strides[i] * shapes[k][i];
    outputs.push_back({memory.back().data(), shapes[k], strides});
  }
  executable.run(inputs, outputs);
  std::vector<std::vector<double>> all;
  for (std::size_t k = 0; k < memory.size(); ++k) {
    auto& list = all.emplace_back();
    DType d = p.outputs[k]->dtype();
    for (std::size_t i = 0; i < memory[k].size(); i += size_of(d)) {
      float f = 0;
      i64 n = 0;
      std::memcpy(d == DType::f32 ? static_cast<void*>(&f) : &n, memory[k].data() + i, size_of(d));
      list.push_back(d == DType::f32 ? static_cast<double>(f) : static_cast<double>(n));
    }
  }
  return all;
}

/// "" when all agree; the bound is that of sums of some hundred terms.
std::string difference(const std::vector<std::vector<double>>& got, const std::vector<std::vector<double>>& want) {
  for (std::size_t k = 0; k < want.size(); ++k)
    for (std::size_t i = 0; i < want[k].size(); ++i)
      if (!(std::abs(got[k][i] - want[k][i]) <= 1e-4 * (1 + std::abs(want[k][i]))))
        return "element " + std::to_string(i) + " of result " + std::to_string(k) + " is " + std::to_string(got[k][i]) + ", expected " + std::to_string(want[k][i]);
  return "";
}

bool check(const std::string& name, const Program& p, const std::vector<std::vector<double>>& want) {
  auto start = std::chrono::steady_clock::now();
  std::string wrong;
  try {
    wrong = difference(results(*compile(p, name), p), want);
  } catch (const Error& e) {
    wrong = e.what();
  }
  double ms = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  std::cout << name << std::string(name.size() < 11 ? 11 - name.size() : 1, ' ') << (wrong.empty() ? "ok, " + std::to_string(std::lround(ms)) + " ms" : "WRONG: " + wrong) << "\n" << std::flush;
  return wrong.empty();
}

} // namespace

void add_doctor(CLI::App& program_line) {
  auto* command = program_line.add_subcommand("doctor", "Run kernels on every device and check what they compute");
  command->footer("The exit code is 1 when a device computes something wrong or does not run.\n\nExamples:\n  croton doctor");
  command->callback([] {
    Program p = program();
    auto want = results(*compile(p, "reference"), p);
    bool good = true;
    for (const auto& d : inspect::all_devices()) {
      std::string name = d.at("name");
      if (d.at("available") == true) good &= check(name, p, want);
      else std::cout << name << std::string(name.size() < 11 ? 11 - name.size() : 1, ' ') << "missing: " << d.at("about").get<std::string>() << "\n";
    }
    if (!good) throw CLI::RuntimeError(1);
  });
}

} // namespace croton::cli
