#include "tests/devices/agreement.h"
#include "src/driver/planner.h"

namespace croton::test {

using namespace ir;

bool has_library_product(const Case& c) {
  if (c.strict) return false;
  for (const Node* n : post_order(c.outputs))
    if (body_of<Contraction>(*n) && is_float(n->dtype())) return true;
  return false;
}

std::string wrong_on(const Executable& device, const Case& c) {
  Arrays got = run(device, c);
  // Blocks of threads reduce by a tree of their own unless it has to be the same everywhere.
  bool own_tree = !c.strict && device.built()->kernels.size() && device.built()->kernels[0].phases[0].threads.count > 0;
  return has_library_product(c) || own_tree ? difference(got, with_last_rounding(expected_of(c))) : bit_difference(got, run_on("host", c));
}

} // namespace croton::test
