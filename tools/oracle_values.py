"""NumPy values of Croton's ops, and how far from them a right result may be. Part of oracle.py."""
import math

import numpy as np

NUMPY = {"bool": np.bool_, "i8": np.int8, "i16": np.int16, "i32": np.int32, "i64": np.int64, "u8": np.uint8,
         "u16": np.uint16, "u32": np.uint32, "u64": np.uint64, "f32": np.float32, "f64": np.float64}
FLOATS = ("f32", "f64")
EPS = {"f32": 2.0 ** -24, "f64": 2.0 ** -53}
TINY = {"f32": 2.0 ** -126, "f64": 2.0 ** -1022}


def name_of(dtype):
    return next(n for n, t in NUMPY.items() if np.dtype(t) == dtype)


class Unsuited(Exception):
    """The op cannot take what was drawn for it; another is drawn."""


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


def scanned(xs, a, first, step):
    """One step after the other along the axis."""
    along = [np.moveaxis(x, a["axis"], 0) for x in xs]
    if a["reverse"]:
        along = [x[::-1] for x in along]
    state, out = np.full(along[0].shape[1:], first, xs[0].dtype), []
    for k in range(len(along[0])):
        after = step(state, *[x[k] for x in along]).astype(xs[0].dtype)
        out.append(state if a["exclusive"] else after)
        state = after
    result = np.stack(out) if out else along[0]
    return np.moveaxis(result[::-1] if a["reverse"] else result, 0, a["axis"])


def running(first, step, growth):
    """A scan that rounds at every step; the scale is that of the operands' magnitudes."""
    def value(*xs, a):
        result = scanned(xs, a, first, step)
        if xs[0].dtype.kind != "f":
            return result
        return result, (growth * xs[0].shape[a["axis"]] + 4) * np.abs(scanned([np.abs(x) for x in xs], a, first, step))
    return value


def running_extreme(x, a, better):
    lowest = {"f": -np.inf if better is np.greater else np.inf}
    if x.dtype.kind != "f":
        lowest = {x.dtype.kind: np.iinfo(x.dtype).min if better is np.greater else np.iinfo(x.dtype).max}
    return scanned([x], a, lowest[x.dtype.kind], lambda s, v: maximum(s, v, better))


def logcumsumexp(x, a):
    value = scanned([x], a, -np.inf, np.logaddexp)
    return value, (2 * x.shape[a["axis"]] + 8) * (np.abs(value) + 1)


def prefix_scan(x, a):
    if a["combine"] == "a + b":
        return running(a["identity"], np.add, 1)(x, a=a)
    return scanned([x], a, a["identity"], lambda s, v: maximum(s, v, np.greater))


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
    "cumsum": running(0, np.add, 1), "cumprod": running(1, np.multiply, 2), "cummax": lambda x, a: running_extreme(x, a, np.greater),
    "cummin": lambda x, a: running_extreme(x, a, np.less), "logcumsumexp": logcumsumexp,
    "linear_recurrence": running(0, lambda s, m, c: m * s + c, 3), "prefix_scan": prefix_scan,
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
        moves = op["body"] in ("pointwise", "reduction", "contraction", "scatter", "scan") and name not in ("max", "min", "cummax", "cummin", "where", "maximum", "minimum") and not (name in NATIVE and name != "cast")
        size = np.abs(widened(value, False)) if scale is None else np.abs(scale)
        bound = size * EPS[dtype] * (2 * ulp) * (1.0 if moves else 0.0)
        if rng is not None and moves:
            value = value + bound * rng.uniform(-1, 1, value.shape)
        return value.astype(result_type) if rounded else value, bound
