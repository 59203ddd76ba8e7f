// Captured calls run again.
#include "ir/build.h"
#include "ir/forms.h"
#include "src/compare/tolerance.h"
#include "src/document/graph_values.h"
#include "src/inspect/capture.h"
#include "src/io/file.h"
#include "src/io/npz.h"
#include <algorithm>
#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>

namespace croton::inspect {

using namespace ir;
using Json = nlohmann::ordered_json;

namespace {

std::string path_in(const std::string& folder, const char* name) { return folder + "/" + name; }

ir::Array array_of_file(io::NpyArray&& from) {
  ir::Array a;
  a.dtype = from.dtype, a.shape = std::move(from.shape), a.bytes = std::move(from.data);
  return a;
}

double real_at(const ir::Array& a, i64 i) {
  Scalar s = a.load(i);
  return is_float(a.dtype) ? s.real : static_cast<double>(s.integer);
}

class Replaying {
public:
  Replaying(const std::string& folder, const std::string& device) : folder_(folder), facts_(read_facts()), graph_(document::load_graph(path_in(folder, "graph.json"))) {
    program_ = document::program_of(graph_);
    take([&] {
      program_.name = facts_.at("function");
      device_ = device.empty() ? facts_.at("device").get<std::string>() : device;
      const Json& options = facts_.at("options");
      program_.strict = options.at("strict");
      watch_.debug = program_.debug = options.at("debug");
      watch_.nan_guard = options.at("nan_guard");
      asserts_ = facts_.at("asserts").get<std::vector<std::string>>();
      if (!facts_.at("error").is_null()) error_ = facts_.at("error");
      if (options.at("in_place"))
        for (std::size_t u = 0; u < graph_.document.updates.size(); ++u)
          program_.donor[graph_.document.outputs.size() + u] = static_cast<int>(graph_.document.inputs.size() + graph_.shared_index(graph_.document.updates[u]));
    });
    document::GivenValues given{{}, path_in(folder, "inputs.npz"), {}};
    for (auto& a : document::input_values(graph_, given, files_)) inputs_.push_back(array_of_file(std::move(a)));
    take([&] { read_strides(); });
    for (auto& a : document::state_values(graph_, {}, files_)) inputs_.push_back(array_of_file(std::move(a)));
  }

  Replay run() {
    std::string failed;
    try {
      auto executable = watch_.any() ? watched(program_, device_, watch_) : compile(program_, device_);
      check_memory(*executable);
      results_ = outputs_of(program_, *executable, inputs_, strides_);
      failed = failed_assert();
    } catch (const IoError&) {
      throw;
    } catch (const Error& e) {
      if (error_.empty()) throw;
      failed = error_text(e);
    }
    if (!error_.empty()) return {type_of(error_) == type_of(failed), "recorded: " + error_ + "\nnow:      " + (failed.empty() ? "no error" : failed) + "\n"};
    compare();
    return std::move(replay_);
  }

private:
  const std::string folder_;
  const Json facts_;
  document::Graph graph_;
  document::ValueFiles files_{document::memory_limit()};
  Program program_;
  WatchOptions watch_;
  std::string device_, error_;
  std::vector<std::string> asserts_;
  std::vector<ir::Array> inputs_, results_;
  std::vector<Strides> strides_; ///< of the inputs but shared variables
  std::optional<comparison::Expected> expected_;
  Replay replay_{true, ""};

  [[noreturn]] void refuse(const std::string& why) const { throw IoError("[replay] " + path_in(folder_, "capture.json") + ": " + why + "."); }

  template <class F> void take(const F& read) const {
    try {
      read();
    } catch (const nlohmann::json::exception& e) {
      refuse("this is no capture that this version of Croton reads: " + std::string(e.what()));
    }
  }

  Json read_facts() const {
    if (!is_capture(folder_)) throw IoError("[replay] the folder " + folder_ + " holds no capture: there is no file capture.json in it. Function::capture() writes one.");
    Json facts;
    take([&] {
      facts = Json::parse(io::read_text(path_in(folder_, "capture.json")));
      if (facts.at("croton_capture") != 1) refuse("found the version " + facts.at("croton_capture").dump() + ", expected 1");
    });
    return facts;
  }

  // Written by others, perhaps: nothing may reach further than memory does.
  void read_strides() {
    for (std::size_t k = 0; k < inputs_.size(); ++k) {
      Strides& strides = strides_.emplace_back();
      std::string name(user_name(*program_.inputs[k]));
      if (!facts_.contains("strides") || !facts_.at("strides").contains(name)) continue;
      strides = facts_.at("strides").at(name).get<Strides>();
      const std::vector<i64>& shape = inputs_[k].shape;
      i64 reach = 0;
      bool fits = strides.size() == shape.size();
      for (std::size_t axis = 0; fits && axis < shape.size(); ++axis) {
        i64 step = 0;
        fits = strides[axis] != INT64_MIN && !__builtin_mul_overflow(std::max<i64>(shape[axis] - 1, 0), std::abs(strides[axis]), &step) && !__builtin_add_overflow(reach, step, &reach);
      }
      if (!fits || static_cast<double>(reach) * static_cast<double>(size_of(inputs_[k].dtype)) > static_cast<double>(document::memory_limit()))
        refuse("the strides of '" + name + "', " + shape_text(strides) + ", do not fit its shape " + shape_text(shape));
    }
  }

  static std::string type_of(const std::string& error) { return error.substr(0, error.find(':')); }

  void check_memory(const Executable& executable) const {
    std::vector<ir::Array> values = inputs_;
    LaidOut laid_out(values, strides_);
    const std::vector<TensorView>& views = laid_out.views();
    double total = static_cast<double>(executable.peak_bytes(views));
    auto shapes = executable.output_shapes(views);
    for (std::size_t k = 0; k < shapes.size(); ++k) total += static_cast<double>(checked_count(shapes[k])) * static_cast<double>(size_of(program_.outputs[k]->dtype()));
    if (total > static_cast<double>(document::memory_limit())) throw IoError("[replay] the call in " + folder_ + " needs more memory than this machine has.");
  }

  std::string failed_assert() const {
    for (std::size_t k = 0; k < graph_.document.outputs.size(); ++k) {
      const std::string& name = graph_.document.outputs[k].name;
      if (std::find(asserts_.begin(), asserts_.end(), name) == asserts_.end()) continue;
      for (std::byte b : results_[k].bytes)
        if (b == std::byte(0)) return "ValueError: [" + program_.name + "] " + name + ": the condition is false.";
    }
    return "";
  }

  void compare() {
    std::size_t own = graph_.document.outputs.size();
    for (std::size_t k = 0; k < results_.size(); ++k) {
      bool update = k >= own;
      std::string name = update ? graph_.shared_names[graph_.shared_index(graph_.document.updates[k - own])] : graph_.document.outputs[k].name;
      ir::Array recorded = array_of_file(files_.read(path_in(folder_, update ? "state_after.npz" : "outputs.npz"), name));
      line(k, (update ? "new " : "") + name, recorded);
    }
  }

  void line(std::size_t k, const std::string& name, const ir::Array& recorded) {
    const ir::Array& now = results_[k];
    std::string text = name + ": " + std::string(croton::name(now.dtype)) + shape_text(now.shape) + " ";
    if (now == recorded) {
      replay_.text += text + "the bits that were recorded\n";
      return;
    }
    if (now.dtype != recorded.dtype || now.shape != recorded.shape) {
      replay_.same = false;
      replay_.text += text + "DIFFERS: recorded is " + std::string(croton::name(recorded.dtype)) + shape_text(recorded.shape) + "\n";
      return;
    }
    if (!expected_) expected_ = comparison::expected_of(program_, inputs_, {.strict = program_.strict});
    const std::vector<double>& tolerance = expected_->tolerance[k];
    std::size_t element = size_of(now.dtype);
    i64 others = 0, worst = -1;
    double largest = 0;
    for (i64 i = 0; i < now.count(); ++i) {
      auto at = static_cast<std::size_t>(i);
      if (std::memcmp(now.bytes.data() + at * element, recorded.bytes.data() + at * element, element) == 0) continue;
      ++others;
      double a = real_at(now, i), b = real_at(recorded, i), distance = (std::isnan(a) && std::isnan(b)) || a == b ? 0 : std::fabs(a - b);
      if (!(distance <= largest)) largest = distance;
      if (worst < 0 && !(distance <= 2 * tolerance[at])) worst = i; // each side may be so far from the exact value
    }
    char numbers[200];
    std::snprintf(numbers, sizeof numbers, "%lld of %lld elements have other bits, at most %.9g apart", static_cast<long long>(others), static_cast<long long>(now.count()), largest);
    replay_.text += text + (worst < 0 ? numbers + std::string(": within the bounds of the ops\n") : "DIFFERS: " + std::string(numbers));
    if (worst < 0) return;
    replay_.same = false;
    std::snprintf(numbers, sizeof numbers, "; element %lld is %.9g, recorded was %.9g, at most %.3g is allowed\n", static_cast<long long>(worst), real_at(now, worst), real_at(recorded, worst), 2 * tolerance[static_cast<std::size_t>(worst)]);
    replay_.text += numbers;
  }
};

} // namespace

Replay replay_capture(const std::string& folder, const std::string& device) { return Replaying(folder, device).run(); }

} // namespace croton::inspect
