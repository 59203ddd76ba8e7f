// One function on several devices: how far their results are apart, how far they may be, where they part, and how fast each is.
#pragma once
#include "croton/function.h"
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace croton {

struct CompareOptions {
  bool strict = false;        ///< compile with the same bits everywhere, and count every bit that differs
  bool intermediates = false; ///< compare every node; otherwise only where an output is out of bounds
  int repeat = 5;             ///< timed calls, of which the median is told; 0: none
};

/// What a comparison found. Values are compared with those of the interpreter `reference`. Bounds follow from those of the
/// ops (docs/ops.md), the lengths of sums, and the device's division, carried through the graph by sampling.
struct Comparison {
  struct Device {
    std::string name;
    bool ran = false;
    std::string note = {}; ///< why it did not run
    double compile_ms = 0, call_ms = 0;
    int kernels = 0, library_calls = 0;
    double gigabytes_per_second = 0; ///< inputs and outputs, each once, over call_ms
  };
  /// One result on one device.
  struct Difference {
    std::string what;   ///< "loss", or a node: "exp f32{batch, 10}"
    std::string where;  ///< the user's line; may be empty
    std::string device;
    double absolute = 0, relative = 0, ulp = 0; ///< the largest, each by itself
    double share = 0;   ///< the largest |difference| / bound
    i64 differing = 0;  ///< elements whose bits are not those of the first device compared; in strict mode
    bool exceeds = false;
    i64 at = -1;        ///< flat position of the element that is worst by `share`
    double found = 0, expected = 0, bound = 0; ///< there
  };
  std::vector<Device> devices;
  std::vector<Difference> outputs; ///< and updates
  std::vector<Difference> nodes;   ///< when they were compared, in the order of computation
  /// The first node that is out of bounds although all that it reads is within.
  std::optional<Difference> first;
  bool strict = false;
  std::uint64_t bytes = 0; ///< of inputs and outputs

  bool agree() const; ///< nothing exceeds its bound
  std::string text() const;
  std::string json() const;
  std::string html() const; ///< a page by itself
  void print() const; ///< to the standard output
  void print(std::ostream& out) const;
};

/// Runs a function on several devices with the same arguments; shared variables keep their values. A device that is missing
/// or lacks something is told in its note; bad arguments throw as a call does.
Comparison compare(const Function& f, const std::vector<std::string>& devices, const std::vector<TensorArg>& args,
                   const CompareOptions& options = {}, std::source_location here = std::source_location::current());

} // namespace croton
