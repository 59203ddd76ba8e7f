#include "src/document/document.h"
#include "ir/build.h"
#include "ir/forms.h"
#include "ir/pattern.h"
#include "passes/gradient.h"
#include "src/io/file.h"
#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace croton::document {

using namespace ir;

namespace {

/// Derivatives of derivatives may double with every level.
constexpr std::size_t max_derivative_nodes = 4'000'000;
constexpr std::size_t max_document_bytes = std::size_t(128) << 20;

std::string read_text(const std::string& file) try {
  io::InputFile in(file);
  std::string text;
  std::size_t chunk = in.is_regular() ? static_cast<std::size_t>(std::min<std::uint64_t>(in.size(), max_document_bytes)) + 1 : 1 << 16;
  while (true) {
    std::size_t before = text.size();
    text.resize(before + chunk);
    std::size_t got = in.read(std::as_writable_bytes(std::span(text).subspan(before)));
    text.resize(before + got);
    if (text.size() > max_document_bytes)
      throw IoError(file + ": the document has more than " + std::to_string(max_document_bytes) + " bytes. Keep values in .npy files.");
    if (got < chunk) return text;
  }
} catch (const IoError& e) { // the reader of arrays names itself first
  std::string_view message = e.what();
  constexpr std::string_view reader = "[npy] ";
  throw IoError(std::string(message.starts_with(reader) ? message.substr(reader.size()) : message));
}

// ---- gradients ------------------------------------------------------------------------------------------------

/// Replaces the placeholders of gradients by derivatives. Those of one cost are taken in one walk.
class Gradients {
public:
  explicit Gradients(const std::string& file, const Document& document) : file_(file), all_(document.gradients) {
    for (std::size_t i = 0; i < all_.size(); ++i) {
      index_.emplace(all_[i].placeholder.get(), i);
      same_cost_[all_[i].of.get()].push_back(i);
    }
  }

  std::vector<Ref> worked_out(const std::vector<Ref>& roots) {
    if (all_.empty()) return roots;
    solve(roots);
    return substituted(roots);
  }

private:
  std::string place(std::size_t i) const { return file_ + ": gradients[" + std::to_string(i) + "]: "; }

  // Costs whose gradients the roots need, in post-order by an explicit stack: a chain of gradients of gradients may be long.
  void solve(const std::vector<Ref>& roots) {
    std::vector<std::vector<std::size_t>> needs{needed_by(roots)};
    std::vector<const Node*> open{nullptr};
    while (!needs.empty()) {
      if (needs.back().empty()) {
        if (open.back()) differentiate(open.back());
        active_.erase(open.back());
        needs.pop_back();
        open.pop_back();
        continue;
      }
      std::size_t i = needs.back().back();
      needs.back().pop_back();
      if (done_.contains(all_[i].placeholder.get())) continue;
      const Node* cost = all_[i].of.get();
      if (!active_.insert(cost).second) throw GradientError(place(i) + quoted_text(all_[i].name) + " is needed to compute itself.");
      std::vector<Ref> parts{all_[i].of};
      for (std::size_t k : same_cost_.at(cost)) parts.push_back(all_[k].wrt);
      needs.push_back(needed_by(parts));
      open.push_back(cost);
    }
  }

  std::vector<std::size_t> needed_by(const std::vector<Ref>& roots) const {
    std::vector<std::size_t> result;
    for (const Node* n : post_order(roots))
      if (auto found = index_.find(n); found != index_.end() && !done_.contains(n)) result.push_back(found->second);
    return result;
  }

  void differentiate(const Node* cost) {
    const auto& which = same_cost_.at(cost);
    std::vector<Ref> parts{Ref(cost)};
    for (std::size_t k : which) parts.push_back(all_[k].wrt);
    parts = substituted(parts);
    Ref of = parts[0];
    std::vector<Ref> wrt(parts.begin() + 1, parts.end());
    if (of->rank() != 0)
      throw GradientError(place(which[0]) + "[grad] the cost of " + quoted_text(all_[which[0]].name) + " is " + std::string(name(of->dtype())) +
                          to_string(of->shape()) + ", expected a scalar. Reduce it first, with sum over all axes.");
    Ref one = is_float(of->dtype()) ? constant_like(of, 1) : of;
    auto found = located(place(which[0]), [&] { return passes::vjp(std::span(&of, 1), std::span(&one, 1), wrt); });
    std::vector<Ref> made;
    std::copy_if(found.begin(), found.end(), std::back_inserter(made), [](const Ref& r) { return r != nullptr; });
    if (post_order(made).size() > max_derivative_nodes)
      throw GradientError(place(which[0]) + "[grad] " + quoted_text(all_[which[0]].name) + " has more than " + std::to_string(max_derivative_nodes) + " nodes.");
    for (std::size_t k = 0; k < which.size(); ++k) {
      const Document::Gradient& g = all_[which[k]];
      if (!found[k])
        throw GradientError(place(which[k]) + "[grad] the cost of " + quoted_text(g.name) + " is not computed from " + describe(wrt[k]) +
                            ". Differentiate with respect to something it uses.");
      done_.emplace(g.placeholder.get(), found[k]);
    }
  }

  std::vector<Ref> substituted(const std::vector<Ref>& roots) const {
    return substitute(roots, [&](const Node& n) -> Ref {
      auto found = done_.find(&n);
      return found == done_.end() ? Ref() : found->second;
    });
  }

  const std::string& file_;
  const std::vector<Document::Gradient>& all_;
  std::unordered_map<const Node*, std::size_t> index_;
  std::unordered_map<const Node*, std::vector<std::size_t>> same_cost_;
  std::unordered_set<const Node*> active_;
  std::unordered_map<const Node*, Ref> done_;
};

// ---- names ----------------------------------------------------------------------------------------------------

template <class List, class NameOf> std::vector<std::string> unique_names(const std::string& file, const char* field, const List& list, NameOf name_of) {
  std::vector<std::string> names;
  std::unordered_map<std::string, std::size_t> first;
  for (std::size_t i = 0; i < list.size(); ++i) {
    std::string name = name_of(list[i]), at = file + ": " + field + "[" + std::to_string(i) + "]: ";
    auto [found, fresh] = first.emplace(name, i);
    if (!fresh) throw IoError(at + "the name " + quoted_text(name.substr(0, 60)) + " is that of " + field + "[" + std::to_string(found->second) + "] already.");
    names.push_back(std::move(name));
  }
  return names;
}

void check_inputs(const std::string& file, const Document& d) {
  std::unordered_set<const Node*> placeholders;
  for (auto& g : d.gradients) placeholders.insert(g.placeholder.get());
  for (std::size_t i = 0; i < d.inputs.size(); ++i)
    if (placeholders.contains(d.inputs[i].get()))
      throw IoError(file + ": inputs[" + std::to_string(i) + "]: the name " + quoted_text(user_name(*d.inputs[i])) + " stands for a gradient. Choose another.");
}

} // namespace

std::vector<Ref> Graph::roots() const {
  std::vector<Ref> roots;
  for (auto& o : document.outputs) roots.push_back(o.node);
  for (auto& u : document.updates) roots.push_back(u.value);
  return roots;
}

std::size_t Graph::shared_index(const Document::Update& update) const {
  auto found = std::find_if(document.shared.begin(), document.shared.end(), [&](auto& s) { return s.node == update.shared; });
  return static_cast<std::size_t>(found - document.shared.begin());
}

std::vector<std::string> root_names(const Graph& graph) {
  std::vector<std::string> names;
  for (auto& o : graph.document.outputs) names.push_back(o.name);
  for (auto& u : graph.document.updates) names.push_back("new " + graph.shared_names[graph.shared_index(u)]);
  return names;
}

Program program_of(const Graph& graph) {
  Program p;
  p.inputs = graph.document.inputs;
  for (auto& s : graph.document.shared) p.inputs.push_back(s.node);
  p.input_names = graph.input_names;
  p.input_names.insert(p.input_names.end(), graph.shared_names.begin(), graph.shared_names.end());
  p.outputs = graph.roots();
  p.donor.assign(p.outputs.size(), -1);
  p.output_names = root_names(graph);
  return p;
}

Graph load_graph(const std::string& file, const DocumentOptions& options) {
  Graph graph;
  graph.file = file;
  JsonOptions json;
  json.file = file;
  json.max_nodes = options.max_nodes;
  json.allow_raw = options.allow_raw;
  graph.document = from_json(read_text(file), json);
  Document& d = graph.document;
  check_inputs(file, d);
  auto node_name = [](const Ref& x) { return std::string(user_name(*x)); };
  graph.input_names = unique_names(file, "inputs", d.inputs, node_name);
  graph.shared_names = unique_names(file, "shared", d.shared, [&](auto& s) { return node_name(s.node); });
  unique_names(file, "outputs", d.outputs, [](auto& o) { return o.name; });
  std::vector<Ref> roots = Gradients(file, d).worked_out(graph.roots());
  for (std::size_t i = 0; i < d.outputs.size(); ++i) d.outputs[i].node = roots[i];
  for (std::size_t i = 0; i < d.updates.size(); ++i) d.updates[i].value = roots[d.outputs.size() + i];
  d.gradients.clear();
  return graph;
}

} // namespace croton::document
