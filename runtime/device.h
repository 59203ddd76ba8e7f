// What a device with memory of its own must do: open, allocate, free, copy in, copy out, load source, launch, wait. One
// folder under runtime/ per device implements it; src/driver/device_executable.h runs plans over it.
#pragma once
#include "croton/dtype.h"
#include "ir/op.h"
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace croton::runtime {

/// What scheduling, refusing and `croton devices` go by. Facts decide, never names.
struct DeviceFacts {
  enum class Kind : std::uint8_t { cpu, gpu, other };
  std::string name;     ///< "opencl:0"
  std::string title;    ///< as its driver calls it
  std::string platform; ///< what brings it: an OpenCL platform, the CUDA driver
  std::string version;  ///< of driver and compiler: part of the key of everything that is compiled
  Kind kind = Kind::other;
  bool f64 = true, f16 = false;
  bool unified_memory = false;    ///< host memory can be used in place (see Device::import_host)
  bool exact_division = true;     ///< f32 quotients and square roots are correctly rounded
  bool avx512 = false;            ///< its compiler knows the instructions by their builtin functions
  int units = 1;                  ///< compute units, multiprocessors or threads
  int subgroup = 0;               ///< threads that run in step; 0: unknown
  std::size_t group_limit = 1;    ///< threads of a block
  std::size_t memory_bytes = 0, allocation_bytes = 0, local_bytes = 0;
  std::vector<std::pair<std::string, std::string>> more = {}; ///< for people: `croton devices -v`
};

/// Memory of a device; the destructor gives it back, after everything that was launched before has run.
class DeviceBlock {
public:
  explicit DeviceBlock(std::size_t bytes) : bytes_(bytes) {}
  virtual ~DeviceBlock() = default;
  DeviceBlock(const DeviceBlock&) = delete;
  DeviceBlock& operator=(const DeviceBlock&) = delete;
  std::size_t bytes() const { return bytes_; }

private:
  std::size_t bytes_;
};
using DeviceBlockPtr = std::shared_ptr<DeviceBlock>;

/// A place inside of a block, in bytes.
struct DevicePlace {
  DeviceBlock* block = nullptr;
  std::size_t offset = 0;
};

/// What a kernel is given, in the order its source declares.
using LaunchArgument = std::variant<DevicePlace, i64>;

struct Grid {
  std::array<std::uint32_t, 3> groups{1, 1, 1};
  std::array<std::uint32_t, 3> group{1, 1, 1}; ///< threads of one
  /// Memory of one that is asked for at launch; where it is a parameter (OpenCL) it is the last.
  std::size_t local_bytes = 0;
};

/// Source compiled and loaded; entries are numbered as `load` was given them.
class DeviceModule {
public:
  virtual ~DeviceModule() = default;
  bool from_cache = false;
};

/// Launches and copies on the device, recorded once and asked for as one.
class DeviceGraph {
public:
  virtual ~DeviceGraph() = default;
  std::uint64_t launches = 0, products = 0;
};

/// C = A·B for every index of a batch, row-major and dense; a transposed operand is stored with its axes swapped. A bias is
/// added to each row and the activation taken before C is stored.
struct Product {
  DType dtype;
  bool trans_a = false, trans_b = false;
  i64 batch = 1, m = 0, n = 0, k = 0;
  bool bias = false;
  ir::Activation activation = ir::Activation::none;
  friend auto operator<=>(const Product&, const Product&) = default;
};

/// What moved and ran since the process began; calls can be compared by differences. The launches of a graph count each
/// time it runs.
struct DeviceCounts {
  std::uint64_t copies_in = 0, bytes_in = 0, copies_out = 0, bytes_out = 0, launches = 0, products = 0, replays = 0;
};

/// One launch by the device's own clock.
struct LaunchTime {
  std::string entry;
  double begin_us = 0, us = 0; ///< since some moment of the device; how long it ran
};

/// One device. Work is done in the order it is asked for; only copy_out and wait wait for it. Thread-safe. Everything
/// throws DeviceError, quoting the driver, when the device fails.
class Device {
public:
  virtual ~Device() = default;
  Device(const Device&) = delete;
  Device& operator=(const Device&) = delete;

  const DeviceFacts& facts() const { return facts_; }

  /// Undefined contents. 0 bytes give a block too.
  virtual DeviceBlockPtr allocate(std::size_t bytes) = 0;
  /// Host memory as a block, without a copy, until the block goes; null where the device cannot.
  virtual DeviceBlockPtr import_host(void* data, std::size_t bytes);
  /// Between host and launches, for blocks of import_host: what the host wrote is seen by the launches that follow.
  virtual void host_wrote(DeviceBlock& block);
  /// Waits; then the host sees what the launches wrote.
  virtual void host_reads(DeviceBlock& block);

  /// The host's memory may change as soon as it returns.
  void copy_in(DevicePlace to, const void* from, std::size_t bytes);
  /// Waits.
  void copy_out(void* to, DevicePlace from, std::size_t bytes);
  virtual void copy(DevicePlace to, DevicePlace from, std::size_t bytes) = 0;
  virtual void zero(DevicePlace place, std::size_t bytes) = 0;

  /// Compiles, or finds compiled, and loads. DeviceError keeps the source in a file and quotes the compiler's log.
  virtual std::shared_ptr<const DeviceModule> load(const std::string& source, std::span<const std::string> entries, const std::string& name) = 0;
  void launch(const DeviceModule& module, std::size_t entry, const Grid& grid, std::span<const LaunchArgument> arguments);
  virtual void wait() = 0;

  /// Whether a library of this device multiplies such matrices, of whatever size, with this epilogue.
  virtual bool multiplies(DType, bool /*bias*/, ir::Activation) const { return false; }
  /// By that library. Sizes are at least 1; `bias` is read where the product has one.
  void multiply(const Product& product, DevicePlace a, DevicePlace b, DevicePlace c, DevicePlace bias);

  /// Whether `capture` gives anything.
  virtual bool has_graphs() const { return false; }
  /// Records the launches and copies on the device that `work` asks for, from this thread, instead of running them. Their
  /// memory and modules must live as long as the graph. UnsupportedError without graphs.
  std::unique_ptr<DeviceGraph> capture(const std::function<void()>& work);
  void replay(const DeviceGraph& graph);

  DeviceCounts counts() const;
  /// From now on launches are timed, where the device has a clock for it (or no longer).
  virtual void record(bool on);
  virtual bool records() const { return false; }
  /// Waits; the times of the launches since the last look, in order.
  virtual std::vector<LaunchTime> recorded();

protected:
  explicit Device(DeviceFacts facts) : facts_(std::move(facts)) {}
  DeviceFacts& known_facts() { return facts_; } ///< what only an opened device can tell is added in its constructor
  virtual void do_copy_in(DevicePlace to, const void* from, std::size_t bytes) = 0;
  virtual void do_copy_out(void* to, DevicePlace from, std::size_t bytes) = 0;
  virtual void do_launch(const DeviceModule& module, std::size_t entry, const Grid& grid, std::span<const LaunchArgument> arguments) = 0;
  virtual void do_multiply(const Product& product, DevicePlace a, DevicePlace b, DevicePlace c, DevicePlace bias);
  virtual std::unique_ptr<DeviceGraph> do_capture(const std::function<void()>& work);
  virtual void do_replay(const DeviceGraph& graph);

private:
  DeviceFacts facts_;
  std::atomic<std::uint64_t> copies_in_{0}, bytes_in_{0}, copies_out_{0}, bytes_out_{0}, launches_{0}, products_{0}, replays_{0};
};
using DevicePtr = std::shared_ptr<Device>;

/// Writes source that failed to compile into a file of its own; returns its path, "" when it could not be written.
std::string keep_failed_source(const std::string& source, const std::string& name, const std::string& extension);

} // namespace croton::runtime
