// Chapter 6: graphs, arrays and literals read from outside: text, JSON and .npy.
#include "ir/json.h"
#include "ir/text.h"
#include "tests/errors/catalogue.h"

namespace croton::test {

namespace {

void texts(Catalogue& c) {
  using ir::parse_text;
  c.entry(601, "Text without return", "End the text by a line 'return LABEL, …'.", [] {
    parse_text("x = input(3, dtype=f32)\n");
  });
  c.entry(602, "Text after return", "Put return last.", [] {
    parse_text("x = input(3, dtype=f32)\nreturn x\ny = exp(x)\n");
  });
  c.entry(603, "A label defined twice", "Use another label.", [] {
    parse_text("x = input(3, dtype=f32)\nx = exp(x)\nreturn x\n");
  });
  c.entry(604, "A line that makes nothing", "Write LABEL = OP(OPERANDS).", [] {
    parse_text("x = 3\nreturn x\n");
  });
  c.entry(605, "A type that is not what the op gives", "Leave the type out, or write the one in the message.", [] {
    parse_text("x = input(3, dtype=f32) : f64[3]\nreturn x\n");
  });
  c.entry(606, "A dtype that does not exist", "Use a dtype of docs/semantics.md.", [] {
    parse_text("x = input(3, dtype=f32)\ny = add(x, 1:f33)\nreturn y\n");
  });
  c.entry(607, "A literal without a dtype", "Write the dtype behind the literal: 1.5:f32.", [] {
    parse_text("y = exp(1.5)\nreturn y\n");
  });
  c.entry(608, "A label that is not defined", "Define it in a line above.", [] {
    parse_text("y = exp(%1)\nreturn y\n");
  });
  c.entry(609, "An op that does not exist", "Use an op that `croton ops` lists.", [] {
    parse_text("x = input(3, dtype=f32)\ny = expp(x)\nreturn y\n");
  });
  c.entry(610, "An attribute that the op does not have", "Use the attributes that `croton ops OP` lists.", [] {
    parse_text("x = input(3, dtype=f32)\ny = exp(x, axis=1)\nreturn y\n");
  });
  c.entry(611, "An attribute of another kind", "Write the kind that the message names.", [] {
    parse_text("x = input(3, dtype=f32)\ny = sum(x, axes=1, keepdims=false)\nreturn y\n");
  });
  c.entry(612, "An attribute that is missing", "Give every attribute of the op.", [] {
    parse_text("x = input(3, dtype=f32)\ny = sum(x, keepdims=false)\nreturn y\n");
  });
  c.entry(613, "Not as many operands as the op takes", "Give as many operands as `croton ops OP` says.", [] {
    parse_text("x = input(3, dtype=f32)\ny = add(x)\nreturn y\n");
  });
  c.entry(614, "An integer of more than 64 bits", "Give a smaller one.", [] {
    parse_text("x = input(3, dtype=f32)\ny = sum(x, axes=[99999999999999999999], keepdims=false)\nreturn y\n");
  });
  c.entry(615, "An axis of a file's op that is out of range", "Count axes from 0.", [] {
    parse_text("x = input(3, dtype=f32)\ny = sum(x, axes=[1], keepdims=false)\nreturn y\n");
  });
  c.entry(616, "A shape of too many axes", "A tensor has at most 8.", [] {
    parse_text("x = input(1, 1, 1, 1, 1, 1, 1, 1, 1, dtype=f32)\nreturn x\n");
  });
  c.entry(617, "A negative size in a file", "Give 0 or more.", [] {
    parse_text("x = input(-3, dtype=f32)\nreturn x\n");
  });
  c.entry(618, "A shape of too many elements", "Give smaller sizes.", [] {
    parse_text("x = input(9000000000, 9000000000, dtype=f32)\nreturn x\n");
  });
  c.entry(619, "Bytes that are no hexadecimal digits", "Write two digits for each byte.", [] {
    parse_text("x = constant(dtype=u8, shape=[1], data=\"0g\")\nreturn x\n");
  });
  c.entry(620, "Data that does not fill its shape", "Give as many bytes as the shape needs.", [] {
    parse_text("x = constant(dtype=u8, shape=[2], data=\"00\")\nreturn x\n");
  });
  c.entry(621, "Two comparisons in a row", "Put parentheses around one.", [] {
    parse_text("x = input(a < b < c, dtype=f32)\nreturn x\n");
  });
  c.entry(622, "A literal that its dtype cannot hold", "Write a number that the dtype has.", [] {
    parse_text("x = input(3, dtype=f32)\ny = add(x, 1e99:f32)\nreturn y\n");
  });
  c.entry(623, "A constant without a value", "Give value=, or shape= and data=.", [] {
    parse_text("x = constant(dtype=f32)\nreturn x\n");
  });
  c.entry(624, "A size that is no i64 scalar", "Write sizes as integers, symbols or arithmetic on them.", [] {
    parse_text("x = input(3, dtype=f32)\ny = broadcast_to(x, x)\nreturn y\n");
  });
  c.entry(625, "A file's matrix product of unequal ranks", "Give both operands the same rank, 2 or more, and the same leading sizes.", [] {
    parse_text("x = input(3, 3, dtype=f32)\nv = input(3, dtype=f32)\ny = matmul(x, v)\nreturn y\n");
  });
  c.entry(626, "A file's matrix product of unequal inner sizes", "The columns of the first are the rows of the second.", [] {
    parse_text("x = input(3, 4, dtype=f32)\ny = matmul(x, x)\nreturn y\n");
  });
  c.entry(654, "A file's bias that is no row of its product", "Give a bias one element for each column.", [] {
    parse_text("x = input(3, 3, dtype=f32)\nv = input(2, dtype=f32)\ny = fused_matmul(x, x, v, activation=\"none\")\nreturn y\n");
  });
  c.entry(627, "A file's order that is not of all axes", "Name each axis once.", [] {
    parse_text("x = input(3, 4, dtype=f32)\ny = permute(x, order=[0])\nreturn y\n");
  });
  c.entry(628, "A file's order that names no axis", "Name each axis once.", [] {
    parse_text("x = input(3, 4, dtype=f32)\ny = permute(x, order=[])\nreturn y\n");
  });
  c.entry(629, "A file's new axes that are not sorted", "Name places of the result, sorted.", [] {
    parse_text("x = input(3, 4, dtype=f32)\ny = expand_dims(x, axes=[1, 0])\nreturn y\n");
  });
  c.entry(650, "A file's axes that are not sorted", "Sort them and name each once.", [] {
    parse_text("x = input(1, 1, dtype=f32)\ny = squeeze(x, axes=[1, 0])\nreturn y\n");
  });
  c.entry(651, "A file's place with step 0", "Give a step of 1 or more.", [] {
    parse_text("x = input(3, dtype=f32)\ny = place(x, 0.0:f32, 0, 9, axis=0, step=0)\nreturn y\n");
  });
  c.entry(652, "A file's variance of a negative ddof", "Give 0 or more.", [] {
    parse_text("x = input(3, dtype=f32)\ny = variance(x, axes=[0], keepdims=false, ddof=-1)\nreturn y\n");
  });
  c.entry(653, "A scatter without one position for each row", "Give a vector of as many positions as rows.", [] {
    parse_text("x = input(3, dtype=f32)\np = input(2, dtype=i64)\ny = scatter_add(x, p, 5)\nreturn y\n");
  });
}

void documents(Catalogue& c) {
  using ir::from_json;
  c.entry(643, "A size that is no expression of sizes, in a document", "Write an integer, a symbol, or + - * // minimum maximum remainder of them.", [] {
    from_json(R"json({"croton": 1, "inputs": [{"name": "x", "dtype": "f32", "shape": ["exp(n)"]}], "outputs": []})json");
  });
  c.entry(644, "An input that is not listed when a document is written", "List every input of the outputs.", [] {
    ir::to_json(ir::Document{{}, {}, {{"y", ir::parse_text("x = input(3, dtype=f32)\nreturn x\n")[0]}}, {}, {}});
  });
  c.entry(630, "A file that is no JSON", "Write a document as docs/json.md describes.", [] {
    from_json("{");
  });
  c.entry(631, "A document of another version", "Write version 1, or use the program that wrote the document.", [] {
    from_json(R"({"croton": 2, "outputs": []})");
  });
  c.entry(632, "A field that is missing", "Add it: docs/json.md says what each object holds.", [] {
    from_json(R"({"croton": 1})");
  });
  c.entry(633, "A field that does not exist", "Leave it out, or correct its name.", [] {
    from_json(R"({"croton": 1, "outputs": [], "outptus": []})");
  });
  c.entry(634, "A value of another kind", "Write the kind that the message names.", [] {
    from_json(R"({"croton": 1, "outputs": [3]})");
  });
  c.entry(635, "An id that is taken", "Give each node, input and shared variable its own.", [] {
    from_json(R"({"croton": 1, "nodes": [{"id": "a", "op": "iota", "args": [{"dim": "n"}], "attrs": {"axis": 0, "dtype": "i64"}},
                                         {"id": "a", "op": "exp", "args": ["a"]}], "outputs": []})");
  });
  c.entry(636, "A name that nothing has", "Refer to nodes above only.", [] {
    from_json(R"({"croton": 1, "outputs": [{"name": "y", "node": "y"}]})");
  });
  c.entry(637, "A dtype that does not exist, in a document", "Use a dtype of docs/semantics.md.", [] {
    from_json(R"({"croton": 1, "inputs": [{"name": "x", "dtype": "float", "shape": []}], "outputs": []})");
  });
  c.entry(638, "An update of something that is not shared", "Update variables of the list 'shared'.", [] {
    from_json(R"({"croton": 1, "inputs": [{"name": "x", "dtype": "f32", "shape": []}], "outputs": [], "updates": [{"shared": "x", "node": "x"}]})");
  });
  c.entry(639, "A number without a dtype, in a document", "Write {\"value\": …, \"dtype\": …}.", [] {
    from_json(R"({"croton": 1, "nodes": [{"id": "a", "op": "exp", "args": [1.5]}], "outputs": []})");
  });
  c.entry(640, "An op that stands in kernels only", "Use an op that `croton ops` lists.", [] {
    from_json(R"({"croton": 1, "nodes": [{"id": "a", "op": "register", "args": []}], "outputs": []})");
  });
  c.entry(641, "An attribute that the op does not have, in a document", "Use the attributes that `croton ops OP` lists.", [] {
    from_json(R"({"croton": 1, "inputs": [{"name": "x", "dtype": "f32", "shape": []}],
                  "nodes": [{"id": "a", "op": "exp", "args": ["x"], "attrs": {"base": 2}}], "outputs": []})");
  });
  c.entry(642, "Base64 digits that are none", "Write numbers, or \"base64:\" and base64 digits.", [] {
    from_json(R"({"croton": 1, "nodes": [{"id": "a", "op": "constant", "args": [], "attrs": {"dtype": "u8", "shape": [1], "data": "?"}}], "outputs": []})");
  });
  c.entry(660, "Operands of a scan that differ, in a document", "Broadcast them first: all operands have the result's shape.", [] {
    from_json(R"({"croton": 1, "inputs": [{"name": "m", "dtype": "f32", "shape": [3]}, {"name": "c", "dtype": "f32", "shape": [4]}],
                  "nodes": [{"id": "y", "op": "linear_recurrence", "args": ["m", "c"], "attrs": {"axis": 0, "reverse": false, "exclusive": false}}], "outputs": []})");
  });
}

} // namespace

void graph_errors(Catalogue& c) {
  texts(c);
  documents(c);
}

} // namespace croton::test
