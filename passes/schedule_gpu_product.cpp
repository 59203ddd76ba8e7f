#include "passes/schedule_gpu_product.h"
#include "passes/schedule_base.h"

namespace croton::passes {

using namespace ir;

namespace {

constexpr i64 own = 4;    ///< rows and columns of C that a thread keeps
constexpr i64 slice = 16; ///< of k, in shared memory at a time

Ref number(i64 value) { return constant_dim(value); }
Ref both(const Ref& a, const Ref& b) { return call("logical_and", {a, b}); }
Ref below(const Ref& a, const Ref& b) { return call("less", {a, b}); }

class GpuProduct {
public:
  GpuProduct(const ProductNest& nest, const GpuFacts& facts) : nest_(nest), dtype_(nest.c->dtype()), side_(facts.threads >= 256 ? 16 : 8), tile_(own * side_) {}

  ScheduledKernel run() {
    ScheduledKernel result;
    Kernel& kernel = result.kernel;
    kernel.name = nest_.name;
    kernel.buffers = {{nest_.a, false}, {nest_.b, false}, {nest_.c, true}};
    Ref down = up(nest_.m), across = up(nest_.n);
    Phase phase;
    phase.begin = fresh("begin", DType::i64);
    phase.end = fresh("end", DType::i64);
    phase.extent = index_mul(nest_.batch, index_mul(down, across));
    phase.work = number(1);
    thread_ = fresh("thread", DType::i64);
    // One element more than a tile: threads that store a column of A meet different banks.
    a_tile_ = buffer_of("a.tile", dtype_);
    b_tile_ = buffer_of("b.tile", dtype_);
    phase.threads = {side_ * side_, thread_, {{a_tile_, number(slice * (tile_ + 1))}, {b_tile_, number(slice * (tile_ + 1))}}};
    x_ = bind(phase.body, "x", call("bitwise_and", {thread_, number(side_ - 1)}));
    y_ = bind(phase.body, "y", call("quotient", {thread_, number(side_)}));
    For tiles{fresh("t", DType::i64), phase.begin, phase.end};
    Block& body = tiles.body;
    Ref rest = bind(body, "rest", call("quotient", {tiles.var, across}));
    Ref column = bind(body, "column", index_mul(index_sub(tiles.var, index_mul(rest, across)), number(tile_)));
    Ref batch = bind(body, "batch", call("quotient", {rest, down}));
    Ref row = bind(body, "row", index_mul(index_sub(rest, index_mul(batch, down)), number(tile_)));
    std::vector<Ref> sums = accumulate(body, batch, row, column);
    Ref c = bind(body, "c", index_mul(batch, index_mul(nest_.m, nest_.n)));
    for (i64 i = 0; i < own; ++i)
      for (i64 j = 0; j < own; ++j) {
        Ref at_row = index_add(row, index_add(y_, number(i * side_))), at_column = index_add(column, index_add(x_, number(j * side_)));
        Ref inside = whole(nest_.m, tile_) && whole(nest_.n, tile_) ? Ref() : both(below(at_row, nest_.m), below(at_column, nest_.n));
        body.push_back({Store{nest_.c, index_add(index_add(c, index_mul(at_row, nest_.n)), at_column), sums[static_cast<std::size_t>(i * own + j)], inside}});
      }
    phase.body.push_back({std::move(tiles)});
    kernel.phases.push_back(std::move(phase));
    collect_scalars(kernel);
    return result;
  }

private:
  const ProductNest& nest_;
  const DType dtype_;
  const i64 side_, tile_;
  int names_ = 0;
  Ref thread_, x_, y_, a_tile_, b_tile_;

  Ref fresh(const char* stem, DType dtype) { return register_of(stem + ("." + std::to_string(names_++)), dtype); }
  Ref bind(Block& out, const char* stem, const Ref& value) {
    Ref var = fresh(stem, value->dtype());
    out.push_back({Let{var, value}});
    return var;
  }
  /// Parts of this size cover it: nothing is outside.
  static bool whole(const Ref& count, i64 part) {
    auto known = constant_value(count);
    return known && *known % part == 0;
  }
  Ref up(const Ref& count) const { return call("quotient", {index_add(count, number(tile_ - 1)), number(tile_)}); }
  Ref place(const Ref& k, const Ref& line) const { return index_add(index_mul(k, number(tile_ + 1)), line); }

  // Brings lines [first, first + tile) of an operand for k in [at, at + slice); `k_runs`: k is its contiguous axis.
  void bring(Block& out, const Ref& from, const Ref& to, const Ref& base, bool k_runs, const Ref& first, const Ref& lines, const Ref& at) {
    i64 fast = k_runs ? slice : tile_;
    for (i64 e = 0; e < slice * tile_; e += side_ * side_) {
      Ref element = index_add(thread_, number(e));
      Ref inner = bind(out, "inner", call("bitwise_and", {element, number(fast - 1)})), outer = bind(out, "outer", call("quotient", {element, number(fast)}));
      const Ref &k = k_runs ? inner : outer, &line = k_runs ? outer : inner;
      Ref all_k = index_add(at, k), all_line = index_add(first, line);
      Ref index = k_runs ? index_add(index_mul(all_line, nest_.k), all_k) : index_add(index_mul(all_k, lines), all_line);
      Ref inside = whole(nest_.k, slice) && whole(lines, tile_) ? Ref() : both(below(all_k, nest_.k), below(all_line, lines));
      out.push_back({Store{to, place(k, line), load(from, index_add(base, index), inside)}});
    }
  }

  std::vector<Ref> accumulate(Block& out, const Ref& batch, const Ref& row, const Ref& column) {
    Ref a = bind(out, "a", index_mul(batch, index_mul(nest_.m, nest_.k))), b = bind(out, "b", index_mul(batch, index_mul(nest_.k, nest_.n)));
    For slices{fresh("k", DType::i64), number(0), index_add(nest_.k, number(slice - 1)), slice};
    For each{fresh("k", DType::i64), number(0), nullptr};
    std::vector<Ref> sums;
    for (i64 i = 0; i < own * own; ++i) {
      sums.push_back(fresh("sum", dtype_));
      slices.carried.push_back({sums.back(), constant(dtype_, 0), nullptr});
      each.carried.push_back({fresh("sum", dtype_), sums.back(), nullptr});
    }
    bring(slices.body, nest_.a, a_tile_, a, !nest_.trans_a, row, nest_.m, slices.var);
    bring(slices.body, nest_.b, b_tile_, b, nest_.trans_b, column, nest_.n, slices.var);
    slices.body.push_back({Barrier{}});
    // Not padded with zeros: −0 + 0·0 is 0.
    each.end = whole(nest_.k, slice) ? number(slice) : bind(slices.body, "depth", call("minimum", {index_sub(nest_.k, slices.var), number(slice)}));
    std::vector<Ref> left, right;
    for (i64 i = 0; i < own; ++i) {
      left.push_back(bind(each.body, "left", load(a_tile_, place(each.var, index_add(y_, number(i * side_))))));
      right.push_back(bind(each.body, "right", load(b_tile_, place(each.var, index_add(x_, number(i * side_))))));
    }
    for (std::size_t i = 0; i < sums.size(); ++i) {
      each.carried[i].next = call("fma", {left[i / own], right[i % own], each.carried[i].var});
      slices.carried[i].next = each.carried[i].var;
    }
    slices.body.push_back({std::move(each)});
    slices.body.push_back({Barrier{}});
    out.push_back({std::move(slices)});
    return sums;
  }
};

} // namespace

ScheduledKernel schedule_gpu_product(const ProductNest& nest, const GpuFacts& facts) { return GpuProduct(nest, facts).run(); }

} // namespace croton::passes
