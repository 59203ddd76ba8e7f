// What rules rewrite, on devices: the left side of every rule of algebra goes through the whole pipeline.
#include "ir/text.h"
#include "tests/devices/agreement.h"
#include "tests/devices/present.h"
#include "tests/support/catch.h"
#include "tests/support/rule_cases.h"
#include <algorithm>

using namespace croton;
using namespace croton::ir;
using namespace croton::test;

namespace {

/// One case of each rule for each dtype of its result.
std::vector<Ref> left_sides() {
  std::vector<Ref> all;
  for (const auto& rule : passes::all_rules()) {
    if (!rule->algebra) continue;
    std::set<DType> seen;
    for (const RuleCase& c : rule_cases(*rule))
      if (seen.insert(c.left->dtype()).second) all.push_back(c.left);
  }
  return all;
}

Case case_of(std::vector<Ref> outputs, std::mt19937_64& rng) {
  Case c;
  c.outputs = std::move(outputs);
  for (const Node* n : post_order(c.outputs)) {
    if (!is_variable(*n)) continue;
    c.inputs.push_back(Ref(n));
    c.values.push_back(rule_values(Ref(n), false, rng).at(Ref(n)));
  }
  return c;
}

} // namespace

TEST_CASE("what every rule rewrites", "[devices][rules]") {
  constexpr std::size_t at_once = 40;
  const std::vector<Ref> all = left_sides();
  CHECK(all.size() > 200);
  for (const std::string& device : present_devices()) {
    std::mt19937_64 rng(3);
    for (std::size_t from = 0; from < all.size(); from += at_once) {
      auto end = all.begin() + static_cast<std::ptrdiff_t>(std::min(from + at_once, all.size()));
      Case c = case_of({all.begin() + static_cast<std::ptrdiff_t>(from), end}, rng);
      std::string wrong = wrong_on(*compile(program_of(c), device), c);
      CHECK_NOTHING_WRONG(wrong, device << ": " << wrong << "\n" << to_text(c.outputs).substr(0, 3000));
    }
  }
}
