#include "ir/verify.h"
#include "ir/build.h"
#include "tests/support/catch.h"
#include "tests/support/random_graph.h"

using namespace croton;
using namespace croton::ir;
using Catch::Contains;

TEST_CASE("graphs that the builders make are valid") {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    auto g = croton::test::random_graph(seed);
    CHECK_NOTHROW(verify(g.roots, "nothing"));
  }
}

TEST_CASE("what does not belong in a graph is named with the pass") {
  Ref x = variable("x", DType::f32, {constant_dim(2)});
  Ref reg = call("register", {}, {{"name", std::string("r")}, {"dtype", DType::f32}, {"lanes", i64(0)}});
  CHECK_THROWS_AS(verify(x + reg, "fuse"), InternalError);
  CHECK_THROWS_WITH(verify(x + reg, "fuse"), Contains("[verify] after fuse: r: f32{}") && Contains("belongs in a kernel"));
  Shape deep(9, constant_dim(2));
  CHECK_THROWS_WITH(verify(variable("x", DType::f32, deep), "p"), Contains("rank 9"));
  CHECK_THROWS_WITH(verify(variable("x", DType::f32, {constant_dim(-1)}), "p"), Contains("negative size"));
  Ref extra = make(*find_op("exp"), {x}, {{"axis", i64(1)}});
  CHECK_THROWS_WITH(verify(extra, "p"), Contains("'axis'"));
  Ref kind = make(*find_op("cast"), {x}, {{"dtype", DType::f64}, {"dtype2", i64(1)}});
  CHECK_THROWS_AS(verify(kind, "p"), InternalError);
  Ref wrong = make(*find_op("sum"), {x}, {{"axes", std::vector<i64>{0}}, {"keepdims", i64(2)}});
  CHECK_THROWS_WITH(verify(wrong, "p"), Contains("'keepdims'"));
}

TEST_CASE("sizes may be made of the graph's scalars") {
  Ref count = variable("count", DType::i32, {}), x = variable("x", DType::f32, {symbol_dim("n")});
  CHECK_NOTHROW(verify(call("slice", {x, constant_dim(0), cast(count, DType::i64)}, {{"axis", i64(0)}, {"step", i64(1)}}), "p"));
}
