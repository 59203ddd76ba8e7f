// Statements and the frame of a function.
#include "codegen/llvm_function.h"

namespace croton::codegen {

using namespace ir;

std::string LlvmModule::function(const Kernel& kernel, const Phase& phase, const std::string& symbol) {
  auto [found, fresh] = symbol_of_.try_emplace(LlvmFunction(*this, kernel, phase).text(), symbol);
  if (fresh) functions_ += "define void @\"" + symbol + "\"" + found->first;
  return found->second;
}

std::string LlvmModule::text() const {
  std::string out = functions_;
  for (const std::string& d : declarations_) out += "declare " + d + "\n";
  out += "attributes #0 = { nounwind \"prefer-vector-width\"=\"512\" \"min-legal-vector-width\"=\"512\" \"no-trapping-math\"=\"true\" }\n";
  out += "!0 = !{}\n!1 = !{i32 1}\n";
  return out;
}

LlvmFunction::LlvmFunction(LlvmModule& module, const Kernel& kernel, const Phase& phase) : module_(module) {
  for (const BufferParam& b : kernel.buffers)
    if (b.is_written) written_.insert(b.buffer.get());
  for (const Scratch& s : phase.scratch) written_.insert(s.buffer.get());
  scopes_.emplace_back();
  text_ = "(ptr noalias readonly %buffers, ptr noalias readonly %scalars, i64 %begin, i64 %end, ptr noalias readonly %scratch) #0 {\nentry:\n";
  prologue(kernel, phase);
  print(phase.body);
  line("ret void");
  text_ += "}\n";
}

void LlvmFunction::line(const std::string& text) { text_ += "  " + text + "\n"; }

std::string LlvmFunction::emit(const std::string& instruction) {
  std::string name = "%v" + std::to_string(values_++);
  text_ += "  " + name + " = " + instruction + "\n";
  return name;
}

void LlvmFunction::prologue(const Kernel& kernel, const Phase& phase) {
  for (std::size_t i = 0; i < kernel.buffers.size(); ++i) {
    std::string slot = emit("getelementptr ptr, ptr %buffers, i64 " + std::to_string(i));
    buffers_[kernel.buffers[i].buffer.get()] = emit("load ptr, ptr " + slot + ", !invariant.load !0");
  }
  for (std::size_t i = 0; i < phase.scratch.size(); ++i) {
    std::string slot = emit("getelementptr ptr, ptr %scratch, i64 " + std::to_string(i));
    buffers_[phase.scratch[i].buffer.get()] = emit("load ptr, ptr " + slot + ", !invariant.load !0");
  }
  for (std::size_t i = 0; i < kernel.scalars.size(); ++i) {
    std::string slot = emit("getelementptr i64, ptr %scalars, i64 " + std::to_string(i));
    scopes_.back()[kernel.scalars[i].get()] = emit("load i64, ptr " + slot + ", !invariant.load !0");
  }
  scopes_.back()[phase.begin.get()] = "%begin";
  scopes_.back()[phase.end.get()] = "%end";
}

void LlvmFunction::print(const Block& block) {
  for (const Stmt& stmt : block) std::visit([&](const auto& s) { print(s); }, stmt.as);
}

void LlvmFunction::print(const Let& let) {
  std::string name = value(let.value);
  if (let.var->rank() == 1 && let.value->rank() == 0) name = operand(let.value, lanes_of(*let.var));
  scopes_.back()[let.var.get()] = name;
  alive_.push_back(let.var);
}

void LlvmFunction::print(const Store& s) {
  i64 lanes = lanes_of(*s.value);
  DType dtype = s.buffer->dtype();
  std::string stored = to_memory(dtype, lanes, value(s.value));
  std::string type = memory_type(dtype, lanes), align = std::to_string(size_of(dtype));
  std::string where = address(s.buffer, s.index);
  if (lanes_of(*s.index) > 0) {
    std::string mask = s.mask ? operand(s.mask, lanes) : "splat";
    if (!s.mask) mask = operand(constant_int(DType::bool_, 1), lanes);
    std::string suffix = intrinsic_suffix(dtype, lanes);
    std::string pointers = "<" + std::to_string(lanes) + " x ptr>", bools = "<" + std::to_string(lanes) + " x i1>";
    module_.declare("void @llvm.masked.scatter." + suffix + ".v" + std::to_string(lanes) + "p0(" + type + ", " + pointers + ", i32 immarg, " + bools + ")");
    line("call void @llvm.masked.scatter." + suffix + ".v" + std::to_string(lanes) + "p0(" + type + " " + stored + ", " + pointers + " " + where + ", i32 " + align + ", " + bools + " " + mask + ")");
  } else if (s.mask && lanes > 0) {
    std::string suffix = intrinsic_suffix(dtype, lanes), bools = "<" + std::to_string(lanes) + " x i1>";
    module_.declare("void @llvm.masked.store." + suffix + ".p0(" + type + ", ptr, i32 immarg, " + bools + ")");
    line("call void @llvm.masked.store." + suffix + ".p0(" + type + " " + stored + ", ptr " + where + ", i32 " + align + ", " + bools + " " + operand(s.mask, lanes) + ")");
  } else {
    line("store " + type + " " + stored + ", ptr " + where + ", align " + (s.streaming ? std::to_string(size_of(dtype) * static_cast<std::size_t>(lanes)) + ", !nontemporal !1" : align));
  }
}

void LlvmFunction::print(const Prefetch& s) {
  module_.declare("void @llvm.prefetch.p0(ptr, i32 immarg, i32 immarg, i32 immarg)");
  line("call void @llvm.prefetch.p0(ptr " + address(s.buffer, s.index) + ", i32 0, i32 " + (s.near ? "3" : "2") + ", i32 1)"); // to read, into L1 or L2, data
}

void LlvmFunction::print(const For& loop) {
  std::string id = std::to_string(labels_++);
  std::string head = "head" + id, body = "body" + id, done = "done" + id;
  std::string begin = value(loop.begin), end = value(loop.end);
  std::vector<std::string> inits;
  for (const Carried& c : loop.carried) inits.push_back(operand(c.init, lanes_of(*c.var)));
  std::string from = block_;
  line("br label %" + head);
  text_ += head + ":\n";
  // The incoming values of the back edge are known only after the body: their places are filled in then.
  std::string counter = "%c" + id, next = "%n" + id, back = "@back" + id + "@";
  line(counter + " = phi i64 [ " + begin + ", %" + from + " ], [ " + next + ", %" + back + " ]");
  std::vector<std::string> holes;
  for (std::size_t k = 0; k < loop.carried.size(); ++k) {
    const Carried& c = loop.carried[k];
    std::string name = "%k" + id + "_" + std::to_string(k), hole = "@hole" + id + "_" + std::to_string(k) + "@";
    line(name + " = phi " + llvm_type(c.var->dtype(), lanes_of(*c.var)) + " [ " + inits[k] + ", %" + from + " ], [ " + hole + ", %" + back + " ]");
    scopes_.back()[c.var.get()] = name;
    alive_.push_back(c.var);
    holes.push_back(hole);
  }
  line(next + " = add i64 " + counter + ", " + std::to_string(loop.step));
  std::string test = emit("icmp sle i64 " + next + ", " + end);
  line("br i1 " + test + ", label %" + body + ", label %" + done);
  text_ += body + ":\n";
  block_ = body;
  scopes_.emplace_back();
  scopes_.back()[loop.var.get()] = counter;
  alive_.push_back(loop.var);
  print(loop.body);
  std::vector<std::pair<std::string, std::string>> fills;
  for (std::size_t k = 0; k < loop.carried.size(); ++k) fills.emplace_back(holes[k], operand(loop.carried[k].next, lanes_of(*loop.carried[k].var)));
  fills.emplace_back(back, block_);
  line("br label %" + head);
  scopes_.pop_back();
  std::size_t search = text_.rfind("\n" + head + ":\n");
  for (auto& [hole, name] : fills)
    for (std::size_t at = text_.find(hole, search); at != std::string::npos; at = text_.find(hole, at)) text_.replace(at, hole.size(), name);
  text_ += done + ":\n";
  block_ = done;
}

void LlvmFunction::print(const If& branch) {
  std::string id = std::to_string(labels_++);
  std::string then = "then" + id, after = "after" + id;
  line("br i1 " + value(branch.condition) + ", label %" + then + ", label %" + after);
  text_ += then + ":\n";
  block_ = then;
  scopes_.emplace_back();
  print(branch.body);
  scopes_.pop_back();
  line("br label %" + after);
  text_ += after + ":\n";
  block_ = after;
}

void LlvmFunction::print(const Barrier&) { throw InternalError("[llvm] a barrier belongs to phases with threads"); }
void LlvmFunction::print(const Exchange&) { throw InternalError("[llvm] an exchange belongs to phases with threads"); }

} // namespace croton::codegen
