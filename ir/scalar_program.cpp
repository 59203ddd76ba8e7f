#include "ir/scalar_program.h"
#include "ir/build.h"
#include "ir/interpret.h"

namespace croton::ir {

namespace {

Ref fresh_register(const char* prefix, std::size_t number, DType dtype) {
  return call("register", {}, {{"name", prefix + std::to_string(number)}, {"dtype", dtype}, {"lanes", i64(0)}});
}

} // namespace

ScalarProgram::ScalarProgram(const Node& node, const Known& known) : rank_(node.rank()) {
  std::vector<Ref> index;
  for (int k = 0; k < rank_; ++k) {
    index.push_back(fresh_register("index", static_cast<std::size_t>(k), DType::i64));
    slots_.emplace(index.back().get(), k);
    values_.emplace_back();
    alive_.push_back(index.back());
  }
  Ref result = record(node, index);
  alive_.push_back(result);
  for (const PendingRead& read : reads_) add_read(read, known); // a later read may use an earlier one
  result_ = slot_of(result, known);
}

Ref ScalarProgram::record(const Node& node, const std::vector<Ref>& index) {
  ReadElement read = [&](int arg, const std::vector<Ref>& at, const Ref& guard) {
    Ref reg = fresh_register("read", reads_.size(), node.args[static_cast<std::size_t>(arg)]->dtype());
    reads_.push_back({reg, arg, at, guard});
    return reg;
  };
  if (auto* view = body_of<View>(node)) return view->element(node, index, read);
  if (auto* gather = body_of<Indexed>(node)) return gather->element(node, index, read);
  if (auto* generator = body_of<Generator>(node)) return generator->element(node, index);
  throw InternalError("[" + std::string(node.op->name) + "] has no element function");
}

void ScalarProgram::add_read(const PendingRead& read, const Known& known) {
  Step step{read.reg.get(), {}, read.arg};
  if (read.guard) step.guard = slot_of(read.guard, known);
  for (const Ref& i : read.index) step.operands.push_back(slot_of(i, known));
  slots_.emplace(read.reg.get(), static_cast<int>(values_.size()));
  step_slots_.push_back(static_cast<int>(values_.size()));
  values_.emplace_back();
  steps_.push_back(std::move(step));
}

int ScalarProgram::slot_of(const Ref& value, const Known& known) {
  std::vector<const Node*> stack{value.get()};
  while (!stack.empty()) {
    const Node* n = stack.back();
    if (slots_.contains(n)) {
      stack.pop_back();
      continue;
    }
    int slot = static_cast<int>(values_.size());
    if (auto scalar = known(*n)) {
      slots_.emplace(n, slot);
      values_.push_back(*scalar);
      continue;
    }
    if (!body_of<Pointwise>(*n)) throw InternalError("[" + std::string(n->op->name) + "] is not index arithmetic: " + describe(Ref(n)));
    std::size_t before = stack.size();
    for (const Ref& a : n->args)
      if (!slots_.contains(a.get())) stack.push_back(a.get());
    if (stack.size() != before) continue;
    Step step{n, {}};
    for (const Ref& a : n->args) step.operands.push_back(slots_.at(a.get()));
    slots_.emplace(n, slot);
    values_.emplace_back();
    step_slots_.push_back(slot);
    steps_.push_back(std::move(step));
  }
  return slots_.at(value.get());
}

Scalar ScalarProgram::run(const std::vector<i64>& index, const Read& read) {
  for (int k = 0; k < rank_; ++k) values_[static_cast<std::size_t>(k)] = {0, index[static_cast<std::size_t>(k)]};
  std::vector<i64> at;
  for (std::size_t s = 0; s < steps_.size(); ++s) {
    const Step& step = steps_[s];
    Scalar& out = values_[static_cast<std::size_t>(step_slots_[s])];
    if (step.arg < 0) {
      Scalar operands[8];
      for (std::size_t k = 0; k < step.operands.size() && k < 8; ++k) operands[k] = values_[static_cast<std::size_t>(step.operands[k])];
      out = pointwise_value(*step.node, operands);
      continue;
    }
    out = {};
    if (step.guard >= 0 && values_[static_cast<std::size_t>(step.guard)].integer == 0) continue;
    at.clear();
    for (int slot : step.operands) at.push_back(static_cast<i64>(values_[static_cast<std::size_t>(slot)].integer));
    out = read(step.arg, at);
  }
  return values_[static_cast<std::size_t>(result_)];
}

} // namespace croton::ir
