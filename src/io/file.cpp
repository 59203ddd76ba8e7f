#include "src/io/file.h"
#include "src/io/npy_header.h"
#include <algorithm>
#include <atomic>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace croton::io {

namespace {
constexpr std::size_t most_at_once = std::size_t(1) << 30; // Linux moves at most 2 GiB a call

std::string reason(int error) { return std::generic_category().message(error); }
} // namespace

InputFile::InputFile(const std::string& path) : path_(path) {
  if (path.find('\0') != std::string::npos) fail(path, "open", "a zero byte in the name", "a file name");
  fd_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd_ < 0) fail(path, "open", reason(errno), "a readable file");
  struct stat facts {};
  if (::fstat(fd_, &facts) != 0 || S_ISDIR(facts.st_mode)) {
    ::close(fd_);
    fail(path, "open", "a directory", "a readable file");
  }
  regular_ = S_ISREG(facts.st_mode);
  size_ = regular_ ? std::uint64_t(facts.st_size) : 0;
}

InputFile::~InputFile() { ::close(fd_); }

std::size_t InputFile::read(std::span<std::byte> into) {
  std::size_t done = 0;
  while (done < into.size()) {
    ssize_t n = ::read(fd_, into.data() + done, std::min(into.size() - done, most_at_once));
    if (n == 0) break;
    if (n > 0)
      done += std::size_t(n);
    else if (errno != EINTR)
      fail(path_, "read", reason(errno), "a readable file");
  }
  return done;
}

std::string read_text(const std::string& path) {
  InputFile file(path);
  std::string text;
  for (std::size_t chunk = std::max<std::size_t>(file.size() + 1, 1 << 12);;) {
    std::size_t before = text.size();
    text.resize(before + chunk);
    std::size_t got = file.read(std::as_writable_bytes(std::span(text).subspan(before)));
    text.resize(before + got);
    if (got < chunk) return text;
  }
}

OutputFile::OutputFile(const std::string& path) : path_(path) {
  if (path.empty() || path.find('\0') != std::string::npos) fail(path, "create", shown(path), "a file name");
  std::error_code ignored;
  std::filesystem::path followed = path;
  for (int links = 0; links < 40 && std::filesystem::is_symlink(followed, ignored); ++links) {
    auto to = std::filesystem::read_symlink(followed, ignored);
    followed = to.is_absolute() ? to : followed.parent_path() / to;
  }
  target_ = followed.string();

  struct stat old {};
  const bool exists = ::stat(target_.c_str(), &old) == 0;
  if (exists && S_ISDIR(old.st_mode)) fail(path_, "create", "a directory", "a file name");
  if (exists && !S_ISREG(old.st_mode)) {
    fd_ = ::open(target_.c_str(), O_WRONLY | O_CLOEXEC);
    if (fd_ < 0) fail_with(errno, "open");
    return;
  }
  // A file the user may not write must not be replaced either, though its directory would allow it.
  if (exists && ::access(target_.c_str(), W_OK) != 0) fail_with(errno, "open");

  static std::atomic<unsigned> counter = 0;
  for (int attempt = 0; attempt < 100 && fd_ < 0; ++attempt) {
    temporary_ = target_ + ".tmp-" + std::to_string(::getpid()) + "-" + std::to_string(counter++);
    fd_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd_ < 0 && errno != EEXIST) break;
  }
  if (fd_ < 0) {
    const int error = errno;
    temporary_.clear();
    fail_with(error, "create");
  }
  if (exists && ::fchmod(fd_, old.st_mode & 07777) != 0) { /* another owner's mode is not ours to keep */
  }
}

OutputFile::~OutputFile() {
  if (fd_ >= 0) ::close(fd_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void OutputFile::fail_with(int error, const char* doing) const {
  fail(path_, doing, reason(error), "a file that can be written");
}

void OutputFile::write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    ssize_t n = ::write(fd_, bytes.data(), std::min(bytes.size(), most_at_once));
    if (n >= 0)
      bytes = bytes.subspan(std::size_t(n));
    else if (errno != EINTR)
      fail_with(errno, "write");
  }
}

void OutputFile::write_at(std::uint64_t offset, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    ssize_t n = ::pwrite(fd_, bytes.data(), std::min(bytes.size(), most_at_once), off_t(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail_with(errno, "write");
    bytes = bytes.subspan(std::size_t(n));
    offset += std::uint64_t(n);
  }
}

void OutputFile::commit() {
  // Before the rename, or a crash could leave an empty file in the old one's place.
  if (!temporary_.empty() && ::fsync(fd_) != 0) fail_with(errno, "write");
  const int closed = ::close(fd_);
  fd_ = -1;
  if (closed != 0) fail_with(errno, "write");
  if (temporary_.empty()) return;
  if (::rename(temporary_.c_str(), target_.c_str()) != 0) fail_with(errno, "rename");
  temporary_.clear();
}

} // namespace croton::io
