// The devices of this machine as `croton devices` and `croton doctor` show them.
#pragma once
#include <nlohmann/json.hpp>
#include <vector>

namespace croton::cli {

/// For each: "name", "available", "about" (what it is, or what to install), and the facts that are known.
std::vector<nlohmann::ordered_json> all_devices();

} // namespace croton::cli
