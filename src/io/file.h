// Files, read and replaced with every failure told as an IoError that names the file.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace croton::io {

/// A file open for reading; pipes work too.
class InputFile {
public:
  explicit InputFile(const std::string& path);
  ~InputFile();
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;

  /// Reads until `into` is full or the file ends; returns the bytes read.
  std::size_t read(std::span<std::byte> into);
  bool is_regular() const { return regular_; }
  std::uint64_t size() const { return size_; } ///< bytes of a regular file when it was opened

private:
  std::string path_;
  int fd_ = -1;
  bool regular_ = false;
  std::uint64_t size_ = 0;
};

/// A whole file.
std::string read_text(const std::string& path);

/// A file being written beside the one it will replace. Until commit() the old file is untouched; without it
/// the new one disappears. A path that is no regular file (/dev/null, a pipe) is written directly.
class OutputFile {
public:
  explicit OutputFile(const std::string& path);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  void write(std::span<const std::byte> bytes);
  /// Writes over or beyond what is there; only where the target is a regular file.
  void write_at(std::uint64_t offset, std::span<const std::byte> bytes);
  bool is_regular() const { return !temporary_.empty(); }
  void commit();

private:
  [[noreturn]] void fail_with(int error, const char* doing) const;

  std::string path_;      // as the user wrote it, for messages
  std::string target_;    // with symbolic links followed: the link stays a link
  std::string temporary_; // empty: target_ is written directly
  int fd_ = -1;
};

} // namespace croton::io
