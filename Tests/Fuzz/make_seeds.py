"""Writes inputs that fuzzing begins with beside the golden files: what mutation hardly finds.

    python3 Tests/Fuzz/make_seeds.py        needs NumPy

Archives with 64-bit sizes, codes longer than a look-up table, every kind of block, escapes of JSON,
quantized layers with what is wrong with them.
"""

import io
import json
import random
import struct
import zlib
from pathlib import Path

import numpy

SEEDS = Path(__file__).parent / "Seeds"


def write(format, name, data):
    (SEEDS / format).mkdir(parents=True, exist_ok=True)
    (SEEDS / format / name).write_bytes(data)


def npy(array):
    file = io.BytesIO()
    numpy.save(file, array)
    return file.getvalue()


def deflated(data, level=9, strategy=zlib.Z_DEFAULT_STRATEGY, bits=-15):
    stream = zlib.compressobj(level, zlib.DEFLATED, bits, strategy=strategy)
    return stream.compress(data) + stream.flush()


def archive(entries, wide):
    """A ZIP archive of (name, method, data, stored data), `wide` with 64-bit sizes everywhere."""
    file, directory = b"", b""
    for name, method, data, stored in entries:
        start, name = len(file), name.encode()
        sizes = (2**32 - 1,) * 2 if wide else (len(stored), len(data))
        common = struct.pack("<HHHHHIII", 45, 0, method, 0, 33, zlib.crc32(data), *sizes)
        unknown = struct.pack("<HHI", 0x7777, 4, 0)
        extra = struct.pack("<HHQQ", 1, 16, len(data), len(stored)) if wide else b""
        lengths = struct.pack("<HH", len(name), len(unknown + extra))
        file += b"PK\3\4" + common + lengths + name + unknown + extra + stored
        if wide:
            extra = struct.pack("<HHQQQ", 1, 24, len(data), len(stored), start)
        lengths = struct.pack("<HHHHHI", len(name), len(unknown + extra), 0, 0, 0, 0)
        place = 2**32 - 1 if wide else start
        directory += (
            b"PK\1\2" + struct.pack("<H", 45) + common + lengths + struct.pack("<I", place)
            + name + unknown + extra
        )
    start, count = len(file), len(entries)
    file += directory
    if wide:
        end = len(file)
        file += b"PK\6\6" + struct.pack(
            "<QHHIIQQQQ", 44, 45, 45, 0, 0, count, count, len(directory), start)
        file += b"PK\6\7" + struct.pack("<IQI", 0, end, 1)
        return file + b"PK\5\6" + struct.pack(
            "<HHHHIIH", 0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF, 2**32 - 1, 2**32 - 1, 0)
    return file + b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, count, count, len(directory), start, 0)


def uneven(count):
    """Bytes of which some are so rare that their codes have up to 15 bits."""
    generator = random.Random(1)
    return bytes(min(255, int(generator.expovariate(0.35))) for _ in range(count))


blocks = {
    "stored": deflated(b"stored bytes", level=0),
    "fixed": deflated(b"abcabcabc", strategy=zlib.Z_FIXED),
    "long-codes": deflated(uneven(3000), strategy=zlib.Z_HUFFMAN_ONLY),
    "matches": deflated(b"a text that comes again, " * 40 + uneven(200)),
}
for name, stream in blocks.items():
    data = zlib.decompress(stream, -15)
    header = b"\x78\x9c"
    write("inflate", name, header + stream + struct.pack(">I", zlib.adler32(data)))

small = npy(numpy.arange(6, dtype="<f4").reshape(2, 3))
arrays = {f"{kind}.npy": npy(numpy.zeros([2], dtype=kind)) for kind in ["u2", "u4", "u8", "c8", "f2"]}
write("npz", "wide.npz", archive([("a.npy", 0, small, small)], wide=True))
write("npz", "types.npz", archive([(n, 0, d, d) for n, d in arrays.items()], wide=False))
long = npy(numpy.frombuffer(uneven(3000), dtype="u1"))
write("npz", "compressed.npz", archive([
    ("wide.npy", 8, small, deflated(small, level=0)),
    ("long.npy", 8, long, deflated(long, strategy=zlib.Z_HUFFMAN_ONLY)),
    ("fixed.npy", 8, small, deflated(small, strategy=zlib.Z_FIXED)),
], wide=True))
for kind in arrays:
    write("npy", kind, arrays[kind])
for version in (2, 3):
    header = small[10:small.index(b"\n") + 1]
    write("npy", f"version-{version}", b"\x93NUMPY" + bytes([version, 0]) + struct.pack("<I", len(header)) + header + small[-24:])
write("npy", "other-writer", npy(numpy.zeros([2], dtype=">i2")).replace(b"'", b'"'))
write("npy", "records", npy(numpy.zeros([2], dtype=[("a", "<f4"), ("b", "<i2")])))
write("npy", "huge", small.replace(b"(2, 3)", b"(9223372036854775807, 3)"))


def safetensors(header, data=b""):
    text = json.dumps(header).encode() if isinstance(header, dict) else header
    return struct.pack("<Q", len(text)) + text + data


tensor = {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}
write("safetensors", "metadata", safetensors({"__metadata__": {"k": "v"}, "t": tensor}, b"\0" * 4))
write("safetensors", "metadata-number", safetensors({"__metadata__": {"k": 1}}))
write("safetensors", "metadata-list", safetensors({"__metadata__": []}))
write("safetensors", "half-byte", safetensors(
    {"t": {"dtype": "F4", "shape": [3], "data_offsets": [0, 2]}}, b"\0" * 2))
write("safetensors", "huge", safetensors(
    {"t": {"dtype": "F64", "shape": [2**62, 2**62], "data_offsets": [0, 4]}}, b"\0" * 4))
write("safetensors", "pair", safetensors(rb'{"__metadata__":{"\ud83d\ude00\n\t":"\"\\\/\b\f\r\u00e9"}}'))
write("safetensors", "numbers", safetensors(b'{"a":[-1.5e3,true,false,null,[],{}]}'))

# A linear layer of 10 inputs and 3 outputs, quantized in groups of 4 (docs/quantization.md).
random_numbers = numpy.random.default_rng(1)
eight = random_numbers.integers(-127, 128, [3, 10]).astype("i1")
four = random_numbers.integers(1, 16, [3, 5, 2]).astype("u1")
scales = numpy.linspace(0.01, 0.09, 9, dtype="<f4").reshape(3, 3)


def quantized(name, weight=eight, scale=scales, group_size=4, packed=None, bias=numpy.ones(3, "<f4")):
    """A file of the layer; None leaves a tensor out, and a number is one for all scales."""
    if scale is not None and not hasattr(scale, "shape"):
        scale = numpy.full([3, 3], scale, "<f4")
    parts = {"weight": weight, "weight_packed": packed, "weight_scale": scale, "bias": bias}
    if group_size is not None:
        parts["weight_group_size"] = numpy.array([group_size], "<i4")
    kinds = {"i1": "I8", "u1": "U8", "i4": "I32", "f4": "F32", "f8": "F64"}
    header, data = {}, b""
    for key, array in parts.items():
        if array is not None:
            header["blocks.0.fc1." + key] = {
                "dtype": kinds[array.dtype.str[1:]], "shape": list(array.shape),
                "data_offsets": [len(data), len(data) + array.nbytes]}
            data += array.tobytes()
    write("quantized", name, safetensors(header, data))


packed = (four[..., 0] | four[..., 1] << 4).astype("u1")
quantized("eight-bits")
quantized("four-bits", weight=None, packed=packed)
quantized("extremes", weight=numpy.full([3, 10], -128, "i1"))
quantized("four-bits-of-zero", weight=None, packed=numpy.zeros([3, 5], "u1"))
quantized("wide", weight=numpy.ones([3, 10], "<f4"), scale=None, group_size=None)
for name, number in [("nan", numpy.nan), ("infinite", numpy.inf), ("zeros", 0), ("huge", 3e38)]:
    quantized(f"wide-{name}", weight=numpy.full([3, 10], number, "<f4"), scale=None, group_size=None)
for name, number in [
    ("zero", 0), ("negative", -1), ("nan", numpy.nan), ("infinite", numpy.inf), ("tiny", 1e-45),
    ("huge", 3e38),
]:
    quantized(f"scale-{name}", scale=number)
quantized("scale-missing", scale=None)
quantized("scale-whole", scale=numpy.ones([3, 3], "<i4"))
quantized("scale-short", scale=numpy.ones([3, 2], "<f4"))
quantized("group-missing", group_size=None)
for size in [0, -4, 1, 3, 10, 11, 2**31 - 1]:
    quantized(f"group-{size}", scale=numpy.ones([3, -(-10 // size) if size > 0 else 1], "<f4"), group_size=size)
quantized("weight-wide", weight=numpy.ones([3, 10], "<i4"))
quantized("weight-short", weight=eight[:, :9].copy())
quantized("weight-missing", weight=None)
quantized("both", packed=packed)
quantized("bias-missing", bias=None)

shard = "model-00001-of-00002.safetensors"
write("index", "escapes", b'{"metadata":{"\\u00e9":[1,[2],{}]},"weight_map":{"\\ud83d\\ude00":"%s"}}'
      % shard.encode())
write("index", "values", b'{"metadata":{"a":-1.5e3,"b":[true,false,null,{"c":"\\n"}]},"weight_map":{"f32":"%s"}}' % shard.encode())
write("index", "climbing", b'{"weight_map":{"a":"../a"}}')
write("index", "absent", b'{"weight_map":{"a":"absent.safetensors"}}')
write("index", "nothing", b'{"weight_map":{}}')
write("index", "deep", b'{"weight_map":' + b"[" * 20 + b"]" * 20 + b"}")
write("index", "text", b'{"weight_map":{"\xff":"a"}}')
write("index", "safetensors", safetensors({"t.a": tensor}, b"\0" * 4))
write("index", "npy", small)
write("index", "npz", archive([("a.npy", 0, small, small)], wide=False))
