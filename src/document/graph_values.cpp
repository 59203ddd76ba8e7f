#include "src/document/graph_values.h"
#include "ir/dims.h"
#include "ir/forms.h"
#include "ir/pattern.h"
#include <algorithm>
#include <filesystem>
#include <map>

namespace croton::document {

using io::NpyArray;

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (auto& n : names) text += (text.empty() ? "" : ", ") + n;
  return text.empty() ? "none" : text.size() > 200 ? text.substr(0, 200) + "…" : text;
}

namespace {

NpyArray checked(const Graph& graph, std::size_t k, const std::string& where, NpyArray array) {
  check_value("input " + ir::quoted_text(graph.input_names[k].substr(0, 60)), where, array, graph.document.inputs[k]->type);
  return array;
}

NpyArray input(const Graph& graph, ValueFiles& files, std::size_t k, const std::string& value) {
  const ir::Type& type = graph.document.inputs[k]->type;
  std::string what = "input " + ir::quoted_text(graph.input_names[k].substr(0, 60));
  auto literal = ir::located(what + ": ", [&] { return literal_value(type.dtype, value); });
  if (!literal) return checked(graph, k, value, files.read(value, graph.input_names[k]));
  if (type.rank() != 0) throw ShapeError(what + ": found the number " + value + ", expected a file: the input has the shape " + ir::to_string(type.shape) + ".");
  return *literal;
}

} // namespace

std::vector<NpyArray> input_values(const Graph& graph, const GivenValues& given, ValueFiles& files) {
  std::vector<NpyArray> values;
  std::map<std::string, std::string> by_name;
  for (auto& text : given.inputs) {
    auto [name, value] = name_and_value("--input", text);
    if (std::find(graph.input_names.begin(), graph.input_names.end(), name) == graph.input_names.end())
      throw ValueError("--input: there is no input " + ir::quoted_text(name.substr(0, 60)) + " in " + graph.file + ". Inputs: " + listed(graph.input_names) + ".");
    if (!by_name.emplace(name, value).second) throw ValueError("--input: " + ir::quoted_text(name) + " is given twice.");
  }
  std::vector<std::string> missing;
  for (std::size_t k = 0; k < graph.input_names.size(); ++k) {
    const std::string& name = graph.input_names[k];
    auto found = by_name.find(name);
    if (found != by_name.end()) values.push_back(input(graph, files, k, found->second));
    else if (!given.inputs_file.empty() && files.archive(given.inputs_file).contains(name)) values.push_back(checked(graph, k, given.inputs_file, files.read(given.inputs_file, name)));
    else missing.push_back(name);
  }
  if (!missing.empty())
    throw ValueError("input " + ir::quoted_text(missing[0].substr(0, 60)) + " is not given. Add --input " + missing[0].substr(0, 60) + "=FILE.npy" +
                     (missing.size() > 1 ? ", and the same for " + listed({missing.begin() + 1, missing.end()}) : "") + ".");
  return values;
}

std::vector<NpyArray> state_values(const Graph& graph, const GivenValues& given, ValueFiles& files) {
  std::vector<NpyArray> values;
  const auto& shared = graph.document.shared;
  for (std::size_t k = 0; k < shared.size(); ++k) {
    const std::string& name = graph.shared_names[k];
    std::string what = "shared variable " + ir::quoted_text(name.substr(0, 60)), where = graph.file;
    NpyArray value;
    if (!given.state_in.empty() && files.archive(given.state_in).contains(name)) {
      value = files.read(where = given.state_in, name);
    } else if (!shared[k].npy.empty()) {
      where = (std::filesystem::path(graph.file).parent_path() / shared[k].npy).string();
      value = files.read(where, name);
    } else if (shared[k].value) {
      value = {shared[k].value->dtype, shared[k].value->shape, shared[k].value->bytes};
    } else {
      throw ValueError(graph.file + ": shared[" + std::to_string(k) + "]: " + ir::quoted_text(name.substr(0, 60)) +
                       " has no value. Give one in the document, or with --state-in.");
    }
    check_value(what, where, value, shared[k].node->type);
    values.push_back(std::move(value));
  }
  if (given.state_in.empty()) return values;
  for (auto& [name, array] : files.archive(given.state_in))
    if (std::find(graph.shared_names.begin(), graph.shared_names.end(), name) == graph.shared_names.end())
      throw ValueError("--state-in: " + given.state_in + " holds " + ir::quoted_text(name.substr(0, 60)) + ", which is no shared variable of " + graph.file +
                       ". Shared variables: " + listed(graph.shared_names) + ".");
  return values;
}

} // namespace croton::document
