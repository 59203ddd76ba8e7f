"""Random graphs over the ops that `croton ops --json` lists. Part of oracle.py."""
import math

import numpy as np

from oracle_values import FLOATS, NUMPY, Unsuited, evaluate, name_of, product_count

LARGEST = 1e6  # of inner values: graphs that leave it are not made


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

    def draw_body_scan(self, op):
        dtype = self.pick_dtype(op["operands"][0])
        x = self.operand(dtype, None, *self.domain(op, 0), least=1)
        args = [x] + [self.operand(dtype, x.dims, *self.domain(op, k)) for k in range(1, len(op["operands"]))]
        if any(a.dims != x.dims for a in args):
            raise Unsuited()
        attrs = {"axis": int(self.rng.integers(len(x.dims))), "reverse": bool(self.rng.random() < 0.5), "exclusive": bool(self.rng.random() < 0.3)}
        if op["name"] == "prefix_scan":
            attrs.update([("combine", "a + b"), ("identity", 0)] if self.rng.random() < 0.5 else [("combine", "maximum(a, b)"), ("identity", 0)])
        return self.add(op, args, attrs, x.dims)

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


def run_again(graph, leaves, rng=None, smooth=False):
    """All nodes' values from other values of the leaves."""
    values = {v.name: leaves.get(v.name, v.array) for v in graph.inputs + graph.shared}
    for v in graph.nodes:
        arrays = [values[a.name] if isinstance(a, Value) else graph.array_of(a) for a in v.args]
        values[v.name] = evaluate(graph.ops[v.op], arrays, v.attrs, graph.ops, rng, smooth)[0]
    return values
