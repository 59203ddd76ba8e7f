// Arrays as NumPy prints them.
#include "croton/function.h"
#include <cmath>
#include <iomanip>
#include <ostream>
#include <sstream>

namespace croton {

namespace {

constexpr i64 most_elements = 1000, edge = 3; // longer arrays show only the ends of each axis

std::string number_text(double v, bool single) {
  if (std::isnan(v)) return "nan";
  if (std::isinf(v)) return v < 0 ? "-inf" : "inf";
  std::ostringstream text;
  text << std::setprecision(single ? 7 : 10) << v;
  std::string s = text.str();
  return s.find_first_of(".e") == std::string::npos ? s + "." : s;
}

class Printer {
public:
  explicit Printer(const Array& array) : array_(array), short_(array.size() > most_elements) {}

  std::string text() {
    std::size_t width = 0;
    visit(0, 0, [&](i64 at) { width = std::max(width, element(at).size()); });
    width_ = width;
    return block(0, 0);
  }

private:
  std::string element(i64 at) const {
    Array flat = array_.reshape({array_.size()});
    if (array_.dtype() == DType::bool_) return flat.at<i64>({at}) ? "true" : "false";
    if (is_float(array_.dtype())) return number_text(flat.at<double>({at}), array_.dtype() == DType::f32);
    if (array_.dtype() == DType::u64) return std::to_string(static_cast<u64>(flat.at<i64>({at})));
    return std::to_string(flat.at<i64>({at}));
  }
  bool skips(i64 i, i64 n) const { return short_ && n > 2 * edge && i >= edge && i < n - edge; }

  template <class F> void visit(std::size_t axis, i64 base, F use) const {
    if (axis == array_.shape().size()) return use(base);
    i64 n = array_.shape()[axis];
    for (i64 i = 0; i < n; ++i)
      if (!skips(i, n)) visit(axis + 1, base * n + i, use);
  }

  // At most eight axes deep.
  std::string block(std::size_t axis, i64 base) const {
    if (axis == array_.shape().size()) {
      std::string e = element(base);
      return std::string(width_ - e.size(), ' ') + e;
    }
    i64 n = array_.shape()[axis];
    std::size_t below = array_.shape().size() - axis - 1;
    std::string separator = below ? std::string(below, '\n') + std::string(axis + 1, ' ') : " ", text = "[";
    for (i64 i = 0; i < n; ++i) {
      if (skips(i, n)) {
        if (i == edge) text += separator + "...";
        continue;
      }
      text += (i ? separator : "") + block(axis + 1, base * n + i);
    }
    return text + "]";
  }

  const Array& array_;
  bool short_;
  std::size_t width_ = 0;
};

} // namespace

std::string Array::to_string() const { return Printer(*this).text(); }
std::ostream& operator<<(std::ostream& out, const Array& array) { return out << array.to_string(); }

std::ostream& operator<<(std::ostream& out, const Outputs& outputs) {
  if (outputs.size() == 1) return out << outputs.single();
  for (std::size_t i = 0; i < outputs.size(); ++i) out << i << ": " << outputs[i] << "\n";
  return out;
}

} // namespace croton
