// Which axes a function works on.
#pragma once
#include <initializer_list>
#include <vector>

namespace croton {

/// One axis, several, or every axis; negative axes count from the end. `{}` is no axis at all.
class Axes {
public:
  Axes(int axis) : list_{axis} {}
  Axes(std::initializer_list<int> axes) : list_(axes) {}
  Axes(std::vector<int> axes) : list_(std::move(axes)) {}
  static Axes every() {
    Axes axes{};
    axes.every_ = true;
    return axes;
  }
  bool is_every() const { return every_; }
  const std::vector<int>& list() const { return list_; }

private:
  std::vector<int> list_;
  bool every_ = false;
};

/// Whether reduced axes stay with size 1, ready to broadcast against the operand: `sum(x, 1, keepdims)`.
enum class KeepDims : bool { no, yes };
inline constexpr KeepDims keepdims = KeepDims::yes;

} // namespace croton
