// Any bytes, read as a graph's document and as its text: what is accepted verifies, prints and parses to itself, and compiles;
// else an error of the kind that a user may see.
#include "ir/text.h"
#include "ir/verify.h"
#include "src/document/document.h"
#include <cstdint>
#include <cstdlib>
#include <string>
#include <sys/mman.h>
#include <unistd.h>

using namespace croton;

namespace {

template <class Read> void expect_typed_errors(const Read& read) {
  try {
    read();
  } catch (const InternalError&) {
    throw;
  } catch (const Error&) {
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  expect_typed_errors([&] {
    auto roots = ir::parse_text(text);
    ir::verify(roots, "parse_text");
    if (ir::parse_text(ir::to_text(roots)) != roots) std::abort();
  });
  static const int memory = memfd_create("graph.json", 0);
  if (ftruncate(memory, 0) != 0 || pwrite(memory, data, size, 0) != static_cast<ssize_t>(size)) std::abort();
  const std::string file = "/proc/self/fd/" + std::to_string(memory);
  expect_typed_errors([&] {
    document::Graph graph = document::load_graph(file, {.max_nodes = 200});
    ir::verify(graph.roots(), "load_graph");
    compile(document::program_of(graph), "host");
  });
  return 0;
}
