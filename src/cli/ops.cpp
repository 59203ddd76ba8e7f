// croton ops: what the records of ops say, for people and for programs that write graphs.
#include "ir/build.h"
#include "ir/manual.h"
#include "ir/op.h"
#include "ir/pattern.h"
#include "src/cli/commands.h"
#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

namespace croton::cli {

using namespace ir;

namespace {

using Json = nlohmann::ordered_json;

constexpr DType executable_dtypes[] = {DType::bool_, DType::i8, DType::i16, DType::i32, DType::i64, DType::u8,
                                       DType::u16,   DType::u32, DType::u64, DType::f32, DType::f64};

struct Operand {
  std::string name;
  bool repeats = false;
  std::string kind; ///< "tensor", "positions" (integers) or "size" (i64 scalars)
  std::vector<DType> dtypes;
};

/// An op's type at operands of these dtypes, asked from its own rule; nothing when it refuses them.
std::optional<DType> type_of(const Op& op, std::span<const DType> dtypes, int rank) {
  Args args;
  for (DType d : dtypes) args.push_back(variable("x", d, Shape(static_cast<std::size_t>(rank), constant_dim(2))));
  Attrs attrs;
  for (const AttrSpec& spec : op.attr_specs) {
    if (spec.kind == "dtype") attrs.set(spec.name, args.empty() ? DType::f32 : args[0]->dtype());
    else if (spec.kind == "ints") attrs.set(spec.name, std::vector<i64>{0});
    else attrs.set(spec.name, i64(0));
  }
  try {
    return make(op, std::move(args), std::move(attrs))->dtype();
  } catch (const Error&) {
    return {};
  }
}

// How an operand is used follows from the body and, for the scalars of views, from the names that records give them.
std::vector<Operand> operands_of(const Op& op) {
  static constexpr std::string_view sizes[] = {"dims", "start", "size", "rows"};
  std::vector<Operand> operands;
  for (std::size_t i = 0; i < op.params.size(); ++i) {
    Operand o{std::string(op.params[i]), false, "tensor", {}};
    if (o.name.ends_with("...")) {
      o.name.resize(o.name.size() - 3);
      o.repeats = true;
    }
    auto* indexed = std::get_if<Indexed>(&op.body);
    auto* scatter = std::get_if<Scatter>(&op.body);
    int positions = indexed ? indexed->index_arg : scatter ? scatter->index_arg : -1;
    bool scalars = !std::holds_alternative<Pointwise>(op.body) && std::find(std::begin(sizes), std::end(sizes), o.name) != std::end(sizes);
    if (static_cast<int>(i) == positions) o.kind = "positions";
    else if (scalars) o.kind = "size";
    for (DType d : executable_dtypes) {
      bool fits = o.kind == "positions" ? is_integer(d) : o.kind == "size" ? d == DType::i64 : accepts(op.accepts, d);
      if (fits) o.dtypes.push_back(d);
    }
    operands.push_back(std::move(o));
  }
  return operands;
}

// A Pointwise op takes operands of one dtype, but a condition in front of others is bool: the rule itself is asked.
void ask_rule(const Op& op, std::vector<Operand>& operands) {
  if (!std::holds_alternative<Pointwise>(op.body) || operands.empty()) return;
  std::vector<DType> uniform, behind_bool;
  for (DType d : executable_dtypes) {
    std::vector<DType> same(operands.size(), d), first_bool = same;
    first_bool[0] = DType::bool_;
    if (type_of(op, same, 0)) uniform.push_back(d);
    if (type_of(op, first_bool, 0)) behind_bool.push_back(d);
  }
  bool condition = behind_bool.size() > uniform.size();
  for (std::size_t i = 0; i < operands.size(); ++i) {
    if (condition && i == 0) operands[i].dtypes = {DType::bool_};
    else operands[i].dtypes = condition ? behind_bool : uniform;
  }
}

std::string result_rule(const Op& op, const std::vector<Operand>& operands) {
  auto has_dtype = std::any_of(op.attr_specs.begin(), op.attr_specs.end(), [](auto& s) { return s.kind == "dtype"; });
  if (auto* p = std::get_if<Pointwise>(&op.body)) {
    if (p->result == Pointwise::Result::boolean) return "bool";
    if (p->result == Pointwise::Result::attribute) return "the attribute dtype";
    return "that of " + operands.back().name;
  }
  if (has_dtype) return "the attribute dtype";
  if (std::holds_alternative<Opaque>(op.body)) return "that of the signature";
  if (operands.empty()) return "i64";
  std::vector<DType> same{operands[0].dtypes.empty() ? DType::f32 : operands[0].dtypes.front()}, last{operands[0].dtypes.empty() ? DType::f32 : operands[0].dtypes.back()};
  auto first_result = type_of(op, same, 1), last_result = type_of(op, last, 1);
  bool fixed = std::holds_alternative<Reduction>(op.body) && first_result && last_result && *first_result == *last_result;
  return fixed ? std::string(name(*first_result)) : "that of " + operands[0].name;
}

std::string gradient(const Op& op) {
  if (!op.differentiable) return "zero";
  return op.vjp ? "yes" : "none";
}

Json described(const Op& op) {
  std::vector<Operand> operands = operands_of(op);
  ask_rule(op, operands);
  Json operand_list = Json::array(), attributes = Json::array(), domain = Json::array();
  std::size_t tensors = 0;
  for (const Operand& o : operands) {
    Json dtypes = Json::array();
    for (DType d : o.dtypes) dtypes.push_back(std::string(name(d)));
    operand_list.push_back({{"name", o.name}, {"kind", o.kind}, {"repeats", o.repeats}, {"dtypes", dtypes}});
    if (o.kind != "tensor") continue;
    Domain d = tensors < op.domain.size() ? op.domain[tensors] : Domain{};
    ++tensors;
    if (o.dtypes == std::vector{DType::bool_}) continue;
    domain.push_back({{"operand", o.name}, {"low", d.low}, {"high", d.high}});
  }
  for (const AttrSpec& spec : op.attr_specs) attributes.push_back({{"name", std::string(spec.name)}, {"kind", std::string(spec.kind)}, {"doc", std::string(spec.doc)}});
  bool repeats = !operands.empty() && operands.back().repeats;
  Json most = repeats ? Json(nullptr) : Json(operands.size());
  // What repeats may be absent, but for the operands of a join.
  std::size_t least = operands.size() - (repeats && (operands.back().kind == "size" || std::holds_alternative<Opaque>(op.body)) ? 1 : 0);
  Json result{{"name", std::string(op.name)}, {"doc", std::string(op.doc)}, {"group", std::string(op.group)}, {"body", std::string(body_name(op))},
              {"operands", operand_list}, {"arity", {{"min", least}, {"max", most}}}, {"attributes", attributes},
              {"result_dtype", result_rule(op, operands)}, {"domain", domain}, {"gradient", gradient(op)}, {"commutative", op.commutative}};
  if (auto* p = std::get_if<Pointwise>(&op.body)) result["ulp"] = {{"f32", p->ulp.f32}, {"f64", p->ulp.f64}};
  return result;
}

std::string signature(const Op& op) {
  std::string text = std::string(op.name) + "(";
  std::string_view separator;
  for (auto param : op.params) text += std::string(std::exchange(separator, ", ")) + std::string(param);
  for (auto& spec : op.attr_specs) text += std::string(std::exchange(separator, ", ")) + std::string(spec.name) + "=";
  return text + ")";
}

std::string number(const Json& value) {
  char text[32];
  std::snprintf(text, sizeof text, "%g", value.get<double>());
  return text;
}

void print_page(const Op& op) {
  Json j = described(op);
  std::cout << signature(op) << "\n  " << op.doc << "\n";
  auto line = [](std::string_view key, const std::string& value) { std::cout << "  " << key << std::string(14 - key.size(), ' ') << value << "\n"; };
  line("group", std::string(op.group) + (op.group == body_name(op) ? "" : ", " + std::string(body_name(op))));
  for (auto& o : j["operands"]) {
    std::string dtypes;
    for (auto& d : o["dtypes"]) dtypes += " " + d.get<std::string>();
    std::string domain;
    for (auto& d : j["domain"])
      if (d["operand"] == o["name"]) domain = ", tested in [" + number(d["low"]) + ", " + number(d["high"]) + "]";
    line("operand", o["name"].get<std::string>() + (o["repeats"].get<bool>() ? "...:" : ":") + (o["kind"] == "size" ? " i64 scalar" : dtypes) + domain);
  }
  for (auto& a : j["attributes"]) line("attribute", a["name"].get<std::string>() + ": " + a["kind"].get<std::string>() + ", " + a["doc"].get<std::string>());
  line("result dtype", j["result_dtype"]);
  std::string g = j["gradient"];
  line("gradient", g == "none" ? "none: an error" : g);
  if (j.contains("ulp")) line("accuracy", number(j["ulp"]["f32"]) + " ulp in f32, " + number(j["ulp"]["f64"]) + " ulp in f64");
}

void print_list() {
  std::string_view group;
  for (const Op* op : all_ops()) {
    if (is_internal(*op)) continue;
    if (op->group != group) std::cout << (group.empty() ? "" : "\n") << (group = op->group) << "\n";
    std::string s = signature(*op);
    std::cout << "  " << s << std::string(s.size() < 38 ? 38 - s.size() : 1, ' ') << op->doc << "\n";
  }
}

} // namespace

void add_ops(CLI::App& program) {
  auto* ops = program.add_subcommand("ops", "List the ops a document can use, or describe one");
  auto wanted = std::make_shared<std::string>();
  auto json = std::make_shared<bool>(false);
  ops->add_option("NAME", *wanted, "An op")->type_name("");
  ops->add_flag("--json", *json, "For scripts: operands, arity, attributes, dtypes, domains");
  ops->footer("Examples:\n  croton ops\n  croton ops logsumexp\n  croton ops --json | python3 -m json.tool");
  ops->callback([wanted, json] {
    const Op* one = wanted->empty() ? nullptr : find_op(*wanted);
    if (!wanted->empty() && (!one || is_internal(*one))) throw ValueError("there is no op named " + quoted_text(wanted->substr(0, 60)) + ". See `croton ops`.");
    if (!*json) return one ? print_page(*one) : print_list();
    if (one) {
      std::cout << described(*one).dump(1) << "\n";
      return;
    }
    std::cout << "[";
    std::string_view separator = "\n ";
    for (const Op* op : all_ops())
      if (!is_internal(*op)) std::cout << std::exchange(separator, ",\n ") << described(*op).dump();
    std::cout << "\n]\n";
  });
}

} // namespace croton::cli
