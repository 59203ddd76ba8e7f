#include "ir/raw.h"
#include "ir/build.h"
#include "ir/forms.h"
#include "ir/pattern.h"
#include <algorithm>
#include <deque>
#include <mutex>

namespace croton::ir {

namespace {

// ---- reading a signature --------------------------------------------------------------------------------------

class SignatureParser {
public:
  explicit SignatureParser(std::string_view text) : text_(text) {}

  RawSignature parse() {
    RawSignature s;
    while (!accept("->")) {
      if (!s.operands.empty()) expect(",");
      s.operands.push_back(tensor());
    }
    s.result = tensor();
    skip();
    if (at_ < text_.size() && text_[at_] == ',') throw UnsupportedError("[raw_kernel] signature column " + std::to_string(at_ + 1) + ": a kernel of several results is not built yet. Pack them into one result, or write a kernel for each.");
    if (at_ < text_.size()) fail("expected the end");
    check(s);
    return s;
  }

private:
  std::string_view text_;
  std::size_t at_ = 0;

  [[noreturn]] void fail(const std::string& expected) const {
    std::string found = at_ < text_.size() ? quoted_text(text_.substr(at_, 20)) : "the end";
    throw ValueError("[raw_kernel] signature column " + std::to_string(at_ + 1) + ": found " + found + ", " + expected + ".");
  }
  void skip() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n')) ++at_;
  }
  bool accept(std::string_view symbol) {
    skip();
    if (!text_.substr(at_).starts_with(symbol)) return false;
    at_ += symbol.size();
    return true;
  }
  void expect(std::string_view symbol) {
    if (!accept(symbol)) fail("expected '" + std::string(symbol) + "'");
  }
  std::string word() {
    skip();
    std::size_t end = at_;
    while (end < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[end])) || text_[end] == '_')) ++end;
    std::string found(text_.substr(at_, end - at_));
    if (!is_identifier(found)) fail("expected a name");
    at_ = end;
    return found;
  }

  // "x: f32[..., n]"
  RawTensor tensor() {
    RawTensor t;
    t.name = word();
    expect(":");
    skip();
    std::size_t before = at_;
    auto dtype = dtype_named(word());
    if (!dtype) at_ = before, fail("expected a dtype");
    t.dtype = *dtype;
    if (!accept("[") || accept("]")) return t;
    if (accept("...")) {
      t.has_leading = true;
      if (accept("]")) return t;
      expect(",");
    }
    do t.dims.push_back(dim());
    while (accept(","));
    expect("]");
    return t;
  }

  // Up to the comma or bracket that ends it.
  Dim dim() {
    skip();
    std::size_t end = at_;
    for (int depth = 0; end < text_.size(); ++end) {
      char c = text_[end];
      if (depth == 0 && (c == ',' || c == ']')) break;
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
    }
    try {
      Dim d = parse_dim(text_.substr(at_, end - at_));
      at_ = end;
      return d;
    } catch (const Error&) {
      fail("expected a size: a number, a symbol or arithmetic on them");
    }
  }

  static bool is_symbol(const Node& n) {
    static const Op* const dim = find_op("dim");
    return n.op == dim;
  }

  void check(RawSignature& s) {
    std::vector<const RawTensor*> all;
    for (const RawTensor& t : s.operands) all.push_back(&t);
    all.push_back(&s.result);
    bool leading = false;
    std::vector<Ref> alone;
    for (const RawTensor& t : s.operands) {
      leading |= t.has_leading;
      for (const Dim& d : t.dims)
        if (is_symbol(*d)) alone.push_back(d);
    }
    if (s.result.has_leading && !leading) throw ValueError("[raw_kernel] the result has '...', which no operand has: its axes are not known.");
    for (const RawTensor* t : all)
      for (const Dim& d : t->dims)
        for (const Node* n : post_order(d)) {
          if (!is_symbol(*n) || std::find(s.sizes.begin(), s.sizes.end(), Ref(n)) != s.sizes.end()) continue;
          if (std::find(alone.begin(), alone.end(), Ref(n)) == alone.end())
            throw ValueError("[raw_kernel] the size '" + std::string(user_name(*n)) + "' stands alone on no operand's axis: its value is not known.");
          s.sizes.push_back(Ref(n));
        }
    std::vector<std::string_view> names{"i", "items", "shared"}; // the frame's own
    for (int d = 0; d < dtype_count; ++d) names.push_back(croton::name(static_cast<DType>(d)));
    auto take = [&](std::string_view name) {
      if (std::find(names.begin(), names.end(), name) != names.end() || name.starts_with("croton_"))
        throw ValueError("[raw_kernel] the name '" + std::string(name) + "' is taken already. Operands, result and sizes need names of their own, other than i, items, shared and dtypes.");
      names.push_back(name);
    };
    for (const RawTensor* t : all) take(t->name);
    for (const Ref& size : s.sizes) {
      if (!is_identifier(user_name(*size))) throw ValueError("[raw_kernel] the size '" + std::string(user_name(*size)) + "' is no identifier: the body could not name it.");
      take(user_name(*size));
    }
  }
};

// "n // 256, m"
std::vector<Dim> dims_of(const std::string& text) {
  std::vector<Dim> dims;
  if (text.empty()) return dims;
  for (const Pattern& p : parse_pattern("[" + text + "]").args) dims.push_back(dim_of(p));
  return dims;
}

} // namespace

RawSignature parse_signature(std::string_view text) { return SignatureParser(text).parse(); }

std::string to_string(const RawTensor& t) {
  std::string text = t.name + ": " + std::string(name(t.dtype));
  if (t.dims.empty() && !t.has_leading) return text;
  text += t.has_leading ? "[..." : "[";
  for (std::size_t i = 0; i < t.dims.size(); ++i) text += (i || t.has_leading ? ", " : "") + to_string(t.dims[i]);
  return text + "]";
}

// ---- sizes ----------------------------------------------------------------------------------------------------

Dim RawSizes::at(const Dim& expression) const {
  return substitute(std::span(&expression, 1), [&](const Node& n) {
    auto found = std::find(symbols.begin(), symbols.end(), Ref(&n));
    return found == symbols.end() ? Ref() : values[static_cast<std::size_t>(found - symbols.begin())];
  })[0];
}

RawSizes bind_sizes(const RawSignature& s, const Args& operands, const Require& require) {
  RawSizes sizes;
  bool leading = false;
  auto behind = [](const RawTensor& t, const Ref& x) { return x->shape().size() - t.dims.size(); };
  for (std::size_t k = 0; k < operands.size(); ++k) {
    const RawTensor& t = s.operands[k];
    const Shape& shape = operands[k]->shape();
    std::size_t first = behind(t, operands[k]);
    if (t.has_leading && !std::exchange(leading, true)) sizes.leading.assign(shape.begin(), shape.begin() + static_cast<std::ptrdiff_t>(first));
    for (std::size_t i = 0; i < t.dims.size(); ++i) {
      bool is_size = std::find(s.sizes.begin(), s.sizes.end(), t.dims[i]) != s.sizes.end();
      if (!is_size || std::find(sizes.symbols.begin(), sizes.symbols.end(), t.dims[i]) != sizes.symbols.end()) continue;
      sizes.symbols.push_back(t.dims[i]);
      sizes.values.push_back(shape[first + i]);
    }
  }
  for (std::size_t k = 0; k < operands.size(); ++k) {
    const RawTensor& t = s.operands[k];
    const Shape& shape = operands[k]->shape();
    std::size_t first = behind(t, operands[k]);
    if (t.has_leading)
      for (std::size_t i = 0; i < first && i < sizes.leading.size(); ++i) require(shape[i], true, sizes.leading[i]);
    for (std::size_t i = 0; i < t.dims.size(); ++i) require(shape[first + i], true, sizes.at(t.dims[i]));
  }
  return sizes;
}

// ---- nodes ----------------------------------------------------------------------------------------------------

std::string_view name(RawLanguage language) {
  switch (language) {
  case RawLanguage::c: return "C";
  case RawLanguage::opencl: return "OpenCL C";
  case RawLanguage::cuda: return "CUDA C";
  }
  return "";
}

std::string_view attribute(RawLanguage language) {
  switch (language) {
  case RawLanguage::c: return "c";
  case RawLanguage::opencl: return "opencl";
  case RawLanguage::cuda: return "cuda";
  }
  return "";
}

bool is_raw(const Node& node) {
  static const Op* const raw = find_op("raw");
  return node.op == raw;
}

namespace {

// The launch is an expression of the signature's sizes.
void check_geometry(const RawKernel& k) {
  auto refuse = [&](const std::string& what) { throw ValueError("[" + k.name + "] " + what); };
  if (k.groups.size() > 3 || k.threads.size() > 3) refuse("a launch has at most three axes of groups and of threads.");
  if (k.groups.empty() && (!k.threads.empty() || k.shared)) refuse("threads or shared memory are given without groups: say how many groups there are.");
  std::vector<Ref> all = k.groups;
  all.insert(all.end(), k.threads.begin(), k.threads.end());
  all.insert(all.end(), {k.items, k.shared});
  for (const Node* n : post_order(all)) {
    bool symbol = n->args.empty() && !constant_value(Ref(n));
    if (symbol && std::find(k.signature.sizes.begin(), k.signature.sizes.end(), Ref(n)) == k.signature.sizes.end())
      refuse("the launch names '" + std::string(user_name(*n)) + "', which is no size of the signature.");
  }
}

Dim one_dim(const Attrs& attrs, std::string_view key) {
  std::vector<Dim> dims = dims_of(attrs.text(key));
  if (dims.size() > 1) throw ValueError("[" + attrs.text("name") + "] " + std::string(key) + " is " + std::to_string(dims.size()) + " sizes, expected one.");
  return dims.empty() ? Dim() : dims[0];
}

} // namespace

RawKernel raw_kernel_of(const Attrs& attrs) {
  RawKernel k;
  k.name = attrs.text("name");
  if (!is_identifier(k.name)) throw ValueError("[raw_kernel] the name " + quoted_text(k.name.substr(0, 60)) + " is no identifier: use letters, digits and _.");
  k.signature = parse_signature(attrs.text("signature"));
  k.zeroed = attrs.integer("zeroed") != 0;
  k.items = one_dim(attrs, "items");
  k.groups = dims_of(attrs.text("groups"));
  k.threads = dims_of(attrs.text("threads"));
  k.shared = one_dim(attrs, "shared");
  check_geometry(k);
  return k;
}

RawBody raw_body_of(const Attrs& attrs, RawLanguage language) {
  switch (language) {
  case RawLanguage::c: return {attrs.text("c"), attrs.text("c_preamble")};
  case RawLanguage::opencl: return {attrs.text("opencl"), attrs.text("opencl_preamble")};
  case RawLanguage::cuda: return {attrs.text("cuda"), attrs.text("cuda_preamble")};
  }
  return {};
}

// ---- functions ------------------------------------------------------------------------------------------------

namespace {

struct Kept {
  std::string name, signature;
  RawFunctions functions;
};
struct Registry {
  std::mutex mutex;
  std::deque<Kept> kept; // stable addresses
};
Registry& registry() {
  static auto* r = new Registry; // leaked: nodes outlive static destructors
  return *r;
}

} // namespace

i64 keep_functions(std::string name, std::string signature, RawFunctions functions) {
  Registry& r = registry();
  std::lock_guard lock(r.mutex);
  r.kept.push_back({std::move(name), std::move(signature), std::move(functions)});
  return static_cast<i64>(r.kept.size());
}

// A number in a text or document proves nothing: the functions must be those of such a kernel.
const RawFunctions* functions_of(const Node& n) {
  i64 id = n.attrs.integer("functions");
  Registry& r = registry();
  std::lock_guard lock(r.mutex);
  if (id <= 0 || id > static_cast<i64>(r.kept.size())) return nullptr;
  const Kept& k = r.kept[static_cast<std::size_t>(id - 1)];
  return k.name == n.attrs.text("name") && k.signature == n.attrs.text("signature") ? &k.functions : nullptr;
}

bool has_value_on_host(const Node& n) {
  if (!is_raw(n)) return true;
  const RawFunctions* f = functions_of(n);
  return f && f->reference;
}

std::string_view lost_functions(const Node& n) {
  return n.attrs.integer("functions") < 0 ? " The graph comes from a document, which cannot carry the C++ functions that it had." : "";
}

} // namespace croton::ir
