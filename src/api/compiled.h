// A function after compiling: what its calls need.
#pragma once
#include "croton/function.h"
#include "ir/array.h"
#include "src/api/state.h"
#include "src/executable.h"
#include "src/inspect/watched.h"
#include <atomic>

namespace croton {

namespace inspect {
class Profile;
}

namespace detail {

struct InputSpec {
  std::string name;
  ir::Ref node;
  std::optional<Array> default_value;
};

/// A print or assert of the graph: its value is an output of the program that the call looks at.
struct Look {
  bool asserts;
  std::string label;
  Location where;
};

struct Compiled {
  Program program; ///< inputs: the user's, then the states; outputs: the user's, the updates, then the looks
  std::vector<Look> looks;
  std::string device;
  bool profiled = false;
  inspect::WatchOptions watch; ///< what is looked at in every call
  std::string capture_failures; ///< the folder for the first call that fails; empty: none
  std::shared_ptr<std::atomic<bool>> failure_captured;
  std::shared_ptr<inspect::Profile> profile; ///< null: not profiled
  std::shared_ptr<const Executable> executable;
  std::vector<InputSpec> inputs;
  std::vector<api::StatePtr> states;  ///< by rising id
  std::vector<api::StatePtr> updated; ///< by rising id, for each update
  std::shared_ptr<const std::vector<std::string>> input_names, output_names;

  std::size_t output_count() const { return program.outputs.size() - updated.size() - looks.size(); }
};

} // namespace detail

namespace api {

using detail::Compiled;

/// Arguments as the executable takes them, with what they own.
struct Arguments {
  std::vector<TensorView> views;
  std::vector<Array> owned; ///< scalars and defaults
};

std::shared_ptr<const Compiled> build_function(const ExprList& inputs, const ExprList& outputs, FunctionOptions options);
/// Compiles f.program for f.device, watched where that was asked for.
void compile_program(Compiled& f, const std::string& cause);
std::shared_ptr<const Compiled> recompiled(const Compiled& f, const std::string& device);

/// Checks count, dtypes and ranks; missing arguments at the end take their defaults. An empty pointer is a missing one.
Arguments check_arguments(const Compiled& f, std::span<const TensorArg* const> args);
std::vector<const TensorArg*> pointers(const std::vector<TensorArg>& args);

/// Runs a call and commits its updates. `into` holds the caller's buffers, or nothing: then arrays are made.
std::vector<Array> run_call(const Compiled& f, const Arguments& args, const std::vector<OutArg>* into);
/// Writes the function's folder for failures, once.
void capture_failure(const Compiled& f, const Arguments& args, const Error& error);
/// The values of the plan's symbols for these arguments and the shared variables' present values.
std::vector<i64> sizes_of_call(const Compiled& f, const std::vector<TensorArg>& args);
/// Dense copies of the program's inputs: the arguments, then the shared variables, all of one moment.
std::vector<ir::Array> host_inputs(const Compiled& f, const Arguments& args);

/// The caller's buffers, checked against the outputs' dtypes and shapes and against the inputs' memory.
std::vector<TensorView> check_buffers(const Compiled& f, const Arguments& args, const std::vector<OutArg>& into,
                                      const std::vector<std::vector<i64>>& shapes);

} // namespace api

} // namespace croton
