// Expressions for people.
#pragma once
#include "croton/expr.h"
#include "croton/function.h"
#include <string>
#include <string_view>

namespace croton {

/// The graph of an expression as "text" (which parses back), "json", "dot" or "svg".
std::string dump(const Expr& x, const DumpOptions& options = {}, std::source_location here = std::source_location::current());
/// In the short form of mathematics: `mean((x·W + b − y)²)`.
std::string pretty(const Expr& x);

/// What Function::capture() recorded, run again.
struct Replay {
  bool same;        ///< every value has the bits that were recorded, or differs by no more than the ops' bounds allow
  std::string text; ///< a line for each output and updated variable
};
/// Runs the call in the folder again, on the device it was captured on or another. IoError for a folder that is no capture,
/// and whatever the call throws.
Replay replay(const std::string& folder, const std::string& device = "");

/// x itself; each call of a function that computes it prints `label: value` to the standard output, on every device.
Expr print(In x, std::string_view label);
/// x itself; a call of a function that computes it is a ValueError with this message, and changes nothing, where an element
/// of the condition is false.
Expr assert_that(In x, In condition, std::string_view message);

} // namespace croton
