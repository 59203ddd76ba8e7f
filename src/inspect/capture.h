// Reproducers: one call of a function with everything that it takes to run it again elsewhere.
//
//   README.md, CMakeLists.txt, replay.cpp   what it is, and a project that runs it again
//   graph.json                              the document (docs/json.md); shared variables have their values in state.npz
//   inputs.npz, state.npz                   values of inputs and of shared variables, by name
//   outputs.npz, state_after.npz            what the captured function computed from them
//   capture.json                            function, device, options, strides of inputs, versions, the error of a call that failed
//   stages/                                 the program at every stage of its compilation
#pragma once
#include "croton/inspect.h"
#include "ir/array.h"
#include "src/inspect/watched.h"

namespace croton::inspect {

/// In elements; empty: dense.
using Strides = std::vector<i64>;

struct CapturedCall {
  const Program& program;
  const Executable& executable;
  std::string device;
  WatchOptions watch;
  std::vector<ir::Array> inputs; ///< values of program.inputs
  std::size_t states = 0;        ///< the last of program.inputs: shared variables
  std::vector<ir::Ref> updated;  ///< the variable of each update
  std::vector<ir::Array> unread; ///< values of updated variables that are no inputs, in that order
  std::vector<bool> asserts;     ///< the last of program.outputs, one for each print or assert
  std::string error = {};        ///< of a call that failed: its type and message
  std::vector<Strides> strides = {}; ///< of the arguments, which are the first inputs
};

/// Runs the call on copies and writes the folder in one step. ValueError where the folder holds anything but another capture,
/// UnsupportedError for an own op, IoError for files.
void write_capture(const std::string& folder, const CapturedCall& call);

/// True for a folder that write_capture() made.
bool is_capture(const std::string& folder);
/// See croton/inspect.h.
Replay replay_capture(const std::string& folder, const std::string& device);

/// "IndexError: [take] …"
std::string error_text(const Error& error);

/// Inputs as a call reads them: each array where it is, or in memory where its elements lie by the strides of its number.
class LaidOut {
public:
  LaidOut(std::vector<ir::Array>& inputs, std::span<const Strides> strides);
  const std::vector<TensorView>& views() const { return views_; }

private:
  std::vector<std::vector<std::byte>> memory_;
  std::vector<TensorView> views_;
};

/// The outputs of a call on copies of the values; updates are written in place where the program says they may be.
std::vector<ir::Array> outputs_of(const Program& program, const Executable& executable, std::vector<ir::Array> inputs, std::span<const Strides> strides);

} // namespace croton::inspect
