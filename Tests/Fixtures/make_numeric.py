#!/usr/bin/env python3
"""Makes numeric.safetensors, NumPy's linear algebra and Fourier transforms, or checks the one that is here.

    python make_numeric.py            # write it beside this script
    python make_numeric.py --check    # regenerate in memory and compare; exit 1 on a difference

Made with Python 3.11, numpy==2.4.6. All numbers are float64; ranks are int64.
"""

import sys
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file, save_file

FILE = Path(__file__).resolve().parent / "numeric.safetensors"
SQUARE = [(1, 1), (3, 3), (7, 7), (12, 12), (2, 3, 4, 4)]
ANY = [(1, 1), (4, 2), (2, 5), (6, 6), (9, 4), (3, 17), (2, 5, 3)]
LENGTHS = [1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13, 16, 17, 31, 34, 45, 97]


def numbers(generator, shape):
    return generator.standard_normal(shape)


def square_cases(generator, out):
    for i, shape in enumerate(SQUARE):
        n = shape[-1]
        a, b = numbers(generator, shape), numbers(generator, (*shape[:-1], 3))
        positive = a @ np.swapaxes(a, -1, -2) + np.eye(n)
        symmetric = a + np.swapaxes(a, -1, -2)
        sign, logarithm = np.linalg.slogdet(a)
        values = {
            "a": a, "b": b, "solve": np.linalg.solve(a, b), "inverse": np.linalg.inv(a),
            "determinant": np.linalg.det(a), "sign": sign, "logarithm": logarithm,
            "positive": positive, "cholesky": np.linalg.cholesky(positive),
            "symmetric": symmetric, "eigenvalues": np.linalg.eigvalsh(symmetric),
            "power3": np.linalg.matrix_power(a, 3), "power-2": np.linalg.matrix_power(a, -2),
            "trace": np.trace(a, axis1=-2, axis2=-1),
            "condition-spectral": np.linalg.cond(a), "condition-frobenius": np.linalg.cond(a, "fro"),
            "condition-columnSum": np.linalg.cond(a, 1),
            "condition-rowSum": np.linalg.cond(a, np.inf),
            "condition-nuclear": np.linalg.cond(a, "nuc"),
        }
        out.update({f"square.{i}.{key}": value for key, value in values.items()})


def any_cases(generator, out):
    for i, shape in enumerate(ANY):
        a = numbers(generator, shape)
        q, r = np.linalg.qr(a)
        values = {
            "a": a, "singular": np.linalg.svd(a, compute_uv=False), "q": q, "r": r,
            "pseudo": np.linalg.pinv(a),
        }
        for name, kind in [("frobenius", "fro"), ("nuclear", "nuc"), ("spectral", 2), ("columnSum", 1),
                           ("rowSum", np.inf)]:
            values[f"norm-{name}"] = np.linalg.norm(a, kind, axis=(-2, -1))
        if a.ndim == 2:
            b = numbers(generator, (shape[0], 2))
            x, _, _, _ = np.linalg.lstsq(a, b)
            values |= {"b": b, "least": x, "residuals": np.sum((a @ x - b) ** 2, axis=0)}
        out.update({f"any.{i}.{key}": value for key, value in values.items()})
    # A rank of two, in five rows and four columns.
    a = numbers(generator, (5, 2)) @ numbers(generator, (2, 4))
    b = numbers(generator, 5)
    x, _, rank, singular = np.linalg.lstsq(a, b)
    out.update({"deficient.a": a, "deficient.b": b, "deficient.least": x,
                "deficient.rank": np.array([rank]), "deficient.singular": singular,
                "deficient.pseudo": np.linalg.pinv(a)})
    a, b = numbers(generator, (2, 3)), numbers(generator, (3, 2, 2))
    out.update({"kron.a": a, "kron.b": b, "kron": np.kron(a, b)})
    x = np.linspace(-1, 2, 9)
    y = 0.5 * x**3 - x + 0.1 * numbers(generator, 9)
    weights = np.abs(numbers(generator, 9)) + 0.1
    out.update({"fit.x": x, "fit.y": y, "fit.weights": weights})
    for degree in [0, 1, 3, 4]:
        out[f"fit.{degree}"] = np.polyfit(x, y, degree)
        out[f"fit.weighted.{degree}"] = np.polyfit(x, y, degree, w=weights)
    out["fit.values"] = np.polyval(out["fit.3"], x)


def fourier_cases(generator, out):
    def put(name, value):
        out[f"{name}.real"], out[f"{name}.imaginary"] = value.real.copy(), value.imag.copy()

    for n in LENGTHS:
        x = numbers(generator, n) + 1j * numbers(generator, n)
        put(f"fft.{n}.x", x)
        put(f"fft.{n}", np.fft.fft(x))
        put(f"fft.{n}.inverse", np.fft.ifft(x))
        put(f"fft.{n}.half", np.fft.rfft(x.real))
        half = x[:n // 2 + 1]
        out[f"fft.{n}.from-half"] = np.fft.irfft(half, n)
        if n in (1, 6, 7):
            out[f"fft.{n}.frequencies"] = np.fft.fftfreq(n, 0.5)
            out[f"fft.{n}.half-frequencies"] = np.fft.rfftfreq(n, 0.5)
    x = numbers(generator, (2, 5, 6, 3)) + 1j * numbers(generator, (2, 5, 6, 3))
    put("images.x", x)
    put("images", np.fft.fft2(x, axes=(1, 2)))
    put("images.inverse", np.fft.ifft2(x, axes=(-3, -2)))
    put("images.longer", np.fft.fft(x, 11, axis=1))
    put("images.shorter", np.fft.ifft(x, 4, axis=2))
    put("images.orthogonal", np.fft.fft(x, axis=0, norm="ortho"))
    put("images.forward", np.fft.fft(x, axis=2, norm="forward"))
    put("images.inverse-forward", np.fft.ifft(x, axis=2, norm="forward"))
    out["images.shifted"] = np.fft.fftshift(x.real)
    out["images.shifted-1-2"] = np.fft.fftshift(x.real, axes=(1, 2))
    out["images.unshifted"] = np.fft.ifftshift(x.real, axes=(1, 2))


def main():
    generator, out = np.random.default_rng(7), {}
    square_cases(generator, out)
    any_cases(generator, out)
    fourier_cases(generator, out)
    out = {name: np.array(value, order="C") for name, value in out.items()}
    if "--check" not in sys.argv:
        return save_file(out, FILE)
    there = load_file(FILE)
    wrong = [name for name in out.keys() | there.keys()
             if name not in out or name not in there
             or not np.allclose(out[name], there[name], rtol=1e-9, atol=1e-12)]
    if wrong:
        sys.exit("differ: " + ", ".join(sorted(wrong)))


main()
