// vectorize: a scalar expression in a loop variable → the same expression for neighbouring iterations side by side.
//
// Needs: expressions of a nest. Establishes: loads whose index moves by one per lane are vloads, others gathers; whatever
// does not depend on the variable stays scalar.
#pragma once
#include "ir/kernel.h"
#include "ir/node_map.h"
#include <unordered_map>

namespace croton::passes {

class Vectorizer {
public:
  /// Lane k stands for iteration base + k of `var`; where `mask` is given and false, memory is not touched.
  Vectorizer(ir::Ref var, ir::Ref base, i64 lanes, ir::Ref mask = nullptr);
  ir::Ref operator()(const ir::Ref& expression);

private:
  ir::Ref var_, base_, mask_;
  i64 lanes_;
  ir::NodeMap<ir::Ref> done_;
  std::vector<ir::Ref> alive_; ///< keys of `done_` must not be freed and reused
  ir::Ref rewrite(const ir::Node& node);
  ir::Ref rewrite_load(const ir::Node& node);
};

/// Replaces registers by values.
ir::Ref replace(const ir::Ref& expression, const std::unordered_map<const ir::Node*, ir::Ref>& values);

/// A scalar repeated in every lane; vectors stay.
ir::Ref splat(const ir::Ref& x, i64 lanes);

} // namespace croton::passes
