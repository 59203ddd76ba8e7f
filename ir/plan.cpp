#include "ir/plan.h"
#include "ir/build.h"
#include "ir/dims.h"
#include <algorithm>

namespace croton::ir {

std::string_view name(Place place) {
  switch (place) {
  case Place::input: return "input";
  case Place::output: return "output";
  case Place::constant: return "constant";
  case Place::temporary: return "temporary";
  }
  return "";
}

namespace {

std::string buffer_name(int id) { return "b" + std::to_string(id); }

std::string flag(bool transposed, int id) { return buffer_name(id) + (transposed ? "ᵀ" : ""); }

struct StepText {
  const std::vector<Kernel>& kernels;

  // Kernels say which of their buffers they write; the same buffer can be both read and written.
  std::string operator()(const LaunchStep& s) const {
    const Kernel& k = kernels.at(static_cast<std::size_t>(s.kernel));
    std::string reads, writes;
    for (std::size_t i = 0; i < s.buffers.size() && i < k.buffers.size(); ++i) {
      std::string& list = k.buffers[i].is_written ? writes : reads;
      list += (list.empty() ? "" : ", ") + buffer_name(s.buffers[i]);
    }
    auto usual = std::count_if(k.phases.begin(), k.phases.end(), [](const Phase& p) { return !p.rare; });
    std::string phases = usual > 1 ? "  " + std::to_string(usual) + " phases" : "";
    return "launch " + k.name + "(" + reads + ") → " + writes + phases;
  }
  std::string operator()(const GemmStep& s) const {
    std::string batch = is_one(s.batch) ? "" : to_string(s.batch) + " × ";
    return "gemm " + std::string(name(s.dtype)) + " " + flag(s.trans_a, s.a) + " · " + flag(s.trans_b, s.b) + " → " + buffer_name(s.c) + "  " + batch +
           "[" + to_string(s.m) + ", " + to_string(s.k) + "] · [" + to_string(s.k) + ", " + to_string(s.n) + "]" + (s.bias >= 0 ? " + " + buffer_name(s.bias) : "") +
           (s.activation == Activation::none ? "" : ", " + std::string(name(s.activation)));
  }
  std::string operator()(const ScatterStep& s) const {
    return "scatter_add " + std::string(name(s.dtype)) + " " + buffer_name(s.x) + " at " + buffer_name(s.positions) + " → " + buffer_name(s.result) + "  " +
           to_string(s.count) + " rows of " + to_string(s.row_size) + " into " + to_string(s.rows);
  }
  std::string operator()(const RawStep& s) const {
    std::string reads, text;
    for (int b : s.operands) reads += (reads.empty() ? "" : ", ") + buffer_name(b);
    text = "raw " + std::string(user_name(*s.node)) + "(" + reads + ") → " + buffer_name(s.result) + "  ";
    if (s.groups.empty()) return text + to_string(s.items) + " items";
    text += "groups " + to_string(s.groups) + " of " + to_string(s.threads);
    return s.shared ? text + " sharing " + to_string(s.shared) + " bytes" : text;
  }
  std::string operator()(const CopyStep& s) const { return "copy " + buffer_name(s.from) + " → " + buffer_name(s.to) + "  " + to_string(s.bytes) + " bytes"; }
  std::string operator()(const CheckStep& s) const {
    return "check " + buffer_name(s.flag) + "  positions of " + std::string(s.indexed->op->name) + (s.indexed->where ? " (" + to_string(s.indexed->where) + ")" : "");
  }
};

std::string buffer_text(const Plan& plan, std::size_t i) {
  const PlanBuffer& b = plan.buffers[i];
  std::string text = buffer_name(static_cast<int>(i)) + " " + std::string(name(b.place));
  if (b.place != Place::temporary) text += " " + std::to_string(b.index);
  text += ": " + std::string(name(b.dtype)) + "[" + to_string(b.count) + "]";
  text += b.last < b.first ? "  unused" : b.first == b.last ? "  step " + std::to_string(b.first) : "  steps " + std::to_string(b.first) + " to " + std::to_string(b.last);
  bool in_place = b.place == Place::output && static_cast<std::size_t>(b.index) < plan.in_place.size() && plan.in_place[static_cast<std::size_t>(b.index)];
  return text + (in_place ? "  in place" : "");
}

} // namespace

StepBuffers buffers_of(const Step& step, const std::vector<Kernel>& kernels) {
  StepBuffers b;
  if (auto* s = std::get_if<LaunchStep>(&step)) {
    const Kernel& k = kernels[static_cast<std::size_t>(s->kernel)];
    for (std::size_t i = 0; i < s->buffers.size(); ++i) (k.buffers[i].is_written ? b.writes : b.reads).push_back(s->buffers[i]);
  } else if (auto* g = std::get_if<GemmStep>(&step)) {
    b = {{g->a, g->b}, {g->c}};
    if (g->bias >= 0) b.reads.push_back(g->bias);
  } else if (auto* x = std::get_if<ScatterStep>(&step)) {
    b = {{x->x, x->positions}, {x->result}};
  } else if (auto* r = std::get_if<RawStep>(&step)) {
    b = {r->operands, {r->result}};
  } else if (auto* c = std::get_if<CopyStep>(&step)) {
    b = {{c->from}, {c->to}};
  } else {
    b = {{std::get<CheckStep>(step).flag}, {}};
  }
  return b;
}

std::string to_text(const Plan& plan, const std::vector<Kernel>& kernels) {
  std::string text = "plan(";
  for (std::size_t i = 0; i < plan.dims.size(); ++i) text += (i ? ", " : "") + to_string(plan.dims[i]);
  text += ")\n";
  for (std::size_t i = 0; i < plan.buffers.size(); ++i) text += "  " + buffer_text(plan, i) + "\n";
  for (std::size_t i = 0; i < plan.steps.size(); ++i) text += "  " + std::to_string(i) + ": " + std::visit(StepText{kernels}, plan.steps[i]) + "\n";
  return text;
}

} // namespace croton::ir
