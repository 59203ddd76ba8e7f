// Statements and the frame of a function.
#include "codegen/c_function.h"
#include <algorithm>

namespace croton::codegen {

using namespace ir;

std::string CModule::function(const Kernel& kernel, const Phase& phase, const std::string& entry) {
  auto [found, fresh] = entry_of_.try_emplace(CFunction(*this, kernel, phase).text(), entry);
  if (fresh) functions_ += "\n" + std::string(language_.kernel) + entry + found->first;
  return found->second;
}

std::string CModule::text() const {
  std::string out(language_.prologue);
  for (const auto& [name, text] : helpers_) out += "\n" + text;
  return out + functions_;
}

CFunction::CFunction(CModule& module, const Kernel& kernel, const Phase& phase) : module_(module), language_(module.language()) {
  for (const BufferParam& b : kernel.buffers)
    if (b.is_written) written_.insert(b.buffer.get());
  for (const Scratch& s : phase.scratch) written_.insert(s.buffer.get());
  for (const Scratch& s : phase.threads.shared) written_.insert(s.buffer.get());
  scopes_.emplace_back();
  parameters(kernel, phase);
  prologue(kernel, phase);
  print(phase.body);
  text_ += "}\n";
}

void CFunction::open(const std::string& head) {
  line(head + " {");
  pad_ += "  ";
  scopes_.emplace_back();
}

void CFunction::close() {
  scopes_.pop_back();
  pad_.resize(pad_.size() - 2);
  line("}");
}

// ---- the frame ----

std::vector<std::string> part_parameters(const std::string& i64_type) {
  std::vector<std::string> all;
  for (const char* name : {"units_each", "units_left", "multiple", "extent"}) all.push_back("const " + i64_type + " " + name);
  return all;
}

// As runtime::Partition::boundary cuts it.
std::string part_of_worker(const CLanguage& language, const std::string& i64_type, const std::string& pad) {
  std::string text = pad + "const " + i64_type + " worker = " + std::string(language.worker) + ";\n";
  auto boundary = [&](const std::string& name, const std::string& k) {
    text += pad + "const " + i64_type + " " + name + "_unit = (" + k + " * units_each + (" + k + " < units_left ? " + k + " : units_left)) * multiple;\n";
    text += pad + "const " + i64_type + " " + name + " = " + name + "_unit < extent ? " + name + "_unit : extent;\n";
  };
  boundary("begin", "worker");
  boundary("end", "(worker + 1)");
  return text;
}

void CFunction::parameters(const Kernel& kernel, const Phase& phase) {
  std::string i64_type = element(DType::i64), byte = std::string(language_.global_memory) + element(DType::u8) + "* ";
  std::vector<std::string> all;
  for (std::size_t i = 0; i < kernel.buffers.size(); ++i) {
    std::string k = std::to_string(i);
    if (language_.buffers_have_offsets) {
      all.push_back(byte + "m" + k);
      all.push_back("const " + i64_type + " o" + k);
    } else {
      all.push_back(pointer(kernel.buffers[i].buffer->dtype(), !kernel.buffers[i].is_written) + "b" + k);
    }
  }
  for (std::size_t i = 0; i < kernel.scalars.size(); ++i) all.push_back("const " + i64_type + " n" + std::to_string(i));
  for (std::string& parameter : part_parameters(i64_type)) all.push_back(std::move(parameter));
  if (!phase.scratch.empty()) {
    all.push_back(byte + "scratch");
    if (language_.buffers_have_offsets) all.push_back("const " + i64_type + " scratch_offset");
    all.push_back("const " + i64_type + " scratch_bytes");
    for (std::size_t i = 0; i < phase.scratch.size(); ++i) all.push_back("const " + i64_type + " s" + std::to_string(i) + "_offset");
  }
  text_ = "(";
  for (std::size_t i = 0; i < all.size(); ++i) text_ += (i ? ", " : "") + all[i];
  text_ += ") {\n";
}

// The worker's part of the phase, and its buffers.
void CFunction::prologue(const Kernel& kernel, const Phase& phase) {
  std::string i64_type = element(DType::i64);
  for (std::size_t i = 0; i < kernel.buffers.size(); ++i) {
    const Node& buffer = *kernel.buffers[i].buffer;
    std::string k = std::to_string(i), type = pointer(buffer.dtype(), !kernel.buffers[i].is_written);
    if (language_.buffers_have_offsets) line(type + "const b" + k + " = (" + type.substr(0, type.size() - 1) + ")(m" + k + " + o" + k + ");");
    buffers_[&buffer] = "b" + k;
  }
  for (std::size_t i = 0; i < kernel.scalars.size(); ++i) scopes_.back()[kernel.scalars[i].get()] = "n" + std::to_string(i);
  text_ += part_of_worker(language_, i64_type, pad_);
  scopes_.back()[phase.begin.get()] = "begin";
  scopes_.back()[phase.end.get()] = "end";
  for (std::size_t i = 0; i < phase.scratch.size(); ++i) {
    const Node& buffer = *phase.scratch[i].buffer;
    std::string k = std::to_string(i), type = pointer(buffer.dtype(), false);
    std::string base = language_.buffers_have_offsets ? "scratch + scratch_offset" : "scratch";
    line(type + "const s" + k + " = (" + type.substr(0, type.size() - 1) + ")(" + base + " + worker * scratch_bytes + s" + k + "_offset);");
    buffers_[&buffer] = "s" + k;
  }
  if (phase.threads.count == 0) return;
  line("const " + i64_type + " thread = " + std::string(language_.thread) + ";");
  scopes_.back()[phase.threads.index.get()] = "thread";
  for (const Scratch& s : phase.threads.shared) {
    std::string name = fresh("shared");
    line(std::string(language_.shared_memory) + element(s.buffer->dtype() == DType::bool_ ? DType::u8 : s.buffer->dtype()) + " " + name + "[" + std::to_string(constant_value(s.size).value()) + "];");
    buffers_[s.buffer.get()] = name;
  }
}

// ---- statements ----

void CFunction::print(const Block& block) {
  for (const Stmt& stmt : block) std::visit([&](const auto& s) { print(s); }, stmt.as);
}

std::string CFunction::declare(const Node& like, i64 lanes, const std::string& stem, const std::string& value, bool is_const) {
  std::string name = fresh(stem);
  line((is_const ? "const " : "") + type(like.dtype(), lanes) + " " + name + " = " + value + ";");
  return name;
}

void CFunction::print(const Let& let) {
  scopes_.back()[let.var.get()] = operand(let.value, lanes_of(*let.var));
  alive_.push_back(let.var);
}

void CFunction::print(const Store& s) { store(s); }

void CFunction::print(const For& loop) {
  std::string begin = value(loop.begin), end = value(loop.end), step = std::to_string(loop.step), counter_type = element(loop.var->dtype());
  std::vector<std::string> names;
  for (const Carried& c : loop.carried) {
    i64 lanes = lanes_of(*c.var);
    names.push_back(declare(*c.var, lanes, "acc", operand(c.init, lanes), false));
  }
  for (std::size_t k = 0; k < names.size(); ++k) {
    scopes_.back()[loop.carried[k].var.get()] = names[k];
    alive_.push_back(loop.carried[k].var);
  }
  std::string counter = fresh("i");
  std::string test = loop.step == 1 ? counter + " < " + end : counter + " + " + step + " <= " + end;
  open("for (" + counter_type + " " + counter + " = " + begin + "; " + test + "; " + counter + " += " + step + ")");
  scopes_.back()[loop.var.get()] = counter;
  alive_.push_back(loop.var);
  print(loop.body);
  std::vector<std::string> next;
  for (const Carried& c : loop.carried) {
    std::string x = operand(c.next, lanes_of(*c.var));
    // All next values are of the same iteration: one that is another carried value is read before any is assigned.
    if (std::find(names.begin(), names.end(), x) != names.end()) x = declare(*c.var, lanes_of(*c.var), "v", x);
    next.push_back(x);
  }
  for (std::size_t k = 0; k < names.size(); ++k) line(names[k] + " = " + next[k] + ";");
  close();
}

void CFunction::print(const If& branch) {
  open("if (" + value(branch.condition) + ")");
  print(branch.body);
  close();
}

void CFunction::print(const Prefetch& s) {
  if (language_.prefetch.empty()) return;
  module_.helper("ahead", std::string(language_.prefetch));
  line("ahead(" + buffers_.at(s.buffer.get()) + " + " + value(s.index) + (s.near ? ", 3);" : ", 2);"));
}

void CFunction::print(const Barrier&) { line(std::string(language_.barrier)); }

void CFunction::print(const Exchange& e) {
  if (!language_.exchange) throw UnsupportedError("[codegen] " + std::string(language_.name) + " has no exchange between threads. Schedule for shared memory.");
  scopes_.back()[e.var.get()] = declare(*e.var, lanes_of(*e.var), "v", language_.exchange(operand(e.value, lanes_of(*e.var)), e.distance));
  alive_.push_back(e.var);
}

} // namespace croton::codegen
