// croton run: a document, its inputs and its state in; outputs and the new state out.
#include "ir/dims.h"
#include "ir/forms.h"
#include "ir/pattern.h"
#include "src/cli/commands.h"
#include "src/cli/inputs.h"
#include "src/executable.h"
#include "src/inspect/capture.h"
#include "src/io/npz.h"
#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iostream>

namespace croton::cli {

namespace {

using namespace document;
using io::NpyArray;

struct RunOptions {
  GivenValues given;
  std::string graph, device = default_device(), outputs_file, state_out;
  std::vector<std::string> outputs;
  std::uint64_t repeat = 1, max_bytes = 0;
  DocumentOptions document = {};
  bool time = false;
};

double now_ms() {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

class Run {
public:
  explicit Run(const RunOptions& options)
      : options_(options), limit_(options.max_bytes ? options.max_bytes : memory_limit()), graph_(load_graph(options.graph, options.document)) {}

  void execute() {
    for (auto& o : graph_.document.outputs) output_names_.push_back(o.name);
    check_targets();
    ValueFiles files(limit_);
    inputs_ = input_values(graph_, options_.given, files);
    state_ = state_values(graph_, options_.given, files);
    double start = now_ms();
    executable_ = compile(program_of(graph_), options_.device);
    compile_ms_ = now_ms() - start;
    make_room();
    calls();
    write();
  }

private:
  // ---- the call ----

  std::vector<TensorView> input_views() {
    std::vector<TensorView> views;
    for (auto& a : inputs_) views.push_back(view_of(a));
    for (auto& a : state_) views.push_back(view_of(a));
    return views;
  }

  void make_room() {
    auto views = input_views();
    auto shapes = executable_->output_shapes(views);
    const auto& updates = graph_.document.updates;
    for (std::size_t u = 0; u < updates.size(); ++u) check_update(u, shapes[output_names_.size() + u]);
    auto roots = graph_.roots();
    std::uint64_t total = executable_->peak_bytes(views);
    for (std::size_t i = 0; i < shapes.size(); ++i) {
      std::uint64_t bytes = static_cast<std::uint64_t>(ir::checked_count(shapes[i]));
      bool fits = !__builtin_mul_overflow(bytes, size_of(roots[i]->dtype()), &bytes) && !__builtin_add_overflow(total, bytes, &total);
      if (!fits || total > limit_) {
        std::string what = i < output_names_.size() ? "output " + ir::quoted_text(output_names_[i].substr(0, 60)) : "the new value of " + ir::quoted_text(graph_.shared_names[graph_.shared_index(updates[i - output_names_.size()])].substr(0, 60));
        throw ValueError(what + " of the shape " + ir::shape_text(shapes[i]) + " does not fit memory: found " + (fits ? bytes_text(total) + " in all" : "more than 16 EB") + ", expected at most " + bytes_text(limit_) + ".");
      }
    }
    if (total > limit_) throw ValueError("the call needs " + bytes_text(total) + " of memory, expected at most " + bytes_text(limit_) + ".");
    for (std::size_t i = 0; i < shapes.size(); ++i) results_.push_back(zeros(roots[i]->dtype(), shapes[i]));
  }

  void check_update(std::size_t u, const std::vector<i64>& shape) const {
    const auto& update = graph_.document.updates[u];
    const ir::Shape& declared = update.shared->shape();
    for (std::size_t k = 0; k < shape.size(); ++k)
      if (ir::constant_value(declared[k]).value_or(shape[k]) != shape[k])
        throw ShapeError(graph_.file + ": updates[" + std::to_string(u) + "]: the new value has the shape " + ir::shape_text(shape) + ", expected " + ir::to_string(declared) + ".");
  }

  // Each call sees the state that the one before left.
  void calls() {
    for (std::uint64_t call = 0; call < options_.repeat; ++call) {
      if (call > 0 && !graph_.document.updates.empty()) {
        results_.clear();
        make_room();
      }
      std::vector<TensorView> outputs;
      for (auto& r : results_) outputs.push_back(view_of(r));
      auto inputs = input_views();
      double start = now_ms();
      executable_->run(inputs, outputs);
      times_ms_.push_back(now_ms() - start);
      for (std::size_t u = 0; u < graph_.document.updates.size(); ++u)
        state_[graph_.shared_index(graph_.document.updates[u])] = results_[output_names_.size() + u];
    }
  }

  // ---- values out ----

  // Before anything is computed.
  void check_targets() {
    for (auto& text : options_.outputs) {
      auto [name, path] = name_and_value("--output", text);
      if (std::find(output_names_.begin(), output_names_.end(), name) == output_names_.end())
        throw ValueError("--output: there is no output " + ir::quoted_text(name.substr(0, 60)) + " in " + graph_.file + ". Outputs: " + listed(output_names_) + ".");
      targets_.emplace_back(name, path);
    }
  }

  const NpyArray& result(const std::string& name) const {
    return results_[static_cast<std::size_t>(std::find(output_names_.begin(), output_names_.end(), name) - output_names_.begin())];
  }

  void write() {
    std::map<std::string, std::map<std::string, NpyArray>> archives;
    for (auto& [name, path] : targets_) {
      const NpyArray& r = result(name);
      if (is_archive(path)) archives[path].insert_or_assign(name, r);
      else io::write_npy(path, r.dtype, r.shape, r.data);
    }
    if (!options_.outputs_file.empty())
      for (auto& name : output_names_) archives[options_.outputs_file].insert_or_assign(name, result(name));
    if (!options_.state_out.empty()) {
      auto& archive = archives[options_.state_out];
      for (std::size_t k = 0; k < state_.size(); ++k) archive.insert_or_assign(graph_.shared_names[k], state_[k]);
    }
    for (auto& [path, arrays] : archives) io::write_npz(path, arrays);
    if (targets_.empty() && options_.outputs_file.empty())
      for (auto& name : output_names_) std::cout << preview(name, result(name));
    if (options_.time) print_times();
  }

  void print_times() {
    std::vector<double> sorted = times_ms_;
    std::sort(sorted.begin(), sorted.end());
    char text[256];
    std::snprintf(text, sizeof text, "time: compile %.3f ms, %zu calls: first %.4f ms, best %.4f ms, median %.4f ms\n", compile_ms_, sorted.size(), times_ms_[0], sorted[0], sorted[sorted.size() / 2]);
    std::cout << text;
  }

  const RunOptions& options_;
  std::uint64_t limit_;
  Graph graph_;
  std::vector<std::string> output_names_;
  std::vector<std::pair<std::string, std::string>> targets_; ///< output, file
  std::vector<NpyArray> inputs_, state_, results_;
  std::shared_ptr<const Executable> executable_;
  double compile_ms_ = 0;
  std::vector<double> times_ms_;
};

} // namespace

void add_run(CLI::App& program) {
  auto* run = program.add_subcommand("run", "Run a graph document on values from .npy and .npz files");
  auto o = std::make_shared<RunOptions>();
  run->add_option("GRAPH", o->graph, "The document: JSON, see docs/json.md; or the folder of a captured call, which is run again and compared")->required()->type_name("");
  add_inputs(*run, o->given);
  run->add_option("-o,--output", o->outputs, "Where an output goes: NAME=FILE.npy, or NAME=FILE.npz")->type_name("NAME=FILE")->type_size(1)->allow_extra_args(false);
  run->add_option("--outputs", o->outputs_file, "Where all outputs go, by name")->type_name("FILE.npz");
  run->add_option("--state", o->state_out, "Where the shared variables go after the last call")->type_name("FILE.npz");
  run->add_option("--device", o->device, "See `croton devices`")->type_name("NAME")->capture_default_str();
  run->add_option("--repeat", o->repeat, "How many calls; each sees the state the one before left")->type_name("N")->check(CLI::Range(std::uint64_t(1), std::uint64_t(1) << 40))->capture_default_str();
  run->add_flag("--time", o->time, "Print how long compiling and the calls took");
  run->add_option("--max-bytes", o->max_bytes, "Most bytes of values; 0: the machine's memory")->type_name("N")->capture_default_str();
  add_document(*run, o->document);
  run->footer("Without --output and --outputs the results are printed. Examples:\n"
              "  croton run graph.json --input x=x.npy --input lr=0.1 --output y=y.npy\n"
              "  croton run step.json --inputs batch.npz --state-in w0.npz --state w1.npz\n"
              "  croton run graph.json --inputs all.npz --repeat 100 --time\n"
              "  croton run captured-call");
  run->callback([o, run] {
    if (!inspect::is_capture(o->graph)) return Run(*o).execute();
    for (const CLI::Option* option : run->get_options())
      if (option->count() > 0 && !option->get_positional() && option->get_single_name() != "device")
        throw ValueError("--" + option->get_single_name() + ": " + o->graph + " is the folder of a capture, which has its values. Use " + o->graph + "/graph.json.");
    Replay replayed = replay(o->graph, run->get_option("--device")->count() ? o->device : "");
    std::cout << replayed.text;
    if (!replayed.same) throw CLI::RuntimeError(1);
  });
}

} // namespace croton::cli
