// NumPy's .npz files: zip archives of .npy members, stored or deflated.
#pragma once
#include "src/io/npy.h"
#include <map>

namespace croton::io {

/// The arrays of an archive by name, `x` for the member `x.npy`. `max_bytes` bounds all members together.
std::map<std::string, NpyArray> read_npz(const std::string& path, const ReadOptions& options = {});

/// Reads an archive's bytes; `where` names them in errors.
std::map<std::string, NpyArray> parse_npz(std::span<const std::byte> bytes, std::string_view where,
                                          const ReadOptions& options = {});

/// Writes stored (uncompressed) members, in one step as write_npy does. Same arrays, same bytes: no times are kept.
void write_npz(const std::string& path, const std::map<std::string, NpyArray>& arrays);

} // namespace croton::io
