// Quick values, and one function on several devices.
#include "src/api/compiled.h"
#include <algorithm>
#include <cmath>
#include <iomanip>
#include <iostream>

namespace croton {

Array eval(const Expr& x, const std::vector<EvalInput>& inputs, std::source_location here) {
  return api::at(here, [&] {
    std::vector<Expr> variables;
    std::vector<TensorArg> values;
    for (const EvalInput& input : inputs) {
      variables.push_back(input.variable);
      values.push_back(input.value);
    }
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

namespace {

double value_at(const Array& flat, i64 i) { return flat.at<double>({i}); }

// Equal values differ by 0, whatever they are; a NaN or infinity on one side only by infinity.
double difference(double a, double b) {
  if (a == b || (std::isnan(a) && std::isnan(b))) return 0;
  double d = std::fabs(a - b);
  return std::isnan(d) ? INFINITY : d;
}

void measure(const Array& a, const Array& b, Comparison::Row& row) {
  Array x = a.reshape({a.size()}), y = b.reshape({b.size()});
  double largest = 0, scale = 0;
  for (i64 i = 0; i < x.size(); ++i) {
    largest = std::max(largest, difference(value_at(x, i), value_at(y, i)));
    if (std::isfinite(value_at(x, i))) scale = std::max(scale, std::fabs(value_at(x, i)));
  }
  row.max_difference = std::max(row.max_difference, largest);
  row.max_relative = std::max(row.max_relative, largest == 0 ? 0 : scale > 0 ? largest / scale : INFINITY);
}

} // namespace

Comparison compare(const Function& f, const std::vector<std::string>& devices, const std::vector<TensorArg>& args, std::source_location here) {
  return api::at(here, [&] {
    const detail::Compiled& original = detail::Access::compiled(f);
    api::Arguments checked = api::check_arguments(original, api::pointers(args));
    Comparison comparison;
    std::vector<Array> first;
    for (const std::string& device : devices) {
      Comparison::Row row{.device = device};
      try {
        std::vector<Array> values = api::run_dry(*api::recompiled(original, device), checked);
        row.ran = true;
        if (first.empty()) first = values;
        for (std::size_t i = 0; i < values.size(); ++i) {
          if (first[i].shape() != values[i].shape()) row.max_difference = row.max_relative = INFINITY;
          else measure(first[i], values[i], row);
        }
      } catch (const UnsupportedError& e) {
        row.note = e.what();
      } catch (const DeviceError& e) {
        row.note = e.what();
      }
      comparison.rows.push_back(std::move(row));
    }
    return comparison;
  });
}

bool Comparison::agree(double relative) const {
  return std::all_of(rows.begin(), rows.end(), [&](const Row& row) { return !row.ran || row.max_relative <= relative; });
}

void Comparison::print(std::ostream& out) const {
  out << std::left << std::setw(14) << "device" << std::setw(16) << "max difference" << "relative\n";
  for (const Row& row : rows) {
    out << std::left << std::setw(14) << row.device;
    if (row.ran) out << std::setw(16) << row.max_difference << row.max_relative << "\n";
    else out << "did not run: " << row.note << "\n";
  }
}
void Comparison::print() const { print(std::cout); }

} // namespace croton
