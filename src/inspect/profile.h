// Where the time of a function's calls goes: by step, by the user's line and by op, beside what the machine can do.
#pragma once
#include "src/executable.h"
#include "src/inspect/roofline.h"
#include <chrono>
#include <deque>
#include <nlohmann/json.hpp>
#include <mutex>

namespace croton::inspect {

/// Watches every call of one function; the steps are timed one by one, so a device waits after each.
class Profile : public Observer, public std::enable_shared_from_this<Profile> {
public:
  using Clock = std::chrono::steady_clock;
  std::unique_ptr<CallWatch> call(const driver::BuiltProgram& built, const std::vector<i64>& dims, std::size_t temporary_bytes) override;

  /// A whole call as the user sees it, with the checks of its arguments and the memory for its results, in the thread that made
  /// it. Bound calls have neither and are not told.
  void add_call(double seconds);
  /// A copy of a shared variable that a call needs elsewhere than it was.
  void add_copy(const HostCopy& copy, Clock::time_point begin, Clock::time_point end);

  /// format: "text", "json", or "trace" for chrome://tracing and Perfetto. ValueError for another.
  std::string report(const Program& program, const Executable& executable, const std::string& format) const;

  struct Event {
    const driver::BuiltProgram* built;
    std::size_t step;
    std::uint64_t call;
    Clock::time_point begin, end;
  };
  struct CopyEvent {
    HostCopy copy;
    std::uint64_t call;
    Clock::time_point begin, end;
  };

private:
  friend class ProfiledCall;
  struct Sizes { ///< calls of the same sizes
    const driver::BuiltProgram* built;
    std::vector<i64> dims;
    std::vector<std::uint64_t> counts; ///< for each step
    std::vector<double> seconds;
  };
  struct Copies { ///< of one input or output in one direction; `copy` has the bytes of all
    HostCopy copy;
    std::uint64_t count;
    double seconds;
  };
  void add(const driver::BuiltProgram& built, const std::vector<i64>& dims, std::size_t temporary_bytes, const std::vector<Event>& events, const std::vector<CopyEvent>& copies,
           Clock::time_point begin, Clock::time_point end);
  void count(const CopyEvent& event); ///< under the lock

  mutable std::mutex mutex_;
  std::vector<Sizes> sizes_;
  std::vector<Copies> copies_;
  std::deque<Event> timeline_; ///< of the first calls; its events never move
  std::vector<CopyEvent> copy_timeline_;
  std::uint64_t calls_ = 0, lost_events_ = 0;
  double seconds_ = 0, outside_seconds_ = 0; ///< in plans; of calls besides
  std::size_t peak_bytes_ = 0;
  const Clock::time_point start_ = Clock::now();
};

/// The JSON report as tables.
std::string profile_text(const nlohmann::ordered_json& report);

/// With CROTON_PROFILE set, every function is profiled, and at the end of the program the reports go to the standard error,
/// or as one trace into the file that CROTON_PROFILE names when it ends in ".json".
bool profiles_everything();
void report_at_exit(const Program& program, std::shared_ptr<const Executable> executable, std::shared_ptr<const Profile> profile);

} // namespace croton::inspect
