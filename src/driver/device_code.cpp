#include "src/driver/device_code.h"
#include "src/driver/raw.h"
#include <algorithm>
#include <chrono>

namespace croton::driver {

using namespace ir;

namespace {
bool is_narrow(int number) { return number < code_number(false, false); }
bool is_rare(int number) { return number == code_number(true, true) || number == code_number(false, true); }
} // namespace

codegen::CSource device_source(const BuiltProgram& built, const codegen::CLanguage& language, int number) {
  auto wanted = [&](std::size_t kernel, std::size_t phase) { return built.kernels[kernel].phases[phase].rare == is_rare(number); };
  std::vector<Ref> raws = number == usual_code(built) ? raw_nodes(built.plan) : std::vector<Ref>{};
  if (!is_narrow(number)) return codegen::c_module(built.kernels, language, raws, wanted);
  std::vector<Kernel> narrow;
  for (const passes::NarrowIndices& k : built.narrow) narrow.push_back(k.kernel());
  return codegen::c_module(narrow, language, raws, wanted);
}

std::string device_text(const BuiltProgram& built, const codegen::CLanguage& language, std::string_view stage) {
  if (!stage.starts_with("source")) return "";
  bool narrow = !built.narrow.empty();
  for (auto& [name, number] : {std::pair(std::string_view("source"), code_number(narrow, false)), {"source.rare", code_number(narrow, true)}, {"source.wide", code_number(false, false)}, {"source.wide.rare", code_number(false, true)}})
    if (stage == name) return device_source(built, language, number).text;
  return "";
}

DeviceCode::DeviceCode(const BuiltProgram& built, const codegen::CLanguage& language, runtime::DevicePtr device, const Program& program)
    : built_(built), language_(language), device_(std::move(device)), name_(program.name), compilations_(program.compilations) {
  int usual = usual_code(built);
  loaded_[static_cast<std::size_t>(usual)] = load(usual);
  ready_ = 1u << usual;
  const Loaded& loaded = loaded_[static_cast<std::size_t>(usual)];
  from_cache_ = loaded.module && loaded.module->from_cache;
}

void DeviceCode::need(unsigned codes) const {
  if ((codes & ~ready_.load(std::memory_order_acquire)) == 0) return;
  std::lock_guard lock(mutex_);
  for (int number = 0; number < code_count; ++number) {
    unsigned bit = 1u << number;
    if (!(codes & bit) || (ready_.load(std::memory_order_relaxed) & bit)) continue;
    auto start = std::chrono::steady_clock::now();
    Loaded& fresh = loaded_[static_cast<std::size_t>(number)] = load(number);
    ready_.fetch_or(bit, std::memory_order_release);
    double ms = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
    if (compilations_) compilations_->add({late_cause, LocationScope::current(), ms, fresh.module && fresh.module->from_cache});
  }
}

DeviceCode::Loaded DeviceCode::load(int number) const {
  codegen::CSource source = device_source(built_, language_, number);
  Loaded loaded;
  std::vector<std::string> names;
  auto number_of = [&](const std::string& entry) {
    auto known = std::find(names.begin(), names.end(), entry);
    auto found = static_cast<std::size_t>(known - names.begin());
    if (known == names.end() && !entry.empty()) names.push_back(entry);
    return found;
  };
  for (const auto& phases : source.entries) {
    auto& numbers = loaded.entries.emplace_back();
    for (const std::string& entry : phases) numbers.push_back(number_of(entry));
  }
  std::size_t raw = 0;
  if (number == usual_code(built_))
    for (const Step& s : built_.plan.steps)
      if (auto* step = std::get_if<RawStep>(&s)) loaded.raw_entries[step] = number_of(source.raw_entries.at(raw++));
  if (!names.empty()) loaded.module = device_->load(source.text, names, name_);
  return loaded;
}

} // namespace croton::driver
