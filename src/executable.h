// A compiled program on one device: from graph roots over variables to a function over memory.
#pragma once
#include "ir/node.h"
#include "runtime/kernel_facts.h"
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace croton {

namespace driver {
struct BuiltProgram;
}
namespace runtime {
class Device;
class DeviceBlock;
} // namespace runtime

/// Memory of a tensor; strides in elements, may be negative or 0 for inputs. Outputs are dense row-major.
struct TensorView {
  void* data = nullptr;
  std::vector<i64> shape;
  std::vector<i64> strides;
  /// Memory of the executable's own device instead of `data`: dense, from its start.
  std::shared_ptr<runtime::DeviceBlock> resident = nullptr;
};

/// How an input lies in memory, as far as code depends on it: dense row-major, or with strides that every call gives, 1 along
/// one axis at most.
struct InputLayout {
  bool dense = true;
  int unit_axis = -1; ///< of a strided input; −1: none
  friend bool operator==(const InputLayout&, const InputLayout&) = default;
};

/// A copy between the host's memory and a device's that a call makes beside its steps.
struct HostCopy {
  bool to_device;
  bool is_input;     ///< of the program's input `index` (an argument or a shared variable), else of its output
  std::size_t index;
  std::size_t bytes;
  friend bool operator==(const HostCopy&, const HostCopy&) = default;
};

/// Told of the steps of one call as they run; a step's number is that of the plan. Destroyed when the call is over.
class CallWatch {
public:
  virtual ~CallWatch() = default;
  virtual void before(std::size_t step) = 0;
  virtual void after(std::size_t step) = 0; ///< the step's work is done, not only asked for
  virtual void before(const HostCopy&) {}
  virtual void after(const HostCopy&) {}
};
/// Told of the calls of an executable, from any thread.
class Observer {
public:
  virtual ~Observer() = default;
  /// `built`: whose plan runs, as a function may have several for inputs that lie differently in memory. `dims` live as long as the call.
  virtual std::unique_ptr<CallWatch> call(const driver::BuiltProgram& built, const std::vector<i64>& dims, std::size_t temporary_bytes) = 0;
};

/// One compilation of a function.
struct Compilation {
  std::string cause; ///< for people: "function() on device cpu"
  Location where;    ///< the user's line that caused it, when known
  double ms = 0;
  bool from_cache = false;
};
/// Every compilation of a function, in order: the first, those for other devices and for inputs that lie differently in memory.
class CompilationLog {
public:
  void add(Compilation entry) {
    std::lock_guard lock(mutex_);
    entries_.push_back(std::move(entry));
  }
  std::vector<Compilation> entries() const {
    std::lock_guard lock(mutex_);
    return entries_;
  }

private:
  mutable std::mutex mutex_;
  std::vector<Compilation> entries_;
};

/// What to compute. Inputs are `input` and `shared` nodes; every variable the outputs need must be among them.
struct Program {
  std::vector<ir::Ref> inputs;
  std::vector<std::string> input_names; ///< for messages
  std::vector<ir::Ref> outputs;
  std::vector<std::string> output_names = {}; ///< for people: "loss", "new W"
  /// donor[k] = j: output k may be written into input j's own memory once all reads of it are done (same type); −1: no.
  std::vector<int> donor;
  std::vector<InputLayout> layouts; ///< of the inputs; empty: all are dense
  std::string name = "function";
  bool strict = false; ///< the same bits on every device
  bool debug = false;  ///< on cpu every kernel runs between guards, beside the interpreter
  std::shared_ptr<Observer> observer = nullptr; ///< null: nobody watches, and nothing is measured
  std::shared_ptr<CompilationLog> compilations = nullptr; ///< told of compilations that calls cause; null: nobody asks
};

struct ExecutableStats {
  double compile_ms = 0; ///< everything from graph to loaded code
  int kernels = 0, library_calls = 0;
  bool from_cache = false;
};

class Executable {
public:
  virtual ~Executable() = default;

  /// Extents of every output for inputs of these shapes; throws ShapeError naming the inputs that disagree.
  virtual std::vector<std::vector<i64>> output_shapes(std::span<const TensorView> inputs) const = 0;

  /// Runs once; thread-safe. Views must have the inputs' ranks; dims that disagree throw ShapeError, positions out of
  /// range IndexError, and nothing is written then. Output data must not overlap inputs except as donated.
  virtual void run(std::span<const TensorView> inputs, std::span<const TensorView> outputs) const = 0;

  /// Fixed views: returns a call that repeats the run over the same memory with no checks, allocation or locks.
  /// Not thread-safe with itself. Positions are still checked.
  virtual std::unique_ptr<class BoundCall> bind(std::span<const TensorView> inputs, std::span<const TensorView> outputs) const = 0;

  /// Bytes of temporaries alive at the worst moment of a run with inputs of these shapes.
  virtual std::size_t peak_bytes(std::span<const TensorView> inputs) const = 0;

  /// The device whose memory `resident` views lie in; null where memory is the host's.
  virtual std::shared_ptr<runtime::Device> device() const { return nullptr; }

  virtual ExecutableStats stats() const = 0;
  /// What the pipeline made, for inspection; null where nothing is rewritten.
  virtual const driver::BuiltProgram* built() const { return nullptr; }
  /// The text of a stage that is the device's own, "source", "assembly", …; "" where it has none of that name.
  virtual std::string code(std::string_view) const { return ""; }
  /// What the device's compiler says about the kernels it made; empty where it says nothing.
  virtual std::vector<runtime::KernelFacts> kernel_facts() const { return {}; }
};

class BoundCall {
public:
  virtual ~BoundCall() = default;
  virtual void run() = 0;
};

struct Device {
  std::string_view name, doc;
  bool numbered = false; ///< there may be several: NAME is the first, NAME:1 the second
};
/// Every kind of device that programs can be compiled for.
std::vector<Device> devices();

/// Where nobody says which: the one that CROTON_DEVICE names, else "cpu".
std::string default_device();

/// Throws UnsupportedError for a name that is not among them, DeviceError where the machine has no such device.
std::shared_ptr<const Executable> compile(const Program& program, const std::string& device);

} // namespace croton
