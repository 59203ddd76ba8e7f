// The text form for people: the user's lines, repeated structure folded, long graphs cut.
#include "ir/build.h"
#include "ir/op.h"
#include "ir/repeats.h"
#include "ir/text.h"

namespace croton::ir {

namespace {

struct Lines {
  std::vector<std::string> text;
  std::vector<const Node*> node; ///< one for each but the last
};

Lines lines_of(std::span<const Ref> roots) {
  Lines lines;
  std::string all = to_text(roots, lines.node);
  for (std::size_t at = 0; at < all.size();) {
    std::size_t end = all.find('\n', at);
    lines.text.push_back(all.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

class Outline {
public:
  Outline(const Lines& lines) : lines_(lines) {}

  std::string whole() {
    for (std::size_t i = 0; i < lines_.node.size(); ++i) show(i);
    return finish();
  }

  std::string folded(std::size_t most) {
    auto s = signatures(lines_.node);
    for (std::size_t i = 0; i < s.size();) {
      Repeat r = repeat_at(s, i);
      std::size_t shown = r.count ? r.period : 1;
      for (std::size_t k = 0; k < shown; ++k) show(i + k);
      if (r.count) {
        std::size_t left = r.period * (r.count - 1);
        note("the " + (r.period == 1 ? "line" : std::to_string(r.period) + " lines") + " above, " + std::to_string(r.count - 1) + " more times: " + std::to_string(left) + " nodes, to " + label(i + r.period * r.count - 1));
        shown += left;
      }
      i += shown;
    }
    cut(most);
    return finish();
  }

private:
  const Lines& lines_;
  std::vector<std::string> out_;
  Location here_;

  void show(std::size_t i) {
    Location where = lines_.node[i]->where;
    if (to_string(where) != to_string(here_)) {
      out_.push_back(where ? "# " + to_string(where) : "# of no line");
      here_ = where;
    }
    out_.push_back(lines_.text[i]);
  }
  void note(const std::string& text) { out_.push_back("# … " + text); }
  std::string label(std::size_t i) const { return lines_.text[i].substr(0, lines_.text[i].find(" = ")); }

  void cut(std::size_t most) {
    if (out_.size() <= most) return;
    std::size_t head = most / 2, tail = most - head, left = out_.size() - head - tail;
    std::vector<std::string> kept(out_.begin(), out_.begin() + static_cast<std::ptrdiff_t>(head));
    kept.push_back("# … " + std::to_string(left) + " lines left out: the limit is " + std::to_string(most) + " of " + std::to_string(lines_.node.size()) + " nodes");
    kept.insert(kept.end(), out_.end() - static_cast<std::ptrdiff_t>(tail), out_.end());
    out_ = std::move(kept);
  }

  std::string finish() {
    std::string text;
    for (const std::string& line : out_) text += line + "\n";
    return text + lines_.text.back() + "\n";
  }
};

} // namespace

std::string to_outline(std::span<const Ref> roots, std::size_t max_nodes) {
  Lines lines = lines_of(roots);
  Outline outline(lines);
  return max_nodes == 0 || lines.node.size() <= max_nodes ? outline.whole() : outline.folded(max_nodes);
}

} // namespace croton::ir
