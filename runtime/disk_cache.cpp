#include "runtime/disk_cache.h"
#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <dirent.h>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#define XXH_INLINE_ALL
#include <xxhash.h>

namespace croton::runtime {

namespace fs = std::filesystem;

namespace {

// The header of a file, in the machine's own byte order: a cache is never read by another kind of machine, and
// `byte_order` refuses it if it is. The key, then the payload, follow without gaps.
struct Header {
  char magic[8];
  std::uint32_t byte_order;
  std::uint32_t version;
  std::uint64_t hash_low, hash_high; // of the key
  std::uint64_t key_bytes;
  std::uint64_t payload_bytes;
  std::uint64_t checksum; // of the payload
};
static_assert(sizeof(Header) == 56);

constexpr char magic[8] = {'C', 'R', 'O', 'T', 'O', 'N', 'C', '\n'};
constexpr std::uint32_t byte_order = 0x01020304;
constexpr std::uint32_t format_version = 1;
constexpr std::uint64_t max_file_bytes = 1ull << 30; // a longer file cannot be ours
constexpr std::string_view file_suffix = ".blob";
constexpr std::string_view temporary_suffix = ".tmp";
constexpr std::time_t leftover_seconds = 3600;
constexpr std::time_t touch_seconds = 3600;

Header header_for(std::string_view key, std::span<const std::byte> payload) {
  const Hash128 hash = hash128(key);
  Header header{};
  std::memcpy(header.magic, magic, sizeof magic);
  header.byte_order = byte_order;
  header.version = format_version;
  header.hash_low = hash.low;
  header.hash_high = hash.high;
  header.key_bytes = key.size();
  header.payload_bytes = payload.size();
  header.checksum = XXH3_64bits(payload.data(), payload.size());
  return header;
}

/// A file descriptor that closes itself.
struct File {
  int fd;
  explicit File(int descriptor) : fd(descriptor) {}
  ~File() {
    if (fd >= 0) ::close(fd);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
};

bool read_all(int fd, std::byte* to, std::size_t bytes) {
  while (bytes > 0) {
    const ssize_t got = ::read(fd, to, bytes);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    to += got;
    bytes -= static_cast<std::size_t>(got);
  }
  return true;
}

bool write_all(int fd, const void* from, std::size_t bytes) {
  const char* at = static_cast<const char*>(from);
  while (bytes > 0) {
    const ssize_t put = ::write(fd, at, bytes);
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return false;
    at += put;
    bytes -= static_cast<std::size_t>(put);
  }
  return true;
}

/// The payload, when `file` is exactly the record of `key`.
std::optional<std::vector<std::byte>> payload_of(std::string_view key, std::vector<std::byte> file) {
  Header header;
  if (file.size() < sizeof header) return std::nullopt;
  std::memcpy(&header, file.data(), sizeof header);
  const std::size_t rest = file.size() - sizeof header;
  // Lengths first, without sums that could wrap; the key itself afterwards, so that two keys with one hash stay apart.
  if (header.key_bytes != key.size() || header.key_bytes > rest || header.payload_bytes != rest - header.key_bytes)
    return std::nullopt;
  const std::byte* key_at = file.data() + sizeof header;
  if (std::memcmp(key_at, key.data(), key.size()) != 0) return std::nullopt;
  const std::span<const std::byte> payload(key_at + key.size(), header.payload_bytes);
  const Header expected = header_for(key, payload);
  if (std::memcmp(&header, &expected, sizeof header) != 0) return std::nullopt;
  file.erase(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(sizeof header + key.size()));
  return file;
}

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

struct Entry {
  std::string path;
  std::uint64_t bytes;
  std::int64_t modified_ns;
};

std::int64_t nanoseconds(const timespec& time) { return std::int64_t{time.tv_sec} * 1000000000 + time.tv_nsec; }

/// The cache's files in a directory; removes temporary files old enough that no writer can still be at them.
std::vector<Entry> entries_of(const std::string& directory) {
  std::vector<Entry> entries;
  DIR* listing = ::opendir(directory.c_str());
  if (!listing) return entries;
  const std::time_t now = std::time(nullptr);
  while (const dirent* item = ::readdir(listing)) {
    const std::string_view name = item->d_name;
    const bool temporary = name.ends_with(temporary_suffix);
    if (!temporary && !name.ends_with(file_suffix)) continue;
    struct stat facts;
    std::string path = directory + "/" + item->d_name;
    if (::lstat(path.c_str(), &facts) != 0 || !S_ISREG(facts.st_mode)) continue;
    if (temporary) {
      if (now - facts.st_mtime > leftover_seconds) ::unlink(path.c_str());
      continue;
    }
    entries.push_back({std::move(path), static_cast<std::uint64_t>(facts.st_size), nanoseconds(facts.st_mtim)});
  }
  ::closedir(listing);
  return entries;
}

/// Creates a file no other process or thread has; its name goes to `path`.
int create_temporary(const std::string& beside, std::string& path) {
  static std::atomic<std::uint64_t> serial{0};
  const auto clock = static_cast<std::uint64_t>(std::chrono::steady_clock::now().time_since_epoch().count());
  for (int attempt = 0; attempt < 4; ++attempt) {
    path = beside + "." + std::to_string(::getpid()) + "-" + std::to_string(clock) + "-" +
           std::to_string(serial.fetch_add(1)) + std::string(temporary_suffix);
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd >= 0 || errno != EEXIST) return fd;
  }
  return -1;
}

} // namespace

Hash128 hash128(std::string_view bytes) noexcept {
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  return {hash.low64, hash.high64};
}

DiskCacheOptions DiskCacheOptions::from_environment() {
  DiskCacheOptions options;
  if (const std::string off = environment("CROTON_CACHE"); off == "off" || off == "0") return options;
  if (const std::string bytes = environment("CROTON_CACHE_BYTES"); !bytes.empty()) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(bytes.data(), bytes.data() + bytes.size(), value);
    if (error == std::errc() && end == bytes.data() + bytes.size()) options.max_bytes = value;
  }
  if (options.max_bytes == 0) return options;
  if (options.directory = environment("CROTON_CACHE_DIR"); !options.directory.empty()) {
    options.trust_other_owners = true; // a directory named on purpose may be a team's
    return options;
  }
  // XDG asks that relative paths be ignored; so would a relative HOME scatter files over working directories.
  if (const std::string base = environment("XDG_CACHE_HOME"); base.starts_with('/')) options.directory = base + "/croton";
  else if (const std::string home = environment("HOME"); home.starts_with('/')) options.directory = home + "/.cache/croton";
  return options;
}

// The count starts at a number of the process's own: many short programs that store a few blobs each then still
// check the bound once in `writes_between_checks` stores together.
DiskCache::DiskCache(DiskCacheOptions options)
    : options_(std::move(options)), writes_(static_cast<std::uint32_t>(::getpid())) {
  options_.writes_between_checks = std::max<std::uint32_t>(options_.writes_between_checks, 1);
  if (options_.directory.empty()) return;
  std::error_code ignored;
  const fs::path parent = fs::path(options_.directory).parent_path();
  if (!parent.empty()) fs::create_directories(parent, ignored);
  ::mkdir(options_.directory.c_str(), 0700);
}

std::shared_ptr<DiskCache> DiskCache::shared() {
  static const auto* cache = new std::shared_ptr<DiskCache>(std::make_shared<DiskCache>(DiskCacheOptions::from_environment()));
  return *cache;
}

std::string DiskCache::path_of(std::string_view key) const {
  if (options_.directory.empty()) return "";
  const Hash128 hash = hash128(key);
  char name[33];
  for (int i = 0; i < 32; ++i) {
    const std::uint64_t half = i < 16 ? hash.high : hash.low;
    name[i] = "0123456789abcdef"[(half >> (60 - 4 * (i % 16))) & 15];
  }
  return options_.directory + "/" + std::string(name, 32) + std::string(file_suffix);
}

std::optional<std::vector<std::byte>> DiskCache::find(std::string_view key) const noexcept try {
  if (options_.directory.empty()) return std::nullopt;
  const std::string path = path_of(key);
  // O_NONBLOCK: a pipe put in the file's place must not hang the open; it fails the test for a regular file below.
  const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  struct stat facts;
  if (file.fd < 0 || ::fstat(file.fd, &facts) != 0 || !S_ISREG(facts.st_mode)) return std::nullopt;
  const bool ours = facts.st_uid == ::geteuid() || facts.st_uid == 0;
  if (!ours && !options_.trust_other_owners) return std::nullopt;
  if (facts.st_size >= static_cast<off_t>(sizeof(Header)) && static_cast<std::uint64_t>(facts.st_size) <= max_file_bytes) {
    std::vector<std::byte> bytes(static_cast<std::size_t>(facts.st_size));
    if (read_all(file.fd, bytes.data(), bytes.size())) {
      if (auto payload = payload_of(key, std::move(bytes))) {
        // Eviction goes by age of last use; a coarse one spares most reads the extra system call.
        if (std::time(nullptr) - facts.st_mtime > touch_seconds) ::utimensat(AT_FDCWD, path.c_str(), nullptr, 0);
        return payload;
      }
    }
  }
  ::unlink(path.c_str());
  return std::nullopt;
} catch (...) {
  return std::nullopt; // out of memory: as good as absent
}

bool DiskCache::store(std::string_view key, std::span<const std::byte> payload) noexcept try {
  const std::uint64_t bytes = sizeof(Header) + key.size() + payload.size();
  if (options_.directory.empty() || bytes > options_.max_bytes || bytes > max_file_bytes) return false;
  const std::string path = path_of(key);
  std::string temporary;
  {
    const File file(create_temporary(path, temporary));
    if (file.fd < 0) return false;
    const Header header = header_for(key, payload);
    if (!write_all(file.fd, &header, sizeof header) || !write_all(file.fd, key.data(), key.size()) ||
        !write_all(file.fd, payload.data(), payload.size())) {
      ::unlink(temporary.c_str());
      return false;
    }
  }
  if (::rename(temporary.c_str(), path.c_str()) != 0) {
    ::unlink(temporary.c_str());
    return false;
  }
  const std::uint64_t written = written_bytes_.fetch_add(bytes) + bytes;
  const bool due = writes_.fetch_add(1) % options_.writes_between_checks == 0 || written > options_.max_bytes / 8;
  if (due) {
    written_bytes_ = 0;
    evict();
  }
  return true;
} catch (...) {
  return false;
}

void DiskCache::evict() noexcept try {
  if (options_.directory.empty()) return;
  std::vector<Entry> entries = entries_of(options_.directory);
  std::uint64_t total = 0;
  for (const Entry& entry : entries) total += entry.bytes;
  if (total <= options_.max_bytes) return;
  std::sort(entries.begin(), entries.end(),
            [](const Entry& a, const Entry& b) { return a.modified_ns < b.modified_ns; });
  const std::uint64_t goal = options_.max_bytes / 4 * 3; // some room, so that the next stores do not evict again
  for (const Entry& entry : entries) {
    if (total <= goal) break;
    if (::unlink(entry.path.c_str()) == 0 || errno == ENOENT) total -= entry.bytes;
  }
} catch (...) {
}

} // namespace croton::runtime
