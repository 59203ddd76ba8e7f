#include "src/driver/cpu_executable.h"
#include "codegen/llvm.h"
#include "ir/build.h"
#include "ir/text.h"
#include "runtime/thread_pool.h"
#include "src/driver/prepared.h"
#include <chrono>
#include <cstring>
#include <mutex>
#include <shared_mutex>

namespace croton::driver {

using namespace ir;

namespace {

bool is_dense(const TensorView& v) {
  i64 stride = 1;
  for (std::size_t i = v.shape.size(); i-- > 0;) {
    if (v.shape[i] != 1 && v.strides[i] != stride) return false;
    stride *= v.shape[i];
  }
  return true;
}

i64 element_total(const std::vector<i64>& shape) {
  i64 n = 1;
  for (i64 d : shape) n *= d;
  return n;
}

// Copies a strided view to dense row-major memory.
void pack(const TensorView& v, std::size_t element, char* out) {
  i64 count = element_total(v.shape);
  std::vector<i64> index(v.shape.size(), 0);
  for (i64 i = 0; i < count; ++i) {
    i64 at = 0;
    for (std::size_t k = 0; k < index.size(); ++k) at += index[k] * v.strides[k];
    std::memcpy(out + static_cast<std::size_t>(i) * element, static_cast<const char*>(v.data) + at * static_cast<i64>(element), element);
    for (std::size_t k = index.size(); k-- > 0;) {
      if (++index[k] < v.shape[k]) break;
      index[k] = 0;
    }
  }
}

// Empty tensors may come without memory; kernels may still form the address.
alignas(64) char nothing[64];

class CpuExecutable final : public Executable {
public:
  explicit CpuExecutable(const Program& program) : program_(program) {
    auto start = std::chrono::steady_clock::now();
    built_ = build(program);
    source_ = codegen::llvm_module(built_.kernels);
    auto before = runtime::Jit::shared().stats();
    if (!built_.kernels.empty()) code_ = runtime::Jit::shared().compile(source_.text, program.name);
    stats_.from_cache = runtime::Jit::shared().stats().compiled == before.compiled;
    stats_.kernels = static_cast<int>(built_.kernels.size());
    for (const Step& s : built_.plan.steps) stats_.library_calls += std::holds_alternative<GemmStep>(s);
    for (const Ref& d : built_.plan.dims) symbol_.emplace(d.get(), symbol_.size());
    stats_.compile_ms = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  }

  std::vector<std::vector<i64>> output_shapes(std::span<const TensorView> inputs) const override {
    auto dims = bind_dims(inputs);
    std::vector<std::vector<i64>> shapes;
    for (const Ref& out : built_.outputs) {
      std::vector<i64>& shape = shapes.emplace_back();
      for (const Ref& d : out->shape()) shape.push_back(value(d, dims));
    }
    return shapes;
  }

  void run(std::span<const TensorView> inputs, std::span<const TensorView> outputs) const override {
    Call call = start(inputs, outputs);
    run_steps(*call.ready, call.pointers.data(), static_cast<char*>(call.arena.data()), [&](int which) { fail_check(which); });
    for (auto& [from, to, bytes] : call.copies) std::memcpy(to, from, bytes);
  }

  std::unique_ptr<BoundCall> bind(std::span<const TensorView> inputs, std::span<const TensorView> outputs) const override;

  std::size_t peak_bytes(std::span<const TensorView> inputs) const override { return prepared(bind_dims(inputs))->arena_bytes; }
  ExecutableStats stats() const override { return stats_; }

  std::string dump(const std::string& stage) const override {
    if (stage == "source") return source_.text;
    if (stage == "assembly") return runtime::Jit::shared().assembly(source_.text);
    if (stage == "kernels") {
      std::string text;
      for (const Kernel& k : built_.kernels) text += to_text(k) + "\n";
      return text;
    }
    if (stage == "input") return to_text(built_.written);
    if (stage == "optimized") return to_text(built_.outputs);
    if (stage == "plan") return to_text(built_.plan, built_.kernels);
    throw ValueError("[dump] there is no stage '" + stage + "'. Use input, optimized, kernels, plan, source or assembly.");
  }

  std::string explain() const override {
    std::string text;
    for (auto& [node, reason] : built_.fusion_stops) text += describe(node) + ": " + reason + "\n";
    return text;
  }

  struct Copy {
    const void* from;
    void* to;
    std::size_t bytes;
  };
  struct Call {
    std::shared_ptr<const Prepared> ready;
    std::vector<void*> pointers;
    runtime::Buffer arena;
    std::vector<runtime::Buffer> extra; ///< packed inputs, outputs that cannot be written in place
    std::vector<Copy> copies;           ///< after the run
  };

  Call start(std::span<const TensorView> inputs, std::span<const TensorView> outputs) const {
    Call call;
    call.ready = prepared(bind_dims(inputs));
    call.arena = runtime::BufferPool::shared().allocate(std::max<std::size_t>(call.ready->arena_bytes, 64));
    auto* arena = static_cast<char*>(call.arena.data());
    for (std::size_t i = 0; i < built_.plan.buffers.size(); ++i) {
      const PlanBuffer& b = built_.plan.buffers[i];
      void* p = nullptr;
      switch (b.place) {
      case Place::temporary: p = arena + call.ready->offsets[i]; break;
      case Place::input: p = input_pointer(call, inputs[static_cast<std::size_t>(b.index)], b); break;
      case Place::output: p = output_pointer(call, inputs, outputs[static_cast<std::size_t>(b.index)], i); break;
      case Place::constant: p = const_cast<std::byte*>(std::get<Bytes>(*built_.plan.constants[static_cast<std::size_t>(b.index)]->attrs.find("data"))->data()); break;
      }
      call.pointers.push_back(p ? p : nothing);
    }
    return call;
  }

  [[noreturn]] void fail_check(int which) const {
    int k = 0;
    for (const Step& s : built_.plan.steps)
      if (auto* check = std::get_if<CheckStep>(&s); check && k++ == which) {
        Ref n(check->indexed);
        throw IndexError("[" + std::string(n->op->name) + "] a position of " + describe(n->args[1]) + " is out of range. Use positions from 0 to size − 1, or negative ones that count from the end." + (n->where ? " (" + to_string(n->where) + ")" : ""), n->where);
      }
    throw InternalError("[plan] a check that does not exist failed");
  }

private:
  Program program_;
  BuiltProgram built_;
  codegen::LlvmSource source_;
  std::shared_ptr<const runtime::CompiledCode> code_;
  ExecutableStats stats_;
  std::unordered_map<const Node*, std::size_t> symbol_;
  mutable std::shared_mutex mutex_;
  mutable std::vector<std::shared_ptr<const Prepared>> shapes_;

  i64 value(const Ref& e, const std::vector<i64>& dims) const {
    return evaluate_index(e, [&](const Node& n) -> i64 { return dims.at(symbol_.at(&n)); });
  }

  static void* input_pointer(Call& call, const TensorView& v, const PlanBuffer& b) {
    if (!v.data || is_dense(v) || element_total(v.shape) == 0) return v.data;
    auto& packed = call.extra.emplace_back(runtime::BufferPool::shared().allocate(static_cast<std::size_t>(element_total(v.shape)), size_of(b.dtype)));
    pack(v, size_of(b.dtype), static_cast<char*>(packed.data()));
    return packed.data();
  }

  void* output_pointer(Call& call, std::span<const TensorView> inputs, const TensorView& v, std::size_t buffer) const {
    const PlanBuffer& b = built_.plan.buffers[buffer];
    bool shared = false;
    for (const TensorView& in : inputs) shared |= in.data == v.data && v.data;
    if (!shared || built_.plan.in_place[static_cast<std::size_t>(b.index)]) return v.data;
    auto& copy = call.extra.emplace_back(runtime::BufferPool::shared().allocate(std::max<std::size_t>(call.ready->bytes[buffer], 1)));
    call.copies.push_back({copy.data(), v.data, call.ready->bytes[buffer]});
    return copy.data();
  }

  std::string input_name(std::size_t k) const {
    if (k < program_.input_names.size() && !program_.input_names[k].empty()) return program_.input_names[k];
    return std::string(user_name(*built_.inputs[k]));
  }

  std::vector<i64> bind_dims(std::span<const TensorView> inputs) const {
    if (inputs.size() != built_.inputs.size())
      throw ValueError("found " + std::to_string(inputs.size()) + " inputs, expected " + std::to_string(built_.inputs.size()) + ".");
    std::vector<i64> dims(built_.plan.dims.size(), -1);
    std::vector<std::pair<std::size_t, std::size_t>> source(dims.size());
    for (std::size_t k = 0; k < inputs.size(); ++k) {
      const Shape& shape = built_.inputs[k]->shape();
      if (inputs[k].shape.size() != shape.size())
        throw ShapeError("input '" + input_name(k) + "' has rank " + std::to_string(inputs[k].shape.size()) + ", expected " + std::to_string(shape.size()) + " " + to_string(built_.original_inputs[k]->shape()) + ".");
      for (std::size_t i = 0; i < shape.size(); ++i) {
        auto found = symbol_.find(shape[i].get());
        i64 size = inputs[k].shape[i];
        if (found != symbol_.end()) {
          i64& bound = dims[found->second];
          if (bound < 0) {
            bound = size;
            source[found->second] = {k, i};
          } else if (bound != size) {
            auto [other, axis] = source[found->second];
            throw ShapeError("input '" + input_name(k) + "' has " + std::to_string(size) + " along axis " + std::to_string(i) + ", but input '" + input_name(other) + "' has " + std::to_string(bound) + " along axis " + std::to_string(axis) + ": both are " + to_string(shape[i]) + ". A dim that should stretch must be 1 when the graph is built.");
          }
        } else if (auto known = constant_value(shape[i]); known && *known != size) {
          throw ShapeError("input '" + input_name(k) + "' has " + std::to_string(size) + " along axis " + std::to_string(i) + ", expected " + std::to_string(*known) + ".");
        }
      }
    }
    check_dims(inputs, dims);
    return dims;
  }

  void check_dims(std::span<const TensorView> inputs, const std::vector<i64>& dims) const {
    for (std::size_t s = 0; s < dims.size(); ++s)
      if (dims[s] < 0) throw ShapeError("size '" + to_string(built_.plan.dims[s]) + "' is not given by any input. Declare an input with it.");
    for (std::size_t k = 0; k < inputs.size(); ++k)
      for (std::size_t i = 0; i < inputs[k].shape.size(); ++i)
        if (i64 want = value(built_.inputs[k]->shape()[i], dims); want != inputs[k].shape[i])
          throw ShapeError("input '" + input_name(k) + "' has " + std::to_string(inputs[k].shape[i]) + " along axis " + std::to_string(i) + ", expected " + to_string(built_.original_inputs[k]->shape()[i]) + " = " + std::to_string(want) + ".");
    for (const auto& c : built_.dim_checks) {
      i64 a = value(c.a, dims), b = value(c.b, dims);
      if (c.equal ? a == b : a <= b) continue;
      std::string text = "[" + std::string(c.node->op->name) + "] ";
      for (const Ref& arg : c.node->args)
        if (arg->rank() > 0) text += describe(arg) + " · ";
      throw ShapeError(text + to_string(c.a) + " = " + std::to_string(a) + (c.equal ? " ≠ " : " > ") + to_string(c.b) + " = " + std::to_string(b) + "." + (c.node->where ? " (" + to_string(c.node->where) + ")" : ""), c.node->where);
    }
    for (const auto& [count, node] : built_.never_empty)
      if (value(count, dims) == 0)
        throw ValueError("[" + std::string(node->op->name) + "] " + describe(node->args[0]) + " has nothing to reduce: it is empty. An empty " + std::string(node->op->name) + " has no value." + (node->where ? " (" + to_string(node->where) + ")" : ""), node->where);
  }

  std::shared_ptr<const Prepared> prepared(std::vector<i64> dims) const {
    {
      std::shared_lock lock(mutex_);
      for (const auto& p : shapes_)
        if (p->dims == dims && p->threads == threads()) return p;
    }
    auto fresh = prepare_shapes(built_, code_.get(), source_.symbols, std::move(dims));
    std::unique_lock lock(mutex_);
    if (shapes_.size() >= 16) shapes_.erase(shapes_.begin());
    shapes_.push_back(fresh);
    return fresh;
  }
  static int threads();
};

int CpuExecutable::threads() { return runtime::ThreadPool::shared().thread_count(); }

class CpuBoundCall final : public BoundCall {
public:
  CpuBoundCall(const CpuExecutable& owner, CpuExecutable::Call call) : owner_(owner), call_(std::move(call)) {
    fail_ = [this](int which) { owner_.fail_check(which); };
  }
  void run() override {
    run_steps(*call_.ready, call_.pointers.data(), static_cast<char*>(call_.arena.data()), fail_);
    for (auto& c : call_.copies) std::memcpy(c.to, c.from, c.bytes);
  }

private:
  const CpuExecutable& owner_;
  CpuExecutable::Call call_;
  std::function<void(int)> fail_;
};

std::unique_ptr<BoundCall> CpuExecutable::bind(std::span<const TensorView> inputs, std::span<const TensorView> outputs) const {
  for (const TensorView& v : inputs)
    if (!is_dense(v)) throw ValueError("[bind] an input is not dense row-major: a bound call reads the same memory each time. Copy it first, or call without binding.");
  return std::make_unique<CpuBoundCall>(*this, start(inputs, outputs));
}

} // namespace

std::shared_ptr<const Executable> compile_cpu(const Program& program) { return std::make_shared<CpuExecutable>(program); }

} // namespace croton::driver
