// Interning: equal nodes are the same node, from any thread, and die without recursion.
#include "ir/build.h"
#include "tests/support/catch.h"
#include <thread>

using namespace croton;
using namespace croton::ir;

TEST_CASE("equal nodes are one node") {
  Ref n = symbol_dim("n"), x = variable("x", DType::f32, {n});
  CHECK(x == variable("x", DType::f32, {symbol_dim("n")}));
  CHECK(x != variable("x", DType::f64, {n}));
  CHECK(x + x == x + x);
  CHECK(x + 1.0 != x + 2.0);
  CHECK(constant(DType::f64, 0.0) != constant(DType::f64, -0.0));
  CHECK(constant(DType::f64, NAN) == constant(DType::f64, NAN));
  CHECK(constant(DType::f32, 0.1) == constant(DType::f32, static_cast<double>(0.1f)));
  CHECK(constant_int(DType::u8, 256) == constant_int(DType::u8, 0));
}

TEST_CASE("threads that build the same graph get the same nodes") {
  std::size_t before = live_nodes();
  {
    std::vector<Ref> results(8);
    std::vector<std::thread> threads;
    for (Ref& result : results)
      threads.emplace_back([&result] {
        for (int round = 0; round < 50; ++round) {
          Ref x = variable("x", DType::f32, {symbol_dim("n")}), y = x;
          for (int k = 0; k < 200; ++k) y = call("exp", {y * (x + static_cast<double>(k % 7))});
          result = y;
        }
      });
    for (auto& t : threads) t.join();
    for (const Ref& r : results) CHECK(r == results[0]);
  }
  CHECK(live_nodes() == before);
}

TEST_CASE("a chain of a million nodes is walked and freed without recursion") {
  std::size_t before = live_nodes();
  {
    Ref x = variable("x", DType::f32, {});
    for (int k = 0; k < 1'000'000; ++k) x = x + 1.0;
    CHECK(live_nodes() >= before + 1'000'000);
    CHECK(post_order(x).size() == 1'000'002);
  }
  CHECK(live_nodes() == before);
}

TEST_CASE("post order lists operands first and each node once") {
  Ref x = variable("x", DType::f32, {}), y = x * x, z = y + x;
  auto order = post_order(z);
  REQUIRE(order.size() == 3);
  CHECK(order[0] == x.get());
  CHECK(order[1] == y.get());
  CHECK(order[2] == z.get());
}

TEST_CASE("type errors name the op, the operands, their types and lines") {
  Ref n = symbol_dim("batch");
  Ref x, w, i;
  {
    LocationScope scope(Location("src/train.cpp", 12));
    x = variable("x", DType::f32, {n, constant_dim(64)});
    w = variable("W", DType::f32, {constant_dim(63), constant_dim(10)});
    i = variable("i", DType::i32, {n});
  }
  CHECK_THROWS_WITH(matmul(x, w), "[matmul] x: f32{batch, 64} (train.cpp:12) · W: f32{63, 10} (train.cpp:12): 64 ≠ 63. The inner dims must agree.");
  CHECK_THROWS_AS(matmul(x, w), ShapeError);
  CHECK_THROWS_WITH(x + w, Catch::Contains("[add]") && Catch::Contains("64 ≠ 10 on axis 1"));
  CHECK_THROWS_WITH(x + cast(i, DType::f64), Catch::Contains("found f64, expected f32"));
  CHECK_THROWS_AS(x + i, DTypeError);
  CHECK_THROWS_AS(call("exp", {i}), DTypeError);
  CHECK_THROWS_WITH(call("exp", {i}), Catch::Contains("[exp] i: i32{batch} (train.cpp:12): found i32, expected floats"));
  CHECK_THROWS_AS(call("logical_and", {x, x}), DTypeError);
  CHECK_THROWS_AS(call("exp", {x, x}), ValueError);
  CHECK_THROWS_AS(reduce("sum", x, {2}), ShapeError);
  CHECK_THROWS_AS(reduce("sum", call("less", {x, x}), {0}), DTypeError);
  CHECK_THROWS_AS(reduce("any", x, {0}), DTypeError);
  CHECK_THROWS_AS(reduce("logsumexp", i, {0}), DTypeError);
  CHECK_THROWS_AS(permute(x, {1, 1}), ShapeError);
  CHECK_THROWS_AS(call("squeeze", {x}, {{"axes", std::vector<i64>{1}}}), ShapeError);
  CHECK_THROWS_AS(call("expand_dims", {x}, {{"axes", std::vector<i64>{2, 0}}}), ShapeError);
  CHECK_THROWS_AS(call("expand_dims", {x}, {{"axes", std::vector<i64>{0, 0}}}), ShapeError);
  CHECK_THROWS_AS(reshape(w, {constant_dim(631)}), ShapeError);
  CHECK_THROWS_AS(constant_array(DType::f32, {1}, std::vector<std::byte>(5)), ValueError);
  CHECK_THROWS_AS(call("slice", {x, constant_dim(0), constant_dim(1)}, {{"axis", i64(0)}, {"step", i64(0)}}), ValueError);
}

TEST_CASE("a user's op joins the registry once") {
  static const Op& op = register_op({.name = "test_twice", .doc = "2x.", .group = "test", .params = {"x"},
                                     .body = Pointwise{.f32 = +[](const float* x) { return 2 * x[0]; }},
                                     .type = [](const Op&, const Args& args, const Attrs&) { return args[0]->type; }});
  CHECK(find_op("test_twice") == &op);
  CHECK_THROWS_AS(register_op({.name = "add", .doc = "", .group = "", .params = {}}), ValueError);
}
