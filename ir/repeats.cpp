#include "ir/repeats.h"
#include "ir/op.h"
#include <unordered_map>

namespace croton::ir {

namespace {
constexpr std::size_t longest_period = 64, fewest_repeats = 3;
} // namespace

std::vector<std::size_t> signatures(std::span<const Node* const> order) {
  std::unordered_map<const Node*, std::size_t> place;
  std::vector<std::size_t> result;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const Node& n = *order[i];
    std::size_t h = hash_combine(hash_text(n.op->name), static_cast<std::size_t>(n.dtype()));
    for (const Ref& d : n.shape()) h = hash_combine(h, d->hash);
    for (auto& [key, value] : n.attrs.entries())
      if (key != "name" && key != "state") h = hash_combine(h, Attrs{{key, value}}.hash());
    for (const Ref& a : n.args) {
      auto above = place.find(a.get());
      h = hash_combine(h, above == place.end() ? a->hash : i - above->second);
    }
    place.emplace(&n, i);
    result.push_back(h);
  }
  return result;
}

Repeat repeat_at(const std::vector<std::size_t>& s, std::size_t at) {
  Repeat best;
  for (std::size_t period = 1; period <= longest_period && at + period * fewest_repeats <= s.size(); ++period) {
    std::size_t same = at;
    while (same + period < s.size() && s[same] == s[same + period]) ++same;
    std::size_t count = (same - at) / period + 1;
    if (count >= fewest_repeats && period * (count - 1) > best.period * (best.count ? best.count - 1 : 0)) best = {period, count};
  }
  return best;
}

} // namespace croton::ir
