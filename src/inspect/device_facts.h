// The devices of this machine with the facts that are known about them.
#pragma once
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

namespace croton::inspect {

/// For each: "name", "available", "about" (what it is, or what to install), and the facts that are known.
std::vector<nlohmann::ordered_json> all_devices();
/// That of one device, "cpu" or "opencl:1"; NAME alone is the first of its kind. Null for a name that is no device's.
nlohmann::ordered_json device_facts(std::string_view device);

} // namespace croton::inspect
