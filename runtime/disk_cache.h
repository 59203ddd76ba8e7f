// A persistent, content-addressed store of byte strings shared by all processes of a user.
#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace croton::runtime {

/// 128-bit hash (XXH3) of `bytes`: for identity, not for security.
struct Hash128 {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  friend bool operator==(const Hash128&, const Hash128&) = default;
};
Hash128 hash128(std::string_view bytes) noexcept;

struct DiskCacheOptions {
  std::string directory;                      ///< empty: nothing is kept
  std::uint64_t max_bytes = 512ull << 20;     ///< bound on the sum of file sizes; the oldest files go first
  std::uint32_t writes_between_checks = 64;   ///< how many stores pass before the bound is looked at again
  bool trust_other_owners = false;            ///< read files that neither this user nor root owns

  /// CROTON_CACHE=off, CROTON_CACHE_DIR, CROTON_CACHE_BYTES; then $XDG_CACHE_HOME/croton, then $HOME/.cache/croton.
  static DiskCacheOptions from_environment();
};

/// Thread-safe, safe under many processes and on network file systems: a file appears whole, by rename, or not at all,
/// and a file that is not exactly what was stored is a miss. Nothing throws: without a writable directory it only
/// remembers nothing.
class DiskCache {
public:
  explicit DiskCache(DiskCacheOptions options);

  /// The process's cache, set up from the environment on first use.
  static std::shared_ptr<DiskCache> shared();

  /// The payload stored under exactly this key; a damaged file is removed and counts as absent.
  std::optional<std::vector<std::byte>> find(std::string_view key) const noexcept;

  /// Stores or replaces; false when it could not be written.
  bool store(std::string_view key, std::span<const std::byte> payload) noexcept;

  /// Removes oldest files until at most three quarters of the bound are left, and leftovers of crashed writers.
  void evict() noexcept;

  /// The file that holds a key; empty when nothing is kept.
  std::string path_of(std::string_view key) const;
  const DiskCacheOptions& options() const { return options_; }

private:
  DiskCacheOptions options_;
  std::atomic<std::uint32_t> writes_;
  std::atomic<std::uint64_t> written_bytes_{0};
};

} // namespace croton::runtime
