#include "src/inspect/profile.h"
#include "ir/build.h"
#include "src/inspect/dump.h"
#include "src/inspect/plan_views.h"
#include "src/inspect/traffic.h"
#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

namespace croton::inspect {

using namespace ir;
using Json = nlohmann::ordered_json;

// ---- watching -------------------------------------------------------------------------------------------------

namespace {
constexpr std::size_t most_events = 200'000; ///< of the timeline
}

// A step ends where the next begins: one look at the clock for each, and nothing between them is lost.
class ProfiledCall final : public CallWatch {
public:
  ProfiledCall(std::shared_ptr<Profile> owner, const driver::BuiltProgram& built, const std::vector<i64>& dims, std::size_t temporary_bytes)
      : owner_(std::move(owner)), built_(built), dims_(dims), temporary_bytes_(temporary_bytes), events_(std::move(spare)) {
    events_.clear();
    begin_ = last_ = Profile::Clock::now();
  }
  ~ProfiledCall() override {
    owner_->add(built_, dims_, temporary_bytes_, events_, copies_, begin_, last_);
    spare = std::move(events_);
  }
  void before(std::size_t) override {}
  void before(const HostCopy&) override {}
  void after(std::size_t step) override {
    auto now = Profile::Clock::now();
    events_.push_back({&built_, step, 0, std::exchange(last_, now), now});
  }
  void after(const HostCopy& copy) override {
    auto now = Profile::Clock::now();
    copies_.push_back({copy, 0, std::exchange(last_, now), now});
  }

private:
  static thread_local std::vector<Profile::Event> spare; ///< of the call before, for its memory
  std::shared_ptr<Profile> owner_;
  const driver::BuiltProgram& built_; ///< lives as long as the executable whose call this is
  const std::vector<i64>& dims_;      ///< as long as the call
  std::size_t temporary_bytes_;
  std::vector<Profile::Event> events_;
  std::vector<Profile::CopyEvent> copies_;
  Profile::Clock::time_point begin_, last_;
};
thread_local std::vector<Profile::Event> ProfiledCall::spare;

std::unique_ptr<CallWatch> Profile::call(const driver::BuiltProgram& built, const std::vector<i64>& dims, std::size_t temporary_bytes) {
  return std::make_unique<ProfiledCall>(shared_from_this(), built, dims, temporary_bytes);
}

namespace {
thread_local double seconds_of_plan = 0; ///< of this thread's last call
}

void Profile::add_call(double seconds) {
  std::lock_guard lock(mutex_);
  outside_seconds_ += std::max(0.0, seconds - std::exchange(seconds_of_plan, 0));
}

void Profile::count(const CopyEvent& e) {
  if (e.end < e.begin) return;
  auto same = [&](const Copies& c) { return c.copy.to_device == e.copy.to_device && c.copy.is_input == e.copy.is_input && c.copy.index == e.copy.index; };
  auto known = std::find_if(copies_.begin(), copies_.end(), same);
  if (known == copies_.end()) known = copies_.insert(copies_.end(), {{e.copy.to_device, e.copy.is_input, e.copy.index, 0}, 0, 0});
  ++known->count;
  known->copy.bytes += e.copy.bytes;
  known->seconds += std::chrono::duration<double>(e.end - e.begin).count();
  if (timeline_.size() + copy_timeline_.size() < most_events) copy_timeline_.push_back(e);
  else ++lost_events_;
}

void Profile::add_copy(const HostCopy& copy, Clock::time_point begin, Clock::time_point end) {
  std::lock_guard lock(mutex_);
  count({copy, calls_, begin, end});
}

void Profile::add(const driver::BuiltProgram& built, const std::vector<i64>& dims, std::size_t temporary_bytes, const std::vector<Event>& events, const std::vector<CopyEvent>& copies,
                  Clock::time_point begin, Clock::time_point end) {
  std::lock_guard lock(mutex_);
  auto known = std::find_if(sizes_.begin(), sizes_.end(), [&](const Sizes& s) { return s.built == &built && s.dims == dims; });
  if (known == sizes_.end()) known = sizes_.insert(sizes_.end(), {&built, dims, {}, {}});
  for (const Event& e : events) {
    if (known->counts.size() <= e.step) known->counts.resize(e.step + 1), known->seconds.resize(e.step + 1);
    ++known->counts[e.step];
    known->seconds[e.step] += std::chrono::duration<double>(e.end - e.begin).count();
    if (timeline_.size() + copy_timeline_.size() < most_events) timeline_.push_back({e.built, e.step, calls_, e.begin, e.end});
    else ++lost_events_;
  }
  for (const CopyEvent& e : copies) count({e.copy, calls_, e.begin, e.end});
  ++calls_;
  seconds_of_plan = std::chrono::duration<double>(end - begin).count();
  seconds_ += seconds_of_plan;
  peak_bytes_ = std::max(peak_bytes_, temporary_bytes);
}

// ---- adding up ------------------------------------------------------------------------------------------------

namespace {

struct Row {
  std::string name, kind;
  std::uint64_t count = 0;
  double seconds = 0, bytes = 0, operations = 0, bound = 0; ///< bound: by the roofline
};

std::string kind_of(const Step& s) {
  if (std::holds_alternative<LaunchStep>(s)) return "kernel";
  if (std::holds_alternative<CopyStep>(s)) return "copy";
  if (std::holds_alternative<RawStep>(s)) return "raw";
  return std::holds_alternative<CheckStep>(s) ? "check" : "library";
}

// "x → device", "loss → host"
std::string copy_name(const Program& program, const HostCopy& c) {
  const auto& names = c.is_input ? program.input_names : program.output_names;
  std::string of = c.index < names.size() && !names[c.index].empty() ? names[c.index] : (c.is_input ? "input " : "output ") + std::to_string(c.index);
  return of + (c.to_device ? " → device" : " → host");
}

Json row_json(const Row& r, double total, bool roofline) {
  Json j{{"name", r.name}, {"kind", r.kind}, {"count", r.count}, {"seconds", r.seconds}, {"share", total > 0 ? r.seconds / total : 0}, {"bytes", r.bytes},
         {"operations", r.operations}, {"bytes_per_second", r.seconds > 0 ? r.bytes / r.seconds : 0}, {"operations_per_second", r.seconds > 0 ? r.operations / r.seconds : 0}};
  j["roofline"] = roofline && r.seconds > 0 ? Json(r.bound / r.seconds) : Json();
  return j;
}

// A step's time is shared among the ops it fuses by what they compute.
double weight_of(const Node& n, const driver::BuiltProgram& built, const driver::DimValues& dims) {
  double elements = static_cast<double>(at_sizes(built, element_count(body_of<Reduction>(n) ? n.args[0]->shape() : n.shape()), dims));
  auto* p = body_of<Pointwise>(n);
  return elements * (p ? p->cost : body_of<View>(n) ? 0.1 : 1);
}

} // namespace

std::string Profile::report(const Program& program, const Executable& executable, const std::string& format) const {
  if (format != "text" && format != "json" && format != "trace") throw ValueError("[profile] there is no format '" + format + "'. Use text, json or trace.");
  auto* whole = executable.built();
  if (!whole) throw UnsupportedError("[profile] this device runs no plan: it has no steps to measure. Use another device.");
  std::lock_guard lock(mutex_);
  std::vector<const driver::BuiltProgram*> plans{whole}; // the function's, then those of strided inputs
  for (const Sizes& s : sizes_)
    if (std::find(plans.begin(), plans.end(), s.built) == plans.end()) plans.push_back(s.built);
  std::vector<Row> rows;
  std::unordered_map<const driver::BuiltProgram*, std::size_t> first_row;
  for (auto* built : plans) {
    first_row[built] = rows.size();
    for (const Step& step : built->plan.steps) rows.push_back({step_name(*built, step) + (built == whole ? "" : " (strided)"), kind_of(step)});
  }
  std::map<std::string, Row> lines, ops;
  auto roofline = executable.device() ? std::nullopt : kept_roofline(); // what is kept is the processor's
  for (const Sizes& s : sizes_)
    for (std::size_t k = 0; k < s.counts.size(); ++k) {
      auto* built = s.built;
      auto& steps = built->plan.steps;
      Traffic t = traffic_of(*built, steps[k]);
      auto count = static_cast<double>(s.counts[k]);
      double bytes = static_cast<double>(at_sizes(*built, index_add(t.read_bytes, t.written_bytes), s.dims)), operations = static_cast<double>(at_sizes(*built, t.operations, s.dims));
      Row& r = rows[first_row.at(built) + k];
      r.count += s.counts[k], r.seconds += s.seconds[k], r.bytes += bytes * count, r.operations += operations * count;
      if (roofline) r.bound += roofline->seconds(bytes, operations) * count;
      auto credit = [&](const Node& n, double part) {
        for (auto& [table, name] : {std::pair(&lines, n.where ? to_string(n.where) : std::string("no line")), std::pair(&ops, std::string(n.op->name))}) {
          Row& to = (*table)[name];
          to.name = name, to.seconds += s.seconds[k] * part, to.count += s.counts[k];
        }
      };
      if (auto* launch = std::get_if<LaunchStep>(&steps[k])) {
        auto& members = built->kernel_members[static_cast<std::size_t>(launch->kernel)];
        double all = 0;
        for (const Ref& n : members) all += weight_of(*n, *built, s.dims);
        for (const Ref& n : members) credit(*n, all > 0 ? weight_of(*n, *built, s.dims) / all : 1.0 / static_cast<double>(members.size()));
      } else if (auto writes = buffers_of(steps[k], built->kernels).writes; !writes.empty()) {
        if (const Ref& made = built->plan.buffers[static_cast<std::size_t>(writes[0])].node) credit(*made, 1);
      }
    }
  double total = 0;
  for (const Row& r : rows) total += r.seconds;
  double copying = 0;
  for (const Copies& c : copies_) copying += c.seconds;
  double whole_seconds = std::max(seconds_ + outside_seconds_, total + copying);

  if (format == "trace") {
    Json events = Json::array();
    auto us = [&](Clock::time_point t) { return std::chrono::duration<double, std::micro>(t - start_).count(); };
    for (const Event& e : timeline_)
      events.push_back({{"name", rows[first_row.at(e.built) + e.step].name}, {"cat", rows[first_row.at(e.built) + e.step].kind}, {"ph", "X"}, {"pid", 1}, {"tid", program.name}, {"ts", us(e.begin)}, {"dur", us(e.end) - us(e.begin)}, {"args", {{"call", e.call}, {"step", e.step}}}});
    for (const CopyEvent& e : copy_timeline_)
      events.push_back({{"name", copy_name(program, e.copy)}, {"cat", "copy"}, {"ph", "X"}, {"pid", 1}, {"tid", program.name}, {"ts", us(e.begin)}, {"dur", us(e.end) - us(e.begin)}, {"args", {{"call", e.call}, {"bytes", e.copy.bytes}}}});
    return Json{{"traceEvents", events}, {"displayTimeUnit", "ns"}, {"otherData", {{"events left out", lost_events_}}}}.dump() + "\n";
  }
  auto table = [&](const std::map<std::string, Row>& from) {
    std::vector<Row> sorted;
    for (auto& [name, row] : from) sorted.push_back(row);
    std::sort(sorted.begin(), sorted.end(), [](auto& a, auto& b) { return a.seconds != b.seconds ? a.seconds > b.seconds : a.name < b.name; });
    Json list = Json::array();
    for (const Row& r : sorted) list.push_back({{"name", r.name}, {"count", r.count}, {"seconds", r.seconds}, {"share", total > 0 ? r.seconds / total : 0}});
    return list;
  };
  Json j{{"function", program.name}, {"calls", calls_}, {"seconds", whole_seconds}, {"seconds_in_plan", seconds_}, {"seconds_in_steps", total}, {"seconds_in_copies", copying}, {"peak_bytes", peak_bytes_}, {"compile_ms", executable.stats().compile_ms}};
  j["roofline"] = roofline ? Json::parse(roofline_json(*roofline)) : Json();
  double rest = whole_seconds - total - copying;
  j["call"] = {{"name", "arguments, memory, results"}, {"kind", "call"}, {"count", calls_}, {"seconds", rest}, {"share", whole_seconds > 0 ? rest / whole_seconds : 0}};
  j["steps"] = j["copies"] = j["passes"] = j["timeline"] = Json::array();
  for (const Row& r : rows) j["steps"].push_back(row_json(r, whole_seconds, roofline.has_value()));
  for (const Copies& c : copies_) {
    Row r{copy_name(program, c.copy), c.copy.to_device ? "copy in" : "copy out", c.count, c.seconds, static_cast<double>(c.copy.bytes)};
    j["copies"].push_back(row_json(r, whole_seconds, false));
  }
  for (auto& [pass, ms] : whole->pass_ms) j["passes"].push_back({{"name", pass}, {"ms", ms}});
  const std::vector<i64>* dims = sizes_.empty() ? nullptr : &sizes_.back().dims;
  auto* built = sizes_.empty() ? whole : sizes_.back().built;
  for (std::size_t b = 0; b < built->plan.buffers.size(); ++b) {
    auto& buffer = built->plan.buffers[b];
    if (buffer.last < buffer.first || !dims) continue;
    j["timeline"].push_back({{"buffer", buffer_name(*built, static_cast<int>(b))}, {"bytes", at_sizes(*built, buffer.count, *dims) * static_cast<i64>(size_of(buffer.dtype))}, {"first", buffer.first}, {"last", buffer.last}, {"temporary", buffer.place == Place::temporary}});
  }
  j["lines"] = table(lines), j["ops"] = table(ops);
  return format == "json" ? j.dump(1) + "\n" : profile_text(j);
}

} // namespace croton::inspect
