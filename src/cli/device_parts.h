// What only `croton devices -v` and `--measure` ask of a device.
#pragma once
#include <nlohmann/json.hpp>

namespace croton::cli {

/// Adds its libraries and compilers, or which package brings them; some are large to open.
void add_parts(nlohmann::ordered_json& device);
/// Adds "measured": bandwidths in GB/s, of the memory (read and written bytes together), to the device and from it.
void measure(nlohmann::ordered_json& device);

} // namespace croton::cli
