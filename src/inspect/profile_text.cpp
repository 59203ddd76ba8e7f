// A profile as a table, and the reports at the end of the program.
#include "src/inspect/dump.h"
#include "src/inspect/profile.h"
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <nlohmann/json.hpp>

namespace croton::inspect {

using Json = nlohmann::ordered_json;

namespace {

std::string printed(const char* format, auto... values) {
  char line[300];
  std::snprintf(line, sizeof line, format, values...);
  return line;
}

std::string short_name(const std::string& name, std::size_t width) {
  return name.size() <= width ? name + std::string(width - name.size(), ' ') : "…" + name.substr(name.size() - width + 1);
}

std::string shares(const char* title, const Json& list) {
  std::string text = printed("\n%-34s %10s %7s\n", title, "ms", "share");
  std::size_t shown = 0;
  for (const Json& r : list) {
    if (++shown > 12) return text + "… and " + std::to_string(list.size() - 12) + " more\n";
    text += short_name(r.at("name"), 34) + printed(" %10.3f %6.1f%%\n", r.at("seconds").get<double>() * 1e3, r.at("share").get<double>() * 100);
  }
  return text;
}

} // namespace

std::string profile_text(const Json& j) {
  double seconds = j.at("seconds"), inside = j.at("seconds_in_steps"), copying = j.at("seconds_in_copies");
  std::string moved = j.at("copies").empty() ? "" : printed("%.1f%% in copies ", seconds > 0 ? copying / seconds * 100 : 0);
  std::string text = printed("profile of %s: %llu calls, %.3f ms, %.1f%% of it in steps %s(the rest: arguments, memory, results), %.1f KiB of temporaries at most, compiled in %.1f ms\n\n", j.at("function").get<std::string>().c_str(),
                             static_cast<unsigned long long>(j.at("calls").get<std::uint64_t>()), seconds * 1e3, seconds > 0 ? inside / seconds * 100 : 0, moved.c_str(), j.at("peak_bytes").get<double>() / 1024, j.at("compile_ms").get<double>());
  text += printed("%-34s %-8s %8s %10s %7s %10s %8s %9s %9s\n", "step", "kind", "count", "ms", "share", "µs each", "GB/s", "GFLOP/s", "roofline");
  Json rows = j.at("steps");
  rows.insert(rows.end(), j.at("copies").begin(), j.at("copies").end());
  for (const Json& r : rows) {
    auto count = r.at("count").get<double>();
    text += short_name(r.at("name"), 34) + printed(" %-8s %8.0f %10.3f %6.1f%% %9.2f %8.2f %9.2f ", r.at("kind").get<std::string>().c_str(), count, r.at("seconds").get<double>() * 1e3, r.at("share").get<double>() * 100,
                                                   count > 0 ? r.at("seconds").get<double>() * 1e6 / count : 0, r.at("bytes_per_second").get<double>() * 1e-9, r.at("operations_per_second").get<double>() * 1e-9);
    text += r.at("roofline").is_null() ? "       –\n" : printed("%7.1f%%\n", r.at("roofline").get<double>() * 100);
  }
  const Json& call = j.at("call");
  text += short_name(call.at("name"), 34) + printed(" %-8s %8.0f %10.3f %6.1f%% %9.2f\n", call.at("kind").get<std::string>().c_str(), call.at("count").get<double>(), call.at("seconds").get<double>() * 1e3, call.at("share").get<double>() * 100,
                                                   call.at("count").get<double>() > 0 ? call.at("seconds").get<double>() * 1e6 / call.at("count").get<double>() : 0);
  if (j.at("roofline").is_null()) text += "(no roofline is kept for this machine: `croton roofline` measures it once)\n";
  return text + shares("line", j.at("lines")) + shares("op", j.at("ops"));
}

// ---- at exit --------------------------------------------------------------------------------------------------

namespace {

struct Watched {
  Program program;
  std::shared_ptr<const Executable> executable;
  std::shared_ptr<const Profile> profile;
};
struct AtExit {
  std::mutex mutex;
  std::vector<Watched> all;
};
AtExit& at_exit() {
  static auto* list = new AtExit; // leaked: read while static objects die
  return *list;
}

void print_reports() noexcept {
  std::string target = std::getenv("CROTON_PROFILE") ? std::getenv("CROTON_PROFILE") : "";
  try {
    Json trace;
    for (const Watched& w : at_exit().all) {
      if (!target.ends_with(".json")) {
        std::cerr << w.profile->report(w.program, *w.executable, "text") << "\n";
        continue;
      }
      Json one = Json::parse(w.profile->report(w.program, *w.executable, "trace"));
      if (trace.is_null()) trace = one;
      else trace["traceEvents"].insert(trace["traceEvents"].end(), one["traceEvents"].begin(), one["traceEvents"].end());
    }
    if (!trace.is_null()) write_file(target, trace.dump() + "\n");
  } catch (const std::exception& e) {
    std::cerr << "CROTON_PROFILE: " << e.what() << "\n";
  }
}

} // namespace

bool profiles_everything() {
  const char* value = std::getenv("CROTON_PROFILE");
  return value && *value && std::string_view(value) != "0";
}

void report_at_exit(const Program& program, std::shared_ptr<const Executable> executable, std::shared_ptr<const Profile> profile) {
  if (!executable->built()) return;
  AtExit& list = at_exit();
  std::lock_guard lock(list.mutex);
  if (list.all.empty()) std::atexit(print_reports);
  list.all.push_back({program, std::move(executable), std::move(profile)});
}

} // namespace croton::inspect
