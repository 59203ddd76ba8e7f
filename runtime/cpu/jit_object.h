// The bytes the Jit keeps on disk: an object file and the names it defines.
#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace croton::runtime {

/// An object file with the names of its external definitions. The names are kept beside the object so that loading
/// needs neither the IR nor a walk over the object's symbol table.
struct JitObject {
  std::vector<std::string> names;
  std::vector<std::byte> code;
};

std::vector<std::byte> pack(const JitObject& object);

/// The inverse of `pack`; nothing when the bytes are not exactly such a record.
std::optional<JitObject> unpack(std::span<const std::byte> bytes);

} // namespace croton::runtime
