// croton run: values in, values out, gradients by name, state and updates.
#include "src/io/npz.h"
#include "tests/cli/program.h"
#include <cmath>

using namespace croton;
using namespace croton::cli::testing;

namespace {

constexpr const char* affine = R"({"croton": 1,
 "inputs": [{"name": "x", "dtype": "f32", "shape": ["n", 2]}, {"name": "scale", "dtype": "f32", "shape": []}],
 "nodes": [{"id": "p", "op": "multiply", "args": ["x", "scale"]}, {"id": "q", "op": "add", "args": ["p", 1]},
           {"id": "total", "op": "sum", "args": ["q"], "attrs": {"axes": [0], "keepdims": false}}],
 "outputs": [{"name": "y", "node": "q"}, {"name": "total", "node": "total"}]})";

constexpr const char* step = R"({"croton": 1,
 "inputs": [{"name": "x", "dtype": "f64", "shape": ["n"]}, {"name": "lr", "dtype": "f64", "shape": []}],
 "shared": [{"name": "w", "dtype": "f64", "shape": ["n"], "npy": "w.npy"},
            {"name": "count", "dtype": "i64", "shape": [], "value": {"shape": [], "data": [0]}}],
 "gradients": [{"name": "dw", "of": "loss", "wrt": "w"}],
 "nodes": [{"id": "d", "op": "subtract", "args": ["w", "x"]}, {"id": "s", "op": "square", "args": ["d"]},
           {"id": "loss", "op": "sum", "args": ["s"], "attrs": {"axes": [0], "keepdims": false}},
           {"id": "move", "op": "multiply", "args": ["dw", "lr"]}, {"id": "next", "op": "subtract", "args": ["w", "move"]},
           {"id": "more", "op": "add", "args": ["count", 1]}],
 "outputs": [{"name": "loss", "node": "loss"}, {"name": "dw", "node": "dw"}],
 "updates": [{"shared": "w", "node": "next"}, {"shared": "count", "node": "more"}]})";

} // namespace

TEST_CASE("run reads and writes npy files") {
  Folder f;
  f.put("g.json", affine);
  f.save<float>("x.npy", {3, 2}, {1, 2, 3, 4, 5, 6});
  CHECK(succeeded(f.croton("run g.json --input x=x.npy --input scale=2 --output y=y.npy --output total=t.npy")).empty());
  CHECK(f.load<float>("y.npy", {3, 2}) == std::vector<float>{3, 5, 7, 9, 11, 13});
  CHECK(f.load<float>("t.npy", {2}) == std::vector<float>{21, 27});
}

TEST_CASE("run takes values for a scalar from the line or from a file") {
  Folder f;
  f.put("g.json", affine);
  f.save<float>("x.npy", {1, 2}, {1, 2});
  f.save<float>("s.npy", {}, {0.5});
  succeeded(f.croton("run g.json --input x=x.npy --input scale=s.npy --output y=y.npy"));
  CHECK(f.load<float>("y.npy", {1, 2}) == std::vector<float>{1.5, 2});
  succeeded(f.croton("run g.json --input x=x.npy --input scale=-1e-1 --output y=y.npy"));
  CHECK(f.load<float>("y.npy", {1, 2}) == std::vector<float>{1 + 1 * -0.1f, 1 + 2 * -0.1f});
  succeeded(f.croton("run g.json --input x=x.npy --input scale=inf --output y=y.npy"));
  CHECK(std::isinf(f.load<float>("y.npy", {1, 2})[0]));
}

TEST_CASE("run reads and writes archives") {
  Folder f;
  f.put("g.json", affine);
  f.save<float>("x.npy", {1, 2}, {1, 2});
  // A first run makes the archive of the second.
  succeeded(f.croton("run g.json --input x=x.npy --input scale=0 --outputs all.npz"));
  auto all = io::read_npz(f / "all.npz");
  REQUIRE(all.size() == 2);
  CHECK(Folder::values<float>(all.at("y"), {1, 2}) == std::vector<float>{1, 1});
  io::write_npz(f / "in.npz", {{"x", io::read_npy(f / "x.npy")}, {"unused", all.at("y")}});
  succeeded(f.croton("run g.json --inputs in.npz --input scale=3 --output y=out.npz --output total=out.npz"));
  auto out = io::read_npz(f / "out.npz");
  CHECK(Folder::values<float>(out.at("y"), {1, 2}) == std::vector<float>{4, 7});
  CHECK(Folder::values<float>(out.at("total"), {2}) == std::vector<float>{4, 7});
  succeeded(f.croton("run g.json --input x=in.npz --input scale=3 --output y=y.npy"));
  CHECK(f.load<float>("y.npy", {1, 2}) == std::vector<float>{4, 7});
}

TEST_CASE("run prints the results when they go nowhere") {
  Folder f;
  f.put("g.json", affine);
  f.save<float>("x.npy", {2, 2}, {1, 2, 3, 4});
  f.save<float>("empty.npy", {0, 2}, {});
  CHECK(succeeded(f.croton("run g.json --input x=x.npy --input scale=0.5")) == "y: f32{2, 2}\n[[1.5  2.]\n [2.5  3.]]\ntotal: f32{2} [4. 5.]\n");
  CHECK(succeeded(f.croton("run g.json --input x=empty.npy --input scale=0.5")) == "y: f32{0, 2} empty\ntotal: f32{2} [0. 0.]\n");
  std::string timed = succeeded(f.croton("run g.json --input x=x.npy --input scale=0.5 --output y=y.npy --repeat 5 --time"));
  CHECK(timed.starts_with("time: compile "));
  CHECK(timed.find(" 5 calls: first ") != std::string::npos);
}

TEST_CASE("run works gradients out and keeps state") {
  Folder f;
  f.put("step.json", step);
  f.save<double>("w.npy", {2}, {1, 2});
  f.save<double>("x.npy", {2}, {0, 4});
  succeeded(f.croton("run step.json --input x=x.npy --input lr=0.25 --output loss=l.npy --output dw=dw.npy --state s1.npz"));
  CHECK(f.load<double>("l.npy", {}) == std::vector<double>{5});
  CHECK(f.load<double>("dw.npy", {2}) == std::vector<double>{2, -4});
  auto state = io::read_npz(f / "s1.npz");
  CHECK(Folder::values<double>(state.at("w"), {2}) == std::vector<double>{0.5, 3});
  CHECK(Folder::values<i64>(state.at("count"), {}) == std::vector<i64>{1});

  succeeded(f.croton("run step.json --input x=x.npy --input lr=0.25 --output loss=l.npy --state-in s1.npz --state s2.npz"));
  CHECK(f.load<double>("l.npy", {}) == std::vector<double>{1.25});
  // Two calls in one run leave the same state.
  succeeded(f.croton("run step.json --input x=x.npy --input lr=0.25 --output loss=l.npy --repeat 2 --state twice.npz"));
  CHECK(f.load<double>("l.npy", {}) == std::vector<double>{1.25});
  CHECK(f.get("twice.npz") == f.get("s2.npz"));
  CHECK(f.get("w.npy").size() > 0);
}

TEST_CASE("updates are computed from the old values") {
  Folder f;
  f.put("swap.json", R"({"croton": 1,
   "shared": [{"name": "a", "dtype": "i32", "shape": [2], "value": {"shape": [2], "data": [1, 2]}},
              {"name": "b", "dtype": "i32", "shape": [2], "value": {"shape": [2], "data": [30, 40]}}],
   "nodes": [{"id": "sum", "op": "add", "args": ["a", "b"]}],
   "outputs": [{"name": "sum", "node": "sum"}, {"name": "a", "node": "a"}],
   "updates": [{"shared": "a", "node": "b"}, {"shared": "b", "node": "a"}]})");
  CHECK(succeeded(f.croton("run swap.json --state s.npz")) == "sum: i32{2} [31 42]\na: i32{2} [1 2]\n");
  auto state = io::read_npz(f / "s.npz");
  CHECK(Folder::values<i32>(state.at("a"), {2}) == std::vector<i32>{30, 40});
  CHECK(Folder::values<i32>(state.at("b"), {2}) == std::vector<i32>{1, 2});
  CHECK(succeeded(f.croton("run swap.json --repeat 2")) == "sum: i32{2} [31 42]\na: i32{2} [30 40]\n");
}

TEST_CASE("state may change its size where it is declared by a symbol") {
  Folder f;
  f.put("grow.json", R"({"croton": 1,
   "shared": [{"name": "a", "dtype": "f32", "shape": ["n"], "value": {"shape": [1], "data": [3]}}],
   "nodes": [{"id": "twice", "op": "concatenate", "args": ["a", "a"], "attrs": {"axis": 0}}],
   "outputs": [{"name": "a", "node": "a"}], "updates": [{"shared": "a", "node": "twice"}]})");
  CHECK(succeeded(f.croton("run grow.json --repeat 3")) == "a: f32{4} [3. 3. 3. 3.]\n");
}

TEST_CASE("gradients of gradients, and of inner nodes") {
  Folder f;
  f.put("g.json", R"({"croton": 1,
   "inputs": [{"name": "x", "dtype": "f64", "shape": []}],
   "gradients": [{"name": "d2", "of": "d1", "wrt": "x"}, {"name": "d1", "of": "cube", "wrt": "x"}, {"name": "dsq", "of": "cube", "wrt": "sq"}],
   "nodes": [{"id": "sq", "op": "multiply", "args": ["x", "x"]}, {"id": "cube", "op": "multiply", "args": ["sq", "x"]}],
   "outputs": [{"name": "d1", "node": "d1"}, {"name": "d2", "node": "d2"}, {"name": "dsq", "node": "dsq"}]})");
  CHECK(succeeded(f.croton("run g.json --input x=2")) == "d1: f64{} 12.\nd2: f64{} 12.\ndsq: f64{} 2.\n");
}

TEST_CASE("every dtype goes through files unchanged") {
  Folder f;
  auto through = [&]<class T>(T low, T high) {
    std::string dtype(name(dtype_of<T>));
    f.put("id.json", R"({"croton": 1, "inputs": [{"name": "x", "dtype": ")" + dtype + R"(", "shape": ["n"]}],
      "nodes": [{"id": "y", "op": "slice", "args": ["x", {"dim": "n - 1"}, {"dim": "n"}], "attrs": {"axis": 0, "step": -1}}],
      "outputs": [{"name": "y", "node": "y"}, {"name": "x", "node": "x"}]})");
    f.save<T>("x.npy", {3}, {low, T(1), high});
    succeeded(f.croton("run id.json --input x=x.npy --output y=y.npy --output x=same.npy"));
    CHECK(f.load<T>("y.npy", {3}) == std::vector<T>{high, T(1), low});
    CHECK(f.get("same.npy") == f.get("x.npy"));
  };
  through(std::numeric_limits<i8>::min(), std::numeric_limits<i8>::max());
  through(std::numeric_limits<i16>::min(), std::numeric_limits<i16>::max());
  through(std::numeric_limits<i32>::min(), std::numeric_limits<i32>::max());
  through(std::numeric_limits<i64>::min(), std::numeric_limits<i64>::max());
  through(u8(0), std::numeric_limits<u8>::max());
  through(u16(0), std::numeric_limits<u16>::max());
  through(u32(0), std::numeric_limits<u32>::max());
  through(u64(0), std::numeric_limits<u64>::max());
  through(-std::numeric_limits<f32>::infinity(), std::numeric_limits<f32>::denorm_min());
  through(-0.0, std::numeric_limits<f64>::max());
}
