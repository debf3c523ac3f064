"""Results of NumPy for Tests/TensorTests/NumPyTests.swift.

    python make_numpy.py        # NumPy 2.4; writes numpy.safetensors

Every array is named by the operation and the input; those of elementwise functions are the results for
all inputs, one after the other. Inputs: odd extents (odd), no element (empty), no dimension (scalar), a
transposed view (turned), a broadcast one (repeated), numbers that are not finite and zeros of both signs
(special), ties (ties).
"""

import json
import pathlib
import struct
import warnings

import numpy as np

rng = np.random.default_rng(7)
inputs = {
    "odd": np.round(rng.normal(size=(3, 5, 3)) * 2, 3),
    "empty": np.zeros((0, 3)),
    "scalar": np.array(0.75),
    "turned": np.round(rng.normal(size=(5, 4)), 3).T,
    "repeated": np.broadcast_to(np.round(rng.normal(size=(3, 1)), 3), (3, 4)),
    "special": np.array([[np.nan, 1, np.inf, -2], [0.0, -0.0, -np.inf, 0.5], [3, -0.5, 2.5, -1.5]]),
    "ties": np.array([[2.0, 1, 2, 0], [1, 1, 0, 0], [3, 0, 3, 3]]),
}
results = {}


def every(name, function, *names):
    """The results of a function for inputs, all of them if none is named."""
    with np.errstate(all="ignore"), warnings.catch_warnings(action="ignore"):
        for input in names or inputs:
            results[f"{name}/{input}"] = np.asarray(function(inputs[input]))


full = ("odd", "scalar", "turned", "repeated", "special", "ties")
lists = ("odd", "turned", "repeated", "special", "ties")
matrices = ("turned", "repeated", "special", "ties")

def shifted(x, axis):
    return x - x.max(axis, keepdims=True)


def bounded(x):
    """Without infinities, beside which NumPy's quantiles are NaN where they meet an element."""
    return np.where(np.isinf(x), 9, x)


def put_along(x):
    x = x.copy()
    np.put_along_axis(x, np.arange(len(x))[:, None] % 3, 9, 1)
    return x


def add_at(x):
    x = x.copy()
    np.add.at(x, [0, 2, 0], [[1.0], [2], [3]])
    return x


def fill_diagonal(x):
    x = x.copy()
    np.fill_diagonal(x, np.arange(float(min(x.shape))))
    return x


for name, function in {
    "exp": np.exp, "exp2": np.exp2, "expm1": np.expm1, "log": np.log, "log2": np.log2,
    "log10": np.log10, "log1p": np.log1p, "sqrt": np.sqrt, "cbrt": np.cbrt, "sin": np.sin,
    "cos": np.cos, "tan": np.tan, "arcsin": np.arcsin, "arccos": np.arccos, "arctan": np.arctan,
    "sinh": np.sinh, "cosh": np.cosh, "tanh": np.tanh, "arcsinh": np.arcsinh,
    "arccosh": np.arccosh, "arctanh": np.arctanh, "rint": np.rint, "floor": np.floor,
    "ceil": np.ceil, "trunc": np.trunc, "round1": lambda x: np.round(x, 1),
    "sign": np.sign, "abs": np.abs, "negative": np.negative, "reciprocal": np.reciprocal,
    "square": np.square, "sinc": np.sinc, "deg2rad": np.deg2rad, "rad2deg": np.rad2deg,
    "heaviside": lambda x: np.heaviside(x, 0.5), "clip": lambda x: np.clip(x, -1, 1),
    "i0": np.i0, "spacing": np.spacing, "frexp_significand": lambda x: np.frexp(x)[0],
    "frexp_exponent": lambda x: np.frexp(x)[1], "ldexp": lambda x: np.ldexp(x, -3),
    "fraction": lambda x: np.modf(x)[0], "isclose": lambda x: np.isclose(x, np.round(x), rtol=0.1, atol=0.2),
    "isclose_nan": lambda x: np.isclose(x, x, equal_nan=True), "power-": lambda x: np.power(x, -1.5),
    "select": lambda x: np.select([x > 1, x > 0], [x, -x], 7),
    "nan_to_num": np.nan_to_num, "isnan": np.isnan, "isfinite": np.isfinite, "isinf": np.isinf,
    "signbit": np.signbit,
    "power": lambda x: np.power(x, 3), "remainder": lambda x: np.remainder(x, 0.7),
    "remainder-": lambda x: np.remainder(x, -0.7), "fmod": lambda x: np.fmod(x, 0.7),
    "floor_divide": lambda x: np.floor_divide(x, -0.7), "arctan2": lambda x: np.arctan2(x, 0.5),
    "hypot": lambda x: np.hypot(x, 2), "copysign": lambda x: np.copysign(2.0, x),
    "nextafter": lambda x: np.nextafter(x, 1.0), "logaddexp": lambda x: np.logaddexp(x, 0.3),
    "logaddexp2": lambda x: np.logaddexp2(x, 0.3), "fmax": lambda x: np.fmax(x, 0.3),
    "fmin": lambda x: np.fmin(x, 0.3), "maximum": lambda x: np.maximum(x, 0.3),
    "minimum": lambda x: np.minimum(x, 0.3), "where": lambda x: np.where(x > 0, x, 9),
}.items():
    with np.errstate(all="ignore"):
        results[name] = np.concatenate([np.ravel(function(x)) for x in inputs.values()])

for name, function in {
    "sum": np.sum, "prod": np.prod, "mean": np.mean, "var": np.var, "std": np.std,
    "var1": lambda x, axis: np.var(x, axis=axis, ddof=1), "all": lambda x, axis: np.all(x > 0, axis),
    "any": lambda x, axis: np.any(x > 0, axis), "count_nonzero": np.count_nonzero,
    "nansum": np.nansum, "nanprod": np.nanprod,
    "norm": lambda x, axis: np.sqrt(np.sum(x * x, axis)), "norm1": lambda x, axis: np.sum(abs(x), axis),
    "logsumexp": lambda x, axis: np.logaddexp.reduce(x, axis),
}.items():
    every(f"{name}:all", lambda x: function(x, axis=None), *full)
    every(f"{name}:0", lambda x: function(x, axis=0), *lists, "empty")
    every(f"{name}:-1", lambda x: function(x, axis=-1), *lists, "empty")
    every(f"{name}:02", lambda x: function(x, axis=(0, 2)), "odd")
for name, function in {
    "max": np.max, "min": np.min, "ptp": np.ptp, "argmax": np.argmax, "argmin": np.argmin,
    "median": np.median, "quantile": lambda x, axis: np.quantile(x, 0.3, axis=axis),
    "nanmax": np.nanmax, "nanmin": np.nanmin, "nanmean": np.nanmean, "nanvar": np.nanvar,
    "nanstd": np.nanstd, "nanmedian": np.nanmedian,
    # Of nothing, NumPy's has another shape than its other functions.
    "nanquantiles": lambda x, axis: (np.nanquantile if x.size else np.quantile)(
        bounded(x), [0.0, 0.3, 1.0], axis=axis),
    "quantiles": lambda x, axis: np.quantile(bounded(x), [0.25, 0.5, 1.0], axis=axis),
    "percentile": lambda x, axis: np.percentile(x, 85, axis=axis),
    "norm_inf": lambda x, axis: np.linalg.vector_norm(x, ord=np.inf, axis=axis),
    "norm_-inf": lambda x, axis: np.linalg.vector_norm(x, ord=-np.inf, axis=axis),
    "norm_0": lambda x, axis: np.linalg.vector_norm(x, ord=0, axis=axis),
    "norm_3": lambda x, axis: np.linalg.vector_norm(x, ord=3, axis=axis),
}.items():
    every(f"{name}:0", lambda x: function(x, axis=0), *lists)
    every(f"{name}:-1", lambda x: function(x, axis=-1), *lists, "empty")
for name, function in {
    "cumsum": np.cumsum, "cumprod": np.cumprod,
    "nancumsum": np.nancumsum, "nancumprod": np.nancumprod, "cummax": np.maximum.accumulate,
    "cummin": np.minimum.accumulate, "diff": lambda x, axis: np.diff(x, axis=axis),
    "diff2": lambda x, axis: np.diff(x, 2, axis=axis), "sort": np.sort,
    "argsort": lambda x, axis: np.argsort(x, axis=axis, kind="stable"), "flip": np.flip,
    "roll": lambda x, axis: np.roll(x, 2, axis), "repeat": lambda x, axis: np.repeat(x, 2, axis),
    "gradient": lambda x, axis: np.gradient(x, axis=axis),
    "trapezoid": lambda x, axis: np.trapezoid(x, axis=axis),
    "unwrap": lambda x, axis: np.unwrap(x, axis=axis), "take": lambda x, axis: np.take(x, [2, 0, -1], axis),
    "take_along": lambda x, axis: np.take_along_axis(
        x, np.argsort(x, axis=axis, kind="stable"), axis),
    "softmax": lambda x, axis: np.exp(shifted(x, axis)) / np.exp(shifted(x, axis)).sum(axis, keepdims=True),
    "log_softmax": lambda x, axis: shifted(x, axis) - np.log(np.exp(shifted(x, axis)).sum(axis, keepdims=True)),
}.items():
    every(f"{name}:0", lambda x: function(x, axis=0), *lists)
    every(f"{name}:-1", lambda x: function(x, axis=-1), *lists, "empty")
for name, function in {
    "argmax": np.nanargmax, "argmin": np.nanargmin,
}.items():
    every(f"nan{name}:0", lambda x: function(x, axis=0), *lists)
    every(f"nan{name}:-1", lambda x: function(x, axis=-1), *lists)
for name, function in {
    "unique": np.unique, "unique_inverse": lambda x: np.unique_inverse(x).inverse_indices,
    "unique_counts": lambda x: np.unique_counts(x).counts, "argwhere": np.argwhere,
    "flatnonzero": np.flatnonzero, "extract": lambda x: x[x > 0],
    "searchsorted": lambda x: np.searchsorted([-1.0, 0, 0, 1, 2], x),
    "searchsorted_right": lambda x: np.searchsorted([-1.0, 0, 0, 1, 2], x, side="right"),
    "digitize": lambda x: np.digitize(x, [-1.0, 0, 0.5, 2]), "isin": lambda x: np.isin(x, [0, 1, 2.5]),
    "intersect1d": lambda x: np.intersect1d(x, [3, 0, 1, 2.5, 0]),
    "union1d": lambda x: np.union1d(x, [3, 0, 1, 2.5, 0]),
    "setdiff1d": lambda x: np.setdiff1d(x, [3, 0, 1, 2.5, 0]),
    "setxor1d": lambda x: np.setxor1d(x, [3, 0, 1, 2.5, 0]),
    "ediff1d": np.ediff1d, "roll_flat": lambda x: np.roll(x, -2), "flip_all": np.flip,
    "interp": lambda x: np.interp(x, [-1, 0, 2], [5.0, 1, 3]),
    "outer": lambda x: np.multiply.outer(x, [2.0, 3]), "kron": lambda x: np.kron(x, [[1, 2], [0, 1]]),
}.items():
    if name == "setxor1d":  # NumPy has each NaN apart there.
        every(name, function, "odd", "empty", "turned", "repeated", "ties")
    else:
        every(name, function, *full, "empty")
every("unique_index", lambda x: np.unique(x, return_index=True)[1], *full, "empty")
every("histogram_edges", lambda x: np.histogram(x, [-2, -1, 0.5, 3])[0], *full, "empty")
every("histogram_weights", lambda x: np.histogram(
    x, [-2, -1, 0.5, 3], weights=np.arange(float(x.size)).reshape(x.shape))[0], *full, "empty")
every("histogramdd", lambda x: np.histogramdd(x[:, :2], [[-2, -1, 0.5, 3], [-1, 0, 1, 2, 2.5]])[0],
      "turned", "repeated", "special", "ties", "empty")
every("histogram", lambda x: np.histogram(x, bins=4)[0], "odd", "turned", "repeated", "ties")
every("histogram_range", lambda x: np.histogram(x, bins=3, range=(-1, 1))[0], *lists)
for name, function in {
    "tril-1": lambda x: np.tril(x, -1), "triu-2": lambda x: np.triu(x, -2), "rot180": lambda x: np.rot90(x, 2),
    "repeat_counts": lambda x: np.repeat(x, np.arange(x.shape[1]) % 3, 1),
    "insert_several": lambda x: np.insert(x, [2], np.array([[4.0, 5]]).T.repeat(x.shape[1], 1), 0),
    "concatenate": lambda x: np.concatenate([x, x[:1], x], 0), "stack": lambda x: np.stack([x, -x], -1),
    "block": lambda x: np.block([[x, x[:, :1]], [x[:2], x[1:3, :1]]]),
    "split": lambda x: np.concatenate([np.ravel(y) for y in np.array_split(x, 3, 1)]),
    "take_many": lambda x: np.take(x, [[0, -1], [1, 1]], 1), "vecdot": lambda x: np.vecdot(x, x[0]),
    "inner": lambda x: np.inner(x, x), "tensordot": lambda x: np.tensordot(x, x, ([0, 1], [0, 1])),
    "put_along": lambda x: put_along(x), "add_at": lambda x: add_at(x), "place": lambda x: np.where(x > 0, 5, x),
    "fill_diagonal": lambda x: fill_diagonal(x), "cov0": lambda x: np.cov(x, ddof=0),
    "tril": np.tril, "triu": lambda x: np.triu(x, 1), "diagonal": lambda x: np.diagonal(x, 1),
    "diagonal-": lambda x: np.diagonal(x, -1), "trace": np.trace, "rot90": np.rot90,
    "rot270": lambda x: np.rot90(x, 3), "tile": lambda x: np.tile(x, (2, 1, 3)),
    "delete": lambda x: np.delete(x, [0, -1], 1), "insert": lambda x: np.insert(x, 1, 7, 0),
    "constant": lambda x: np.pad(x, ((1, 2), (0, 3)), constant_values=4),
    "edge": lambda x: np.pad(x, ((1, 2), (5, 3)), "edge"),
    "reflect": lambda x: np.pad(x, ((1, 2), (5, 3)), "reflect"),
    "symmetric": lambda x: np.pad(x, ((1, 2), (5, 3)), "symmetric"),
    "wrap": lambda x: np.pad(x, ((1, 2), (5, 3)), "wrap"), "cov": np.cov, "corrcoef": np.corrcoef,
    "mask_rows": lambda x: x[x[:, 0] > 0], "moveaxis": lambda x: np.moveaxis(x, 0, -1),
    "average": lambda x: np.average(x, axis=0, weights=np.arange(1.0, len(x) + 1)),
    "matmul": lambda x: x @ x.T, "matvec": lambda x: x @ np.arange(float(x.shape[1])),
    "einsum": lambda x: np.einsum("ij,kj->ki", x, x), "einsum_outer": lambda x: np.einsum("ij,k->kij", x, [1.0, 2]),
}.items():
    every(name, function, *(matrices if name not in ("cov", "corrcoef") else ("turned", "ties")))
results["einsum_batch"] = np.einsum("bij,bkj->bik", inputs["odd"], inputs["odd"])
results["einsum_ellipsis"] = np.einsum("...i,i->...", inputs["odd"], np.arange(3.0))
results["einsum_three"] = np.einsum("bij,j,i->b", inputs["odd"], np.arange(3.0), np.arange(5.0))
results["matmul_broadcast"] = inputs["odd"] @ np.arange(6.0).reshape(3, 2)
results["cross"] = np.cross(inputs["odd"][:, :, 0].T, [1.0, 2, 3])
for mode in ("full", "same", "valid"):
    results[f"convolve_{mode}"] = np.convolve(inputs["odd"][0, 0], [1.0, -2, 0.5, 3], mode)
    results[f"correlate_{mode}"] = np.correlate(inputs["odd"][0, 0], [1.0, -2], mode)
for length in (0, 1, 5, 8):
    for name, function in {
        "bartlett": np.bartlett, "blackman": np.blackman, "hamming": np.hamming, "hann": np.hanning,
        "kaiser": lambda n: np.kaiser(n, 14),
    }.items():
        results[f"{name}/{length}"] = function(length)
results["vander_rising"] = np.vander([2.0, 3, -1], 4, increasing=True)
results["diag"] = np.diag([1.0, 2], -1)
results["meshgrid"] = np.stack(np.meshgrid([1.0, 2], [3.0, 4, 5], indexing="ij"))
results["fromfunction"] = np.fromfunction(lambda i, j: 10 * i + j, (2, 3))
results["linspace1"], results["linspace0"] = np.linspace(2, 3, 1), np.linspace(2, 3, 0)
results["arange-"], results["arange0"] = np.arange(2, -1, -0.75), np.arange(2.0, 1, 0.5)
results["ravel_multi_index"] = np.ravel_multi_index(([3, 6, 6], [4, 5, 1]), (7, 6))
results["broadcast_arrays"] = np.stack(np.broadcast_arrays(np.arange(3.0), [[1.0], [2.0]]))
volume = np.random.default_rng(3).normal(size=(3, 4, 5))
results["volume"] = volume
for name, function in {
    "fftn": np.fft.fftn, "ifftn": np.fft.ifftn, "fftn02": lambda x: np.fft.fftn(x, axes=(0, 2), norm="ortho"),
    "rfftn": np.fft.rfftn, "ihfft": np.fft.ihfft, "ihfft_ortho": lambda x: np.fft.ihfft(x, axis=1, norm="ortho"),
    "rfftn10": lambda x: np.fft.rfftn(x, axes=(1, 0)),
}.items():
    results[f"{name}.real"], results[f"{name}.imaginary"] = function(volume).real, function(volume).imag
half = np.fft.rfftn(volume)
results["irfftn"] = np.fft.irfftn(half, (3, 4, 5), (0, 1, 2))
results["hfft"] = np.fft.hfft(volume[0] + 1j * volume[1])
results["hfft7"] = np.fft.hfft(volume[0] + 1j * volume[1], 7, axis=0)
results["vander"] = np.vander([2.0, 3, -1], 4)
results["linspace"] = np.linspace(-1, 2, 7)
results["arange"] = np.arange(0.3, 2.1, 0.37)
results["logspace"] = np.logspace(0, 2, 5)
results["geomspace"] = np.geomspace(1, 1000, 4)
results["eye"] = np.eye(3, 4, 1)
results["tri"] = np.tri(3, 4, 1)
results["bincount"] = np.bincount([1, 4, 1, 0], minlength=6)
results["bincount_weights"] = np.bincount([1, 4, 1, 0], weights=[0.5, 1, 2, 4])
results["lexsort"] = np.lexsort(([3, 1, 2, 1], [1, 2, 1, 2]))
results["unravel_index"] = np.stack(np.unravel_index([22, 41, 37], (7, 6)), -1)

a, b = np.array([7, -7, 0, -128, 5], np.int8)[:, None], np.array([2, -2, 0, 3, -1], np.int8)
with np.errstate(all="ignore"):
    for name, function in {
        "and": np.bitwise_and, "or": np.bitwise_or, "xor": np.bitwise_xor, "gcd": np.gcd,
        "lcm": np.lcm, "floor_divide": np.floor_divide, "remainder": np.remainder, "fmod": np.fmod,
    }.items():
        results[f"int_{name}"] = function(a, b)
    results["int_left"] = np.left_shift(a, np.array([0, 1, 7, 8], np.int8))
    results["int_right"] = np.right_shift(a, np.array([0, 1, 7, 8], np.int8))
    results["int_power"] = np.power(a, np.array([0, 1, 2, 5], np.int8))
    results["int_invert"] = np.invert(a)
    results["int_count"] = np.bitwise_count(a)

# What part of a million draws is at most some numbers, most of which are quantiles.
draw = np.random.default_rng(11)
for name, function in {
    "exponential": lambda n: draw.exponential(2, n), "laplace": lambda n: draw.laplace(1, 2, n),
    "logistic": lambda n: draw.logistic(-1, 2, n), "gumbel": lambda n: draw.gumbel(1, 0.5, n),
    "cauchy": lambda n: draw.standard_cauchy(n), "rayleigh": lambda n: draw.rayleigh(2, n),
    "weibull": lambda n: draw.weibull(1.5, n), "pareto": lambda n: draw.pareto(3, n),
    "power": lambda n: draw.power(2.5, n), "triangular": lambda n: draw.triangular(-1, 0, 3, n),
    "geometric": lambda n: draw.geometric(0.3, n), "lognormal": lambda n: draw.lognormal(0.5, 0.7, n),
    "gamma": lambda n: draw.gamma(2.5, 1.5, n), "gamma_small": lambda n: draw.gamma(0.2, 1, n),
    "beta": lambda n: draw.beta(2, 0.7, n), "beta_small": lambda n: draw.beta(0.1, 0.2, n),
    "chisquare": lambda n: draw.chisquare(3, n), "noncentral_chisquare": lambda n: draw.noncentral_chisquare(3, 2, n),
    "noncentral_chisquare_small": lambda n: draw.noncentral_chisquare(0.5, 2, n),
    "standard_t": lambda n: draw.standard_t(4, n), "f": lambda n: draw.f(3, 7, n),
    "noncentral_f": lambda n: draw.noncentral_f(3, 7, 2, n), "wald": lambda n: draw.wald(2, 3, n),
    "vonmises": lambda n: draw.vonmises(2.5, 1.5, n), "vonmises_0": lambda n: draw.vonmises(0, 0, n),
    "poisson": lambda n: draw.poisson(3.5, n), "poisson_large": lambda n: draw.poisson(40.3, n),
    "binomial": lambda n: draw.binomial(20, 0.2, n), "binomial_large": lambda n: draw.binomial(200, 0.7, n),
    "negative_binomial": lambda n: draw.negative_binomial(2.5, 0.3, n),
    "hypergeometric": lambda n: draw.hypergeometric(12, 8, 7, n),
    "hypergeometric_most": lambda n: draw.hypergeometric(12, 8, 17, n),
    "zipf": lambda n: draw.zipf(2.2, n), "logseries": lambda n: draw.logseries(0.8, n),
    "bernoulli": lambda n: draw.binomial(1, 0.3, n), "integers": lambda n: draw.integers(-3, 5, n),
    "normal": lambda n: draw.normal(1, 2, n), "uniform": lambda n: draw.uniform(-1, 3, n),
    "multinomial": lambda n: draw.multinomial(30, [0.2, 0.5, 0.3], n)[:, 1],
    "dirichlet": lambda n: draw.dirichlet([0.5, 2, 1], n)[:, 0],
    "multivariate_normal": lambda n: draw.multivariate_normal([1, -1], [[2, 0.8], [0.8, 1]], n).sum(1),
}.items():
    numbers = function(1_000_000).astype(np.float32).astype(float)
    points = np.unique(np.quantile(numbers, np.linspace(0.05, 0.95, 10)).astype(np.float32).astype(float))
    results[f"draw.{name}"] = np.stack([points, [np.mean(numbers <= point) for point in points]])

inputs["turned"] = inputs["turned"].copy()
inputs["repeated"] = inputs["repeated"].copy()
arrays = {f"input/{name}": np.ascontiguousarray(x) if x.ndim else x for name, x in inputs.items()}
for name, x in results.items():
    arrays[name] = x.astype(np.int8) if x.dtype == np.bool_ else x


def write(path, arrays):
    """A safetensors file; the package would be one more to install."""
    header, blob = {}, b""
    names = {"float64": "F64", "int64": "I64", "int32": "I32", "int8": "I8", "uint8": "U8"}
    for name, x in arrays.items():
        x = np.asarray(x)
        shape = list(x.shape)
        data = np.ascontiguousarray(x).tobytes()
        header[name] = {
            "dtype": names[str(x.dtype)],
            "shape": shape,
            "data_offsets": [len(blob), len(blob) + len(data)],
        }
        blob += data
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + blob)


write(pathlib.Path(__file__).parent / "numpy.safetensors", arrays)
print(len(arrays), "arrays")
