// The Jit as its users see it: caches around a backend.
#include "runtime/cpu/jit_backend.h"
#include "runtime/disk_cache.h"
#include <algorithm>
#include <chrono>
#include <croton/error.h>
#include <mutex>
#include <optional>
#include <unordered_map>

namespace croton::runtime {

struct CompiledCode::State {
  std::unique_ptr<JitModule> module;
  std::size_t object_bytes = 0;
};

CompiledCode::CompiledCode(std::unique_ptr<State> state) : state_(std::move(state)) {}
CompiledCode::~CompiledCode() = default;

std::size_t CompiledCode::object_bytes() const { return state_->object_bytes; }

void* CompiledCode::symbol(std::string_view name) const {
  const JitSymbols& symbols = state_->module->symbols;
  const auto at = std::lower_bound(symbols.begin(), symbols.end(), name,
                                   [](const auto& symbol, std::string_view key) { return symbol.first < key; });
  if (at == symbols.end() || at->first != name)
    throw InternalError("[jit] the compiled module defines no symbol '" + std::string(name) + "'. Please report this.");
  return at->second;
}

struct Jit::Impl {
  struct HashOfHash {
    std::size_t operator()(const Hash128& hash) const { return hash.low; }
  };

  std::shared_ptr<JitBackend> backend = make_jit_backend();
  std::shared_ptr<DiskCache> disk;
  const std::string host = backend->host();

  std::mutex mutex; // guards all below
  std::unordered_map<Hash128, std::weak_ptr<const CompiledCode>, HashOfHash> memory;
  std::size_t prune_at = 256;
  JitStats stats;

  std::shared_ptr<const CompiledCode> load(const JitObject& object, std::string_view name) {
    auto state = std::make_unique<CompiledCode::State>();
    state->module = backend->load(object, name);
    state->object_bytes = object.code.size();
    return std::make_shared<const CompiledCode>(std::move(state));
  }

  /// Code from the disk; null when it is not there or, its file whole but not ours, does not load.
  std::shared_ptr<const CompiledCode> from_disk(std::string_view key, std::string_view name) try {
    if (!disk) return nullptr;
    const auto bytes = disk->find(key);
    if (!bytes) return nullptr;
    const auto object = unpack(*bytes);
    return object ? load(*object, name) : nullptr;
  } catch (const DeviceError&) {
    return nullptr; // compiling says what is wrong, if anything is
  }

  /// Two threads may have made the same code: the first to come here wins, so that equal texts share theirs.
  void remember(const Hash128& hash, std::shared_ptr<const CompiledCode>& code) {
    auto& slot = memory[hash];
    if (auto earlier = slot.lock()) code.swap(earlier);
    else slot = code;
    if (memory.size() <= prune_at) return;
    std::erase_if(memory, [](const auto& item) { return item.second.expired(); });
    prune_at = std::max<std::size_t>(256, 2 * memory.size());
  }
};

Jit::Jit(std::shared_ptr<DiskCache> cache) : impl_(std::make_unique<Impl>()) { impl_->disk = std::move(cache); }
Jit::~Jit() = default;

Jit& Jit::shared() {
  static Jit* jit = new Jit(DiskCache::shared());
  return *jit;
}

std::string Jit::host_description() const { return impl_->host; }

JitStats Jit::stats() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->stats;
}

void Jit::add_symbol(std::string_view name, void* address) { impl_->backend->add_symbol(name, address); }

std::string Jit::assembly(std::string_view llvm_ir_text, const CompileOptions& options) {
  return impl_->backend->assembly(llvm_ir_text, options);
}

std::shared_ptr<const CompiledCode> Jit::compile(std::string_view llvm_ir_text, std::string_view name,
                                                 const CompileOptions& options) {
  const auto start = std::chrono::steady_clock::now();
  Impl& impl = *impl_;
  std::string key = "jit 1\n" + impl.host + "\n" + std::to_string(std::clamp(options.codegen_level, 0, 3)) +
                    (options.run_o1_passes ? " O1\n" : "\n");
  key += llvm_ir_text;
  const Hash128 hash = hash128(key);
  const auto finish = [&](std::uint64_t JitStats::*counter) { // under the lock
    ++(impl.stats.*counter);
    impl.stats.last_ms = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
  };
  {
    const std::lock_guard lock(impl.mutex);
    if (const auto found = impl.memory.find(hash); found != impl.memory.end())
      if (auto code = found->second.lock()) {
        finish(&JitStats::from_memory);
        return code;
      }
  }

  auto code = impl.from_disk(key, name);
  const bool hit = code != nullptr;
  if (!hit) {
    const JitObject object = impl.backend->translate(llvm_ir_text, name, options);
    code = impl.load(object, name); // stored only when it loads
    if (impl.disk) impl.disk->store(key, pack(object));
  }
  const std::lock_guard lock(impl.mutex);
  impl.remember(hash, code);
  finish(hit ? &JitStats::from_disk : &JitStats::compiled);
  return code;
}

} // namespace croton::runtime
