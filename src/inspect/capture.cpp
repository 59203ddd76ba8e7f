#include "src/inspect/capture.h"
#include "ir/build.h"
#include "ir/json.h"
#include "src/inspect/capture_project.h"
#include "src/inspect/device_facts.h"
#include "src/inspect/dump.h"
#include "src/io/npz.h"
#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <regex>
#include <unistd.h>
#include <unordered_set>

namespace croton::inspect {

using namespace ir;
using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

namespace {

constexpr std::array capture_files{"README.md", "CMakeLists.txt", "replay.cpp", "graph.json", "inputs.npz", "state.npz", "outputs.npz", "state_after.npz", "capture.json", "stages"};

// ---- names and the document -------------------------------------------------------------------------------------

/// Names that files can tell apart.
class UniqueNames {
public:
  std::string operator()(const std::string& wanted, const char* unnamed) {
    std::string stem = wanted.empty() ? unnamed : wanted, name = stem;
    for (int k = 2; !taken_.insert(name).second; ++k) name = stem + "#" + std::to_string(k);
    return name;
  }

private:
  std::unordered_set<std::string> taken_;
};

Ref renamed(const Ref& variable, const std::string& name) {
  if (user_name(*variable) == name) return variable;
  Attrs attrs = variable->attrs;
  attrs.set("name", name);
  return make(*variable->op, variable->args, std::move(attrs), variable->where);
}

// The program as a document in which every name stands once, and the names under which values are kept.
struct Contents {
  Document document;
  std::vector<std::string> input_names, state_names, output_names, updated_names;
  std::vector<std::string> assert_names;
};

Contents contents_of(const CapturedCall& call) {
  const Program& p = call.program;
  for (const Node* n : post_order(p.outputs))
    if (n->op->group == "custom")
      throw UnsupportedError("[capture] " + p.name + ": " + describe(Ref(n)) + " is an own op, '" + std::string(n->op->name) + "': its C++ functions cannot be put into a file. Write its value as an expression in its place.");
  Contents c;
  UniqueNames names, outputs;
  std::unordered_map<const Node*, Ref> new_name;
  for (std::size_t k = 0; k < p.inputs.size(); ++k) {
    std::string name = names(k < p.input_names.size() ? p.input_names[k] : std::string(user_name(*p.inputs[k])), "unnamed");
    Ref variable = renamed(p.inputs[k], name);
    new_name.emplace(p.inputs[k].get(), variable);
    if (k + call.states < p.inputs.size()) c.document.inputs.push_back(variable), c.input_names.push_back(name);
    else c.document.shared.push_back({variable, {}, "state.npz"}), c.state_names.push_back(name);
  }
  for (const Ref& state : call.updated) {
    if (new_name.contains(state.get())) continue;
    std::string name = names(std::string(user_name(*state)), "unnamed");
    new_name.emplace(state.get(), renamed(state, name));
    c.document.shared.push_back({new_name.at(state.get()), {}, "state.npz"}), c.state_names.push_back(name);
  }
  std::vector<Ref> roots = substitute(without_marks(p.outputs), [&](const Node& n) {
    auto found = new_name.find(&n);
    return found == new_name.end() || found->second.get() == &n ? Ref() : found->second;
  });
  std::size_t own = roots.size() - call.updated.size() - call.asserts.size();
  for (std::size_t k = 0; k < roots.size(); ++k) {
    if (k >= own && k < own + call.updated.size()) {
      Ref variable = new_name.at(call.updated[k - own].get());
      c.document.updates.push_back({variable, roots[k]});
      c.updated_names.emplace_back(user_name(*variable));
      continue;
    }
    c.output_names.push_back(outputs(k < p.output_names.size() ? p.output_names[k] : "", "output"));
    c.document.outputs.push_back({c.output_names.back(), roots[k]});
    if (k >= own && call.asserts[k - own - call.updated.size()]) c.assert_names.push_back(c.output_names.back());
  }
  return c;
}

// ---- files ------------------------------------------------------------------------------------------------------

using Values = std::map<std::string, io::NpyArray>;

void add(Values& values, const std::string& name, const ir::Array& a) { values.insert_or_assign(name, io::NpyArray{a.dtype, a.shape, a.bytes}); }

void write_values(const fs::path& file, const Values& values) {
  if (!values.empty()) io::write_npz(file.string(), values);
}

// A message without the folders of this machine: "the source is in kernels.cu".
std::string without_folders(const std::string& message) { return std::regex_replace(message, std::regex(R"((^|[\s'"(])/[^\s'"();,:]*/)"), "$1"); }

void write_stages(const fs::path& folder, const CapturedCall& call) {
  fs::create_directory(folder);
  for (const Stage& stage : stages()) {
    std::string text;
    try {
      text = dump(call.program, call.executable, stage.name);
    } catch (const UnsupportedError&) { // not of this device, or a tool that is not installed
      continue;
    } catch (const Error& e) { // what fails may be what is reported
      text = without_folders(error_text(e)) + "\n";
    }
    write_file((folder / (std::string(stage.name) + ".txt")).string(), text);
  }
}

Json facts_of(const CapturedCall& call, const Contents& contents, const std::string& error) {
  const Program& p = call.program;
  Json strides = Json::object();
  for (std::size_t k = 0; k < call.strides.size(); ++k)
    if (!call.strides[k].empty()) strides[contents.input_names[k]] = call.strides[k];
  bool in_place = std::any_of(p.donor.begin(), p.donor.end(), [](int d) { return d >= 0; });
  return {{"croton_capture", 1}, {"croton", CROTON_VERSION}, {"compiler", CROTON_COMPILER}, {"function", p.name}, {"device", call.device},
          {"options", {{"strict", p.strict}, {"debug", call.watch.debug}, {"nan_guard", call.watch.nan_guard}, {"in_place", in_place}}},
          {"strides", strides}, {"asserts", contents.assert_names}, {"error", error.empty() ? Json() : Json(error)}, {"facts", device_facts(call.device)}};
}

// ---- one step ---------------------------------------------------------------------------------------------------

void check_target(const fs::path& folder, const std::string& shown) {
  std::error_code error;
  if (!fs::exists(folder, error)) return;
  std::string other;
  if (!fs::is_directory(folder)) other = "a file";
  else
    for (auto& entry : fs::directory_iterator(folder))
      if (std::string name = entry.path().filename().string(); std::find(capture_files.begin(), capture_files.end(), name) == capture_files.end()) other = "'" + name + "' in it";
  if (!other.empty()) throw ValueError("[capture] the folder " + shown + ": found " + other + ", which no capture wrote, expected a folder that is empty, new or holds another capture. Choose another.");
}

class FolderInTheMaking {
public:
  FolderInTheMaking(fs::path target, std::string shown) : target_(std::move(target)), shown_(std::move(shown)) {
    static std::atomic<unsigned> counter{0};
    path_ = target_.string() + ".tmp-" + std::to_string(::getpid()) + "-" + std::to_string(counter++);
    std::error_code error;
    fs::create_directories(path_, error);
    if (error) throw IoError("[capture] the folder " + shown_ + " cannot be made: " + error.message() + ".");
  }
  ~FolderInTheMaking() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  FolderInTheMaking(const FolderInTheMaking&) = delete;

  fs::path operator/(const char* name) const { return path_ / name; }

  // A capture that was there is exchanged for this one; it goes with this object.
  void publish() const {
    if (::rename(path_.c_str(), target_.c_str()) == 0) return; // new or empty
    if (::renameat2(AT_FDCWD, path_.c_str(), AT_FDCWD, target_.c_str(), RENAME_EXCHANGE) == 0) return;
    throw IoError("[capture] the folder " + shown_ + " cannot be written: " + std::generic_category().message(errno) + ".");
  }

private:
  fs::path target_, path_;
  std::string shown_; ///< as the user wrote it
};

} // namespace

std::string error_text(const Error& e) {
  const char* type = "Error";
  if (dynamic_cast<const DTypeError*>(&e)) type = "DTypeError";
  else if (dynamic_cast<const ShapeError*>(&e)) type = "ShapeError";
  else if (dynamic_cast<const ValueError*>(&e)) type = "ValueError";
  else if (dynamic_cast<const IndexError*>(&e)) type = "IndexError";
  else if (dynamic_cast<const GradientError*>(&e)) type = "GradientError";
  else if (dynamic_cast<const IoError*>(&e)) type = "IoError";
  else if (dynamic_cast<const UnsupportedError*>(&e)) type = "UnsupportedError";
  else if (dynamic_cast<const DeviceError*>(&e)) type = "DeviceError";
  else if (dynamic_cast<const InternalError*>(&e)) type = "InternalError";
  return std::string(type) + ": " + e.what();
}

namespace {

TensorView view_of(ir::Array& a) { return {a.bytes.data(), a.shape, strides_of(a.shape)}; }

// Calls `copy(element of the array, place in memory)` for each element; the first place is 0 where no stride is negative.
template <class F> void for_each_place(const std::vector<i64>& shape, const Strides& strides, const F& copy) {
  std::vector<i64> dense = strides_of(shape);
  i64 count = 1;
  for (i64 size : shape) count *= size;
  for (i64 i = 0; i < count; ++i) {
    i64 place = 0;
    for (std::size_t k = 0; k < shape.size(); ++k) place += i / dense[k] % shape[k] * strides[k];
    copy(i, place);
  }
}

} // namespace

LaidOut::LaidOut(std::vector<ir::Array>& inputs, std::span<const Strides> strides) {
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    ir::Array& a = inputs[k];
    views_.push_back(view_of(a));
    if (k >= strides.size() || strides[k].empty() || a.count() == 0) continue;
    i64 low = 0, high = 0;
    for (std::size_t axis = 0; axis < a.shape.size(); ++axis) (strides[k][axis] < 0 ? low : high) += (a.shape[axis] - 1) * strides[k][axis];
    std::size_t element = size_of(a.dtype);
    auto& memory = memory_.emplace_back(static_cast<std::size_t>(high - low + 1) * element);
    std::byte* first = memory.data() + static_cast<std::size_t>(-low) * element;
    for_each_place(a.shape, strides[k], [&](i64 i, i64 place) { std::memcpy(first + place * static_cast<i64>(element), a.bytes.data() + static_cast<std::size_t>(i) * element, element); });
    views_.back() = {first, a.shape, strides[k]};
  }
}

std::vector<ir::Array> outputs_of(const Program& program, const Executable& executable, std::vector<ir::Array> inputs, std::span<const Strides> strides) {
  LaidOut laid_out(inputs, strides);
  const std::vector<TensorView>& in = laid_out.views();
  std::vector<TensorView> out;
  auto shapes = executable.output_shapes(in);
  std::vector<ir::Array> results;
  std::vector<int> donor(shapes.size(), -1);
  for (std::size_t k = 0; k < shapes.size(); ++k) {
    if (k < program.donor.size()) donor[k] = program.donor[k];
    if (donor[k] >= 0 && inputs[static_cast<std::size_t>(donor[k])].shape != shapes[k]) donor[k] = -1;
    results.emplace_back(program.outputs[k]->dtype(), donor[k] >= 0 ? std::vector<i64>{0} : shapes[k]);
  }
  for (std::size_t k = 0; k < shapes.size(); ++k) out.push_back(donor[k] >= 0 ? in[static_cast<std::size_t>(donor[k])] : view_of(results[k]));
  executable.run(in, out);
  for (std::size_t k = 0; k < shapes.size(); ++k)
    if (donor[k] >= 0) results[k] = std::move(inputs[static_cast<std::size_t>(donor[k])]);
  return results;
}

void write_capture(const std::string& folder, const CapturedCall& call) {
  if (folder.empty()) throw ValueError("[capture] the name of the folder is empty.");
  std::error_code ignored;
  fs::path target = fs::weakly_canonical(folder, ignored);
  if (target.empty()) target = folder;
  check_target(target, folder);
  Contents contents = contents_of(call);
  FolderInTheMaking made(target, folder);
  Values inputs, state, outputs, after;
  for (std::size_t k = 0; k < call.inputs.size(); ++k)
    if (k < contents.input_names.size()) add(inputs, contents.input_names[k], call.inputs[k]);
    else add(state, contents.state_names[k - contents.input_names.size()], call.inputs[k]);
  for (std::size_t k = 0; k < call.unread.size(); ++k) add(state, contents.state_names[call.states + k], call.unread[k]);
  std::string error = call.error;
  try {
    std::vector<ir::Array> results = outputs_of(call.program, call.executable, call.inputs, call.strides);
    std::size_t own = results.size() - call.updated.size() - call.asserts.size(), output = 0;
    for (std::size_t k = 0; k < results.size(); ++k)
      if (k >= own && k < own + call.updated.size()) add(after, contents.updated_names[k - own], results[k]);
      else add(outputs, contents.output_names[output++], results[k]);
  } catch (const Error& e) {
    if (error.empty()) error = error_text(e);
  }
  error = without_folders(error);
  write_values(made / "inputs.npz", inputs);
  write_values(made / "state.npz", state);
  write_values(made / "outputs.npz", outputs);
  write_values(made / "state_after.npz", after);
  write_file((made / "graph.json").string(), to_json(contents.document));
  write_file((made / "capture.json").string(), facts_of(call, contents, error).dump(1) + "\n");
  write_stages(made / "stages", call);
  write_file((made / "CMakeLists.txt").string(), std::string(capture_cmake));
  write_file((made / "replay.cpp").string(), std::string(capture_program));
  write_file((made / "README.md").string(), capture_readme(call.program.name, call.device, error));
  made.publish();
}

bool is_capture(const std::string& folder) {
  std::error_code ignored;
  return fs::is_regular_file(fs::path(folder) / "capture.json", ignored);
}

} // namespace croton::inspect
