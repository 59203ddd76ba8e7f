// A program with its inputs, run on devices by name, and comparisons of what comes out.
#pragma once
#include "ir/array.h"
#include "ir/build.h"
#include "ir/interpret.h"
#include "src/compare/tolerance.h"
#include "src/executable.h"
#include <string>
#include <vector>

namespace croton::test {

struct Case {
  std::vector<ir::Ref> inputs;
  std::vector<ir::Array> values; ///< of the inputs
  std::vector<ir::Ref> outputs;
  bool strict = true;
};

using Arrays = std::vector<ir::Array>;

Case case_of(std::vector<ir::Ref> outputs, const ir::Bindings& values, bool strict = true);
Program program_of(const Case& c);
TensorView view_of(ir::Array& array);

/// Runs over dense memory whose outputs hold 0xFF before and are fenced: throws std::logic_error when a fence or an
/// input was written, and when a failed run touched an output.
Arrays run(const Executable& executable, const Case& c);
Arrays run_on(const std::string& device, const Case& c);
/// Runs with views of the caller's making.
Arrays run_views(const Executable& executable, const std::vector<TensorView>& inputs, const Case& c);

/// Both devices' names and the first element that differs by bits (every NaN is the same); empty: none does.
std::string bit_difference(const Arrays& got, const Arrays& want);
using comparison::ulps;

std::string text_of(const ir::Array& array, i64 index);
/// The graph in text form and the values of its inputs, for failures.
std::string describe(const Case& c);

} // namespace croton::test
