#include "src/driver/device_executable.h"
#include "ir/build.h"
#include "runtime/thread_pool.h"
#include "src/driver/device_code.h"
#include "src/driver/raw.h"
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstring>
#include <mutex>
#include <optional>
#include <utility>

namespace croton::driver {

using namespace ir;
using runtime::DeviceBlockPtr;
using runtime::DevicePlace;

namespace {

/// Bytes that functions keep between calls, counted over all functions of the process.
class Reserved {
public:
  Reserved() = default;
  Reserved(Reserved&& other) noexcept : bytes_(std::exchange(other.bytes_, 0)) {}
  Reserved& operator=(Reserved&& other) noexcept {
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  ~Reserved() { total -= bytes_; }

  /// False, and nothing is reserved, where all would be more than `most`.
  bool take(std::size_t bytes, std::size_t most) {
    if ((total += bytes) <= most) {
      bytes_ += bytes;
      return true;
    }
    total -= bytes;
    return false;
  }
  bool holds() const { return bytes_ > 0; }

private:
  std::size_t bytes_ = 0;
  static inline std::atomic<std::size_t> total{0};
};

class DeviceExecutable final : public BuiltExecutable {
public:
  DeviceExecutable(const Program& program, const DeviceBackend& backend) : DeviceExecutable(program, backend, std::chrono::steady_clock::now()) {}

  void run(std::span<const TensorView> inputs, std::span<const TensorView> outputs) const override;
  std::unique_ptr<BoundCall> bind(std::span<const TensorView> inputs, std::span<const TensorView> outputs) const override;
  std::shared_ptr<runtime::Device> device() const override { return device_; }
  std::string code(std::string_view stage) const override {
    if (stage.starts_with("source")) return device_text(built_, language_, stage);
    return code_of_ ? code_of_(stage, device_text(built_, language_, "source"), program_.name) : "";
  }
  std::vector<runtime::KernelFacts> kernel_facts() const override { return facts_of_ ? facts_of_(device_text(built_, language_, "source"), program_.name) : std::vector<runtime::KernelFacts>(); }

  struct HostInput {
    std::size_t index;
    DeviceBlockPtr block;
    TensorView view;
    std::size_t element;
    bool in_place; ///< the block is the host's memory
  };
  struct HostOutput {
    std::size_t index;
    DevicePlace from;
    void* to;
    std::size_t bytes;
    DeviceBlockPtr in_place; ///< the host's memory as a block: nothing to copy
  };
  struct DeviceOutput {
    DeviceBlockPtr from, to;
    std::size_t bytes;
  };
  /// The memory of one call.
  struct Call {
    std::shared_ptr<const Prepared> ready;
    DeviceBlockPtr arena;
    std::vector<DeviceBlockPtr> kept;
    DeviceBlockPtr zeros; ///< for products over no elements
    std::vector<DevicePlace> places; ///< of the plan's buffers
    std::vector<HostInput> inputs;
    std::vector<HostOutput> outputs;
    std::vector<TensorView> given;   ///< the inputs, for messages
    std::vector<DeviceOutput> moves; ///< outputs that could not be written where they belong
    std::size_t own_bytes = 0;       ///< of its memory that nobody else has
  };
  /// Steps [begin, end) between checks, which the host looks at.
  struct Segment {
    std::size_t begin, end;
    std::unique_ptr<runtime::DeviceGraph> graph = nullptr; ///< null: too few launches to be worth one
  };
  /// A call that is made again over the same memory: run as it is the first time, when drivers load what they load at the
  /// first launch; recorded the second time, and replayed from then on.
  struct Repeated {
    Call call;
    int runs = 0;
    std::vector<Segment> segments = {};
  };

  /// Memory for the call; nothing is copied yet.
  Call start(std::shared_ptr<const Prepared> ready, std::span<const TensorView> inputs, std::span<const TensorView> outputs) const;
  void run(const Call& call, std::span<const Segment> segments = {}) const;
  void run(Repeated& repeated) const;

protected:
  int workers() const override { return workers_; }
  Array host_value(const TensorView& view, DType dtype) const override {
    if (!view.resident) return BuiltExecutable::host_value(view, dtype);
    Array value(dtype, view.shape);
    if (value.count()) device_->copy_out(value.bytes.data(), {view.resident.get(), 0}, value.bytes.size());
    return value;
  }

private:
  DeviceExecutable(const Program& program, const DeviceBackend& backend, std::chrono::steady_clock::time_point start);

  const runtime::DevicePtr device_;
  const int workers_;
  const decltype(DeviceBackend::code) code_of_;
  const decltype(DeviceBackend::facts) facts_of_;
  const codegen::CLanguage& language_;
  std::optional<DeviceCode> code_of_phases_;
  const i64 raw_threads_;
  std::vector<DeviceBlockPtr> constants_;

  void refuse_missing_dtypes() const;
  void place_input(Call& call, std::size_t buffer, const TensorView& view) const;
  void place_output(Call& call, std::size_t buffer, std::span<const TensorView> inputs, const TensorView& view) const;
  void copy_inputs(const Call& call, CallWatch* watch) const;
  void run_steps(const Call& call, CallWatch* watch) const;
  void run_step(const Call& call, const ReadyStep& step) const;
  void copy_outputs(const Call& call, CallWatch* watch) const;
  void launch(const Call& call, const ReadyLaunch& launch) const;
  void launch_raw(const Call& call, const ReadyRaw& raw) const;
  void multiply(const Call& call, const ReadyGemm& gemm) const;

  // ---- calls of the same sizes ----
  /// The memory and the graphs of a call that is over, for one with the same sizes over the same resident memory.
  struct Kept {
    Repeated repeated;
    std::vector<std::weak_ptr<runtime::DeviceBlock>> resident; ///< of inputs, then outputs
    Reserved reserved = {};
  };
  static constexpr std::size_t most_kept = 2, most_kept_bytes = std::size_t(64) << 20;
  mutable std::mutex kept_mutex_;
  mutable std::vector<Kept> kept_; ///< the last ones used, newest last
  std::optional<Kept> take_kept(const Prepared& ready, std::span<const TensorView> inputs, std::span<const TensorView> outputs) const;
  void keep(Kept kept) const;
  bool worth_graph(const Prepared& ready, std::size_t begin, std::size_t end) const;
  std::vector<Segment> record(const Call& call) const;
};

class DeviceBoundCall final : public BoundCall {
public:
  DeviceBoundCall(const DeviceExecutable& owner, DeviceExecutable::Call call) : owner_(owner), repeated_{std::move(call)} {}
  void run() override { owner_.run(repeated_); }

private:
  const DeviceExecutable& owner_;
  DeviceExecutable::Repeated repeated_;
};

// ---- compiling --------------------------------------------------------------------------------------------------

DeviceExecutable::DeviceExecutable(const Program& program, const DeviceBackend& backend, std::chrono::steady_clock::time_point start)
    : BuiltExecutable(program, backend.target), device_(backend.device), workers_(std::max(1, backend.workers)), code_of_(backend.code), facts_of_(backend.facts), language_(*backend.language), raw_threads_(backend.target.raw.threads) {
  refuse_missing_dtypes();
  code_of_phases_.emplace(built_, language_, device_, program_);
  stats_.from_cache = code_of_phases_->from_cache();
  for (const Ref& c : built_.plan.constants) {
    const std::vector<std::byte>& bytes = *std::get<Bytes>(*c->attrs.find("data"));
    constants_.push_back(device_->allocate(bytes.size()));
    device_->copy_in({constants_.back().get(), 0}, bytes.data(), bytes.size());
  }
  stats_.kernels = static_cast<int>(built_.kernels.size());
  for (const Step& s : built_.plan.steps) stats_.library_calls += std::holds_alternative<GemmStep>(s);
  stats_.compile_ms = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

void DeviceExecutable::refuse_missing_dtypes() const {
  if (device_->facts().f64) return;
  std::vector<Ref> all = built_.outputs;
  for (const auto& members : built_.kernel_members) all.insert(all.end(), members.begin(), members.end());
  for (const Node* n : post_order(all))
    if (n->dtype() == DType::f64)
      throw UnsupportedError("[" + program_.name + "] " + describe(Ref(n)) + " is f64, which " + device_->facts().name + " (" + device_->facts().title + ") has not. Use f32, or another device.");
}

// ---- memory of a call -------------------------------------------------------------------------------------------

DeviceExecutable::Call DeviceExecutable::start(std::shared_ptr<const Prepared> ready, std::span<const TensorView> inputs, std::span<const TensorView> outputs) const {
  Call call;
  code_of_phases_->need(ready->codes);
  call.ready = std::move(ready);
  call.given.assign(inputs.begin(), inputs.end());
  call.arena = device_->allocate(call.ready->arena_bytes);
  call.own_bytes = call.ready->arena_bytes;
  call.places.resize(built_.plan.buffers.size());
  for (std::size_t i = 0; i < call.places.size(); ++i) {
    const PlanBuffer& b = built_.plan.buffers[i];
    auto index = static_cast<std::size_t>(b.index);
    switch (b.place) {
    case Place::temporary: call.places[i] = {call.arena.get(), call.ready->offsets[i]}; break;
    case Place::constant: call.places[i] = {constants_[index].get(), 0}; break;
    case Place::input: place_input(call, i, inputs[index]); break;
    case Place::output: break;
    }
  }
  for (std::size_t i = 0; i < call.places.size(); ++i)
    if (const PlanBuffer& b = built_.plan.buffers[i]; b.place == Place::output) place_output(call, i, inputs, outputs[static_cast<std::size_t>(b.index)]);
  std::size_t zero_bytes = 0;
  for (const ReadyStep& step : call.ready->steps)
    if (auto* gemm = std::get_if<ReadyGemm>(&step); gemm && gemm->k == 0) zero_bytes = std::max(zero_bytes, static_cast<std::size_t>(gemm->batch * std::max(gemm->m, gemm->n)) * size_of(gemm->dtype));
  if (zero_bytes > 0) {
    call.zeros = device_->allocate(zero_bytes);
    std::vector<char> zeros(zero_bytes);
    device_->copy_in({call.zeros.get(), 0}, zeros.data(), zero_bytes);
  }
  return call;
}

void DeviceExecutable::place_input(Call& call, std::size_t buffer, const TensorView& view) const {
  std::size_t bytes = call.ready->bytes[buffer];
  DeviceBlockPtr block = view.resident;
  if (!block) {
    bool dense = is_dense(view);
    if (dense && bytes > 0) block = device_->import_host(view.data, bytes);
    bool in_place = block != nullptr;
    if (!block) block = device_->allocate(bytes), call.own_bytes += bytes;
    if (bytes > 0) call.inputs.push_back({static_cast<std::size_t>(built_.plan.buffers[buffer].index), block, view, size_of(built_.plan.buffers[buffer].dtype), in_place});
  }
  call.places[buffer] = {block.get(), 0};
  if (!view.resident) call.kept.push_back(std::move(block));
}

// Outputs may share memory with the input they replace where the plan says so; others get memory of their own first.
void DeviceExecutable::place_output(Call& call, std::size_t buffer, std::span<const TensorView> inputs, const TensorView& view) const {
  std::size_t bytes = call.ready->bytes[buffer];
  bool shared = false;
  for (const TensorView& in : inputs) shared |= (view.resident && in.resident == view.resident) || (view.data && in.data == view.data);
  bool in_place = built_.plan.in_place[static_cast<std::size_t>(built_.plan.buffers[buffer].index)];
  DeviceBlockPtr block;
  if (view.resident) {
    block = shared && !in_place ? device_->allocate(bytes) : view.resident;
    if (block != view.resident) call.moves.push_back({block, view.resident, bytes});
  } else {
    if (!shared && bytes > 0) block = device_->import_host(view.data, bytes);
    DeviceBlockPtr host = block;
    if (!block) block = device_->allocate(bytes), call.own_bytes += bytes;
    call.outputs.push_back({static_cast<std::size_t>(built_.plan.buffers[buffer].index), {block.get(), 0}, view.data, bytes, host});
  }
  call.places[buffer] = {block.get(), 0};
  if (block != view.resident) call.kept.push_back(std::move(block));
}

void DeviceExecutable::copy_inputs(const Call& call, CallWatch* watch) const {
  std::vector<char> packed;
  for (const HostInput& in : call.inputs) {
    if (in.in_place) {
      device_->host_wrote(*in.block);
      continue;
    }
    const HostCopy copy{true, true, in.index, in.block->bytes()};
    if (watch) watch->before(copy);
    const void* from = in.view.data;
    if (!is_dense(in.view)) {
      packed.resize(in.block->bytes());
      pack(in.view, in.element, packed.data());
      from = packed.data();
    }
    device_->copy_in({in.block.get(), 0}, from, in.block->bytes());
    if (!watch) continue;
    device_->wait(); // a watch is told when the work is done
    watch->after(copy);
  }
}

// ---- running ----------------------------------------------------------------------------------------------------

void DeviceExecutable::launch(const Call& call, const ReadyLaunch& launch) const {
  std::vector<runtime::LaunchArgument> arguments;
  for (int b : launch.buffers) arguments.emplace_back(call.places[static_cast<std::size_t>(b)]);
  for (i64 s : launch.scalars) arguments.emplace_back(s);
  std::size_t common = arguments.size();
  for (std::size_t p = 0; p < launch.phases.size(); ++p) {
    const ReadyPhase& phase = launch.phases[p];
    auto parts = runtime::Partition::make(0, phase.extent, phase.grain, phase.multiple, workers_);
    if (parts.count == 0) continue;
    arguments.resize(common);
    for (i64 number : {parts.units_each, parts.units_left, parts.multiple, parts.end}) arguments.emplace_back(number);
    if (!phase.scratch.empty()) {
      arguments.emplace_back(DevicePlace{call.arena.get(), call.ready->scratch_offset});
      arguments.emplace_back(static_cast<i64>(call.ready->scratch_stride));
      for (std::size_t offset : phase.scratch) arguments.emplace_back(static_cast<i64>(offset));
    }
    runtime::Grid grid;
    grid.groups[0] = static_cast<std::uint32_t>(parts.count);
    grid.group[0] = static_cast<std::uint32_t>(std::max<i64>(1, launch.kernel->phases[p].threads.count));
    auto [module, number] = code_of_phases_->entry(code_number(phase.narrow, launch.kernel->phases[p].rare), launch.number, p);
    device_->launch(*module, number, grid, arguments);
  }
}

void DeviceExecutable::multiply(const Call& call, const ReadyGemm& s) const {
  if (s.batch == 0 || s.m == 0 || s.n == 0) return;
  auto place = [&](int buffer) { return buffer < 0 ? DevicePlace{} : call.places[static_cast<std::size_t>(buffer)]; };
  runtime::Product product{s.dtype, s.trans_a, s.trans_b, s.batch, s.m, s.n, std::max<i64>(s.k, 1), s.bias >= 0, s.activation};
  DevicePlace zeros{call.zeros.get(), 0}; // of nothing times nothing
  device_->multiply(product, s.k ? place(s.a) : zeros, s.k ? place(s.b) : zeros, place(s.c), place(s.bias));
}

void DeviceExecutable::launch_raw(const Call& call, const ReadyRaw& raw) const {
  auto result = static_cast<std::size_t>(raw.step->result);
  if (raw.step->zeroed) device_->zero(call.places[result], call.ready->bytes[result]);
  std::vector<runtime::LaunchArgument> arguments;
  for (int b : raw.items.buffers) arguments.emplace_back(call.places[static_cast<std::size_t>(b)]);
  for (i64 number : raw.items.scalars) arguments.emplace_back(number);
  runtime::Grid grid;
  if (!raw.groups.empty()) {
    grid = raw_grid(raw, device_->facts());
  } else {
    // A worker's threads take neighbouring items in turn.
    i64 grain = raw_threads_ > 1 ? raw_threads_ : raw.items.phases[0].grain;
    auto parts = runtime::Partition::make(0, raw.items.phases[0].extent, grain, raw_threads_, workers_);
    for (i64 number : {parts.units_each, parts.units_left, parts.multiple, parts.end}) arguments.emplace_back(number);
    grid.groups[0] = static_cast<std::uint32_t>(parts.count);
    grid.group[0] = static_cast<std::uint32_t>(raw_threads_);
  }
  if (grid.groups[0] == 0 || grid.groups[1] == 0 || grid.groups[2] == 0) return;
  auto [module, number] = code_of_phases_->entry(*raw.step);
  device_->launch(*module, number, grid, arguments);
}

void DeviceExecutable::run(const Call& call, std::span<const Segment> segments) const {
  std::unique_ptr<CallWatch> watch;
  if (program_.observer) watch = program_.observer->call(built_, call.ready->dims, call.ready->arena_bytes);
  copy_inputs(call, watch.get());
  if (segments.empty()) run_steps(call, watch.get());
  for (const Segment& s : segments) {
    if (s.graph) device_->replay(*s.graph);
    else for (std::size_t k = s.begin; k < s.end; ++k) run_step(call, call.ready->steps[k]);
  }
  for (const DeviceOutput& move : call.moves) device_->copy({move.to.get(), 0}, {move.from.get(), 0}, move.bytes);
  copy_outputs(call, watch.get());
}

void DeviceExecutable::run_step(const Call& call, const ReadyStep& step) const {
  struct Visit {
    const DeviceExecutable& self;
    const Call& call;
    void operator()(const ReadyLaunch& s) const { self.launch(call, s); }
    void operator()(const ReadyGemm& s) const { self.multiply(call, s); }
    void operator()(const ReadyScatter&) const { throw InternalError("[device] a scatter that is no kernel"); }
    void operator()(const ReadyRaw& s) const { self.launch_raw(call, s); }
    void operator()(const ReadyCopy& s) const {
      const DevicePlace &to = call.places[static_cast<std::size_t>(s.to)], &from = call.places[static_cast<std::size_t>(s.from)];
      if (to.block != from.block || to.offset != from.offset) self.device_->copy(to, from, s.bytes);
    }
    void operator()(const ReadyCheck& s) const {
      unsigned char flag = 0;
      self.device_->copy_out(&flag, call.places[static_cast<std::size_t>(s.flag)], 1);
      if (flag) self.fail_check(s.which, call.given);
    }
  };
  std::visit(Visit{*this, call}, step);
}

void DeviceExecutable::run_steps(const Call& call, CallWatch* watch) const {
  for_each_step(call.ready->steps, watch, [&](const ReadyStep& step) {
    run_step(call, step);
    if (watch) device_->wait();
  });
}

void DeviceExecutable::copy_outputs(const Call& call, CallWatch* watch) const {
  bool host_memory = false;
  for (const HostOutput& out : call.outputs) {
    if (out.in_place) {
      device_->host_reads(*out.in_place);
      continue;
    }
    const HostCopy copy{false, false, out.index, out.bytes};
    if (watch) watch->before(copy);
    device_->copy_out(out.to, out.from, out.bytes);
    if (watch) watch->after(copy);
  }
  for (const HostInput& in : call.inputs) host_memory |= in.in_place;
  if (host_memory && call.outputs.empty()) device_->wait(); // the caller may change its memory now
}

std::unique_ptr<BoundCall> DeviceExecutable::bind(std::span<const TensorView> inputs, std::span<const TensorView> outputs) const {
  return std::make_unique<DeviceBoundCall>(*this, start(prepared(inputs), inputs, outputs));
}

// ---- calls of the same sizes ------------------------------------------------------------------------------------

// One launch costs the host as much as one graph.
bool DeviceExecutable::worth_graph(const Prepared& ready, std::size_t begin, std::size_t end) const {
  std::size_t asked = 0;
  for (std::size_t k = begin; k < end; ++k) {
    auto* launch = std::get_if<ReadyLaunch>(&ready.steps[k]);
    asked += launch ? static_cast<std::size_t>(std::count_if(launch->phases.begin(), launch->phases.end(), [](const ReadyPhase& p) { return p.extent > 0; })) : 1;
  }
  return asked > 1;
}

std::vector<DeviceExecutable::Segment> DeviceExecutable::record(const Call& call) const {
  std::vector<Segment> segments;
  const auto& steps = call.ready->steps;
  for (std::size_t begin = 0; begin < steps.size();) {
    std::size_t end = begin;
    while (end < steps.size() && !std::holds_alternative<ReadyCheck>(steps[end])) ++end;
    Segment s{begin, std::max(end, begin + 1)};
    if (worth_graph(*call.ready, begin, end))
      s.graph = device_->capture([&] {
        for (std::size_t k = begin; k < end; ++k) run_step(call, steps[k]);
      });
    begin = s.end;
    segments.push_back(std::move(s));
  }
  return segments;
}

void DeviceExecutable::run(Repeated& r) const {
  if (program_.observer || device_->records() || !device_->has_graphs()) return run(r.call); // each launch is looked at
  if (++r.runs == 2) r.segments = record(r.call);
  run(r.call, r.segments);
}

void DeviceExecutable::run(std::span<const TensorView> inputs, std::span<const TensorView> outputs) const {
  auto ready = prepared(inputs);
  bool repeats = device_->has_graphs() && !program_.observer && !device_->records() && worth_graph(*ready, 0, ready->steps.size());
  if (!repeats) return run(start(std::move(ready), inputs, outputs));
  std::optional<Kept> kept = take_kept(*ready, inputs, outputs);
  if (!kept) {
    kept.emplace(Kept{{start(std::move(ready), inputs, outputs)}, {}});
    for (auto views : {inputs, outputs})
      for (const TensorView& v : views) kept->resident.push_back(v.resident);
  }
  run(kept->repeated);
  keep(std::move(*kept));
}

std::optional<DeviceExecutable::Kept> DeviceExecutable::take_kept(const Prepared& ready, std::span<const TensorView> inputs, std::span<const TensorView> outputs) const {
  std::optional<Kept> taken;
  {
    std::lock_guard lock(kept_mutex_);
    auto fits = [&](const Kept& k) {
      if (k.repeated.call.ready.get() != &ready) return false;
      std::size_t at = 0;
      for (auto views : {inputs, outputs})
        for (const TensorView& v : views)
          if (const auto& was = k.resident[at++]; was.owner_before(v.resident) || v.resident.owner_before(was)) return false;
      return true;
    };
    auto found = std::find_if(kept_.begin(), kept_.end(), fits);
    if (found == kept_.end()) return taken;
    taken = std::move(*found);
    kept_.erase(found);
  }
  Call& call = taken->repeated.call;
  call.given.assign(inputs.begin(), inputs.end());
  for (HostInput& in : call.inputs) in.view = inputs[in.index];
  for (HostOutput& out : call.outputs) out.to = outputs[out.index].data;
  return taken;
}

// Only what is small: large calls spend no time on the host worth saving, and their memory may be wanted elsewhere. All
// functions together keep a sixteenth of the device's memory at most.
void DeviceExecutable::keep(Kept kept) const {
  Call& call = kept.repeated.call;
  if (call.own_bytes > most_kept_bytes || !call.moves.empty()) return;
  if (!kept.reserved.holds() && !kept.reserved.take(std::max<std::size_t>(call.own_bytes, 1), device_->facts().memory_bytes / 16)) return;
  call.given.clear(); // what is resident is the caller's
  std::optional<Kept> dropped; // outside of the lock
  std::lock_guard lock(kept_mutex_);
  if (kept_.size() >= most_kept) {
    dropped = std::move(kept_.front());
    kept_.erase(kept_.begin());
  }
  kept_.push_back(std::move(kept));
}

} // namespace

std::shared_ptr<const Executable> compile_for_device(const Program& program, const DeviceBackend& backend) {
  return std::make_shared<DeviceExecutable>(program, backend);
}

} // namespace croton::driver
