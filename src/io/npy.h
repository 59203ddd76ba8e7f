// NumPy's .npy files: one array each, formats 1.0 to 3.0, little-endian.
// Files are hostile: every length is checked before it is believed. Every failure is an IoError of one line,
// `[npy] x.npy: what: found …, expected …`.
#pragma once
#include "croton/dtype.h"
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace croton::io {

/// An array as files hold it: row-major, densely packed.
struct NpyArray {
  DType dtype = DType::f32;
  std::vector<std::int64_t> shape;
  std::vector<std::byte> data;
};

struct ReadOptions {
  std::uint64_t max_bytes = std::uint64_t(16) << 30; ///< most bytes of array data one call may allocate
};

/// Most axes a file may have; Croton's own limit is lower and the caller's to check.
inline constexpr int max_file_rank = 32;

NpyArray read_npy(const std::string& path, const ReadOptions& options = {});

/// Reads a file's bytes; `where` names them in errors.
NpyArray parse_npy(std::span<const std::byte> bytes, std::string_view where, const ReadOptions& options = {});

/// Writes `path` in one step: a failure, even a crash, leaves the old file as it was.
void write_npy(const std::string& path, DType dtype, std::span<const std::int64_t> shape,
               std::span<const std::byte> data);

} // namespace croton::io
