// A program at every stage of its compilation, as text, JSON or a drawing.
#pragma once
#include "src/executable.h"
#include <span>

namespace croton::inspect {

enum class StageKind : std::uint8_t { graph, kernels, plan, code };

struct Stage {
  std::string_view name, doc;
  StageKind kind;
  std::string_view brings = {}; ///< of code: which devices have it
};
/// Every stage, in the order of compilation.
std::span<const Stage> stages();
inline constexpr std::string_view formats[] = {"text", "json", "dot", "svg"};

struct Options {
  std::string format = "text";
  std::size_t max_nodes = 2000; ///< graphs beyond are folded and cut, with a note; 0: never
};

/// Throws ValueError for a stage or format that does not exist, UnsupportedError for one that this device or stage has not.
std::string dump(const Program& program, const Executable& executable, std::string_view stage, const Options& options = {});
/// A graph by itself.
std::string dump_graph(std::span<const ir::Ref> roots, std::span<const std::string> names, const Options& options);

/// Without the marks of positions that are checked already: a document has none, whoever loads it checks again.
std::vector<ir::Ref> without_marks(std::span<const ir::Ref> roots);

/// The roots of a graph stage.
std::vector<ir::Ref> graph_at(const Program& program, const Executable& executable, std::string_view stage);

/// CROTON_DUMP=stage[.format],… writes those stages of every function made into files of the folder CROTON_DUMP_DIR
/// (croton-dump by default): `train-0.optimized.txt`. A stage that the device has not is left out. "explain" and "view" write
/// the explanation and the page.
void dump_by_environment(const Program& program, const Executable& executable);

/// What Graphviz's program `dot` makes of a drawing ("svg", "plain"); "" where it is missing or fails.
std::string by_graphviz(const std::string& dot, std::string_view format);
/// A drawing as SVG by Graphviz; UnsupportedError where its program `dot` is not installed.
std::string svg_of(const std::string& dot);

/// The file's text in one step; IoError naming the file.
void write_file(const std::string& path, const std::string& text);

} // namespace croton::inspect
