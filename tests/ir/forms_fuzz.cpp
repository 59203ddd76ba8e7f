// Mutated texts and documents: a typed error or a graph, never a crash, an internal error or a hang.
#include "ir/json.h"
#include "ir/text.h"
#include "ir/verify.h"
#include "tests/support/catch.h"
#include "tests/support/random_graph.h"

using namespace croton;
using namespace croton::ir;

namespace {

std::string mutated(std::string text, std::mt19937_64& rng) {
  static const std::string_view pieces[] = {"%1", "(", ")", "[", "]", ",", "=", "-", "1", "99999999999999999999", "n", "*", "//", "\"", "\\",
                                            "nan", "inf", "0x7", ":f32", "f64", "true", "axes", "{", "}", "x0", "1.5", "\n", "e9", "return "};
  for (int edits = 1 + static_cast<int>(rng() % 3); edits > 0; --edits) {
    if (text.empty()) return text;
    std::size_t at = rng() % text.size(), length = std::min<std::size_t>(text.size() - at, 1 + rng() % 12), other = rng() % text.size();
    switch (rng() % 5) {
    case 0: text[at] = static_cast<char>(rng() % 256); break;
    case 1: text.erase(at, length); break;
    case 2: text.insert(at, pieces[rng() % std::size(pieces)]); break;
    case 3: text.insert(at, text.substr(other, length)); break;
    default: text.replace(at, std::min<std::size_t>(2, length), pieces[rng() % std::size(pieces)]); break;
    }
  }
  return text;
}

template <class Parse> void fuzz(const std::function<std::string(std::uint64_t)>& source, Parse parse) {
  std::mt19937_64 rng(99);
  int accepted = 0;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    std::string text = source(seed);
    for (int round = 0; round < 100; ++round) {
      std::string input = mutated(text, rng);
      INFO(input);
      try {
        parse(input);
        ++accepted;
      } catch (const InternalError& e) {
        FAIL(e.what());
      } catch (const Error&) { // what a user may see
      }
    }
  }
  CHECK(accepted > 0);
}

} // namespace

TEST_CASE("mutated texts give typed errors or valid graphs") {
  fuzz([](std::uint64_t seed) { return to_text(croton::test::random_graph(seed).roots); },
       [](const std::string& input) {
         auto roots = parse_text(input);
         verify(roots, "parse_text");
         CHECK(parse_text(to_text(roots)) == roots);
       });
}

TEST_CASE("mutated documents give typed errors or valid graphs") {
  fuzz([](std::uint64_t seed) { return to_json(document_of(croton::test::random_graph(seed).roots)); },
       [](const std::string& input) {
         Document d = from_json(input, {.keep_states = true});
         std::vector<Ref> roots;
         for (auto& o : d.outputs) roots.push_back(o.node);
         verify(roots, "from_json");
         to_json(d);
       });
}
