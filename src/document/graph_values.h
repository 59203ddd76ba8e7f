// The values that a graph document is run on, from the command line and its files.
#pragma once
#include "src/document/document.h"
#include "src/document/values.h"

namespace croton::document {

/// What the command line says about values.
struct GivenValues {
  std::vector<std::string> inputs;        ///< NAME=VALUE
  std::string inputs_file, state_in;      ///< .npz
};

/// Values for every input, and for every shared variable; ValueError, DTypeError or ShapeError for what is missing or does not fit.
std::vector<io::NpyArray> input_values(const Graph& graph, const GivenValues& given, ValueFiles& files);
std::vector<io::NpyArray> state_values(const Graph& graph, const GivenValues& given, ValueFiles& files);

std::string listed(const std::vector<std::string>& names); ///< "x, y", shortened; "none"

} // namespace croton::document
