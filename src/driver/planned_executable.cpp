#include "src/driver/planned_executable.h"
#include "ir/array.h"
#include <algorithm>
#include <cstring>

namespace croton::driver {

using namespace ir;

namespace {

// Empty tensors may come without memory; kernels may still form the address.
alignas(64) char nothing[64];

using Finish = void (PlannedExecutable::*)(const PlannedExecutable::Call&, const std::function<void(int)>&) const;

template <Finish finish> class PlannedBoundCall final : public BoundCall {
public:
  PlannedBoundCall(const PlannedExecutable& owner, PlannedExecutable::Call call, std::span<const TensorView> inputs)
      : owner_(owner), call_(std::move(call)), inputs_(inputs.begin(), inputs.end()) {
    fail_ = [this](int which) { owner_.fail_check(which, inputs_); };
  }
  void run() override { (owner_.*finish)(call_, fail_); }

private:
  const PlannedExecutable& owner_;
  PlannedExecutable::Call call_;
  std::vector<TensorView> inputs_; ///< for messages
  std::function<void(int)> fail_;
};

} // namespace

PlannedExecutable::PlannedExecutable(const Program& program, const Machine& machine, const Target& target) : BuiltExecutable(program, target), machine_(machine) {
  for (const Ref& n : built_.plan.constants) constants_.push_back(const_cast<std::byte*>(std::get<Bytes>(*n->attrs.find("data"))->data()));
}

void PlannedExecutable::run(std::span<const TensorView> inputs, std::span<const TensorView> outputs) const {
  const PlannedExecutable& e = variant_for(inputs);
  auto fail = [&](int which) { e.fail_check(which, inputs); };
  if (program_.observer) e.finish_observed(e.start(inputs, outputs), fail);
  else e.finish(e.start(inputs, outputs), fail);
}

const PlannedExecutable& PlannedExecutable::variant_for(std::span<const TensorView> inputs) const {
  if (!program_.layouts.empty() || std::all_of(inputs.begin(), inputs.end(), is_dense)) return *this;
  std::vector<InputLayout> layouts;
  for (const TensorView& v : inputs) layouts.push_back(layout_of(v));
  auto known = [&] { return std::find_if(variants_.begin(), variants_.end(), [&](const Variant& v) { return v.layouts == layouts; }); };
  {
    std::shared_lock lock(variants_mutex_);
    if (auto v = known(); v != variants_.end()) return v->executable ? *v->executable : *this;
    if (variants_.size() >= most_variants) return *this;
  }
  Program program = program_;
  program.layouts = layouts;
  auto fresh = compile_variant(program);
  if (fresh && program_.compilations) program_.compilations->add({why_strided(inputs), LocationScope::current(), fresh->stats().compile_ms, fresh->stats().from_cache});
  std::unique_lock lock(variants_mutex_);
  auto v = known(); // another thread may have been here
  if (v == variants_.end()) v = variants_.insert(v, {layouts, std::move(fresh)});
  return v->executable ? *v->executable : *this;
}

// "input 'x' {3, 4} is strided: {1, 3}", for every input that is.
std::string PlannedExecutable::why_strided(std::span<const TensorView> inputs) const {
  std::string text;
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    if (is_dense(inputs[k])) continue;
    std::string name = k < program_.input_names.size() ? program_.input_names[k] : std::to_string(k);
    text += (text.empty() ? "input '" : ", input '") + name + "' of the shape " + shape_text(inputs[k].shape) + " has the strides " + shape_text(inputs[k].strides);
  }
  return text + ": code for inputs that lie so";
}

void PlannedExecutable::finish(const Call& call, const std::function<void(int)>& fail) const {
  for (const Pack& p : call.packs) pack(p.from, p.element, static_cast<char*>(p.to));
  run_steps(machine_, *call.ready, call.pointers.data(), static_cast<char*>(call.arena.data()), fail);
  for (auto& [from, to, bytes] : call.copies) std::memcpy(to, from, bytes);
}

void PlannedExecutable::finish_observed(const Call& call, const std::function<void(int)>& fail) const {
  for (const Pack& p : call.packs) pack(p.from, p.element, static_cast<char*>(p.to));
  auto watch = program_.observer->call(built_, call.ready->dims, call.ready->arena_bytes);
  run_steps(machine_, *call.ready, call.pointers.data(), static_cast<char*>(call.arena.data()), fail, *watch);
  for (auto& [from, to, bytes] : call.copies) std::memcpy(to, from, bytes);
}

std::unique_ptr<BoundCall> PlannedExecutable::bind(std::span<const TensorView> inputs, std::span<const TensorView> outputs) const {
  const PlannedExecutable& e = variant_for(inputs);
  if (program_.observer) return std::make_unique<PlannedBoundCall<&PlannedExecutable::finish_observed>>(e, e.start(inputs, outputs), inputs);
  return std::make_unique<PlannedBoundCall<&PlannedExecutable::finish>>(e, e.start(inputs, outputs), inputs);
}

PlannedExecutable::Call PlannedExecutable::start(std::span<const TensorView> inputs, std::span<const TensorView> outputs) const {
  Call call;
  call.ready = prepared(inputs);
  std::size_t arena_bytes = std::max<std::size_t>(call.ready->arena_bytes, 64);
  call.arena = runtime::BufferPool::shared().allocate(arena_bytes);
  auto* arena = static_cast<char*>(call.arena.data());
  if (machine_.poison) std::memset(arena, 0xff, arena_bytes);
  for (std::size_t i = 0; i < built_.plan.buffers.size(); ++i) {
    const PlanBuffer& b = built_.plan.buffers[i];
    void* p = nullptr;
    switch (b.place) {
    case Place::temporary: p = arena + call.ready->offsets[i]; break;
    case Place::input: p = input_pointer(call, inputs[static_cast<std::size_t>(b.index)], b); break;
    case Place::output: p = output_pointer(call, inputs, outputs[static_cast<std::size_t>(b.index)], i); break;
    case Place::constant: p = constants_[static_cast<std::size_t>(b.index)]; break;
    }
    call.pointers.push_back(p ? p : nothing);
  }
  return call;
}

void* PlannedExecutable::input_pointer(Call& call, const TensorView& v, const PlanBuffer& b) const {
  bool strided = static_cast<std::size_t>(b.index) < program_.layouts.size() && !program_.layouts[static_cast<std::size_t>(b.index)].dense;
  if (!v.data || strided || is_dense(v) || element_total(v.shape) == 0) return v.data;
  auto& packed = call.extra.emplace_back(runtime::BufferPool::shared().allocate(static_cast<std::size_t>(element_total(v.shape)), size_of(b.dtype)));
  call.packs.push_back({v, size_of(b.dtype), packed.data()});
  return packed.data();
}

void* PlannedExecutable::output_pointer(Call& call, std::span<const TensorView> inputs, const TensorView& v, std::size_t buffer) const {
  const PlanBuffer& b = built_.plan.buffers[buffer];
  bool shared = false;
  for (const TensorView& in : inputs) shared |= in.data == v.data && v.data;
  if (!shared || built_.plan.in_place[static_cast<std::size_t>(b.index)]) return v.data;
  auto& copy = call.extra.emplace_back(runtime::BufferPool::shared().allocate(std::max<std::size_t>(call.ready->bytes[buffer], 1)));
  call.copies.push_back({copy.data(), v.data, call.ready->bytes[buffer]});
  return copy.data();
}

} // namespace croton::driver
