// Captured calls: the folder replays to the same bits, holds nothing of this machine, replaces nothing of the user's.
#include "croton/croton.h"
#include "src/executable.h"
#include "src/io/npz.h"
#include "tests/io/bytes.h"
#include "tests/support/catch.h"
#include <cstdlib>
#include <nlohmann/json.hpp>

using namespace croton;
namespace fs = std::filesystem;
using Json = nlohmann::json;

namespace {

using Folder = io::testing::TemporaryFolder;
using io::testing::get;

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

template <class E, class F> std::string message_of(F&& f) {
  try {
    f();
  } catch (const E& e) {
    return e.what();
  }
  return "";
}

std::vector<std::string> names_in(const std::string& folder) {
  std::vector<std::string> names;
  for (auto& entry : fs::directory_iterator(folder)) names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<std::string> devices_here() {
  std::vector<std::string> names{"cpu", "host", "reference"};
  for (const Device& d : devices())
    if (std::string(d.name).starts_with("opencl")) names.emplace_back(d.name);
  return names;
}

struct Training {
  Expr x = tensor<f32>("x", {dim("rows"), 8}), y = tensor<i32>("y", {dim("rows")});
  Shared w = shared(ones<f32>({8, 4}), "w");
  Expr loss = mean(cross_entropy(tanh(dot(x, w)), y));
  Function step(const std::string& device = "cpu") const {
    return function({x, y}, {loss}, {.updates = {{w, w - 0.5f * grad(loss, w)}}, .device = device, .name = "step", .output_names = {"loss"}});
  }
  std::vector<f32> images = std::vector<f32>(40, 0.25f);
  std::vector<i32> labels{0, 1, 2, 3, 1};
};

} // namespace

TEST_CASE("a captured training step replays to the same bits on its device, and within bounds on others") {
  Training t;
  t.images[3] = 2;
  for (const std::string& device : devices_here()) {
    INFO(device);
    Folder folder;
    Function step = t.step(device);
    step(view(t.images.data(), {5, 8}), t.labels);
    Array before = t.w.get();
    step.capture(folder / "captured", view(t.images.data(), {5, 8}), t.labels);
    CHECK(t.w.get() == before); // nothing is changed
    Replay again = replay(folder / "captured");
    INFO(again.text);
    CHECK(again.same);
    CHECK(contains(again.text, "loss: f32{} the bits that were recorded\n"));
    CHECK(contains(again.text, "new w: f32{8, 4} the bits that were recorded\n"));
    CHECK(replay(folder / "captured", "reference").same);
    auto recorded = io::read_npz(folder / "captured/outputs.npz");
    f32 loss = step(view(t.images.data(), {5, 8}), t.labels).single().item<f32>(); // the call itself
    CHECK(std::memcmp(recorded.at("loss").data.data(), &loss, sizeof loss) == 0);
    CHECK(folder.count() == 1); // no folder in the making is left
  }
}

TEST_CASE("a capture holds what it says, and nothing of this machine") {
  Training t;
  Folder folder;
  t.step().capture(folder / "c", view(t.images.data(), {5, 8}), t.labels);
  CHECK(names_in(folder / "c") == std::vector<std::string>{"CMakeLists.txt", "README.md", "capture.json", "graph.json", "inputs.npz", "outputs.npz", "replay.cpp", "stages", "state.npz", "state_after.npz"});
  auto stages = names_in(folder / "c/stages");
  for (const char* stage : {"input.txt", "optimized.txt", "scheduled.txt", "kernels.txt", "plan.txt", "llvm.txt", "assembly.txt"}) CHECK(std::find(stages.begin(), stages.end(), stage) != stages.end());
  Json facts = Json::parse(get(folder / "c/capture.json"));
  CHECK(facts.at("function") == "step");
  CHECK(facts.at("device") == "cpu");
  CHECK(facts.at("error").is_null());
  CHECK(facts.at("facts").contains("processor"));
  const char *home = std::getenv("HOME"), *user = std::getenv("USER");
  for (auto& entry : fs::recursive_directory_iterator(folder / "c")) {
    if (!entry.is_regular_file()) continue;
    std::string text = get(entry.path().string());
    INFO(entry.path());
    CHECK(!contains(text, CROTON_SOURCE_DIR));
    CHECK(!contains(text, folder / ""));
    if (home && std::string(home).size() > 1) CHECK(!contains(text, std::string(home) + "/"));
    if (user && std::string(user).size() > 5) CHECK(!contains(text, user));
  }
}

TEST_CASE("inputs that lie strided, inputs and states of one name, scalars and unnamed outputs") {
  auto x = tensor<f64>("x", {3, 2});
  auto k = scalar<f64>("k");
  auto s1 = shared(zeros<f64>({2}), "x"), s2 = shared(ones<f64>({2}), "x"), unread = shared(ones<f64>({3}), "x");
  Function f = function({x, k}, {x * k + s1, sum(x + s2)}, {.updates = {{s2, s2 * 2}, {unread, sum(x, 1)}}});
  std::vector<f64> data{1, 2, 3, 4, 5, 6};
  Folder folder;
  f.capture(folder / "c", view(data.data(), {3, 2}, {1, 3}), 2.5);
  Replay again = replay(folder / "c");
  INFO(again.text);
  CHECK(again.same);
  CHECK(contains(get(folder / "c/capture.json"), "\"strides\": {\n  \"x\": [\n   1,\n   3\n  ]\n }"));
  CHECK(io::read_npz(folder / "c/inputs.npz").size() == 2);
  CHECK(io::read_npz(folder / "c/state.npz").size() == 3);
  CHECK(io::read_npz(folder / "c/state_after.npz").size() == 2);
}

TEST_CASE("a wrong value is found") {
  auto x = vector<f32>("x");
  Function f = function({x}, exp(x) + 1);
  Folder folder;
  f.capture(folder / "c", std::vector<f32>{0, 1, 2});
  auto outputs = io::read_npz(folder / "c/outputs.npz");
  auto* values = reinterpret_cast<f32*>(outputs.begin()->second.data.data());
  values[1] = std::nextafter(values[1], 10.f);
  io::write_npz(folder / "c/outputs.npz", outputs);
  Replay close = replay(folder / "c");
  CHECK(close.same);
  CHECK(contains(close.text, "1 of 3 elements have other bits"));
  values[1] += 1;
  io::write_npz(folder / "c/outputs.npz", outputs);
  Replay wrong = replay(folder / "c");
  CHECK(!wrong.same);
  CHECK(contains(wrong.text, "DIFFERS"));
  CHECK(contains(wrong.text, "element 1 is 3.71828"));
}

TEST_CASE("the first call that fails is captured, and the error is the call's") {
  auto x = vector<f32>("x");
  auto at = vector<i64>("at");
  Folder folder;
  for (bool bound : {false, true}) {
    std::string name = bound ? "bound" : "called";
    Function f = function({x, at}, take(x, at), {.name = "f", .capture_failures = folder / name});
    std::vector<f32> data{1, 2, 3}, out(2);
    std::vector<i64> good{0, 1}, bad{0, 7};
    f(data, good);
    CHECK(!fs::exists(folder / name));
    if (bound) CHECK_THROWS_AS(f.bind({out}, {data, bad})(), IndexError);
    else CHECK_THROWS_AS(f(data, bad), IndexError);
    CHECK_THROWS_AS(f(std::vector<f32>{1}, bad), IndexError); // not this one
    Json facts = Json::parse(get(folder / name + "/capture.json"));
    CHECK(facts.at("error").get<std::string>().starts_with("IndexError: "));
    CHECK(io::read_npz(folder / name + "/inputs.npz").at("x").shape == std::vector<i64>{3});
    CHECK(!fs::exists(folder / name + "/outputs.npz"));
    Replay again = replay(folder / name);
    INFO(again.text);
    CHECK(again.same);
    CHECK(contains(again.text, "now:      IndexError: "));
  }
}

TEST_CASE("asserts and NaN guards fail again") {
  auto x = vector<f32>("x");
  Folder folder;
  Function checked = function({x}, sum(log(assert_that(x, x > 0, "x must be positive"))), {.capture_failures = folder / "assert"});
  Function guarded = function({x}, sum(sqrt(x)), {.nan_guard = true, .capture_failures = folder / "guard"});
  std::vector<f32> bad{1, -1};
  CHECK_THROWS_AS(checked(bad), ValueError);
  CHECK_THROWS_AS(guarded(bad), ValueError);
  for (const char* name : {"assert", "guard"}) {
    Replay again = replay(folder / name);
    INFO(again.text);
    CHECK(again.same);
    CHECK(contains(again.text, "now:      ValueError: "));
  }
}

TEST_CASE("another capture is replaced, anything else is left alone") {
  auto x = vector<f32>("x");
  Function f = function({x}, x + 1, {.name = "f"});
  Folder folder;
  std::string target = folder / "c";
  fs::create_directory(target);
  f.capture(target, std::vector<f32>{1}); // empty
  f.capture(target + "/", std::vector<f32>{1, 2}); // a capture
  CHECK(io::read_npz(target + "/inputs.npz").at("x").shape == std::vector<i64>{2});
  io::testing::put(target + "/notes.txt", "mine");
  CHECK(contains(message_of<ValueError>([&] { f.capture(target, std::vector<f32>{1}); }), "found 'notes.txt' in it, which no capture wrote"));
  CHECK(get(target + "/notes.txt") == "mine");
  CHECK(io::read_npz(target + "/inputs.npz").at("x").shape == std::vector<i64>{2});
  io::testing::put(folder / "file", "mine");
  CHECK(contains(message_of<ValueError>([&] { f.capture(folder / "file", std::vector<f32>{1}); }), "found a file"));
  CHECK(get(folder / "file") == "mine");
  CHECK_THROWS_AS(f.capture("", std::vector<f32>{1}), ValueError);
  CHECK_THROWS_AS(f.capture("/proc/croton/c", std::vector<f32>{1}), IoError);
  CHECK(folder.count() == 2);
}

TEST_CASE("what cannot be captured or replayed says why") {
  auto x = vector<f32>("x");
  auto wave = custom_op("captured_wave", [](Expr v) { return sin(v) / v; });
  Folder folder;
  std::string message = message_of<UnsupportedError>([&] { function({x}, wave(x)).capture(folder / "c", std::vector<f32>{1}); });
  CHECK(contains(message, "'captured_wave'"));
  CHECK(contains(message, "(capture.cpp:"));
  CHECK(folder.count() == 0);
  CHECK(contains(message_of<IoError>([&] { replay(folder / "none"); }), "holds no capture"));
  Function f = function({x}, x + 1);
  f.capture(folder / "c", std::vector<f32>{1});
  io::testing::put(folder / "c/capture.json", "{\"croton_capture\": 2}");
  CHECK(contains(message_of<IoError>([&] { replay(folder / "c"); }), "found the version 2, expected 1"));
  f.capture(folder / "strided", view(std::vector<f32>{1, 2, 3, 4}.data() + 3, {4}, {-1}));
  std::string facts = get(folder / "strided/capture.json"), strides = "\"x\": [\n   -1\n  ]";
  for (const char* wrong : {"[]", "[1, 2]", "[9223372036854775807]", "[-9223372036854775808]", "[1000000000000]"}) {
    io::testing::put(folder / "strided/capture.json", std::string(facts).replace(facts.find(strides), strides.size(), "\"x\": " + std::string(wrong)));
    CHECK(contains(message_of<IoError>([&] { replay(folder / "strided"); }), "the strides of 'x'"));
  }
  io::testing::put(folder / "strided/capture.json", facts);
  CHECK(replay(folder / "strided").same);
  io::testing::put(folder / "c/capture.json", "[");
  CHECK(contains(message_of<IoError>([&] { replay(folder / "c"); }), "this is no capture"));
}
