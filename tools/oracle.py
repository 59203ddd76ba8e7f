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
import math
import os
import subprocess
import sys
import tempfile

import numpy as np

NUMPY = {"bool": np.bool_, "i8": np.int8, "i16": np.int16, "i32": np.int32, "i64": np.int64, "u8": np.uint8,
         "u16": np.uint16, "u32": np.uint32, "u64": np.uint64, "f32": np.float32, "f64": np.float64}
FLOATS, SIGNED = ("f32", "f64"), ("i8", "i16", "i32", "i64")
EPS = {"f32": 2.0 ** -24, "f64": 2.0 ** -53}
TINY = {"f32": 2.0 ** -126, "f64": 2.0 ** -1022}
LARGEST = 1e6  # of inner values: graphs that leave it are not made


def name_of(dtype):
    return next(n for n, t in NUMPY.items() if np.dtype(t) == dtype)


# ---- the values of ops ------------------------------------------------------------------------------------------
# Each takes the operands, in a wider type if they are floats, and the attributes. A value may come with the size its
# error is relative to: (value, scale).

def lift(f):
    """A function of Python floats, element by element; extended precision is lost."""
    vectorised = np.vectorize(f, otypes=[np.float64])
    return lambda x, a: vectorised(np.asarray(x, np.float64)) if np.size(x) else np.asarray(x)


def axes_of(a):
    return dict(axis=tuple(a["axes"]), keepdims=a["keepdims"])


def product_count(x, a):
    n = 1
    for axis in a["axes"]:
        n *= x.shape[axis]
    return n


def total(x, a):
    if x.dtype.kind != "f":
        return np.sum(x, dtype=x.dtype, **axes_of(a))
    return np.sum(x, **axes_of(a)), (product_count(x, a) + 1) * np.sum(np.abs(x), **axes_of(a))


def product(x, a):
    if x.dtype.kind != "f":
        return np.prod(x, dtype=x.dtype, **axes_of(a))
    value = np.prod(x, **axes_of(a))
    return value, (product_count(x, a) + 1) * np.abs(value)


def extreme_position(x, a, sign):
    axes = a["axes"]
    kept = [k for k in range(x.ndim) if k not in axes]
    flat = np.transpose(x, kept + list(axes)).reshape([x.shape[k] for k in kept] + [-1])
    result = (np.argmax if sign > 0 else np.argmin)(flat, axis=-1)
    shape = [1 if k in axes else x.shape[k] for k in range(x.ndim)] if a["keepdims"] else result.shape
    return result.astype(np.int64).reshape(shape)


def variance(x, a):
    n = product_count(x, a)
    mean = np.mean(x, axis=tuple(a["axes"]), keepdims=True)
    value = np.sum((x - mean) ** 2, **axes_of(a)) / (n - a["ddof"])
    return value, (n + 4) * (value + np.sum(np.abs(x - mean), **axes_of(a)) * 1e-3)


def logsumexp(x, a):
    top = np.max(x, axis=tuple(a["axes"]), keepdims=True)
    shift = np.where(np.isfinite(top), top, 0)
    value = np.log(np.sum(np.exp(x - shift), axis=tuple(a["axes"]), keepdims=True)) + shift
    value = value if a["keepdims"] else np.squeeze(value, tuple(a["axes"]))
    spread = np.max(np.abs(np.where(np.isfinite(x), x, 0)), **axes_of(a))
    return value, (product_count(x, a) + 4) * (np.abs(value) + spread + 1)


def matmul(x, y, a):
    if x.dtype.kind != "f":
        with np.errstate(all="ignore"):
            return np.einsum("...ik,...kj->...ij", x, y).astype(x.dtype)
    return np.matmul(x, y), (x.shape[-1] + 1) * np.matmul(np.abs(x), np.abs(y))


def floor_divide(x, y, a):
    if x.dtype.kind == "f":
        return np.floor_divide(x, y)
    safe = np.where(y == 0, np.ones_like(y), y)
    if x.dtype.kind == "i":  # the smallest over −1 wraps
        wide = [v.astype(object) for v in (np.asarray(x), np.asarray(safe))]
        return np.where(y == 0, 0, wrapped(wide[0] // wide[1], x.dtype)).astype(x.dtype)
    return np.where(y == 0, 0, x // safe).astype(x.dtype)


def remainder(x, y, a):
    if x.dtype.kind == "f":
        return np.remainder(x, y)
    safe = np.where(y == 0, np.ones_like(y), y)
    return np.where(y == 0, x, np.remainder(x, safe)).astype(x.dtype)


def wrapped(values, dtype):
    bits = np.dtype(dtype).itemsize * 8
    low = -(1 << (bits - 1)) if np.dtype(dtype).kind == "i" else 0
    wrap = np.vectorize(lambda v: (int(v) - low) % (1 << bits) + low, otypes=[object])
    return (wrap(values) if np.size(values) else values).astype(dtype)


def shift(x, n, left):
    bits = x.dtype.itemsize * 8
    inside = (n >= 0) & (n < bits) if n.dtype.kind == "i" else n < bits
    safe = np.where(inside, n, 0).astype(x.dtype)
    return np.where(inside, np.left_shift(x, safe) if left else np.right_shift(x, safe), 0).astype(x.dtype)


def cast(x, a):
    to = np.dtype(NUMPY[a["dtype"]])
    if to.kind == "b":
        return x != 0
    if x.dtype.kind != "f" or to.kind == "f":
        return x.astype(to)
    info = np.iinfo(to)
    cut = np.trunc(np.where(np.isnan(x), 0, x)).astype(np.longdouble)
    low, high = cut <= info.min, cut >= np.longdouble(info.max)
    middle = np.where(low | high, 0, cut).astype(to)
    return np.where(low, info.min, np.where(high, info.max, middle)).astype(to)


def sliced(x, start, size, a):
    index = [np.arange(n) for n in x.shape]
    index[a["axis"]] = int(start) + a["step"] * np.arange(int(size))
    return x[np.ix_(*index)]


def place(x, fill, start, size, a):
    shape = list(x.shape)
    shape[a["axis"]] = int(size)
    result = np.full(shape, fill, x.dtype)
    index = [np.arange(n) for n in x.shape]
    index[a["axis"]] = int(start) + a["step"] * np.arange(x.shape[a["axis"]])
    result[np.ix_(*index)] = x
    return result


def scatter_add(x, positions, rows, a):
    if x.dtype.kind == "b":
        raise Unsuited()
    result, scale = np.zeros((int(rows),) + x.shape[1:], x.dtype), np.zeros((int(rows),) + x.shape[1:], x.dtype)
    np.add.at(result, positions, x)
    if x.dtype.kind != "f":
        return result
    np.add.at(scale, positions, np.abs(x))
    return result, (len(positions) + 1) * scale


def iota(*dims, a):
    shape = tuple(int(d) for d in dims)
    along = [1] * len(shape)
    along[a["axis"]] = shape[a["axis"]]
    return np.broadcast_to(cast(np.arange(shape[a["axis"]]), a).reshape(along), shape)


def maximum(x, y, better):
    with np.errstate(all="ignore"):
        return np.where((x != x) | better(x, y), x, y)


def stable_sigmoid(x, a):
    e = np.exp(-np.abs(x))
    return np.where(x >= 0, 1 / (1 + e), e / (1 + e))


def fma(x, y, z, a):
    value = x * y + z
    return value, np.abs(value) + np.abs(x * y) * 2.0 ** -10


one = lambda f: lambda x, a: f(x)
two = lambda f: lambda x, y, a: f(x, y)

VALUES = {
    "add": two(np.add), "subtract": two(np.subtract), "multiply": two(np.multiply), "divide": two(np.divide),
    "floor_divide": floor_divide, "remainder": remainder, "fmod": two(np.fmod), "negative": one(lambda x: -x if x.dtype.kind != "u" else np.zeros_like(x) - x),
    "abs": one(np.abs), "sign": one(lambda x: np.sign(x) + np.zeros_like(x)), "maximum": lambda x, y, a: maximum(x, y, np.greater),
    "minimum": lambda x, y, a: maximum(x, y, np.less), "fma": fma, "reciprocal": one(lambda x: 1 / x), "square": one(lambda x: x * x),
    "copysign": two(np.copysign), "less": two(np.less), "less_equal": two(np.less_equal), "greater": two(np.greater),
    "greater_equal": two(np.greater_equal), "equal": two(np.equal), "not_equal": two(np.not_equal), "isnan": one(np.isnan),
    "isinf": one(np.isinf), "isfinite": one(np.isfinite), "logical_and": two(np.logical_and), "logical_or": two(np.logical_or),
    "logical_xor": two(np.logical_xor), "logical_not": one(np.logical_not), "bitwise_and": two(np.bitwise_and),
    "bitwise_or": two(np.bitwise_or), "bitwise_xor": two(np.bitwise_xor), "bitwise_not": one(np.invert),
    "left_shift": lambda x, n, a: shift(x, n, True), "right_shift": lambda x, n, a: shift(x, n, False),
    "where": lambda c, x, y, a: np.where(c, x, y), "floor": one(lambda x: np.floor(x) if x.dtype.kind == "f" else x),
    "ceil": one(lambda x: np.ceil(x) if x.dtype.kind == "f" else x), "trunc": one(lambda x: np.trunc(x) if x.dtype.kind == "f" else x),
    "round": one(lambda x: np.rint(x) if x.dtype.kind == "f" else x), "exp": one(np.exp), "exp2": one(np.exp2), "expm1": one(np.expm1),
    "log": one(np.log), "log2": one(np.log2), "log10": one(np.log10), "log1p": one(np.log1p), "sigmoid": stable_sigmoid,
    "softplus": one(lambda x: np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))), "pow": two(np.power), "sqrt": one(np.sqrt),
    "rsqrt": one(lambda x: 1 / np.sqrt(x)), "cbrt": one(np.cbrt), "sin": one(np.sin), "cos": one(np.cos), "tan": one(np.tan),
    "asin": one(np.arcsin), "acos": one(np.arccos), "atan": one(np.arctan), "atan2": two(np.arctan2), "sinh": one(np.sinh),
    "cosh": one(np.cosh), "tanh": one(np.tanh), "asinh": one(np.arcsinh), "acosh": one(np.arccosh), "atanh": one(np.arctanh),
    "erf": lift(math.erf), "erfc": lift(math.erfc), "cast": cast, "bitcast": lambda x, a: np.ascontiguousarray(x).view(NUMPY[a["dtype"]]).reshape(x.shape),
    "stop_gradient": one(lambda x: x), "sum": total, "prod": product, "max": lambda x, a: np.max(x, **axes_of(a)),
    "min": lambda x, a: np.min(x, **axes_of(a)), "any": lambda x, a: np.any(x, **axes_of(a)), "all": lambda x, a: np.all(x, **axes_of(a)),
    "argmax": lambda x, a: extreme_position(x, a, 1), "argmin": lambda x, a: extreme_position(x, a, -1), "variance": variance,
    "logsumexp": logsumexp, "reshape": lambda x, *d, a: x.reshape([int(v) for v in d]),
    "broadcast_to": lambda x, *d, a: np.broadcast_to(x, [int(v) for v in d]), "permute": lambda x, a: np.transpose(x, a["order"]),
    "expand_dims": lambda x, a: np.expand_dims(x, tuple(a["axes"])), "squeeze": lambda x, a: np.squeeze(x, tuple(a["axes"])),
    "slice": sliced, "place": place, "diagonal": lambda x, a: np.diagonal(x, a["offset"], -2, -1), "concatenate": lambda *xs, a: np.concatenate(xs, a["axis"]),
    "iota": iota, "pick": lambda x, p, a: np.squeeze(np.take_along_axis(x, np.expand_dims(p, a["axis"]).astype(np.int64), a["axis"]), a["axis"]),
    "take": lambda x, p, a: np.take(x, p.astype(np.int64), a["axis"]), "scatter_add": scatter_add, "matmul": matmul,
}
# Exact in the operands' own type, where a wider one would be another function.
NATIVE = {"floor_divide", "remainder", "fmod", "bitcast", "cast", "copysign"}
# The gradient is not the derivative, by intent, or differences cannot see it.
NO_DIFFERENCES = {"stop_gradient", "bitcast", "cast"}
SIGN_OF_ZERO = {"negative", "abs", "multiply", "divide", "copysign", "floor", "ceil", "trunc", "round", "sqrt", "where", "reshape", "slice",
                "permute", "concatenate", "cast", "bitcast", "stop_gradient"}


class Unsuited(Exception):
    """The op cannot take what was drawn for it; another is drawn."""


class Failure(Exception):
    pass


# ---- graphs -----------------------------------------------------------------------------------------------------

class Value:
    """A node, or an input: what the document says of it, and its array in the ordinary run."""

    def __init__(self, name, dims, array, op=None, args=(), attrs=None):
        self.name, self.dims, self.array, self.op, self.args, self.attrs = name, dims, array, op, args, attrs or {}
        self.dtype = name_of(array.dtype)


class Graph:
    def __init__(self, ops, rng, special=False, dtypes=None):
        self.ops, self.rng, self.special, self.dtypes = ops, rng, special, dtypes or list(NUMPY)
        large = rng.random() < 0.15
        sizes = [1, 2, 3, 4, 5, 7, 8] if not large else [16, 17, 33, 64, 100, 129, 300]
        self.symbols = {s: int(rng.choice(sizes)) for s in ("n", "m", "batch")}
        self.numbers = [1, 2, 3, 4] if not large else [1, 3, 16, 40]
        self.most = 4096 if not large else 100000
        self.inputs, self.shared, self.nodes, self.bounds = [], [], [], {}
        self.declared = set()

    # -- leaves --

    def extent(self, dim):
        return dim if isinstance(dim, int) else int(eval(dim, {"__builtins__": {}, "minimum": min, "maximum": max}, dict(self.symbols)))

    def draw_dim(self):
        return str(self.rng.choice(list(self.symbols))) if self.rng.random() < 0.5 else int(self.rng.choice(self.numbers))

    def draw_dims(self, least=0, most=4):
        while True:
            dims = tuple(self.draw_dim() for _ in range(int(self.rng.integers(least, most + 1))))
            if math.prod(self.extent(d) for d in dims) <= self.most:
                return dims

    def draw_array(self, dtype, shape, low, high):
        rng = self.rng
        if dtype == "bool":
            return rng.random(shape) < 0.5
        if dtype in FLOATS:
            array = rng.uniform(low, high, shape).astype(NUMPY[dtype])
            if rng.random() < 0.3:
                array = np.clip(np.rint(array), math.ceil(low), math.floor(high)).astype(NUMPY[dtype]) if high - low >= 2 else array
            if self.special:
                extra = np.array([np.inf, -np.inf, np.nan, 0.0, -0.0, 1.0, -1.0, 0.5], NUMPY[dtype])
                array = np.where(rng.random(shape) < 0.2, rng.choice(extra, shape), array)
            return np.asarray(array, NUMPY[dtype])
        info = np.iinfo(NUMPY[dtype])
        low, high = max(math.floor(low), info.min), min(math.ceil(high), info.max)
        if self.special or rng.random() < 0.2:
            return rng.integers(info.min, info.max, shape, NUMPY[dtype], endpoint=True)
        return rng.integers(low, high, shape, NUMPY[dtype], endpoint=True)

    def new_leaf(self, dtype, dims, low=-4.0, high=4.0, shared=False, array=None):
        free = {s for d in dims if isinstance(d, str) for s in self.symbols if s in d} - self.declared
        if any(s not in dims for s in free):
            raise Unsuited()  # a symbol must stand alone on some axis
        self.declared |= {d for d in dims if d in self.symbols}
        if array is None:
            array = self.draw_array(dtype, tuple(self.extent(d) for d in dims), low, high)
        kind = self.shared if shared else self.inputs
        value = Value(("w" if shared else "x") + str(len(kind)), dims, np.asarray(array), op="leaf")
        kind.append(value)
        return value

    def values(self):
        return self.inputs + self.shared + self.nodes

    def scalar(self, dim):
        return {"dim": dim} if isinstance(dim, str) else dim

    # -- nodes --

    def operand(self, dtype, dims=None, low=-4.0, high=4.0, least=0, most=4, fresh=0.25):
        """An existing value of that dtype, and shape if given, whose elements lie in the domain; else an input."""
        rng = self.rng

        def suits(v):
            if v.dtype != dtype or not least <= len(v.dims) <= most or (dims is not None and v.dims != dims):
                return False
            default = (low, high) == (-4.0, 4.0)
            return v.dtype not in FLOATS or default or v.array.size == 0 or (v.array.min() >= low and v.array.max() <= high)

        found = [v for v in self.values() if suits(v)]
        if found and rng.random() > fresh:
            return found[int(rng.integers(len(found)))] if rng.random() < 0.5 else found[-1]
        return self.new_leaf(dtype, dims if dims is not None else self.draw_dims(least, most), low, high, shared=not self.special and rng.random() < 0.2)

    def broadcastable(self, dims):
        """Dims that stretch to these, or differ from them only in how the same size is written."""
        rng, result = self.rng, list(dims)
        for k in range(len(result)):
            if rng.random() < 0.15:
                result[k] = 1
            elif rng.random() < 0.1:
                same = [s for s, n in self.symbols.items() if n == self.extent(result[k])] + [self.extent(result[k])]
                other = same[int(rng.integers(len(same)))]
                if self.extent(result[k]) != 1:  # a size of 1 only known at the call does not stretch
                    result[k] = other
        while result and rng.random() < 0.15:
            result.pop(0)
        return tuple(result)

    def joined(self, shapes):
        rank = max(len(s) for s in shapes)
        result = []
        for k in range(rank):
            dims = [s[k - rank] for s in shapes if k - rank >= -len(s)]
            known = [d for d in dims if d != 1]
            numbers = [d for d in known if isinstance(d, int)]
            result.append(numbers[0] if numbers else known[0] if known else 1)
        return tuple(result)

    def add(self, op, args, attrs=None, dims=None):
        name = op["name"]
        arrays = [self.array_of(a) for a in args]
        array, bound = evaluate(op, arrays, attrs or {}, self.ops)
        if array.size > self.most or array.ndim > 8:
            raise Unsuited()
        if not self.special and array.dtype.kind == "f" and not (np.all(np.isfinite(array)) and (array.size == 0 or np.abs(array).max() < LARGEST)):
            raise Unsuited()
        value = Value("v%d" % len(self.nodes), tuple(dims), array, name, tuple(args), attrs)
        if tuple(self.extent(d) for d in value.dims) != array.shape:
            raise AssertionError("%s: %s is not %s" % (name, value.dims, array.shape))
        self.nodes.append(value)
        return value

    def array_of(self, arg):
        if isinstance(arg, Value):
            return arg.array
        if isinstance(arg, tuple):
            return np.asarray(arg[1], NUMPY[arg[0]])
        return np.asarray(self.extent(arg["dim"]) if isinstance(arg, dict) else arg, np.int64)

    def pick_dtype(self, operand):
        fit = [d for d in operand["dtypes"] if d in self.dtypes]
        if not fit:
            raise Unsuited()
        floats = [d for d in fit if d in FLOATS]
        return str(self.rng.choice(floats if floats and self.rng.random() < 0.7 else fit))

    def draw(self, op):
        maker = getattr(self, "draw_" + op["name"], None) or getattr(self, "draw_body_" + op["body"])
        return maker(op)

    def domain(self, op, k):
        named = {d["operand"]: d for d in op["domain"]}
        d = named.get(op["operands"][k]["name"])
        return (d["low"], d["high"]) if d else (-4.0, 4.0)

    def draw_body_pointwise(self, op):
        rng, operands = self.rng, op["operands"]
        common = self.pick_dtype(operands[-1])
        attrs = {}
        if op["attributes"]:
            attrs["dtype"] = str(rng.choice(self.dtypes))
            if op["name"] == "bitcast":
                attrs["dtype"] = str(rng.choice([d for d in NUMPY if d != "bool" and np.dtype(NUMPY[d]).itemsize == np.dtype(NUMPY[common]).itemsize]))
        args, first = [], None
        for k, o in enumerate(operands):
            low, high = self.domain(op, k)
            dtype = common if common in o["dtypes"] else o["dtypes"][0]
            if first is not None and k > 0 and rng.random() < 0.15 and dtype != "bool":
                literal = self.draw_array(dtype, (), low, high)
                if np.isfinite(literal):
                    args.append((dtype, literal[()]))
                    continue
            value = self.operand(dtype, self.broadcastable(first.dims) if first else None, low, high)
            first = first or value
            args.append(value)
        return self.add(op, args, attrs, self.joined([a.dims for a in args if isinstance(a, Value)]))

    def draw_axes(self, rank, least=0):
        axes = [k for k in range(rank) if self.rng.random() < 0.5]
        if len(axes) < least:
            axes = [int(self.rng.integers(rank))]
        return axes

    def draw_body_reduction(self, op):
        dtype = self.pick_dtype(op["operands"][0])
        x = self.operand(dtype, None, *self.domain(op, 0), least=1)
        attrs = {"axes": self.draw_axes(len(x.dims), 1), "keepdims": bool(self.rng.random() < 0.4)}
        if any(a["name"] == "ddof" for a in op["attributes"]):
            attrs["ddof"] = int(self.rng.integers(0, 2))
            if product_count(x.array, attrs) <= attrs["ddof"]:
                raise Unsuited()
        dims = [1 if k in attrs["axes"] else d for k, d in enumerate(x.dims) if attrs["keepdims"] or k not in attrs["axes"]]
        return self.add(op, [x], attrs, dims)

    def any_operand(self, op, least=0, most=4):
        return self.operand(self.pick_dtype(op["operands"][0]), None, least=least, most=most)

    def draw_reshape(self, op):
        x, rng = self.any_operand(op), self.rng
        dims = list(x.dims)
        if len(dims) >= 2 and rng.random() < 0.6:
            k = int(rng.integers(len(dims) - 1))
            a, b = dims[k], dims[k + 1]
            dims[k:k + 2] = [a * b if isinstance(a, int) and isinstance(b, int) else "(%s)*(%s)" % (a, b)]
        elif rng.random() < 0.5:
            dims = [x.array.size] if all(isinstance(d, int) for d in dims) else dims
        dims.insert(int(rng.integers(len(dims) + 1)), 1)
        return self.add(op, [x] + [self.scalar(d) for d in dims], {}, dims)

    def draw_broadcast_to(self, op):
        x = self.any_operand(op, most=3)
        dims = [self.draw_known() if d == 1 and self.rng.random() < 0.7 else d for d in x.dims]
        dims = [self.draw_known() for _ in range(int(self.rng.integers(2)))] + dims
        return self.add(op, [x] + [self.scalar(d) for d in dims], {}, dims)

    def draw_known(self):
        """A size whose symbols some input declares already."""
        d = self.draw_dim()
        return d if isinstance(d, int) or d in self.declared else self.symbols[d]

    def draw_permute(self, op):
        x = self.any_operand(op, 1)
        order = [int(k) for k in self.rng.permutation(len(x.dims))]
        return self.add(op, [x], {"order": order}, [x.dims[k] for k in order])

    def draw_expand_dims(self, op):
        x = self.any_operand(op, most=4)
        axis = int(self.rng.integers(len(x.dims) + 1))
        return self.add(op, [x], {"axes": [axis]}, x.dims[:axis] + (1,) + x.dims[axis:])

    def draw_squeeze(self, op):
        x = self.any_operand(op, 1)
        axes = [k for k, d in enumerate(x.dims) if self.extent(d) == 1 and self.rng.random() < 0.8]
        return self.add(op, [x], {"axes": axes}, [d for k, d in enumerate(x.dims) if k not in axes])

    def draw_slice(self, op):
        x, rng = self.any_operand(op, 1), self.rng
        axis = int(rng.integers(len(x.dims)))
        whole = self.extent(x.dims[axis])
        if whole == 0:
            raise Unsuited()
        if isinstance(x.dims[axis], str) and rng.random() < 0.3:  # all of it, backwards
            return self.add(op, [x, self.scalar("(%s) - 1" % x.dims[axis]), self.scalar(x.dims[axis])], {"axis": axis, "step": -1}, x.dims)
        step = int(rng.choice([-3, -2, -1, 1, 1, 2, 3]))
        size = int(rng.integers(0 if self.special else 1, (whole - 1) // abs(step) + 2))
        span = (max(size, 1) - 1) * abs(step)
        low = int(rng.integers(0, whole - span))
        start = low if step > 0 else low + span
        return self.add(op, [x, start, size], {"axis": axis, "step": step}, x.dims[:axis] + (size,) + x.dims[axis + 1:])

    def draw_place(self, op):
        x, rng = self.any_operand(op, 1, 3), self.rng
        axis, step = int(rng.integers(len(x.dims))), int(rng.choice([-2, -1, 1, 1, 2, 3]))
        have = self.extent(x.dims[axis])
        if have == 0:
            raise Unsuited()
        span = (have - 1) * abs(step)
        size = span + 1 + int(rng.integers(4))
        low = int(rng.integers(0, size - span))
        fill = self.draw_array(x.dtype, (), -4, 4)
        if not np.isfinite(fill):
            raise Unsuited()
        return self.add(op, [x, (x.dtype, fill[()]), low if step > 0 else low + span, size], {"axis": axis, "step": step}, x.dims[:axis] + (size,) + x.dims[axis + 1:])

    def draw_diagonal(self, op):
        x = self.any_operand(op, 2)
        rows, columns = x.dims[-2], x.dims[-1]
        offset = int(self.rng.integers(-2, 3))
        if isinstance(rows, str) or isinstance(columns, str):
            if offset:
                raise Unsuited()
            size = rows if rows == columns else "minimum(%s, %s)" % (rows, columns)
        else:
            size = max(0, min(rows + min(offset, 0), columns - max(offset, 0)))
        return self.add(op, [x], {"offset": offset}, x.dims[:-2] + (size,))

    def draw_concatenate(self, op):
        x, rng = self.any_operand(op, 1), self.rng
        axis, parts = int(rng.integers(len(x.dims))), [x]
        for _ in range(int(rng.integers(0, 3))):
            dims = x.dims if rng.random() < 0.5 else x.dims[:axis] + (int(rng.choice(self.numbers)),) + x.dims[axis + 1:]
            parts.append(self.operand(x.dtype, dims))
        sizes = [p.dims[axis] for p in parts]
        size = sum(sizes) if all(isinstance(s, int) for s in sizes) else " + ".join("(%s)" % s for s in sizes)
        return self.add(op, parts, {"axis": axis}, x.dims[:axis] + (size,) + x.dims[axis + 1:])

    def draw_body_generator(self, op):
        dims = [self.draw_known() for _ in range(int(self.rng.integers(1, 4)))]
        dtype = str(self.rng.choice([d for d in self.dtypes if d != "bool"]))
        return self.add(op, [self.scalar(d) for d in dims], {"axis": int(self.rng.integers(len(dims))), "dtype": dtype}, dims)

    def positions(self, dims, below):
        if below < 1:
            raise Unsuited()
        dtype = str(self.rng.choice([d for d in NUMPY if NUMPY[d] is not np.bool_ and d not in FLOATS and np.iinfo(NUMPY[d]).max >= below]))
        array = self.rng.integers(0, below, tuple(self.extent(d) for d in dims)).astype(NUMPY[dtype])
        return self.new_leaf(dtype, tuple(dims), array=array)

    def draw_pick(self, op):
        x = self.any_operand(op, 1)
        axis = int(self.rng.integers(len(x.dims)))
        dims = x.dims[:axis] + x.dims[axis + 1:]
        return self.add(op, [x, self.positions(dims, self.extent(x.dims[axis]))], {"axis": axis}, dims)

    def draw_take(self, op):
        x = self.any_operand(op, 1, 3)
        axis, dims = int(self.rng.integers(len(x.dims))), self.draw_dims(0, 2)
        return self.add(op, [x, self.positions(dims, self.extent(x.dims[axis]))], {"axis": axis}, x.dims[:axis] + dims + x.dims[axis + 1:])

    def draw_scatter_add(self, op):
        x, rows = self.any_operand(op, 1, 3), int(self.rng.integers(1, 9))
        return self.add(op, [x, self.positions(x.dims[:1], rows), rows], {}, (rows,) + x.dims[1:])

    def draw_matmul(self, op):
        dtype = self.pick_dtype(op["operands"][0])
        a = self.operand(dtype, None, least=2)
        columns = self.draw_dim()
        if isinstance(columns, str) and columns not in self.declared:
            columns = self.symbols[columns]
        b = self.operand(dtype, a.dims[:-2] + (a.dims[-1], columns))
        return self.add(op, [a, b], {}, a.dims[:-1] + (columns,))


# ---- values -----------------------------------------------------------------------------------------------------

def widened(x, smooth):
    if x.dtype.kind != "f":
        return x
    return x.astype(np.longdouble if smooth or x.dtype == np.float64 else np.float64)


def evaluate(op, arrays, attrs, ops, rng=None, smooth=False, rounded=True):
    """The op's value, and how far from it a right one may be. With rng: moved by up to that. Smooth: all in extended
    precision without rounding; not rounded: only the value."""
    name, result_type = op["name"], None
    floats = [a.dtype for a in arrays if a.dtype.kind in "f"]
    native = name in NATIVE and not smooth
    operands = arrays if native else [widened(a, smooth) for a in arrays]
    with np.errstate(all="ignore"):
        value = VALUES[name](*operands, a=attrs)
        value, scale = value if isinstance(value, tuple) else (value, None)
        value = np.asarray(value)
        if value.dtype.kind != "f":
            return value, None
        if smooth:
            return value, None
        result_type = np.dtype(NUMPY[attrs["dtype"]]) if name in ("cast", "bitcast", "iota") else floats[0]
        dtype = name_of(result_type)
        ulp = (op.get("ulp") or {}).get(dtype, 0.5)
        moves = op["body"] in ("pointwise", "reduction", "contraction", "scatter") and name not in ("max", "min", "where", "maximum", "minimum") and not (name in NATIVE and name != "cast")
        size = np.abs(widened(value, False)) if scale is None else np.abs(scale)
        bound = size * EPS[dtype] * (2 * ulp) * (1.0 if moves else 0.0)
        if rng is not None and moves:
            value = value + bound * rng.uniform(-1, 1, value.shape)
        return value.astype(result_type) if rounded else value, bound


def run_again(graph, leaves, rng=None, smooth=False):
    """All nodes' values from other values of the leaves."""
    values = {v.name: leaves.get(v.name, v.array) for v in graph.inputs + graph.shared}
    for v in graph.nodes:
        arrays = [values[a.name] if isinstance(a, Value) else graph.array_of(a) for a in v.args]
        values[v.name] = evaluate(graph.ops[v.op], arrays, v.attrs, graph.ops, rng, smooth)[0]
    return values


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
        if op["body"] in ("reduction", "contraction", "scatter") and not np.all(np.isfinite(arrays[0])) and node.op not in ("max", "min"):
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
        cost = graph.add(graph.ops["sum"], [cost], {"axes": list(range(len(cost.dims))), "keepdims": False}, ())
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


def used_leaves(graph):
    """Leaves nothing reads are dropped unless they give a symbol its value."""
    return graph.inputs, graph.shared


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
        out, _ = yield_run(croton, folder, graph, doc)
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
    out, state = yield_run(croton, folder, graph, doc)
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


def yield_run(croton, folder, graph, doc):
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
