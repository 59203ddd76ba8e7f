// The viewer in a real browser: it loads without errors, search finds, a click shows line, rules and source, a diff tells what
// changed, and 5,000 nodes are no trouble. Without Chromium these say so, and the test counts as skipped.
#include "croton/croton.h"
#include "tests/support/catch.h"
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <unistd.h>

using namespace croton;
namespace fs = std::filesystem;

namespace {

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

bool has_chromium() {
  static const bool has = std::system("chromium --version > /dev/null 2>&1") == 0;
  return has;
}

struct Folder {
  fs::path path = fs::temp_directory_path() / ("croton-viewer-" + std::to_string(::getpid()));
  Folder() { fs::create_directories(path); }
  ~Folder() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
};

// The page's document after the commands of the fragment.
std::string shown(const Folder& f, const std::string& commands) {
  std::string out = (f.path / "dom.html").string();
  std::string command = "timeout 300 chromium --headless --no-sandbox --disable-gpu --user-data-dir='" + (f.path / "profile").string() + "' --virtual-time-budget=20000 --dump-dom 'file://" +
                        (f.path / "page.html").string() + "#" + commands + "' > '" + out + "' 2> /dev/null";
  REQUIRE(std::system(command.c_str()) == 0);
  std::string dom = read(out);
  std::size_t errors = dom.find("<div id=\"errors\"");
  REQUIRE(errors != std::string::npos);
  CHECK(contains(dom.substr(errors, 40), "hidden")); // shown only when something was thrown
  CHECK(contains(dom, "data-ready=\"yes\""));
  return dom;
}

// What is inside an element, by its id.
std::string inside(const std::string& dom, const std::string& id) {
  std::size_t at = dom.find(" id=\"" + id + "\"");
  if (at == std::string::npos) return "";
  std::size_t begin = dom.find('>', at) + 1;
  return dom.substr(begin, 6000);
}

} // namespace

TEST_CASE("the page shows a function in Chromium") {
  auto x = tensor<f32>("x", {dim("rows"), 64});
  auto y = tensor<i32>("y", {dim("rows")});
  auto W = shared(zeros<f32>({64, 10}), "W");
  Expr loss = mean(cross_entropy(dot(x, W), y)) + sum(log(1 + square(W)));
  Function f = function({x, y}, loss, {.updates = {{W, W - 0.1f * grad(loss, W)}}, .name = "train", .profile = true, .output_names = {"loss"}});
  std::vector<f32> data(16 * 64);
  std::vector<i32> labels(16, 3);
  for (int i = 0; i < 3; ++i) f(view(data.data(), {16, 64}), labels);
  Folder folder;
  f.save_html((folder.path / "page.html").string());
  std::string page = read(folder.path / "page.html");
  CHECK(!contains(page, "http://"));
  CHECK(!contains(page, "https://"));
  CHECK(!contains(page, " src="));
  NEEDS(has_chromium(), "chromium");

  std::string dom = shown(folder, "search=log1p&next");
  CHECK(contains(dom, "<span id=\"found\">1 found</span>"));
  std::string details = inside(dom, "details");
  CHECK(contains(details, "<p class=\"headline\">log1p</p>"));
  CHECK(contains(details, "viewer.cpp:")); // the user's line
  CHECK(contains(details, "<b>log1p</b> made it from"));

  details = inside(shown(folder, "click=exp"), "details");
  CHECK(contains(details, "<p class=\"headline\">exp</p>"));
  CHECK(contains(details, "computed in"));

  dom = shown(folder, "step=0");
  CHECK(contains(inside(dom, "source"), "kernel train."));
  CHECK(contains(dom, ">LLVM IR</button>"));
  CHECK(contains(dom, ">OpenCL C</button>"));
  CHECK(contains(dom, ">CUDA C</button>"));
  CHECK(contains(dom, " µs each, 3 times"));
  CHECK(contains(dom, "<dt>roofline</dt>"));
  CHECK(contains(inside(shown(folder, "step=0&language=1"), "source"), "define "));
  CHECK(contains(inside(shown(folder, "step=0&language=2"), "source"), "__global__"));
  CHECK(contains(inside(shown(folder, "step=0&language=3"), "source"), "__kernel"));
  CHECK(contains(inside(shown(folder, "pass=3"), "details"), "for function() on device cpu (viewer.cpp:"));

  dom = shown(folder, "diff=0");
  CHECK(contains(inside(dom, "removed"), "only in optimized"));
  CHECK(contains(inside(dom, "removed"), "class=\"chip\""));
}

TEST_CASE("every node of the page has a line of the user's") {
  auto x = tensor<f32>("x", {dim("rows"), 64});
  auto W = shared(zeros<f32>({64, 10}), "W");
  Expr loss = mean(square(softmax(dot(x, W))));
  Function f = function({x}, loss, {.updates = {{W, W - grad(loss, W)}}});
  Folder folder;
  f.save_html((folder.path / "page.html").string());
  std::string page = read(folder.path / "page.html");
  CHECK(contains(page, "\"line\":\"viewer.cpp:"));
  CHECK(!contains(page, "\"line\":\"\""));
}

TEST_CASE("a name cannot leave the page's data") {
  auto x = vector<f32>("</script><script>throw 1</script>");
  Function f = function({x}, exp(x));
  Folder folder;
  f.save_html((folder.path / "page.html").string());
  CHECK(!contains(read(folder.path / "page.html"), "<script>throw"));
  if (has_chromium()) shown(folder, "click=exp");
}

TEST_CASE("5,000 nodes") {
  auto x = tensor<f32>("x", {dim("n")});
  Expr e = x;
  std::vector<Expr> all;
  for (int i = 0; i < 5000; ++i) e = i % 50 == 49 ? e + all[all.size() - 40] : i % 3 == 0 ? sin(e) : i % 3 == 1 ? e * x : e + 0.5, all.push_back(e);
  Function f = function({x}, e);
  Folder folder;
  std::clock_t start = std::clock(); // of this process alone: others may be busy
  f.save_html((folder.path / "page.html").string());
  CHECK(static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC < 30);
  NEEDS(has_chromium(), "chromium");
  CHECK(contains(shown(folder, "search=sin"), " found</span>"));
}

TEST_CASE("without a plan there is no page") {
  auto x = vector<f32>("x");
  CHECK_THROWS_AS(function({x}, x + 1, {.device = "reference"}).save_html("/dev/null"), UnsupportedError);
}
