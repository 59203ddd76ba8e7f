#include "runtime/disk_cache.h"
#include "tests/runtime/temporary_directory.h"
#include "tests/support/catch.h"
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <random>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace croton::runtime;
namespace fs = std::filesystem;

namespace {

DiskCache cache_at(const std::string& directory, std::uint64_t bytes = 1 << 20, std::uint32_t interval = 1) {
  DiskCacheOptions options;
  options.directory = directory;
  options.max_bytes = bytes;
  options.writes_between_checks = interval;
  return DiskCache(options);
}

std::span<const std::byte> bytes_of(const std::string& text) { return std::as_bytes(std::span(text)); }

bool store(DiskCache& cache, const std::string& key, const std::string& payload) { return cache.store(key, bytes_of(payload)); }

std::optional<std::string> find(const DiskCache& cache, const std::string& key) {
  const auto found = cache.find(key);
  if (!found) return std::nullopt;
  return std::string(reinterpret_cast<const char*>(found->data()), found->size());
}

std::string read(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write(const std::string& path, const std::string& bytes) { std::ofstream(path, std::ios::binary) << bytes; }

} // namespace

TEST_CASE("the cache gives back what was stored") {
  const TemporaryDirectory directory;
  DiskCache cache = cache_at(directory.path + "/made/on/demand");
  CHECK_FALSE(find(cache, "key"));
  const std::string payload("with\0zero", 9), empty;
  CHECK(store(cache, "key", payload));
  CHECK(store(cache, "", "for the empty key"));
  CHECK(store(cache, "empty", empty));
  CHECK(find(cache, "key") == payload);
  CHECK(find(cache, "") == "for the empty key");
  CHECK(find(cache, "empty") == empty);
  CHECK(store(cache, "key", "replaced"));
  CHECK(find(cache, "key") == "replaced");
  CHECK(find(cache_at(directory.path + "/made/on/demand"), "key") == "replaced");
}

TEST_CASE("damaged files are misses and are removed") {
  const TemporaryDirectory directory;
  DiskCache cache = cache_at(directory.path);
  const std::string key = "some key", payload = "some payload of a few bytes";
  const std::string path = cache.path_of(key);
  REQUIRE(store(cache, key, payload));
  const std::string good = read(path);
  for (std::size_t length = 0; length < good.size(); ++length) { // truncated anywhere
    write(path, good.substr(0, length));
    REQUIRE_FALSE(find(cache, key));
    REQUIRE_FALSE(fs::exists(path));
  }
  for (std::size_t at = 0; at < good.size(); ++at) { // any byte changed
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 0x80);
    write(path, bad);
    REQUIRE_FALSE(find(cache, key));
  }
  for (const std::size_t field : {32u, 40u}) // lengths that would wrap around
    for (const std::uint64_t value : std::initializer_list<std::uint64_t>{~0ull, ~0ull - 55, 1ull << 63, 0, good.size()}) {
      std::string bad = good;
      std::memcpy(bad.data() + field, &value, sizeof value);
      write(path, bad);
      REQUIRE_FALSE(find(cache, key));
    }
  write(path, good + "x");
  CHECK_FALSE(find(cache, key));
  std::mt19937 random(1);
  for (int i = 0; i < 200; ++i) {
    std::string junk(random() % 200, '\0');
    for (char& c : junk) c = static_cast<char>(random());
    write(path, junk);
    REQUIRE_FALSE(find(cache, key));
  }
  write(path, good);
  CHECK(find(cache, key) == payload);
}

TEST_CASE("another key's record under this key's name is a miss") {
  const TemporaryDirectory directory;
  DiskCache cache = cache_at(directory.path);
  REQUIRE(store(cache, "key a", "payload"));
  fs::copy_file(cache.path_of("key a"), cache.path_of("key b"));
  CHECK_FALSE(find(cache, "key b"));
  CHECK(find(cache, "key a") == "payload");
}

TEST_CASE("what is no regular file is left alone and does not hang") {
  const TemporaryDirectory directory;
  DiskCache cache = cache_at(directory.path);
  REQUIRE(::mkfifo(cache.path_of("pipe").c_str(), 0600) == 0);
  CHECK_FALSE(find(cache, "pipe"));
  fs::create_directory(cache.path_of("directory"));
  CHECK_FALSE(find(cache, "directory"));
  CHECK_FALSE(store(cache, "directory", "x"));
  fs::create_symlink("/etc/passwd", cache.path_of("link"));
  CHECK_FALSE(find(cache, "link"));
  CHECK(store(cache, "link", "x")); // replaces the link, not what it points to
  CHECK(find(cache, "link") == "x");
}

TEST_CASE("without a usable directory nothing is remembered and nothing fails") {
  for (const std::string& path : {std::string(), std::string("/proc/croton"), std::string("/dev/null/croton")}) {
    DiskCache cache = cache_at(path);
    CHECK_FALSE(store(cache, "key", "payload"));
    CHECK_FALSE(find(cache, "key"));
    CHECK_NOTHROW(cache.evict());
  }
  const TemporaryDirectory directory;
  DiskCache cache = cache_at(directory.path);
  REQUIRE(store(cache, "key", "payload"));
  fs::permissions(directory.path, fs::perms::owner_read | fs::perms::owner_exec);
  CHECK(find(cache, "key") == "payload"); // reading still works
  if (::geteuid() != 0) CHECK_FALSE(store(cache, "other", "payload")); // root writes anywhere
}

TEST_CASE("the oldest files go when the bound is exceeded") {
  const TemporaryDirectory directory;
  DiskCache cache = cache_at(directory.path, 10000);
  const std::string payload(1000, 'p');
  const auto now = fs::file_time_type::clock::now();
  for (int i = 0; i < 9; ++i) {
    REQUIRE(store(cache, std::to_string(i), payload));
    fs::last_write_time(cache.path_of(std::to_string(i)), now - std::chrono::minutes(50 - i));
  }
  CHECK(find(cache, "0"));
  REQUIRE(store(cache, "9", payload));
  CHECK_FALSE(find(cache, "0"));
  CHECK_FALSE(find(cache, "1"));
  CHECK(find(cache, "8"));
  CHECK(find(cache, "9"));
  std::uint64_t total = 0;
  for (const auto& file : fs::directory_iterator(directory.path)) total += file.file_size();
  CHECK(total <= 7500);
  CHECK_FALSE(store(cache, "too large", std::string(20000, 'x')));
}

TEST_CASE("a use makes a file young again, and old leftovers go") {
  const TemporaryDirectory directory;
  DiskCache cache = cache_at(directory.path);
  REQUIRE(store(cache, "key", "payload"));
  const auto old = fs::file_time_type::clock::now() - std::chrono::hours(48);
  fs::last_write_time(cache.path_of("key"), old);
  REQUIRE(find(cache, "key"));
  CHECK(fs::last_write_time(cache.path_of("key")) > old + std::chrono::hours(47));
  write(directory.path + "/dead.tmp", "x");
  write(directory.path + "/young.tmp", "x");
  write(directory.path + "/notes.txt", "x");
  fs::last_write_time(directory.path + "/dead.tmp", old);
  fs::last_write_time(directory.path + "/notes.txt", old);
  cache.evict();
  CHECK_FALSE(fs::exists(directory.path + "/dead.tmp"));
  CHECK(fs::exists(directory.path + "/young.tmp"));
  CHECK(fs::exists(directory.path + "/notes.txt")); // not ours
}

TEST_CASE("threads and processes write and read at once") {
  const TemporaryDirectory directory;
  const auto hammer = [&](unsigned seed) {
    DiskCache cache = cache_at(directory.path, 60000, 8); // small enough that eviction runs all the time
    std::mt19937 random(seed);
    int wrong = 0;
    for (int i = 0; i < 300; ++i) {
      const std::string key = "key " + std::to_string(random() % 20);
      const std::string payload(4000 + key.size(), key.back());
      if (random() % 2) store(cache, key, payload);
      else if (const auto found = find(cache, key); found && *found != payload) ++wrong;
    }
    return wrong;
  };
  std::vector<pid_t> children;
  for (unsigned i = 0; i < 3; ++i) { // before any thread exists
    const pid_t child = ::fork();
    if (child == 0) ::_exit(hammer(i) == 0 ? 0 : 1);
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 1;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(status == 0);
  }
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (unsigned i = 0; i < 3; ++i) threads.emplace_back([&, i] { wrong += hammer(i + 10); });
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == 0);
  for (const auto& file : fs::directory_iterator(directory.path)) CHECK(file.path().extension() == ".blob");
}

TEST_CASE("the environment says where the cache is") {
  const auto with = [](std::vector<std::pair<const char*, const char*>> variables) {
    for (const char* name : {"CROTON_CACHE", "CROTON_CACHE_DIR", "CROTON_CACHE_BYTES", "XDG_CACHE_HOME", "HOME"}) ::unsetenv(name);
    for (const auto& [name, value] : variables) ::setenv(name, value, 1);
    return DiskCacheOptions::from_environment();
  };
  const char* const home = std::getenv("HOME");
  const std::string kept = home ? home : "/";
  CHECK(with({}).directory.empty());
  CHECK(with({{"HOME", "/h"}}).directory == "/h/.cache/croton");
  CHECK(with({{"HOME", "/h"}, {"XDG_CACHE_HOME", "/x"}}).directory == "/x/croton");
  CHECK(with({{"HOME", "/h"}, {"XDG_CACHE_HOME", "relative"}}).directory == "/h/.cache/croton");
  CHECK(with({{"HOME", "/h"}, {"CROTON_CACHE_DIR", "/c"}}).directory == "/c");
  CHECK(with({{"HOME", "/h"}, {"CROTON_CACHE", "off"}, {"CROTON_CACHE_DIR", "/c"}}).directory.empty());
  CHECK(with({{"HOME", "/h"}, {"CROTON_CACHE_BYTES", "1000"}}).max_bytes == 1000);
  CHECK(with({{"HOME", "/h"}, {"CROTON_CACHE_BYTES", "lots"}}).max_bytes == 512ull << 20);
  CHECK(with({{"HOME", "/h"}, {"CROTON_CACHE_BYTES", "0"}}).directory.empty());
  with({{"HOME", kept.c_str()}});
}
