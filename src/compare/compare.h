// One program on several devices: how far their results are apart, how far they may be, and where they part.
#pragma once
#include "croton/compare.h"
#include "ir/array.h"
#include "src/executable.h"

namespace croton::comparison {

struct Request {
  Program program;
  std::vector<ir::Array> inputs;         ///< of program.inputs
  std::vector<std::string> output_names; ///< of program.outputs
  std::vector<std::string> devices;
  CompareOptions options = {};
};

/// See croton/compare.h.
Comparison compare(Request request);

} // namespace croton::comparison
