#!/usr/bin/env python3
"""Makes the small files in the folder `formats`, in every format that checkpoints and pictures come in, or checks them.

    python make_formats.py            # write the files in `formats` beside this script
    python make_formats.py --check    # read the ones that are there and compare what is in them; exit 1 on a difference

Made with Python 3.11 and torch==2.15.0 numpy==2.4.6 pillow==13.0.0. All checkpoints hold the tensors of `tensors()`, as far as
their format can, so that one test reads all. Pictures hold the pixels of `pixels()`; README.md says how.
"""

import argparse
import io
import json
import struct
import sys
import zipfile
import zlib
from collections import Counter, OrderedDict
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save as save_safetensors

HERE = Path(__file__).resolve().parent / "formats"


# ------------------------------------------------------------------------------------------------------------- checkpoints


def tensors():
    """Every element type, empty and scalar shapes; element i of a number type is i - 2 (halved where it is a float)."""
    made = OrderedDict()
    for name, dtype in {
        "f32": torch.float32, "f64": torch.float64, "f16": torch.float16, "bf16": torch.bfloat16, "i8": torch.int8,
        "u8": torch.uint8, "i32": torch.int32, "i64": torch.int64,
    }.items():  # fmt: skip
        first = 0 if dtype == torch.uint8 else -2
        values = torch.arange(first, first + 6)
        made[name] = (values / 2 if dtype.is_floating_point else values).to(dtype).reshape(2, 3)
    made["bool"] = torch.tensor([True, False, True])
    made["scalar"] = torch.tensor(1.5)
    made["empty"] = torch.zeros(3, 0, 2)
    return made


def views():
    """Tensors that share storages: slices, transposes, broadcasts, the same one twice."""
    base = torch.arange(24, dtype=torch.float32).reshape(4, 6)
    return OrderedDict(
        base=base, tied=base, row=base[2], column=base[:, 1], transposed=base.t(), corner=base[1:3, 2:5],
        strided=base[::2, ::3], expanded=base[0, :2].expand(3, 2), permuted=base.reshape(2, 2, 6).permute(2, 0, 1),
    )  # fmt: skip


def training():
    """What training scripts save: nested dictionaries, parameters, an optimizer's state, settings."""
    model = torch.nn.Linear(3, 2)
    with torch.no_grad():
        model.weight.copy_(torch.arange(6.0).reshape(2, 3))
        model.bias.copy_(torch.tensor([7.0, 8.0]))
    optimizer = torch.optim.AdamW(model.parameters())
    model(torch.ones(1, 3)).sum().backward()
    optimizer.step()
    with torch.no_grad():
        model.weight.copy_(torch.arange(6.0).reshape(2, 3))
        model.bias.copy_(torch.tensor([7.0, 8.0]))
    return {
        "model": model.state_dict(),
        "ema": {name: parameter for name, parameter in model.named_parameters()},
        "opt": optimizer.state_dict(),
        "args": argparse.Namespace(lr=1e-4, epochs=3, name="test", flags=[True, None], big=2**70),
        "steps": 7,
        "loss": np.float64(0.5),
        "dtype": torch.float32,
        "shape": torch.Size([2, 3]),
        "list": [torch.tensor([1.0]), {"x": torch.tensor([2], dtype=torch.int16), "z": torch.tensor([1j])}],
    }


def forms(without=()):
    """What is valid and rare: properties, attributes, repeated elements, all types, keys that are no texts, what holds no tensor."""
    z = torch.tensor([[1 + 2j, -3.5 + 0.25j], [0 - 0j, 4j]])
    attributed = torch.arange(3.0)
    attributed.note = "a text"
    parameter = torch.nn.Parameter(torch.arange(4.0).reshape(2, 2))
    parameter.kind = ["weight", 3]
    made = {
        "negated": z.conj().imag, "imaginary": z.imag, "negated-part": z.conj().imag[1:, 1], "conjugated": z.clone().conj(),
        "attributed": attributed, "parameter": parameter, "expanded": torch.tensor([1.0, 2.0]).expand(300, 2),
        "c32": z.to(torch.complex32), "c128": z.to(torch.complex128), "c128-transposed": z.to(torch.complex128).t(),
        "u16": torch.tensor([0, 2**16 - 1], dtype=torch.uint16), "u32": torch.tensor([0, 2**32 - 1], dtype=torch.uint32),
        "u64": torch.tensor([0, 2**64 - 1], dtype=torch.uint64), "i16": torch.tensor([-(2**15), 2**15 - 1], dtype=torch.int16),
        "f8": torch.arange(4, dtype=torch.uint8).view(torch.float8_e4m3fn).clone(),
        0: torch.tensor([1.0]), "0": torch.tensor([2.0]), (0, "x"): torch.tensor([3.0]), None: torch.tensor([4.0]),
        "sparse": torch.eye(2).to_sparse(), "quantized": torch.quantize_per_tensor(torch.ones(2), 0.5, 1, torch.qint8),
        "meta": torch.empty(3, device="meta"), "numpy": np.arange(3),
        "sides": [{1, 2}, bytearray(b"ab"), 1 + 2j, Counter(a=1), torch.strided, torch.device("cpu"), 2.5, b"bytes", None, True],
    }  # fmt: skip
    return {key: value for key, value in made.items() if key not in without}


def resolved(made):
    """The tensors of `forms` as safetensors files can have them: complex ones as pairs of numbers."""
    names = {0: "0", "0": "0#2", (0, "x"): "(0, 'x')", None: "None"}
    plain = {}
    for key, value in made.items():
        if not isinstance(value, torch.Tensor) or value.is_sparse or value.is_quantized or value.is_meta:
            continue
        value = value.detach().resolve_conj().resolve_neg().contiguous()
        plain[names.get(key, key)] = torch.view_as_real(value).contiguous() if value.is_complex() else value
    return plain


def saved(value, **options):
    buffer = io.BytesIO()
    torch.save(value, buffer, **options)
    return buffer.getvalue()


def arrays(without=()):
    return {k: v.numpy() for k, v in tensors().items() if v.dtype != torch.bfloat16 and k not in without}


def saved_arrays(save, made):
    buffer = io.BytesIO()
    save(buffer, **made)
    return buffer.getvalue()


def streamed_archive():
    """A .npz as written to a pipe: sizes stand behind the entries, not before them."""
    class Pipe(io.RawIOBase):
        data = b""

        def writable(self):
            return True

        def write(self, data):
            self.data += bytes(data)
            return len(data)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w") as archive:
        for name, method in (("a", zipfile.ZIP_STORED), ("b", zipfile.ZIP_DEFLATED)):
            entry = zipfile.ZipInfo(name + ".npy", (1980, 1, 1, 0, 0, 0))
            entry.compress_type = method
            buffer = io.BytesIO()
            np.save(buffer, np.arange(100, dtype=np.int32))
            archive.writestr(entry, buffer.getvalue())
    return pipe.data


def narrow():
    """Types that are read as wider ones, and the same numbers in those: all 256 bytes, and integers of 16 and 32 bits."""
    made = {}
    for dtype in (torch.float8_e5m2, torch.float8_e4m3fn, torch.float8_e5m2fnuz, torch.float8_e4m3fnuz, torch.float8_e8m0fnu):
        made[str(dtype).removeprefix("torch.")] = (torch.arange(256, dtype=torch.uint8).view(dtype), torch.float32)
    made["int16"] = (torch.tensor([[-(2**15), -1], [0, 2**15 - 1]], dtype=torch.int16), torch.int32)
    made["uint16"] = (torch.tensor([0, 1, 2**16 - 1], dtype=torch.uint16), torch.int32)
    made["uint32"] = (torch.tensor([0, 1, 2**32 - 1], dtype=torch.uint32), torch.int64)
    return {name: tensor for name, (tensor, _) in made.items()} | {f"{name}.wide": tensor.to(wide) for name, (tensor, wide) in made.items()}


def make_checkpoints():
    column_major = {"matrix": np.asfortranarray(np.arange(6, dtype=np.float32).reshape(2, 3)),
                    "cube": np.asfortranarray(np.arange(24, dtype=np.int64).reshape(2, 3, 4))}  # fmt: skip
    files = {
        "tensors.safetensors": save_safetensors(tensors()),
        "narrow.safetensors": save_safetensors(narrow()),
        "tensors.pt": saved(tensors()),
        "tensors-legacy.pt": saved(tensors(), _use_new_zipfile_serialization=False),
        "tensors-protocol5.pt": saved(tensors(), pickle_protocol=5),
        "tensors-protocol4-legacy.pt": saved(tensors(), _use_new_zipfile_serialization=False, pickle_protocol=4),
        "views.pt": saved(views()),
        "views-legacy.pt": saved(views(), _use_new_zipfile_serialization=False),
        "training.pt": saved(training()),
        "training-legacy.pt": saved(training(), _use_new_zipfile_serialization=False),
        "forms.pt": saved(forms()),
        # PyTorch itself cannot read the newer types in the older form.
        "forms-legacy.pt": saved(forms(without=("c32", "u16", "u32", "u64", "f8")), _use_new_zipfile_serialization=False),
        "forms.safetensors": save_safetensors(resolved(forms())),
        "single.pt": saved(torch.tensor([1.0, 2.0])),
        "refused.pt": saved({"model": tensors(), "function": print}),
        "arrays.npz": saved_arrays(np.savez, arrays()),
        "arrays-compressed.npz": saved_arrays(np.savez_compressed, arrays()),
        "arrays-streamed.npz": streamed_archive(),
        "column-major.npz": saved_arrays(np.savez, column_major),
    }
    buffer = io.BytesIO()
    np.save(buffer, column_major["matrix"])
    files["column-major.npy"] = buffer.getvalue()
    names = list(tensors())
    for ending, save in ((".safetensors", save_safetensors), (".bin", saved)):
        parts = {f"model-0000{i + 1}-of-00002{ending}": names[i * 6 : i * 6 + 6] for i in range(2)}
        index = {"metadata": {"total_size": 1}, "weight_map": {name: file for file, part in parts.items() for name in part}}
        files |= {file: save(OrderedDict((name, tensors()[name]) for name in part)) for file, part in parts.items()}
        files[f"model{ending}.index.json"] = json.dumps(index, indent=2).encode()
    return files


# ------------------------------------------------------------------------------------------------------------------ pictures

WIDTH, HEIGHT = 13, 11
COLOURS = {"grey": (0, 1, (1, 2, 4, 8, 16)), "rgb": (2, 3, (8, 16)), "palette": (3, 1, (1, 2, 4, 8)), "grey-alpha": (4, 2, (8, 16)), "rgba": (6, 4, (8, 16))}
PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))


def pixels(channels, depth, width=WIDTH, height=HEIGHT):
    """Samples [H, W, C] of a picture: noise of a linear congruential generator, so that every bit matters."""
    state, values = 12345, []
    for _ in range(width * height * channels):
        state = (state * 1103515245 + 12345) % 2**31
        values.append((state >> 8) % 2**depth)
    return np.array(values, np.int64).reshape(height, width, channels)


def packed(row, depth):
    """A row of samples as bytes, the first in the highest bits."""
    samples = row.reshape(-1)
    if depth == 16:
        return samples.astype(">u2").tobytes()
    bits = "".join(format(int(sample), f"0{depth}b") for sample in samples)
    bits += "0" * (-len(bits) % 8)
    return bytes(int(bits[i : i + 8], 2) for i in range(0, len(bits), 8))


def filtered(rows, pixel):
    """Rows of bytes, each with another of the five filters."""
    result, above = b"", bytes(len(rows[0]) if rows else 0)
    for number, row in enumerate(rows):
        kind = number % 5
        line = bytearray()
        for i, byte in enumerate(row):
            a = row[i - pixel] if i >= pixel else 0
            b = above[i]
            c = above[i - pixel] if i >= pixel else 0
            estimate = a + b - c
            nearest = min((abs(estimate - a), 0, a), (abs(estimate - b), 1, b), (abs(estimate - c), 2, c))[2]
            line.append((byte - (0, a, b, (a + b) // 2, nearest)[kind]) % 256)
        result += bytes([kind]) + bytes(line)
        above = row
    return result


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def palette(depth):
    return bytes((17 * i + 85 * c) % 256 for i in range(2**depth) for c in range(3))


def picture(colour, depth, interlaced, transparency=None):
    code, channels, _ = COLOURS[colour]
    samples = pixels(channels, depth)
    pixel = max(1, channels * depth // 8)
    data = b""
    for x, y, dx, dy in PASSES if interlaced else ((0, 0, 1, 1),):
        part = samples[y::dy, x::dx]
        if part.size:
            data += filtered([packed(row, depth) for row in part], pixel)
    stream = zlib.compress(data, 9)
    chunks = [chunk(b"IHDR", struct.pack(">IIBBBBB", WIDTH, HEIGHT, depth, code, 0, 0, int(interlaced)))]
    if colour == "palette":
        chunks.append(chunk(b"PLTE", palette(depth)))
    if transparency is not None:
        chunks.append(chunk(b"tRNS", transparency))
    chunks.append(chunk(b"tEXt", b"Comment\0a test"))
    chunks += [chunk(b"IDAT", stream[:50]), chunk(b"IDAT", b""), chunk(b"IDAT", stream[50:]), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def make_pictures():
    files = {}
    for colour, (_, channels, depths) in COLOURS.items():
        for depth in depths:
            for interlaced in (False, True):
                files[f"{colour}-{depth}{'-interlaced' if interlaced else ''}.png"] = picture(colour, depth, interlaced)
    first = pixels(1, 8)[0, 0, 0]
    files["grey-8-transparent.png"] = picture("grey", 8, False, struct.pack(">H", first))
    files["grey-16-transparent.png"] = picture("grey", 16, False, struct.pack(">H", pixels(1, 16)[0, 0, 0]))
    files["rgb-8-transparent.png"] = picture("rgb", 8, False, struct.pack(">HHH", *pixels(3, 8)[0, 0]))
    files["palette-4-transparent.png"] = picture("palette", 4, True, bytes((0, 128, 255, 7)))
    return files


def large_picture():
    """A picture of 1000 × 1000 black pixels of 64 bits in few bytes, for what reading costs."""
    stream = zlib.compress(bytes(1000 * (1 + 8 * 1000)), 9)
    header = struct.pack(">IIBBBBB", 1000, 1000, 16, COLOURS["rgba"][0], 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", stream) + chunk(b"IEND", b"")


def expected_pictures(files):
    """What Pillow reads of each picture, as RGBA of 8 bits; 16-bit ones by their upper bytes, which Pillow does not do for all."""
    from PIL import Image

    made = {}
    for name, data in files.items():
        colour, depth = name.split(".")[0].rsplit("-interlaced")[0].replace("-transparent", "").rsplit("-", 1)
        if depth == "16":
            samples = (pixels(COLOURS[colour][1], 16) + 128) // 257
            grey = colour.startswith("grey")
            rgba = np.full((HEIGHT, WIDTH, 4), 255, np.int64)
            rgba[..., :3] = samples[..., :1] if grey else samples[..., :3]
            if colour in ("grey-alpha", "rgba"):
                rgba[..., 3] = samples[..., -1]
            elif "transparent" in name:
                full = pixels(1, 16)[..., 0]
                rgba[..., 3] = np.where(full == full[0, 0], 0, 255)
        else:
            rgba = np.array(Image.open(io.BytesIO(data)).convert("RGBA"))
        made[name.removesuffix(".png")] = torch.from_numpy(rgba.astype(np.uint8))
    return save_safetensors(made)


# ----------------------------------------------------------------------------------------------------------- write and check


def content(name, data):
    """What is in a file, to be compared: PyTorch's archives have random identifiers, and its older form addresses."""
    if name.endswith((".pt", ".bin")) and name != "refused.pt":
        value = torch.load(io.BytesIO(data), weights_only=False)
        return repr(value).encode()
    return data


def main():
    parser = argparse.ArgumentParser(description="Make or check the files of every format.")
    parser.add_argument("--check", action="store_true", help="compare with the files here instead of writing them")
    arguments = parser.parse_args()
    pictures = make_pictures()
    files = make_checkpoints() | pictures | {"pictures.safetensors": expected_pictures(pictures), "large.png": large_picture()}
    HERE.mkdir(exist_ok=True)
    wrong = 0
    for name, data in files.items():
        if not arguments.check:
            (HERE / name).write_bytes(data)
        elif not (HERE / name).exists() or content(name, (HERE / name).read_bytes()) != content(name, data):
            print(f"{name}: different")
            wrong += 1
    print(f"{len(files)} files, {sum(map(len, files.values()))} bytes" + (f", {wrong} different" if arguments.check else ""))
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
