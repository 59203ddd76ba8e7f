#include "src/driver/device_executable.h"
#include "ir/build.h"
#include "runtime/thread_pool.h"
#include "src/driver/raw.h"
#include <algorithm>
#include <chrono>
#include <cstring>
#include <mutex>

namespace croton::driver {

using namespace ir;
using runtime::DeviceBlockPtr;
using runtime::DevicePlace;

namespace {

class DeviceExecutable final : public BuiltExecutable {
public:
  DeviceExecutable(const Program& program, const DeviceBackend& backend) : DeviceExecutable(program, backend, std::chrono::steady_clock::now()) {}

  void run(std::span<const TensorView> inputs, std::span<const TensorView> outputs) const override { finish(start(inputs, outputs)); }
  std::unique_ptr<BoundCall> bind(std::span<const TensorView> inputs, std::span<const TensorView> outputs) const override;
  std::shared_ptr<runtime::Device> device() const override { return device_; }
  std::string code(std::string_view stage) const override {
    if (stage == "source") return source_.text;
    return code_of_ ? code_of_(stage, source_.text, program_.name) : "";
  }
  std::vector<runtime::KernelFacts> kernel_facts() const override { return facts_of_ ? facts_of_(source_.text, program_.name) : std::vector<runtime::KernelFacts>(); }

  struct HostInput {
    DeviceBlockPtr block;
    TensorView view;
    std::size_t element;
    bool in_place; ///< the block is the host's memory
  };
  struct HostOutput {
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
    std::vector<DevicePlace> places; ///< of the plan's buffers
    std::vector<HostInput> inputs;
    std::vector<HostOutput> outputs;
    std::vector<TensorView> given;   ///< the inputs, for messages
    std::vector<DeviceOutput> moves; ///< outputs that could not be written where they belong
  };

  Call start(std::span<const TensorView> inputs, std::span<const TensorView> outputs) const;
  void copy_inputs(const Call& call) const;
  void finish(const Call& call) const;

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
  const i64 raw_threads_;
  codegen::CSource source_;
  std::shared_ptr<const runtime::DeviceModule> module_; ///< null when there is no kernel
  std::vector<std::vector<std::size_t>> entries_;       ///< of every kernel's phases in the module
  std::unordered_map<const RawStep*, std::size_t> raw_entries_;
  std::vector<DeviceBlockPtr> constants_;

  void refuse_missing_dtypes() const;
  void load(const std::string& name);
  void place_input(Call& call, std::size_t buffer, const TensorView& view) const;
  void place_output(Call& call, std::size_t buffer, std::span<const TensorView> inputs, const TensorView& view) const;
  void launch(const Call& call, const ReadyLaunch& launch) const;
  void launch_raw(const Call& call, const ReadyRaw& raw) const;
};

class DeviceBoundCall final : public BoundCall {
public:
  DeviceBoundCall(const DeviceExecutable& owner, DeviceExecutable::Call call) : owner_(owner), call_(std::move(call)) {}
  void run() override {
    owner_.copy_inputs(call_);
    owner_.finish(call_);
  }

private:
  const DeviceExecutable& owner_;
  DeviceExecutable::Call call_;
};

// ---- compiling --------------------------------------------------------------------------------------------------

DeviceExecutable::DeviceExecutable(const Program& program, const DeviceBackend& backend, std::chrono::steady_clock::time_point start)
    : BuiltExecutable(program, backend.target), device_(backend.device), workers_(std::max(1, backend.workers)), code_of_(backend.code), facts_of_(backend.facts), raw_threads_(backend.target.raw.threads) {
  refuse_missing_dtypes();
  source_ = codegen::c_module(built_.kernels, *backend.language, raw_nodes(built_.plan));
  load(program.name);
  for (const Ref& c : built_.plan.constants) {
    const std::vector<std::byte>& bytes = *std::get<Bytes>(*c->attrs.find("data"));
    constants_.push_back(device_->allocate(bytes.size()));
    device_->copy_in({constants_.back().get(), 0}, bytes.data(), bytes.size());
  }
  stats_.kernels = static_cast<int>(built_.kernels.size());
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

void DeviceExecutable::load(const std::string& name) {
  std::vector<std::string> names;
  auto number_of = [&](const std::string& entry) {
    auto known = std::find(names.begin(), names.end(), entry);
    auto number = static_cast<std::size_t>(known - names.begin());
    if (known == names.end()) names.push_back(entry);
    return number;
  };
  for (const auto& phases : source_.entries) {
    auto& numbers = entries_.emplace_back();
    for (const std::string& entry : phases) numbers.push_back(number_of(entry));
  }
  std::size_t raw = 0;
  for (const Step& s : built_.plan.steps)
    if (auto* step = std::get_if<RawStep>(&s)) raw_entries_[step] = number_of(source_.raw_entries.at(raw++));
  if (names.empty()) return;
  module_ = device_->load(source_.text, names, name);
  stats_.from_cache = module_->from_cache;
}

// ---- memory of a call -------------------------------------------------------------------------------------------

DeviceExecutable::Call DeviceExecutable::start(std::span<const TensorView> inputs, std::span<const TensorView> outputs) const {
  Call call;
  call.ready = prepared(built_.binding->bind(inputs));
  call.given.assign(inputs.begin(), inputs.end());
  call.arena = device_->allocate(call.ready->arena_bytes);
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
  copy_inputs(call);
  return call;
}

void DeviceExecutable::place_input(Call& call, std::size_t buffer, const TensorView& view) const {
  std::size_t bytes = call.ready->bytes[buffer];
  DeviceBlockPtr block = view.resident;
  if (!block) {
    bool dense = is_dense(view);
    if (dense && bytes > 0) block = device_->import_host(view.data, bytes);
    bool in_place = block != nullptr;
    if (!block) block = device_->allocate(bytes);
    if (bytes > 0) call.inputs.push_back({block, view, size_of(built_.plan.buffers[buffer].dtype), in_place});
  }
  call.places[buffer] = {block.get(), 0};
  call.kept.push_back(std::move(block));
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
    if (!block) block = device_->allocate(bytes);
    call.outputs.push_back({{block.get(), 0}, view.data, bytes, host});
  }
  call.places[buffer] = {block.get(), 0};
  call.kept.push_back(std::move(block));
}

void DeviceExecutable::copy_inputs(const Call& call) const {
  std::vector<char> packed;
  for (const HostInput& in : call.inputs) {
    if (in.in_place) {
      device_->host_wrote(*in.block);
    } else if (is_dense(in.view)) {
      device_->copy_in({in.block.get(), 0}, in.view.data, in.block->bytes());
    } else {
      packed.resize(in.block->bytes());
      pack(in.view, in.element, packed.data());
      device_->copy_in({in.block.get(), 0}, packed.data(), packed.size());
    }
  }
}

// ---- running ----------------------------------------------------------------------------------------------------

void DeviceExecutable::launch(const Call& call, const ReadyLaunch& launch) const {
  auto kernel = static_cast<std::size_t>(launch.kernel - built_.kernels.data());
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
    device_->launch(*module_, entries_[kernel][p], grid, arguments);
  }
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
  device_->launch(*module_, raw_entries_.at(raw.step), grid, arguments);
}

void DeviceExecutable::finish(const Call& call) const {
  struct Visit {
    const DeviceExecutable& self;
    const Call& call;
    void operator()(const ReadyLaunch& s) const { self.launch(call, s); }
    void operator()(const ReadyGemm&) const { throw InternalError("[device] a product that is no kernel"); }
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
  std::unique_ptr<CallWatch> watch;
  if (program_.observer) watch = program_.observer->call(built_, call.ready->dims, call.ready->arena_bytes);
  for_each_step(call.ready->steps, watch.get(), [&](const ReadyStep& step) {
    std::visit(Visit{*this, call}, step);
    if (watch) device_->wait(); // a watch is told when the work is done
  });
  for (const DeviceOutput& move : call.moves) device_->copy({move.to.get(), 0}, {move.from.get(), 0}, move.bytes);
  bool host_memory = false;
  for (const HostOutput& out : call.outputs) {
    if (out.in_place) device_->host_reads(*out.in_place);
    else device_->copy_out(out.to, out.from, out.bytes);
  }
  for (const HostInput& in : call.inputs) host_memory |= in.in_place;
  if (host_memory && call.outputs.empty()) device_->wait(); // the caller may change its memory now
}

std::unique_ptr<BoundCall> DeviceExecutable::bind(std::span<const TensorView> inputs, std::span<const TensorView> outputs) const {
  return std::make_unique<DeviceBoundCall>(*this, start(inputs, outputs));
}

} // namespace

std::shared_ptr<const Executable> compile_for_device(const Program& program, const DeviceBackend& backend) {
  return std::make_shared<DeviceExecutable>(program, backend);
}

} // namespace croton::driver
