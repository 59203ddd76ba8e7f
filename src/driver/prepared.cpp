#include "src/driver/prepared.h"
#include "ir/build.h"
#include "runtime/cpu/blas.h"
#include "runtime/thread_pool.h"
#include <algorithm>
#include <atomic>
#include <cstring>

namespace croton::driver {

using namespace ir;

namespace {

constexpr std::size_t alignment = 64;
constexpr i64 grain_work = 40000; ///< element operations below which a second thread does not pay (a few microseconds)

std::size_t aligned(std::size_t bytes) { return (bytes + alignment - 1) / alignment * alignment; }

class Preparer {
public:
  Preparer(const BuiltProgram& built, const PhaseCode* code, std::span<const PhaseFunction> raw, std::vector<i64> dims, int workers)
      : built_(built), code_(code), raw_(raw) {
    ready_ = std::make_shared<Prepared>();
    ready_->threads = workers;
    ready_->dims = std::move(dims);
    for (std::size_t i = 0; i < built.plan.dims.size(); ++i) values_[built.plan.dims[i].get()] = ready_->dims[i];
  }

  std::shared_ptr<const Prepared> run() {
    sizes();
    place_temporaries();
    for (const Step& step : built_.plan.steps) ready_->steps.push_back(std::visit([&](const auto& s) { return make_ready(s); }, step));
    ready_->scratch_offset = ready_->arena_bytes;
    ready_->arena_bytes += ready_->scratch_stride * static_cast<std::size_t>(ready_->threads);
    return ready_;
  }

private:
  const BuiltProgram& built_;
  const PhaseCode* code_;
  std::span<const PhaseFunction> raw_;
  std::size_t raw_steps_ = 0;
  std::shared_ptr<Prepared> ready_;
  std::unordered_map<const Node*, i64> values_;
  int checks_ = 0;

  i64 value(const Ref& e) const {
    return evaluate_index(e, [&](const Node& n) -> i64 {
      auto found = values_.find(&n);
      if (found == values_.end()) throw InternalError("[plan] size '" + std::string(user_name(n)) + "' is not known at the call");
      return found->second;
    });
  }

  std::size_t byte_count(const Ref& count, DType dtype) const {
    i64 n = value(count);
    std::size_t bytes = 0;
    if (n < 0 || __builtin_mul_overflow(static_cast<std::size_t>(n), size_of(dtype), &bytes) || bytes > (std::size_t(1) << 46))
      throw ShapeError("a value would have " + std::to_string(n) + " elements of " + std::string(name(dtype)) + ". Use smaller dims.");
    return bytes;
  }

  void sizes() {
    for (const PlanBuffer& b : built_.plan.buffers) ready_->bytes.push_back(byte_count(b.count, b.dtype));
  }

  // First fit in order of birth; a block is free once its last step is over.
  void place_temporaries() {
    struct Block {
      std::size_t begin, end;
      int last;
    };
    std::vector<Block> live;
    std::vector<int> order;
    ready_->offsets.assign(built_.plan.buffers.size(), 0);
    for (int i = 0; i < static_cast<int>(built_.plan.buffers.size()); ++i)
      if (built_.plan.buffers[static_cast<std::size_t>(i)].place == Place::temporary) order.push_back(i);
    auto birth = [&](int i) { return std::pair(built_.plan.buffers[static_cast<std::size_t>(i)].first, i); };
    std::sort(order.begin(), order.end(), [&](int a, int b) { return birth(a) < birth(b); });
    for (int i : order) {
      const PlanBuffer& b = built_.plan.buffers[static_cast<std::size_t>(i)];
      std::erase_if(live, [&](const Block& x) { return x.last < b.first; });
      std::sort(live.begin(), live.end(), [](const Block& x, const Block& y) { return x.begin < y.begin; });
      std::size_t size = aligned(std::max<std::size_t>(ready_->bytes[static_cast<std::size_t>(i)], 1)), at = 0;
      for (const Block& x : live) {
        if (x.begin >= at + size) break;
        at = std::max(at, x.end);
      }
      ready_->offsets[static_cast<std::size_t>(i)] = at;
      live.push_back({at, at + size, b.last});
      ready_->arena_bytes = std::max(ready_->arena_bytes, at + size);
    }
  }

  static bool may_stream(const Block& block) {
    return any_statement(block, [](const Stmt& stmt) {
      auto* store = std::get_if<Store>(&stmt.as);
      return store && store->streaming;
    });
  }

  ReadyStep make_ready(const LaunchStep& s) {
    const Kernel& k = built_.kernels[static_cast<std::size_t>(s.kernel)];
    ReadyLaunch launch;
    bool all_narrow = !built_.narrow.empty();
    launch.number = static_cast<std::size_t>(s.kernel);
    launch.kernel = &k;
    launch.buffers = s.buffers;
    for (const Ref& d : k.scalars) launch.scalars.push_back(value(d));
    std::size_t bytes = 0;
    for (int b : s.buffers) bytes += ready_->bytes[static_cast<std::size_t>(b)];
    const bool large = bytes >= static_cast<std::size_t>(stream_bytes());
    for (std::size_t p = 0; p < k.phases.size(); ++p) {
      const Phase& phase = k.phases[p];
      ReadyPhase ready;
      ready.extent = value(phase.extent);
      if (code_ && ready.extent <= 0) continue; // others count phases to name their code
      ready.function = code_ ? code_->function(launch.number, p) : nullptr;
      i64 work = std::max<i64>(1, value(phase.work));
      ready.grain = std::max<i64>(1, grain_work / work);
      ready.multiple = ready.extent >= 4096 ? 64 : 1;
      if (phase.threads.count > 0) ready.grain = ready.multiple = 1; // a block of threads shares what a worker does
      std::size_t total = 0;
      for (const Scratch& x : phase.scratch) {
        ready.scratch.push_back(total);
        total += aligned(byte_count(x.size, x.buffer->dtype()) + alignment);
      }
      ready_->scratch_stride = std::max(ready_->scratch_stride, total);
      ready.narrow = !built_.narrow.empty() && built_.narrow[launch.number].fits(p, launch.scalars, ready.extent);
      ready.fence = large && may_stream(phase.body);
      if (ready.extent > 0) {
        all_narrow = all_narrow && ready.narrow;
        ready_->codes |= 1u << code_number(ready.narrow, phase.rare);
      }
      launch.phases.push_back(std::move(ready));
    }
    launch.narrow = all_narrow ? &built_.narrow[launch.number].kernel() : nullptr;
    return launch;
  }
  ReadyStep make_ready(const GemmStep& s) { return ReadyGemm{s.dtype, s.trans_a, s.trans_b, value(s.batch), value(s.m), value(s.n), value(s.k), s.a, s.b, s.c, s.bias, s.activation}; }
  ReadyStep make_ready(const ScatterStep& s) { return ReadyScatter{s.dtype, s.index_dtype, value(s.rows), value(s.row_size), value(s.count), s.x, s.positions, s.result}; }
  ReadyStep make_ready(const RawStep& s) {
    ReadyRaw raw;
    raw.step = &s;
    i64 work = 1;
    auto add = [&](int buffer, const Node& n) {
      raw.items.buffers.push_back(buffer);
      std::vector<i64>& shape = raw.shapes.emplace_back();
      for (const Ref& d : n.shape()) shape.push_back(value(d));
      work += static_cast<i64>(ready_->bytes[static_cast<std::size_t>(buffer)] / size_of(n.dtype()));
    };
    for (std::size_t k = 0; k < s.operands.size(); ++k) add(s.operands[k], *s.node->args[k]);
    add(s.result, *s.node);
    for (const Ref& size : s.sizes) raw.items.scalars.push_back(value(size));
    i64 items = std::max<i64>(0, value(s.items));
    raw.items.scalars.push_back(items);
    // What a body costs is not known: each element that there is, some operations.
    i64 cost = std::max<i64>(1, 4 * (work / std::max<i64>(1, items)));
    raw.items.phases.push_back({raw_.empty() ? nullptr : raw_[raw_steps_++], items, std::max<i64>(1, grain_work / cost), 1, {}});
    for (const Ref& d : s.groups) raw.groups.push_back(value(d));
    for (const Ref& d : s.threads) raw.threads.push_back(value(d));
    if (s.shared) raw.shared = value(s.shared);
    return raw;
  }
  ReadyStep make_ready(const CopyStep& s) { return ReadyCopy{s.from, s.to, static_cast<std::size_t>(value(s.bytes))}; }
  ReadyStep make_ready(const CheckStep& s) { return ReadyCheck{s.flag, checks_++}; }
};

// ---- running --------------------------------------------------------------------------------------------------

struct LaunchContext {
  PhaseFunction function;
  bool fence;
  void* const* buffers;
  const i64* scalars;
  const std::vector<std::size_t>* scratch;
  char* scratch_base;
  std::size_t scratch_stride;
};

void run_part(void* context, i64 begin, i64 end, int worker) {
  auto& c = *static_cast<const LaunchContext*>(context);
  std::array<void*, 64> scratch;
  for (std::size_t i = 0; i < c.scratch->size(); ++i) scratch[i] = c.scratch_base + c.scratch_stride * static_cast<std::size_t>(worker) + (*c.scratch)[i];
  c.function(c.buffers, c.scalars, begin, end, scratch.data());
  if (c.fence) { // stores past the cache do not pass a locked instruction (nor a fence, which the thread sanitizer does not know)
    static std::atomic<unsigned> parts;
    parts.fetch_add(1, std::memory_order_seq_cst);
  }
}

void run_launch(const ReadyLaunch& launch, const Prepared& ready, void* const* pointers, char* arena) {
  std::array<void*, 64> few;
  std::vector<void*> many;
  void** buffers = few.data();
  if (launch.buffers.size() > few.size()) {
    many.resize(launch.buffers.size());
    buffers = many.data();
  }
  for (std::size_t i = 0; i < launch.buffers.size(); ++i) buffers[i] = pointers[launch.buffers[i]];
  for (const ReadyPhase& phase : launch.phases) {
    if (phase.extent == 0) continue;
    LaunchContext context{phase.function, phase.fence, buffers, launch.scalars.data(), &phase.scratch, arena + ready.scratch_offset, ready.scratch_stride};
    if (ready.threads == 1 || phase.extent <= phase.grain) run_part(&context, 0, phase.extent, 0);
    else runtime::ThreadPool::shared().run(0, phase.extent, phase.grain, run_part, &context, phase.multiple);
  }
}

template <class T, class I> void scatter_rows(const ReadyScatter& s, void* const* pointers) {
  auto* result = static_cast<T*>(pointers[s.result]);
  auto* x = static_cast<const T*>(pointers[s.x]);
  auto* positions = static_cast<const I*>(pointers[s.positions]);
  std::memset(result, 0, static_cast<std::size_t>(s.rows * s.row_size) * sizeof(T));
  for (i64 i = 0; i < s.count; ++i) {
    T* row = result + static_cast<i64>(positions[i]) * s.row_size;
    const T* from = x + i * s.row_size;
    for (i64 j = 0; j < s.row_size; ++j) row[j] = static_cast<T>(row[j] + from[j]);
  }
}

template <class F> void with_element(DType dtype, const F& f) {
  switch (dtype) {
  case DType::i8: case DType::u8: return f(u8{});
  case DType::i16: case DType::u16: return f(u16{});
  case DType::i32: case DType::u32: return f(u32{});
  case DType::i64: case DType::u64: return f(u64{});
  case DType::f32: return f(f32{});
  case DType::f64: return f(f64{});
  default: throw UnsupportedError("[scatter_add] " + std::string(name(dtype)) + " is not supported on the CPU yet. Cast to f32 or f64.");
  }
}

template <class F> void with_index(DType dtype, const F& f) {
  switch (dtype) {
  case DType::i8: return f(i8{});
  case DType::i16: return f(i16{});
  case DType::i32: return f(i32{});
  case DType::i64: return f(i64{});
  case DType::u8: return f(u8{});
  case DType::u16: return f(u16{});
  case DType::u32: return f(u32{});
  case DType::u64: return f(u64{});
  default: throw InternalError("[scatter_add] positions are not integers");
  }
}

void run_gemm(const ReadyGemm& s, void* const* p) {
  i64 lda = s.trans_a ? s.m : s.k, ldb = s.trans_b ? s.k : s.n;
  if (s.batch == 1) runtime::blas::gemm(s.dtype, s.trans_a, s.trans_b, s.m, s.n, s.k, 1, p[s.a], lda, p[s.b], ldb, 0, p[s.c], s.n);
  else runtime::blas::gemm_batched(s.dtype, s.trans_a, s.trans_b, s.m, s.n, s.k, 1, p[s.a], lda, s.m * s.k, p[s.b], ldb, s.k * s.n, 0, p[s.c], s.n, s.m * s.n, s.batch);
}

void run_raw(const ReadyRaw& s, const Prepared& ready, void* const* pointers, char* arena) {
  auto result = static_cast<std::size_t>(s.step->result);
  if (s.step->zeroed) std::memset(pointers[result], 0, ready.bytes[result]);
  run_launch(s.items, ready, pointers, arena);
}

} // namespace

const Machine cpu_machine{run_launch, run_gemm, run_raw};

std::shared_ptr<const Prepared> prepare_shapes(const BuiltProgram& built, const PhaseCode* code, std::span<const PhaseFunction> raw, std::vector<i64> dims, int workers) {
  return Preparer(built, code, raw, std::move(dims), workers).run();
}

namespace {

struct RunStep {
  const Machine& machine;
  const Prepared& ready;
  void* const* p;
  char* arena;
  const std::function<void(int)>& fail;
  void operator()(const ReadyLaunch& s) const { machine.launch(s, ready, p, arena); }
  void operator()(const ReadyGemm& s) const { machine.gemm(s, p); }
  void operator()(const ReadyScatter& s) const {
    with_element(s.dtype, [&](auto element) {
      with_index(s.index_dtype, [&](auto index) { scatter_rows<decltype(element), decltype(index)>(s, p); });
    });
  }
  void operator()(const ReadyRaw& s) const { machine.raw(s, ready, p, arena); }
  void operator()(const ReadyCopy& s) const {
    if (s.bytes && p[s.to] != p[s.from]) std::memcpy(p[s.to], p[s.from], s.bytes);
  }
  void operator()(const ReadyCheck& s) const {
    if (*static_cast<const unsigned char*>(p[s.flag])) fail(s.which);
  }
};

} // namespace

void run_steps(const Machine& machine, const Prepared& ready, void* const* pointers, char* arena, const std::function<void(int)>& fail) {
  RunStep run{machine, ready, pointers, arena, fail};
  for (const ReadyStep& step : ready.steps) std::visit(run, step);
}

void run_steps(const Machine& machine, const Prepared& ready, void* const* pointers, char* arena, const std::function<void(int)>& fail, CallWatch& watch) {
  RunStep run{machine, ready, pointers, arena, fail};
  for_each_step(ready.steps, &watch, [&](const ReadyStep& step) { std::visit(run, step); });
}

} // namespace croton::driver
