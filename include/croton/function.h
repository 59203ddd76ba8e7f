// Compiled functions.
#pragma once
#include "croton/array.h"
#include "croton/expr.h"
#include "croton/shared.h"
#include "croton/view.h"
#include <array>
#include <functional>
#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace croton {

namespace detail {
struct Compiled;
struct Bound;
} // namespace detail

/// One expression or a list: `{x, y}`.
class ExprList {
public:
  ExprList() = default;
  ExprList(std::initializer_list<Expr> list) : list_(list) {}
  ExprList(std::vector<Expr> list) : list_(std::move(list)) {}
  ExprList(const Expr& x) : list_{x} {}
  ExprList(const Shared& x) : list_{x.expr()} {}
  const std::vector<Expr>& list() const { return list_; }

private:
  std::vector<Expr> list_;
};

/// `{W, W - 0.1 * dW}`: the value that a shared variable gets at the end of each call.
struct Update {
  Shared variable;
  In value;
};
/// `{x, 2 * y}`: an expression put in a variable's place before compiling.
struct Given {
  Expr variable;
  In value;
};
/// `{x, 3.0}`: the value of an input that a call does not give.
struct Default {
  Expr variable;
  Array value;
  Default(const Expr& x, const TensorArg& value_);
};

enum class Unused : bool { error, ignore };

/// A node of the optimised graph in a call. `operands` have no elements for sizes and literals.
struct Monitored {
  bool after = false;        ///< before: `value` is empty
  std::string op, node;      ///< "exp", "exp(…): f32{n} (train.cpp:12)"
  Location where;
  std::vector<Array> operands;
  Array value;
};

struct FunctionOptions {
  std::vector<Update> updates = {};  ///< all right-hand sides see the values from before the call; one for each variable
  std::vector<Given> givens = {};    ///< put in simultaneously; not for inputs
  std::vector<Default> defaults = {};
  std::string device = {};           ///< "cpu", "opencl", … as `croton devices` lists; empty: what CROTON_DEVICE names, else "cpu"
  std::string name = "function";     ///< for messages
  bool strict = false;               ///< the same bits on every device
  bool debug = false;                ///< check every rewrite, node and kernel of every call against the interpreter: slow
  bool nan_guard = false;            ///< stop a call at the first NaN, infinity or huge value, naming node and line: slow
  std::function<void(const Monitored&)> monitor = {}; ///< called before and after each node of each call: slow
  bool profile = false;              ///< time every step of every call: f.profile() tells
  std::string capture_failures = {}; ///< a folder: the first call that fails is captured there, as by Function::capture()
  Unused unused_inputs = Unused::error;
  std::vector<std::string> input_names = {};  ///< for named calls; the variables' names when empty
  std::vector<std::string> output_names = {}; ///< for lookup by name
};

/// The values of one call.
class Outputs {
public:
  Outputs(std::vector<Array> values, std::shared_ptr<const std::vector<std::string>> names)
      : values_(std::move(values)), names_(std::move(names)) {}

  std::size_t size() const { return values_.size(); }
  const Array& operator[](std::size_t index) const;
  const Array& operator[](int index) const { return (*this)[static_cast<std::size_t>(index)]; }
  const Array& operator[](std::string_view name) const;
  const Array& operator[](const char* name) const { return (*this)[std::string_view(name)]; }
  /// The only element of the only output.
  template <Element T> T item() const { return single().item<T>(); }
  operator const Array&() const { return single(); } ///< of a function with one output
  const Array& single() const;
  /// `auto [a, b] = f(x).unpack<2>();`
  template <std::size_t N> std::array<Array, N> unpack() const {
    expect(N);
    std::array<Array, N> all;
    for (std::size_t i = 0; i < N; ++i) all[i] = values_[i];
    return all;
  }
  auto begin() const { return values_.begin(); }
  auto end() const { return values_.end(); }

private:
  void expect(std::size_t count) const;
  std::vector<Array> values_;
  std::shared_ptr<const std::vector<std::string>> names_;
};
std::ostream& operator<<(std::ostream& out, const Outputs& outputs);

/// Where a call writes: `f(x, into(y))`.
struct Into {
  std::vector<OutArg> buffers;
};
template <class... O> Into into(O&&... buffers) { return {{OutArg(buffers)...}}; }

struct NamedArg {
  std::string_view name;
  TensorArg value;
};

struct FunctionStats {
  double compile_ms = 0;  ///< from graph to loaded code
  int kernels = 0, library_calls = 0;
  bool from_cache = false;
};

/// A call over fixed memory: no checks of the arguments, no allocation. Not thread-safe with itself.
class BoundFunction {
public:
  void operator()() const { run(); }

private:
  friend class Function;
  explicit BoundFunction(std::shared_ptr<detail::Bound> bound);
  void run() const;
  std::shared_ptr<detail::Bound> bound_;
};

/// How a stage is dumped: "text", "json", "dot" (Graphviz) or "svg". Graphs of more nodes are folded and cut, with a note.
struct DumpOptions {
  std::string format = "text";
  std::size_t max_nodes = 2000; ///< 0: never
};

/// A compiled function; copies share it. Calls may come from many threads at once.
///
/// Every bad call throws before anything is computed or changed, naming the input and the caller's line: ValueError for a
/// wrong count, a missing or unknown input or an output buffer that overlaps an input, DTypeError, ShapeError (ranks, fixed
/// sizes, symbols that disagree), IndexError for positions out of range.
class Function {
public:
  using Here = std::source_location;

  Outputs operator()(Here here = Here::current()) const { return call_with({}, here); }
  void operator()(const Into& out, Here here = Here::current()) const { call_into({}, out, here); }
  /// `f(x, y)`, or `f(x, y, into(z))`, which returns nothing.
  template <class... Rest> auto operator()(TensorArg first, const Rest&... rest) const {
    std::vector<TensorArg> args;
    args.reserve(1 + sizeof...(rest));
    Location here = first.where();
    args.push_back(first);
    const Into* out = nullptr;
    (take(args, out, rest), ...);
    if constexpr ((std::is_same_v<Rest, Into> || ...)) call_into(args, *out, here);
    else return call_with(args, here);
  }
  Outputs call(const std::vector<TensorArg>& args, Here here = Here::current()) const { return call_with(args, here); }
  /// By name, in any order.
  Outputs call(std::initializer_list<NamedArg> args, Here here = Here::current()) const;

  /// A call that repeats over the same memory: `auto step = f.bind({y}, {x}); step();`. Scalars given are copied.
  BoundFunction bind(const std::vector<OutArg>& outputs, const std::vector<TensorArg>& inputs, Here here = Here::current()) const;

  /// The same function on another device.
  Function on(const std::string& device, Here here = Here::current()) const;

  const std::string& name() const;
  const std::string& device() const;
  std::size_t input_count() const;
  std::size_t output_count() const;
  const std::vector<std::string>& input_names() const;
  const std::vector<std::string>& output_names() const;

  /// What was rewritten, what was fused and what that moves, why a fusion stopped, who asked for copies.
  void explain(std::ostream& out) const;
  /// The same as "text" or "json"; for the sizes of a call with these arguments, the bytes are numbers too.
  std::string explanation(const std::string& format = "text", const std::vector<TensorArg>& args = {}, Here here = Here::current()) const;
  /// Where the time of the calls went, of a function made with {.profile = true}: "text", "json", or "trace" for Perfetto and
  /// chrome://tracing. ValueError for a function that was not.
  std::string profile(const std::string& format = "text") const;
  /// One HTML page, for any browser and without a network: the graph at every pass with what changed, the kernels with their
  /// sources, and measured times where the function is profiled.
  void save_html(const std::string& path) const;
  /// A reproducer of a call with these arguments in a folder of its own: the graph, the values of inputs and shared variables,
  /// what this function computes from them, the sources of every stage, the versions, and a CMake project that runs it again
  /// (also: `croton run FOLDER`). Nothing is changed by it. ValueError where the folder holds anything but another capture;
  /// UnsupportedError naming an own op, which no file can hold.
  void capture(const std::string& folder, Here here = Here::current()) const { capture_call(folder, {}, here); }
  template <class... Rest> void capture(const std::string& folder, TensorArg first, const Rest&... rest) const {
    capture_call(folder, {first, TensorArg(rest)...}, first.where());
  }
  /// A stage of the compilation: "input", "optimized", "kernels", "plan", "source", …: docs/inspecting.md lists them.
  /// ValueError for a stage that does not exist, UnsupportedError for one that the device does not have.
  std::string dump(const std::string& stage, const DumpOptions& options = {}) const;
  /// Bytes of temporaries at the worst moment of a call with these arguments.
  template <class... A> std::size_t peak_bytes(const A&... args) const { return peak({TensorArg(args)...}); }
  FunctionStats stats() const;
  /// The kernels it runs, as text.
  std::string kernels() const { return dump("kernels"); }

private:
  friend struct detail::Access;
  friend Function function(ExprList inputs, ExprList outputs, FunctionOptions options, Here here);
  explicit Function(std::shared_ptr<const detail::Compiled> compiled) : compiled_(std::move(compiled)) {}
  static void take(std::vector<TensorArg>& args, const Into*&, const TensorArg& arg) { args.push_back(arg); }
  static void take(std::vector<TensorArg>&, const Into*& out, const Into& given) { out = &given; }
  Outputs call_with(const std::vector<TensorArg>& args, Location here) const;
  void call_into(const std::vector<TensorArg>& args, const Into& out, Location here) const;
  std::size_t peak(const std::vector<TensorArg>& args) const;
  void capture_call(const std::string& folder, const std::vector<TensorArg>& args, Location here) const;

  std::shared_ptr<const detail::Compiled> compiled_;
};

/// Compiles `outputs` as a function of `inputs` (variables), on options.device. ValueError for an input that is not a
/// variable, stands twice or is not used, for a variable that is missing, and for bad options; UnsupportedError for a dtype
/// the device lacks (f16, bf16, complex); DTypeError or ShapeError for an update that does not fit its variable.
Function function(ExprList inputs, ExprList outputs, FunctionOptions options = {},
                  std::source_location here = std::source_location::current());

/// `x.eval({{x, 3.0}})`
struct EvalInput {
  Expr variable;
  TensorArg value;
};
/// The value of an expression, compiled and run once; for looks, not for loops.
Array eval(const Expr& x, const std::vector<EvalInput>& inputs = {}, std::source_location here = std::source_location::current());

} // namespace croton
