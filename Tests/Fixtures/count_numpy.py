"""Counts the functions of NumPy's core that docs/numpy.md has a counterpart for.

    python count_numpy.py        # NumPy 2.4; exit 1 if a function is not mentioned, or the share is another

A function counts as served if it is mentioned in the first column of a table. Those in the section "What has
no counterpart" are not, and those in "What is not counted" are no functions of numeric arrays.
"""

import inspect
import pathlib
import re
import sys

import numpy as np

text = (pathlib.Path(__file__).parents[2] / "docs/numpy.md").read_text()
names = {
    name
    for name in dir(np)
    if not name.startswith("_")
    and callable(value := getattr(np, name))
    and not inspect.isclass(value)
    and not inspect.ismodule(value)
}
names |= set(np.linalg.__all__) | set(np.fft.__all__)
names |= {name for name in dir(np.random.Generator) if not name.startswith("_")}


def mentioned(text):
    spans = " ".join(re.findall(r"`([^`]+)`", text))
    return set(re.findall(r"[A-Za-z_][A-Za-z_0-9]*", spans)) & names


body, rest = text.split("## What has no counterpart")
missing, rest = rest.split("## What is not counted")
columns = [line.split(" | ")[0] for line in body.splitlines() if line.startswith("| ")]
ignored, absent = mentioned(rest), mentioned(missing)
served = mentioned("\n".join(columns))
forgotten = names - ignored - absent - served
both = (ignored & absent) | (served & (ignored | absent))
counted = len(names) - len(ignored)
share = f"{len(served)} of {counted}"
print(f"{share}: {100 * len(served) / counted:.0f} %")
if forgotten or both or share not in text:
    sys.exit(f"not mentioned: {sorted(forgotten)}; in two places: {sorted(both)}; the page has another share")
