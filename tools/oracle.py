#!/usr/bin/env python3
"""Random graphs run by `croton run` and compared with NumPy.

    tools/oracle.py --count 100000 --seed 1          # a night
    tools/oracle.py --count 1 --seed 1 --first 137   # the 138th graph of that seed again

Needs Python 3.8 and NumPy. What ops there are, their operands, dtypes, domains and accuracy come from `croton ops --json`; an op
that this script has no NumPy value for is named at the end.

Two kinds of graphs, both with sizes that are numbers or symbols, over all dtypes:

* One op on ordinary and special values (infinities, NaN, signed zeros, the ends of integers). Elements inside the op's
  domain must be within the op's stated ulp bound of NumPy's value in a wider type; special values must be NumPy's.
* Several ops, several outputs, shared state with updates, and gradients. Values stay finite. The bound of an output is how
  far it moves when every inner value is moved by its op's own bound, so it is as wide as the graph is ill-conditioned and
  no wider: 16 times the largest move of several such runs, and one bound of the last op. Elements that jump (an index, a
  comparison) are left out where such a run changes them. Gradients are compared with central differences in extended
  precision, extrapolated, except where two step sizes disagree (a kink).

A failing graph is written to --failures as N.json with its inputs N.npz and a line that runs it; exit code 1.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile

import numpy as np

sys.dont_write_bytecode = True  # the source tree stays as it is
from oracle_graphs import Graph, Value, run_again
from oracle_values import EPS, NO_DIFFERENCES, SIGN_OF_ZERO, TINY, VALUES, Unsuited, evaluate, name_of, widened


class Failure(Exception):
    pass


# ---- documents --------------------------------------------------------------------------------------------------

def plain(x):
    if isinstance(x, np.generic):
        x = x.item()
    return x


def literal(dtype, value):
    value = plain(value)
    return {"value": value, "dtype": dtype} if dtype != "f32" else {"value": float(repr(np.float32(value)).replace("np.float32(", "").rstrip(")")), "dtype": dtype}


def document(graph, outputs, updates, gradients):
    def operand(a):
        return a.name if isinstance(a, Value) else literal(*a) if isinstance(a, tuple) else a

    leaf = lambda v: {"name": v.name, "dtype": v.dtype, "shape": list(v.dims)}
    d = {"croton": 1, "inputs": [leaf(v) for v in graph.inputs], "shared": [leaf(v) for v in graph.shared]}
    d["nodes"] = [{"id": v.name, "op": v.op, "args": [operand(a) for a in v.args], "attrs": v.attrs} for v in graph.nodes]
    d["gradients"] = gradients
    d["outputs"] = [{"name": o, "node": o} for o in outputs]
    d["updates"] = [{"shared": s, "node": n} for s, n in updates]
    return d


class Croton:
    def __init__(self, program, device):
        self.program, self.device, self.runs = program, device, 0

    def ops(self):
        text = subprocess.run([self.program, "ops", "--json"], check=True, stdout=subprocess.PIPE).stdout
        return {o["name"]: o for o in json.loads(text)}

    def run(self, folder, graph, doc):
        """The outputs, and the new state."""
        path = lambda name: os.path.join(folder, name)
        with open(path("graph.json"), "w") as f:
            json.dump(doc, f)
        line = [self.program, "run", "graph.json", "--outputs", "out.npz", "--device", self.device]
        for field, option, values in (("in.npz", "--inputs", graph.inputs), ("state.npz", "--state-in", graph.shared)):
            if values:
                np.savez(path(field), **{v.name: v.array for v in values})
                line += [option, field]
        if graph.shared:
            line += ["--state", "new.npz"]
        self.runs += 1
        done = subprocess.run(line, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300)
        if done.returncode:
            raise Failure("exit code %d: %s" % (done.returncode, done.stderr.decode(errors="replace").strip()[:500]))
        loaded = lambda name: dict(np.load(path(name)))
        return loaded("out.npz"), loaded("new.npz") if graph.shared else {}


# ---- comparing --------------------------------------------------------------------------------------------------

def check_array(what, got, expected, bound, unstable=None, exact=None):
    """`exact`: the expected value before it was rounded; the bound is from there."""
    if got.dtype != expected.dtype or got.shape != expected.shape:
        raise Failure("%s: found %s%s, expected %s%s" % (what, got.dtype, got.shape, expected.dtype, expected.shape))
    if expected.dtype.kind != "f":
        wrong = got != expected
    else:
        wide = np.longdouble if expected.dtype == np.float64 else np.float64
        with np.errstate(all="ignore"):
            distance = np.abs(got.astype(wide) - (expected if exact is None else exact).astype(wide))
            same = (got == expected) | (np.isnan(got) & np.isnan(expected))
            wrong = ~same & ~(distance <= bound)
    if unstable is not None:
        wrong = wrong & ~unstable
    if np.any(wrong):
        at = tuple(int(k) for k in np.argwhere(np.asarray(wrong))[0])
        b = np.broadcast_to(bound, expected.shape)[at] if expected.dtype.kind == "f" else 0
        raise Failure("%s: %d of %d elements differ, first at %s: found %r, expected %r within %.3g" %
                      (what, np.count_nonzero(wrong), expected.size, list(at), got[at], expected[at], b))


def moved_runs(graph, leaves, rng, count):
    return [run_again(graph, leaves, rng) for _ in range(count)]


def bounds(graph, name, expected, runs):
    """(bound, elements that jump) of a node from runs with moved inner values."""
    value = expected[name]
    node = next((v for v in graph.nodes if v.name == name), None)
    if value.dtype.kind != "f":
        unstable = np.zeros(value.shape, bool)
        for r in runs:
            unstable |= r[name] != value
        return 0, unstable
    wide = np.longdouble if value.dtype == np.float64 else np.float64
    move = np.zeros(value.shape, wide)
    for r in runs:
        with np.errstate(all="ignore"):
            move = np.maximum(move, np.abs(r[name].astype(wide) - value.astype(wide)))
    own = 0
    if node is not None:
        own = evaluate(graph.ops[node.op], [expected[a.name] if isinstance(a, Value) else graph.array_of(a) for a in node.args], node.attrs, graph.ops)[1]
    dtype = name_of(value.dtype)
    return 16 * move + (0 if own is None else own) + EPS[dtype] * np.abs(value.astype(wide)) + TINY[dtype], ~np.isfinite(move)


def check_graph(graph, expected, got, rng, what=""):
    for count in (4, 32):  # what a few runs find suspicious, many decide
        try:
            runs = moved_runs(graph, {v.name: expected[v.name] for v in graph.inputs + graph.shared}, rng, count)
            for name, array in got.items():
                if name in expected:
                    bound, unstable = bounds(graph, name, expected, runs)
                    check_array(what + name, array, expected[name], bound, unstable)
            return
        except Failure:
            if count == 32:
                raise


def check_single(graph, node, got):
    """One op: the stated bound inside the domain, special values as NumPy has them."""
    op = graph.ops[node.op]
    arrays = [graph.array_of(a) for a in node.args]
    expected, bound = evaluate(op, arrays, node.attrs, graph.ops)
    unstable = exact = None
    if expected.dtype.kind == "f" and op["body"] == "pointwise":
        dtype = name_of(expected.dtype)
        inside = np.ones(expected.shape, bool)
        finite = np.ones(expected.shape, bool)
        named = {d["operand"]: d for d in op["domain"]}
        for o, x in zip(op["operands"], arrays):
            d = named.get(o["name"])
            if x.dtype.kind == "f" and d:
                with np.errstate(all="ignore"):
                    default = (d["low"], d["high"]) == (-4.0, 4.0)
                    inside &= np.broadcast_to(((x >= d["low"]) & (x <= d["high"])) | default, expected.shape)
                    finite &= np.broadcast_to(np.isfinite(x), expected.shape)
        # Outside of the domain no accuracy is stated for finite values; NaN and infinities are.
        unstable = ~inside & finite & np.isfinite(expected)
        bound = np.where(np.isfinite(bound), bound, 0) * 1.0 + EPS[dtype] * np.abs(expected) * 0.01 + TINY[dtype]
        exact = evaluate(op, arrays, node.attrs, graph.ops, rounded=False)[0]
        zero = (expected == 0) & (got == 0) & (np.signbit(expected) != np.signbit(got))
        if node.op in SIGN_OF_ZERO and np.any(zero):
            at = tuple(int(k) for k in np.argwhere(zero)[0])
            raise Failure("%s at %s: found %r, expected %r" % (node.op, list(at), got[at], expected[at]))
    elif expected.dtype.kind == "f":
        # An order of summation may meet a NaN or an infinity another way only where there is one.
        bound = 0 if bound is None else np.where(np.isfinite(bound), bound, 0) + TINY[name_of(expected.dtype)]
        finite = all(np.all(np.isfinite(x)) for x in arrays if x.dtype.kind == "f")
        if op["body"] in ("reduction", "contraction", "scatter", "scan") and not finite and node.op not in ("max", "min", "cummax", "cummin"):
            unstable = ~np.isfinite(expected) | ~np.isfinite(got)
    check_array(node.op, got, expected, bound, unstable, exact)


# ---- gradients --------------------------------------------------------------------------------------------------

def draw_gradients(graph, rng):
    """Cost nodes and gradient requests for a graph of f64."""
    reach = {v.name: {v.name} for v in graph.inputs + graph.shared}
    for v in graph.nodes:
        reach[v.name] = set().union(*[reach[a.name] for a in v.args if isinstance(a, Value)], set())
    costs = [v for v in graph.nodes if v.dtype == "f64" and v.array.size and any(x.dtype == "f64" and x.name in reach[v.name] for x in graph.inputs + graph.shared)]
    if not costs:
        return None, []
    cost = costs[-1] if rng.random() < 0.6 else costs[int(rng.integers(len(costs)))]
    if len(cost.dims):
        try:
            cost = graph.add(graph.ops["sum"], [cost], {"axes": list(range(len(cost.dims))), "keepdims": False}, ())
        except Unsuited:
            return None, []
        reach[cost.name] = reach[cost.args[0].name]
    wrt = [x for x in graph.inputs + graph.shared if x.dtype == "f64" and x.name in reach[cost.name]]
    return cost, [{"name": "d_" + x.name, "of": cost.name, "wrt": x.name} for x in wrt]


def check_gradients(graph, cost, gradients, got, rng):
    leaves = {v.name: widened(v.array, True) for v in graph.inputs + graph.shared}

    def at(name, index, h):
        moved = dict(leaves)
        moved[name] = leaves[name].copy()
        moved[name][index] += h
        return run_again(graph, moved, smooth=True)[cost.name]

    for g in gradients:
        x, gradient = leaves[g["wrt"]], got[g["name"]]
        if gradient.shape != x.shape or gradient.dtype != np.float64:
            raise Failure("%s: found %s%s, expected f64%s" % (g["name"], gradient.dtype, gradient.shape, x.shape))
        every = list(np.ndindex(x.shape))
        for k in rng.permutation(len(every))[:10]:
            index = every[k]
            h = np.longdouble(1e-4) * max(1, abs(x[index]))
            try:
                coarse, fine = [(at(g["wrt"], index, s) - at(g["wrt"], index, -s)) / (2 * s) for s in (h, h / 2)]
                one_sided = (at(g["wrt"], index, h / 2) - run_again(graph, leaves, smooth=True)[cost.name]) / (h / 2)
            except (Unsuited, IndexError):
                continue
            expected = (4 * fine - coarse) / 3
            if not np.isfinite(expected) or abs(fine - coarse) > 1e-4 * (1 + abs(fine)) or abs(one_sided - fine) > 0.05 * (1 + abs(fine)):
                continue  # a kink, a jump or a pole
            bound = 1e-7 * (1 + abs(expected)) + 2 * abs(fine - coarse)
            if not abs(gradient[index] - expected) <= bound:
                raise Failure("%s at %s: found %r, expected %.10g from differences, within %.2g" % (g["name"], list(index), gradient[index], expected, bound))


# ---- one case ---------------------------------------------------------------------------------------------------

def draw_nodes(graph, names, count, rng):
    for _ in range(40 * count):
        if len(graph.nodes) >= count:
            return
        name = str(rng.choice(names))
        before = len(graph.inputs), len(graph.shared), set(graph.declared)
        try:
            graph.draw(graph.ops[name])
        except Unsuited:
            del graph.inputs[before[0]:], graph.shared[before[1]:]
            graph.declared = before[2]


def case(croton, ops, seed, index, folder):
    rng = np.random.default_rng([seed, index])
    names = [n for n, o in ops.items() if n in VALUES]
    kind = rng.random()
    if kind < 0.35:
        graph = Graph(ops, rng, special=True)
        draw_nodes(graph, [names[int(rng.integers(len(names)))]], 1, rng)
        if not graph.nodes:
            return "none", graph, None
        node = graph.nodes[0]
        doc = document(graph, [node.name], [], [])
        out, _ = noted_run(croton, folder, graph, doc)
        check_single(graph, node, out[node.name])
        return "one op", graph, doc
    smooth = kind > 0.7
    graph = Graph(ops, rng, dtypes=["f64", "i64", "bool", "i32"] if smooth else None)
    if smooth:
        names = [n for n in names if n not in NO_DIFFERENCES]
    draw_nodes(graph, names, int(rng.integers(2, 20)), rng)
    if not graph.nodes:
        return "none", graph, None
    cost, gradients = draw_gradients(graph, rng) if smooth else (None, [])
    outputs = {graph.nodes[-1].name} | {v.name for v in graph.nodes if rng.random() < 0.15}
    if cost:
        outputs.add(cost.name)
    updates = []
    for s in graph.shared:
        fit = [v for v in graph.values() if v.dtype == s.dtype and v.dims == s.dims and v is not s]
        if fit and rng.random() < 0.7:
            updates.append((s.name, fit[int(rng.integers(len(fit)))].name))
    doc = document(graph, sorted(outputs) + [g["name"] for g in gradients], updates, gradients)
    out, state = noted_run(croton, folder, graph, doc)
    expected = {v.name: v.array for v in graph.values()}
    check_graph(graph, expected, out, rng)
    new = dict(updates)
    for s in graph.shared:
        check_graph_state(graph, expected, s.name, new.get(s.name, s.name), state[s.name], rng)
    if gradients:
        check_gradients(graph, cost, gradients, out, rng)
    return "gradients" if gradients else "graph", graph, doc


def check_graph_state(graph, expected, shared, source, got, rng):
    check_graph(graph, expected, {source: got}, rng, "new state of %s: " % shared)


last_run = {}


def noted_run(croton, folder, graph, doc):
    last_run.update(graph=graph, doc=doc)
    return croton.run(folder, graph, doc)


def save_failure(target, index, message):
    os.makedirs(target, exist_ok=True)
    graph, doc = last_run.get("graph"), last_run.get("doc")
    stem = os.path.join(target, str(index))
    line = "no document"
    if doc:
        with open(stem + ".json", "w") as f:
            json.dump(doc, f, indent=1)
        line = "croton run %s.json" % stem
        if graph.inputs:
            np.savez(stem + ".npz", **{v.name: v.array for v in graph.inputs})
            line += " --inputs %s.npz" % stem
        if graph.shared:
            np.savez(stem + ".state.npz", **{v.name: v.array for v in graph.shared})
            line += " --state-in %s.state.npz" % stem
    with open(stem + ".txt", "w") as f:
        f.write(message + "\n" + line + "\n")
    return line


def main():
    parser = argparse.ArgumentParser(description="Compares random graphs run by croton with NumPy.")
    parser.add_argument("--croton", default=os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "build", "release", "bin", "croton"), help="the program")
    parser.add_argument("--count", type=int, default=1000, help="graphs")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same graphs")
    parser.add_argument("--first", type=int, default=0, help="number of the first graph")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--failures", default="oracle-failures", help="folder for failing graphs")
    o = parser.parse_args()
    croton = Croton(os.path.abspath(o.croton), o.device)
    ops = croton.ops()
    for op in ops.values():  # the interpreters take the C library's values, which f64 has no wider type to round from
        if o.device != "cpu" and "ulp" in op and op["ulp"]["f64"] != 0.5:
            op["ulp"]["f64"] = max(op["ulp"]["f64"], 1.5)
    kinds, failed = {}, 0
    with tempfile.TemporaryDirectory() as folder:
        for index in range(o.first, o.first + o.count):
            last_run.clear()
            try:
                kind, _, _ = case(croton, ops, o.seed, index, folder)
                kinds[kind] = kinds.get(kind, 0) + 1
            except (Failure, subprocess.TimeoutExpired) as e:
                failed += 1
                print("FAILED graph %d of seed %d: %s\n  %s" % (index, o.seed, e, save_failure(o.failures, index, str(e))), flush=True)
    uncovered = [n for n, op in ops.items() if n not in VALUES and op["body"] != "leaf"]
    if uncovered:
        print("without a NumPy value here: " + ", ".join(uncovered))
    print("%d runs: %s; %d failed" % (croton.runs, ", ".join("%d %s" % (n, k) for k, n in sorted(kinds.items())), failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
