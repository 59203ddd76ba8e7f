#include "passes/schedule_product.h"
#include "passes/schedule_base.h"
#include "passes/vectorize.h"
#include <algorithm>

namespace croton::passes {

using namespace ir;

namespace {

constexpr i64 tile_rows = 8;    ///< of C, in registers
constexpr i64 block_rows = 256; ///< of C for one packed panel: packing costs 1/256 of the products

class Product {
public:
  Product(const ProductNest& nest, i64 vector_bytes) : nest_(nest), dtype_(nest.c->dtype()), lanes_(vector_bytes / static_cast<i64>(size_of(dtype_))) {
    // Three vectors with eight rows fill the registers; a narrow product has no use for them.
    auto known = constant_value(nest.n);
    vectors_ = known ? std::clamp<i64>((*known + lanes_ - 1) / lanes_, 1, 3) : 3;
    width_ = vectors_ * lanes_;
  }

  ScheduledKernel run() {
    Kernel& kernel = result_.kernel;
    kernel.name = nest_.name;
    kernel.buffers = {{nest_.a, false}, {nest_.b, false}, {nest_.c, true}};
    Ref panels = up(nest_.n, width_), blocks = up(nest_.m, block_rows);
    Phase phase;
    phase.begin = register_of("begin", DType::i64);
    phase.end = register_of("end", DType::i64);
    phase.extent = index_mul(nest_.batch, index_mul(blocks, panels));
    phase.work = index_mul(call("minimum", {nest_.m, constant_dim(block_rows)}), index_mul(nest_.k, constant_dim(width_)));
    packed_ = buffer_of("panel", dtype_);
    phase.scratch = {{packed_, index_mul(nest_.k, constant_dim(width_))}};
    For each{register_of("t", DType::i64), phase.begin, phase.end};
    Block& body = each.body;
    Ref rest = let(body, "rest", call("quotient", {each.var, panels}));
    column_ = let(body, "column", index_mul(index_sub(each.var, index_mul(rest, panels)), constant_dim(width_)));
    batch_ = let(body, "batch", call("quotient", {rest, blocks}));
    Ref low = let(body, "low", index_mul(index_sub(rest, index_mul(batch_, blocks)), constant_dim(block_rows)));
    Ref high = let(body, "high", call("minimum", {index_add(low, constant_dim(block_rows)), nest_.m}));
    whole_ = let(body, "whole", call("less_equal", {index_add(column_, constant_dim(width_)), nest_.n}));
    Ref a = let(body, "a", index_mul(batch_, index_mul(nest_.m, nest_.k))), c = let(body, "c", index_mul(batch_, index_mul(nest_.m, nest_.n)));
    for (i64 v = 0; v < vectors_; ++v)
      masks_.push_back(let(body, "mask", call("less", {call("add", {splat(index_add(column_, constant_dim(v * lanes_)), lanes_), lane_ramp(lanes_)}), splat(nest_.n, lanes_)})));
    pack(body, true);
    pack(body, false);
    For tiles{register_of("i", DType::i64), low, high, tile_rows};
    tile(tiles.body, tiles.var, tile_rows, a, c);
    body.push_back({std::move(tiles)});
    Ref from = let(body, "from", index_add(low, call("bitwise_and", {index_sub(high, low), constant_dim(-tile_rows)})));
    For rows{register_of("row", DType::i64), from, high};
    tile(rows.body, rows.var, 1, a, c);
    body.push_back({std::move(rows)});
    phase.body.push_back({std::move(each)});
    kernel.phases.push_back(std::move(phase));
    collect_scalars(kernel);
    return std::move(result_);
  }

private:
  const ProductNest& nest_;
  const DType dtype_;
  const i64 lanes_;
  i64 vectors_ = 3, width_ = 0;
  int names_ = 0;
  Ref packed_, column_, batch_, whole_;
  std::vector<Ref> masks_;
  ScheduledKernel result_;

  Ref fresh(const char* stem, DType dtype, i64 lanes = 0) { return register_of(std::string(stem) + "." + std::to_string(names_++), dtype, lanes); }
  Ref let(Block& out, const char* stem, const Ref& value) {
    if (value->args.empty()) return value;
    Ref var = fresh(stem, value->dtype(), lanes_of(*value));
    out.push_back({Let{var, value}});
    return var;
  }
  static Ref up(const Ref& count, i64 by) {
    if (auto known = constant_value(count)) return constant_dim((*known + by - 1) / by);
    return call("quotient", {index_add(count, constant_dim(by - 1)), constant_dim(by)});
  }

  /// The panel of B, a row of `width_` for each k.
  void pack(Block& out, bool whole) {
    If branch{whole ? whole_ : call("logical_not", {whole_}), {}};
    For loop{fresh("p", DType::i64), constant_dim(0), nest_.k};
    Ref base = index_mul(batch_, index_mul(nest_.k, nest_.n));
    for (i64 v = 0; v < vectors_; ++v) {
      Ref first = index_add(column_, constant_dim(v * lanes_)), mask = whole ? Ref() : masks_[static_cast<std::size_t>(v)], value;
      if (nest_.trans_b) {
        Ref rows = call("add", {splat(first, lanes_), lane_ramp(lanes_)});
        value = load(nest_.b, call("add", {call("multiply", {rows, splat(nest_.k, lanes_)}), splat(index_add(base, loop.var), lanes_)}), mask);
      } else {
        value = vload(nest_.b, index_add(index_add(base, index_mul(loop.var, nest_.n)), first), lanes_, mask);
      }
      loop.body.push_back({Store{packed_, index_add(index_mul(loop.var, constant_dim(width_)), constant_dim(v * lanes_)), value}});
    }
    branch.body.push_back({std::move(loop)});
    out.push_back({std::move(branch)});
  }

  /// `rows` rows of C from row i on.
  void tile(Block& out, const Ref& i, i64 rows, const Ref& a, const Ref& c) {
    For loop{fresh("p", DType::i64), constant_dim(0), nest_.k};
    Ref zero = splat(constant(dtype_, 0), lanes_);
    std::vector<Ref> panel;
    for (i64 v = 0; v < vectors_; ++v) panel.push_back(let(loop.body, "b", vload(packed_, index_add(index_mul(loop.var, constant_dim(width_)), constant_dim(v * lanes_)), lanes_)));
    for (i64 r = 0; r < rows; ++r) {
      Ref row = index_add(i, constant_dim(r));
      Ref at = nest_.trans_a ? index_add(index_mul(loop.var, nest_.m), row) : index_add(index_mul(row, nest_.k), loop.var);
      Ref x = splat(let(loop.body, "a", load(nest_.a, index_add(a, at))), lanes_);
      for (i64 v = 0; v < vectors_; ++v) {
        Ref sum = fresh("sum", dtype_, lanes_);
        loop.carried.push_back({sum, zero, call("fma", {x, panel[static_cast<std::size_t>(v)], sum})});
      }
    }
    std::vector<Ref> sums;
    for (const Carried& carried : loop.carried) sums.push_back(carried.var);
    out.push_back({std::move(loop)});
    for (bool whole : {true, false}) {
      If branch{whole ? whole_ : call("logical_not", {whole_}), {}};
      for (i64 r = 0; r < rows; ++r)
        for (i64 v = 0; v < vectors_; ++v) {
          Ref at = index_add(index_add(c, index_mul(index_add(i, constant_dim(r)), nest_.n)), index_add(column_, constant_dim(v * lanes_)));
          branch.body.push_back({Store{nest_.c, at, sums[static_cast<std::size_t>(r * vectors_ + v)], whole ? Ref() : masks_[static_cast<std::size_t>(v)]}});
        }
      out.push_back({std::move(branch)});
    }
  }
};

} // namespace

ScheduledKernel schedule_product(const ProductNest& nest, i64 vector_bytes) { return Product(nest, vector_bytes).run(); }

} // namespace croton::passes
