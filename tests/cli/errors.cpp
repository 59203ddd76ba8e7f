// What a user can get wrong: exit code 2 and one line that says where and what.
#include "src/io/npz.h"
#include "tests/cli/program.h"

using namespace croton;
using namespace croton::cli::testing;

namespace {

constexpr const char* affine = R"({"croton": 1,
 "inputs": [{"name": "x", "dtype": "f32", "shape": ["n", 2]}, {"name": "scale", "dtype": "f32", "shape": []}],
 "nodes": [{"id": "p", "op": "multiply", "args": ["x", "scale"]}],
 "outputs": [{"name": "y", "node": "p"}]})";

/// A document of these fields behind the version.
std::string document(const std::string& fields) { return "{\"croton\": 1, " + fields + "}"; }

/// The error of running g.json with this text.
std::string error_in(const std::string& text, const std::string& options = "") {
  Folder f;
  f.put("g.json", text);
  return refused(f.croton("run g.json " + options));
}

} // namespace

TEST_CASE("mistakes on the line") {
  Folder f;
  f.put("g.json", affine);
  f.save<float>("x.npy", {1, 2}, {1, 2});
  f.save<double>("x64.npy", {1, 2}, {1, 2});
  auto error = [&](const std::string& line) { return refused(f.croton(line)); };
  CHECK(error("") == "A subcommand is required. See `croton help`.");
  CHECK(error("frob").ends_with("See `croton help`."));
  CHECK(error("run") == "GRAPH is required. See `croton help`.");
  CHECK(error("run g.json --frob").ends_with("See `croton help`."));
  CHECK(error("help frob").ends_with("See `croton help`."));
  CHECK(error("run g.json") == "input \"x\" is not given. Add --input x=FILE.npy, and the same for scale.");
  CHECK(error("run g.json --input x=x.npy") == "input \"scale\" is not given. Add --input scale=FILE.npy.");
  CHECK(error("run g.json --input z=x.npy") == "--input: there is no input \"z\" in g.json. Inputs: x, scale.");
  CHECK(error("run g.json --input x") == "--input: found \"x\", expected NAME=FILE.");
  CHECK(error("run g.json --input =x") == "--input: found \"=x\", expected NAME=FILE.");
  CHECK(error("run g.json --input x=x.npy --input x=x.npy") == "--input: \"x\" is given twice.");
  CHECK(error("run g.json --input x=1 --input scale=1") == "input \"x\": found the number 1, expected a file: the input has the shape {n, 2}.");
  CHECK(error("run g.json --input x=x64.npy --input scale=1") == "input \"x\": x64.npy holds f64, expected f32. Convert the file; nothing is converted here.");
  CHECK(error("run g.json --input x=x.npy --input scale=x.npy") == "input \"scale\": x.npy has the shape {1, 2}, expected {}.");
  CHECK(error("run g.json --input x=x.npy --input scale=1e99") == "input \"scale\": [literal] \"1e99\" is no f32.");
  CHECK(error("run g.json --input x=x.npy --input scale=true") == "input \"scale\": [literal] \"true\" is no f32.");
  CHECK(error("run g.json --input x=x.npy --input scale=1 --output z=z.npy") == "--output: there is no output \"z\" in g.json. Outputs: y.");
  CHECK(error("run g.json --input x=x.npy --input scale=1 --device abacus").starts_with("[compile] there is no device 'abacus'."));
  CHECK(error("run g.json --input x=x.npy --input scale=1 --repeat 0").starts_with("--repeat: "));
  CHECK(error("run g.json --input x=x.npy --input scale=1 --max-bytes 4") ==
        "[npy] x.npy: shape: found (1, 2), 8 bytes, expected at most 4 bytes");
  CHECK(error("dump g.json --stage nonsense").starts_with("--stage: "));
  CHECK(error("dump g.json --stage source --format dot") == "[dump] the stage 'source' is no graph: it has no drawing. Use text or json.");
  CHECK(error("dump g.json --stage ptx") == "[dump] this device has no stage 'ptx': cuda has.");
  CHECK(error("ops nonsense") == "there is no op named \"nonsense\". See `croton ops`.");
  CHECK(error("ops vload") == "there is no op named \"vload\". See `croton ops`.");
}

TEST_CASE("files that are absent, damaged or of another kind") {
  Folder f;
  f.put("g.json", affine);
  f.save<float>("x.npy", {1, 2}, {1, 2});
  f.save<float>("other.npy", {1, 3}, {1, 2, 3});
  auto error = [&](const std::string& line) { return refused(f.croton(line)); };
  CHECK(error("run none.json") == "none.json: open: found No such file or directory, expected a readable file");
  CHECK(error("run .") == ".: open: found a directory, expected a readable file");
  CHECK(error("run x.npy").starts_with("x.npy: this is no JSON: "));
  CHECK(error("run g.json --input x=none.npy --input scale=1") == "[npy] none.npy: open: found No such file or directory, expected a readable file");
  CHECK(error("run g.json --input x=g.json --input scale=1").starts_with("[npy] g.json: "));
  CHECK(error("run g.json --input x=other.npy --input scale=1") == "input \"x\": other.npy has the shape {1, 3}, expected {n, 2}.");
  std::string whole = f.get("x.npy");
  for (std::size_t size : {std::size_t(0), std::size_t(5), std::size_t(100), whole.size() - 1}) {
    f.put("cut.npy", whole.substr(0, size));
    CHECK(error("run g.json --input x=cut.npy --input scale=1").starts_with("[npy] cut.npy: "));
  }
  CHECK(error("run g.json --input x=cut.npy --input scale=1") == "[npy] cut.npy: truncated data: found 7 bytes, expected 8 for shape (1, 2) of f32");
  f.put("huge.npy", io::testing::npy_file("{'descr': '<f4', 'fortran_order': False, 'shape': (1099511627776, 2), }", ""));
  CHECK(error("run g.json --input x=huge.npy --input scale=1").starts_with("[npy] huge.npy: shape: "));
  f.put("cut.npz", "PK\x03\x04");
  CHECK(error("run g.json --inputs cut.npz").starts_with("[npy] cut.npz: "));
  succeeded(f.croton("run g.json --input x=x.npy --input scale=1 --outputs y.npz"));
  CHECK(error("run g.json --input x=y.npz --input scale=1") == "y.npz: there is no array \"x\" in it.");
  CHECK(error("run g.json --input x=x.npy --input scale=1 --output y=none/y.npy").starts_with("[npy] none/y.npy: create: "));
  CHECK(error("run g.json --input x=x.npy --input scale=1 --outputs none/y.npz").starts_with("[npy] none/y.npz: "));
  CHECK(error("dump g.json -o none/g.txt").starts_with("[npy] none/g.txt: create: "));
}

TEST_CASE("documents that are wrong, with the place") {
  CHECK(error_in("").starts_with("g.json: this is no JSON: "));
  CHECK(error_in("{\"croton\": 1, \"outputs\": [").starts_with("g.json: this is no JSON: "));
  CHECK(error_in("[]") == "g.json: found an array, expected an object.");
  CHECK(error_in("{}") == "g.json: the field 'croton' is missing.");
  CHECK(error_in("{\"croton\": 2, \"outputs\": []}") == "g.json: croton: found version 2, this program reads version 1.");
  CHECK(error_in(document("\"outputs\": [], \"nodez\": []")) == "g.json: there is no field \"nodez\" here.");
  CHECK(error_in(document("\"nodes\": [{\"id\": \"a\", \"op\": \"frobnicate\", \"args\": [1]}], \"outputs\": []")) ==
        "g.json: nodes[0].op: there is no op named \"frobnicate\".");
  CHECK(error_in(document("\"nodes\": [{\"id\": \"a\", \"op\": \"vload\", \"args\": []}], \"outputs\": []")) ==
        "g.json: nodes[0].op: vload is internal and has no JSON form.");
  // A cycle needs a name before its place.
  CHECK(error_in(document(R"("nodes": [{"id": "a", "op": "exp", "args": ["b"]}, {"id": "b", "op": "exp", "args": ["a"]}], "outputs": [])")) ==
        "g.json: nodes[0].args[0]: nothing named \"b\" is defined before this place.");
  CHECK(error_in(document(R"("nodes": [{"id": "a", "op": "exp", "args": ["a"]}], "outputs": [])")) ==
        "g.json: nodes[0].args[0]: nothing named \"a\" is defined before this place.");
  CHECK(error_in(document(R"("inputs": [{"name": "x", "dtype": "f99", "shape": []}], "outputs": [])")) == "g.json: inputs[0].dtype: there is no dtype \"f99\".");
  CHECK(error_in(document(R"("inputs": [{"name": "x", "dtype": "f32", "shape": [-1]}], "outputs": [])")).starts_with("g.json: inputs[0]: "));
  CHECK(error_in(document(R"("inputs": [{"name": "x", "dtype": "f32", "shape": [4611686018427387904, 4]}], "outputs": [])")).starts_with("g.json: inputs[0]: "));
  CHECK(error_in(document(R"("inputs": [{"name": "x", "dtype": "f32", "shape": []}, {"name": "x", "dtype": "f64", "shape": [], "id": "z"}], "outputs": [])")) ==
        "g.json: inputs[1]: the name \"x\" is that of inputs[0] already.");
  CHECK(error_in(document(R"("inputs": [{"name": "x", "dtype": "f32", "shape": [3]}, {"name": "y", "dtype": "f32", "shape": [4]}],
      "nodes": [{"id": "a", "op": "add", "args": ["x", "y"]}], "outputs": [])")).starts_with("g.json: nodes[0]: [add] "));
  CHECK(error_in(document(R"("inputs": [{"name": "x", "dtype": "i32", "shape": [3]}], "nodes": [{"id": "a", "op": "exp", "args": ["x"]}], "outputs": [])"))
            .starts_with("g.json: nodes[0]: [exp] "));
  CHECK(error_in(document(R"("shared": [{"name": "w", "dtype": "f32", "shape": [2]}], "outputs": [{"name": "w", "node": "w"}])")) ==
        "g.json: shared[0]: \"w\" has no value. Give one in the document, or with --state-in.");
  CHECK(error_in(document(R"("shared": [{"name": "w", "dtype": "f32", "shape": [2], "npy": "none.npy"}], "outputs": [{"name": "w", "node": "w"}])")) ==
        "[npy] none.npy: open: found No such file or directory, expected a readable file");
  CHECK(error_in(document(R"("inputs": [{"name": "x", "dtype": "f32", "shape": []}], "outputs": [{"name": "a", "node": "x"}, {"name": "a", "node": "x"}])")) ==
        "g.json: outputs[1]: the name \"a\" is that of outputs[0] already.");
}

TEST_CASE("gradients that do not exist") {
  auto with = [](const std::string& shape, const std::string& dtype, const std::string& of, const std::string& wrt) {
    return document(R"("inputs": [{"name": "x", "dtype": ")" + dtype + R"(", "shape": [)" + shape + R"(]}, {"name": "y", "dtype": "f32", "shape": []}],
      "gradients": [{"name": "d", "of": ")" + of + R"(", "wrt": ")" + wrt + R"("}],
      "nodes": [{"id": "s", "op": "multiply", "args": ["x", "x"]}], "outputs": [{"name": "d", "node": "d"}])");
  };
  CHECK(error_in(with("3", "f32", "s", "x")) ==
        "g.json: gradients[0]: [grad] the cost of \"d\" is f32{3}, expected a scalar. Reduce it first, with sum over all axes.");
  CHECK(error_in(with("", "f32", "s", "y")) ==
        "g.json: gradients[0]: [grad] the cost of \"d\" is not computed from y: f32{}. Differentiate with respect to something it uses.");
  CHECK(error_in(with("", "i32", "s", "x")).starts_with("g.json: gradients[0]: [grad] "));
  CHECK(error_in(document(R"("inputs": [{"name": "x", "dtype": "f32", "shape": []}], "gradients": [{"name": "d", "of": "s", "wrt": "x"}],
      "nodes": [{"id": "s", "op": "multiply", "args": ["x", "d"]}], "outputs": [{"name": "d", "node": "d"}])")) ==
        "g.json: gradients[0]: \"d\" is needed to compute itself.");
  CHECK(error_in(document(R"("gradients": [{"name": "d", "of": "s", "wrt": "none"}], "outputs": [])")).starts_with("g.json: gradients[0].of: "));
}

TEST_CASE("state that does not fit") {
  std::string update = R"("shared": [{"name": "w", "dtype": "f32", "shape": [2], "value": {"shape": [2], "data": [1, 2]}}],
    "inputs": [{"name": "x", "dtype": "f32", "shape": ["n"]}], "outputs": [], "updates": [{"shared": "w", "node": "x"}])";
  Folder f;
  f.put("g.json", document(update));
  f.save<float>("x.npy", {3}, {1, 2, 3});
  CHECK(refused(f.croton("run g.json --input x=x.npy --state s.npz")) == "g.json: updates[0]: the new value has the shape {3}, expected {2}.");
  CHECK(f.get("s.npz").empty());
  io::write_npz(f / "in.npz", {{"v", io::read_npy(f / "x.npy")}});
  CHECK(refused(f.croton("run g.json --input x=x.npy --state-in in.npz")) ==
        "--state-in: in.npz holds \"v\", which is no shared variable of g.json. Shared variables: w.");
  io::write_npz(f / "in.npz", {{"w", io::read_npy(f / "x.npy")}});
  CHECK(refused(f.croton("run g.json --input x=x.npy --state-in in.npz")) == "shared variable \"w\": in.npz has the shape {3}, expected {2}.");
}

TEST_CASE("sizes that disagree at the call") {
  Folder f;
  f.put("g.json", document(R"("inputs": [{"name": "x", "dtype": "f32", "shape": ["n"]}, {"name": "y", "dtype": "f32", "shape": ["n"]}],
    "nodes": [{"id": "a", "op": "add", "args": ["x", "y"]}], "outputs": [{"name": "a", "node": "a"}])"));
  f.save<float>("x.npy", {3}, {1, 2, 3});
  f.save<float>("y.npy", {2}, {1, 2});
  CHECK(refused(f.croton("run g.json --input x=x.npy --input y=y.npy")).starts_with("[function] input 'y' has 2 along axis 0, but input 'x' has 3 along axis 0: both are n."));
}

TEST_CASE("positions out of range") {
  Folder f;
  f.put("g.json", document(R"("inputs": [{"name": "x", "dtype": "f32", "shape": ["n"]}, {"name": "p", "dtype": "i32", "shape": ["m"]}],
    "nodes": [{"id": "a", "op": "take", "args": ["x", "p"], "attrs": {"axis": 0}}], "outputs": [{"name": "a", "node": "a"}])"));
  f.save<float>("x.npy", {3}, {1, 2, 3});
  f.save<i32>("p.npy", {2}, {1, 3});
  CHECK(refused(f.croton("run g.json --input x=x.npy --input p=p.npy")).starts_with("[take] "));
}

TEST_CASE("results beyond the memory are refused") {
  auto wide = [](const std::string& size) {
    return document(R"("nodes": [{"id": "a", "op": "iota", "args": [)" + size + R"(], "attrs": {"axis": 0, "dtype": "i64"}}], "outputs": [{"name": "a", "node": "a"}])");
  };
  CHECK(error_in(wide("1000000000000000")) == "a value would have 1000000000000000 elements of i64. Use smaller dims.");
  CHECK(error_in(wide("1000000000000")).starts_with("output \"a\" of the shape {1000000000000} does not fit memory: found 8.0 TB in all, expected at most "));
  CHECK(error_in(wide("1000"), "--max-bytes 7999").starts_with("output \"a\" of the shape {1000} does not fit memory: "));
  CHECK(error_in(wide("4611686018427387904")).starts_with("g.json: nodes[0]: [iota] "));
}

TEST_CASE("large documents") {
  auto chain = [](int nodes) {
    std::string text = R"({"croton": 1, "inputs": [{"name": "x", "dtype": "f64", "shape": []}], "nodes": [{"id": "n0", "op": "negative", "args": ["x"]})";
    for (int i = 1; i < nodes; ++i) text += ",\n{\"id\": \"n" + std::to_string(i) + R"(", "op": "negative", "args": ["n)" + std::to_string(i - 1) + "\"]}";
    return text + R"(], "outputs": [{"name": "y", "node": "n)" + std::to_string(nodes - 1) + "\"}]}";
  };
  CHECK(error_in(chain(1'000'000), "--input x=1") == "g.json: nodes[500000]: the document has 1000000 nodes, expected at most 500000.");
  CHECK(error_in(chain(20), "--input x=1 --max-nodes 10") == "g.json: nodes[10]: the document has 20 nodes, expected at most 10.");
  Folder f;
  f.put("g.json", chain(2000));
  CHECK(succeeded(f.croton("run g.json --input x=1.5")) == "y: f64{} 1.5\n");
  // Nesting that no recursion survives.
  CHECK(error_in(std::string(10'000'000, '[')).starts_with("g.json: this is no JSON: "));
  CHECK(error_in("{\"croton\": 1, \"outputs\": " + std::string(1'000'000, '[') + std::string(1'000'000, ']') + "}") ==
        "g.json: outputs[0]: found an array, expected an object.");
}

TEST_CASE("names cannot break the line of an error") {
  std::string message = error_in(document(R"("inputs": [{"name": "a\nb\u0007", "dtype": "f32", "shape": []}], "outputs": [{"name": "a", "node": "none"}])"));
  CHECK(message == "g.json: outputs[0].node: nothing named \"none\" is defined before this place.");
  message = error_in(document(R"("inputs": [{"name": "a\nb\u0007", "dtype": "f32", "shape": []}], "outputs": [{"name": "a", "node": "a\nb\u0007"}])"));
  CHECK(message.find('\n') == std::string::npos);
  CHECK(message.find(7) == std::string::npos);
}
