// The text in front of a .npy file's data: parsed, written and checked apart from where the bytes come from.
#pragma once
#include "croton/dtype.h"
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace croton::io {

struct NpyHeader {
  DType dtype = DType::f32;
  bool fortran_order = false;
  std::vector<std::int64_t> shape;
  std::uint64_t data_offset = 0; ///< bytes before the data
  std::uint64_t data_bytes = 0;  ///< bytes of data that dtype and shape ask for
};

/// A prefix of this many bytes (or the whole file, if shorter) is enough to parse any header that is accepted.
inline constexpr std::size_t max_header_bytes = 12 + 65536;

/// Parses the header in `prefix`, the first bytes of a file; refuses data beyond `max_bytes`. `where` names the file in
/// errors.
NpyHeader parse_header(std::span<const std::byte> prefix, std::string_view where, std::uint64_t max_bytes);

/// A format 1.0 header, padded so that the data starts at a multiple of 64 bytes; refuses a dtype NumPy lacks, a
/// negative dim, and data whose size is not what dtype and shape ask for.
std::string format_header(DType dtype, std::span<const std::int64_t> shape, std::size_t data_bytes,
                          std::string_view where);

/// Throws when a file holds more or fewer data bytes than its header asks for.
void check_data_bytes(const NpyHeader& header, std::uint64_t found, std::string_view where);

/// Room for the data of an accepted header.
std::vector<std::byte> allocate(const NpyHeader& header, std::string_view where);
[[noreturn]] void fail_memory(std::uint64_t bytes, std::string_view where);

/// What must follow once the data is read: bools are 0 or 1, column-major becomes row-major.
void finish_data(const NpyHeader& header, std::vector<std::byte>& data, std::string_view where);

/// Throws IoError: `[npy] where: what: found …, expected …`.
[[noreturn]] void fail(std::string_view where, std::string_view what, std::string_view found,
                       std::string_view expected);

/// Text from a file as an error may quote it: one line, printable, not long.
std::string shown(std::string_view text);

} // namespace croton::io
