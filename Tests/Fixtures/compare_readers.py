#!/usr/bin/env python3
"""Compares what our readers read with what PyTorch, NumPy and safetensors read, over some thousand generated files.

    swift build -c release --product inspect
    python Tests/Fixtures/compare_readers.py [--inspect .build/release/inspect] [--random 1500] [--seed 1] [--keep FOLDER]

Each file is a valid one with a field of its format in another form, or with damage in a few bytes. Either side may refuse a file. Printed is
each file that both sides read where a tensor differs in type, shape or bytes, or where one side has a tensor that the other neither has nor
lists as unreadable; exit code 1 then. With `--keep`, these files stay in a folder. Needs torch, numpy and safetensors as `make_formats.py`
does, which makes the first files.
"""

import argparse
import hashlib
import io
import json
import os
import random
import resource
import struct
import subprocess
import sys
import tempfile
import unicodedata
import warnings
import zipfile
import zlib
from collections import Counter
from pathlib import Path

import numpy as np
import safetensors.torch
import torch

import make_formats

warnings.simplefilter("ignore")
DTYPES = {
    torch.float32: "F32", torch.float64: "F64", torch.float16: "F16", torch.bfloat16: "BF16", torch.int8: "I8", torch.uint8: "U8",
    torch.int16: "I16", torch.uint16: "U16", torch.int32: "I32", torch.uint32: "U32", torch.int64: "I64", torch.uint64: "U64",
    torch.bool: "BOOL", torch.complex32: "C32", torch.complex64: "C64", torch.complex128: "C128", torch.float8_e4m3fn: "F8_E4M3",
    torch.float8_e5m2: "F8_E5M2", torch.float8_e8m0fnu: "F8_E8M0", torch.float8_e4m3fnuz: "F8_E4M3FNUZ", torch.float8_e5m2fnuz: "F8_E5M2FNUZ",
}  # fmt: skip
NUMPY = {"f4": "F32", "f8": "F64", "f2": "F16", "i1": "I8", "u1": "U8", "i2": "I16", "u2": "U16", "i4": "I32", "u4": "U32", "i8": "I64",
         "u8": "U64", "b1": "BOOL", "c8": "C64", "c16": "C128"}  # fmt: skip


# -------------------------------------------------------------------------------------------------------- what references read


def summary(type, shape, data):
    return type, tuple(shape), hashlib.sha256(data).hexdigest()


def torch_summary(tensor):
    tensor = tensor.detach()
    if tensor.numel() > 10_000_000:
        raise ValueError("too large")
    if tensor.layout != torch.strided or tensor.is_quantized or tensor.is_meta or tensor.is_nested or tensor.dtype not in DTYPES:
        return None  # ours lists it as unreadable
    try:
        tensor = tensor.resolve_conj().resolve_neg()
    except RuntimeError:
        return None  # it cannot be computed with there either
    tensor = tensor.contiguous()
    data = bytes(tensor.untyped_storage())[tensor.storage_offset() * tensor.element_size() :][: tensor.numel() * tensor.element_size()]
    return summary(DTYPES[tensor.dtype], tensor.shape, data)


def named(value, name=None, found=None, depth=0):
    """The tensors of a PyTorch checkpoint by the names that ours gives them."""
    found = [] if found is None else found
    if depth > 64 or len(found) > 5000:
        raise ValueError("too much")

    def text(key):
        if isinstance(key, bool) or isinstance(key, int):
            return str(int(key))
        if isinstance(key, (torch.dtype, torch.serialization.StorageType)):
            return DTYPES.get(getattr(key, "dtype", key), "#")
        if isinstance(key, float):
            return str(int(key)) if key == key and abs(key) < 1e15 and key == int(key) else repr(key)
        return f"'{key}'" if isinstance(key, str) else "None" if key is None else f"({', '.join(map(text, key))})" if isinstance(key, tuple) else "#"

    if isinstance(value, torch.Tensor):
        found.append(("tensor" if name is None else name, torch_summary(value)))
    elif type(value) in (list, tuple):
        for place, part in enumerate(value):
            named(part, f"{name}.{place}" if name is not None else str(place), found, depth + 1)
    elif isinstance(value, dict):
        for place, (key, part) in enumerate(value.items()):
            key = key if isinstance(key, str) else text(key) if text(key) != "#" else f"#{place}"
            named(part, f"{name}.{key}" if name is not None else key, found, depth + 1)
    return found


def unique(found):
    names, numbers = {}, Counter()
    for name, value in found:
        free = name
        while free in names:
            numbers[name] += 1
            free = f"{name}#{numbers[name] + 1}"
        names[free] = value
    return names


def reference(kind, data, trusted=False):
    if kind == "safetensors":
        return {name: torch_summary(tensor) for name, tensor in safetensors.torch.load(data).items()}
    if kind in ("npy", "npz"):
        loaded = np.load(io.BytesIO(data), allow_pickle=False)
        arrays = {"tensor": loaded} if kind == "npy" else {name: loaded[name] for name in loaded.files}
        made = {}
        for name, array in arrays.items():
            known = isinstance(array, np.ndarray) and NUMPY.get(array.dtype.str[1:])
            plain = known and np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<")).tobytes()
            made[name] = summary(known, array.shape, plain) if known else None
        return made
    return unique(named(torch.load(io.BytesIO(data), weights_only=not trusted)))


def ours(executable, path):
    """What `inspect` lists, or None where it refuses the file."""
    result = subprocess.run([executable, str(path), "--json", "--hash-tensors"], capture_output=True, timeout=60)
    if result.returncode not in (0, 1):
        raise SystemExit(f"inspect ended with {result.returncode}: {result.stderr.decode()[-300:]}")
    if result.returncode == 1:
        return None
    report = json.loads(result.stdout)
    made = {t["name"]: (t["type"], tuple(t["shape"]), t.get("sha256")) for t in report["tensors"]}
    return made | {t["name"]: None for t in report["unreadable"]}


def differences(ours, theirs):
    for name in sorted(set(ours) | set(theirs)):
        if name not in ours:
            yield f"{name!r} is not in ours: {theirs[name]}"
        elif name not in theirs:
            if ours[name] is not None:
                yield f"{name!r} is in ours alone: {ours[name]}"
        elif ours[name] is not None and theirs[name] is not None and ours[name] != theirs[name]:
            yield f"{name!r}: ours {ours[name]}, theirs {theirs[name]}"


# -------------------------------------------------------------------------------------------------------- safetensors variants


def safetensors_file(header, data, length=None):
    header = header if isinstance(header, bytes) else header.encode()
    return struct.pack("<Q", len(header) if length is None else length) + header + data


def safetensors_variants():
    data = bytes(range(64))
    parts = {"dtype": '"F32"', "shape": "[2,2]", "data_offsets": "[0,16]"}

    def header(a=None, before="", behind="", name='"a"', order=("dtype", "shape", "data_offsets")):
        a = "{" + ",".join(f'"{key}":{(a or parts)[key]}' for key in order) + "}"
        return "{" + before + f"{name}:{a}" + behind + "}"

    for order in (("dtype", "shape", "data_offsets"), ("shape", "dtype", "data_offsets"), ("data_offsets", "shape", "dtype")):
        yield safetensors_file(header(order=order), data[:16])
    bits = {"F4": 4, "F6_E2M3": 6, "F6_E3M2": 6, "BOOL": 8, "U8": 8, "I8": 8, "F8_E5M2": 8, "F8_E4M3": 8, "F8_E8M0": 8, "F8_E5M2FNUZ": 8,
            "F8_E4M3FNUZ": 8, "U16": 16, "I16": 16, "F16": 16, "BF16": 16, "U32": 32, "I32": 32, "F32": 32, "U64": 64, "I64": 64, "F64": 64,
            "C32": 32, "C64": 64, "C128": 128, "f32": 32, "": 32, "F32 ": 32, "float32": 32, "\\u0046\\u0033\\u0032": 32}  # fmt: skip
    shapes = ["[]", "[0]", "[1]", "[4]", "[2,2]", "[2,2,1]", "[1,4]", "[0,9223372036854775807]", "[4,0]", "[2.0,2]", "[-2,-2]", "[true,4]",
              '["4"]', "[null]", "[[4]]", "[4e0]", "[04]", "[4,]", "[ 4 ]", "4", "null", "{}", "[4294967296,4294967296]", "[18446744073709551615]"]  # fmt: skip
    for dtype, width in bits.items():
        for shape in shapes[:8]:
            count = int(np.prod(json.loads(shape))) if "9223" not in shape else 0
            size = count * width // 8
            yield safetensors_file(header(parts | {"dtype": f'"{dtype}"', "shape": shape, "data_offsets": f"[0,{size}]"}), (data * 3)[:size])
    for shape in shapes:
        for size in (0, 4, 16):
            yield safetensors_file(header(parts | {"shape": shape, "data_offsets": f"[0,{size}]"}), data[:size])
    for offsets in ("[0,16]", "[16,0]", "[1,17]", "[0,16,0]", "[0]", "[0.0,16]", "[-0,16]", "[0,1.6e1]", "[ 0 , 16 ]", "null", '["0",16]', "[0,18446744073709551631]"):
        for size in (15, 16, 17, 20):
            yield safetensors_file(header(parts | {"data_offsets": offsets}), data[:size])
    empty = '{"dtype":"F32","shape":[0],"data_offsets":[0,0]}'
    second = '{"dtype":"U8","shape":[4],"data_offsets":[16,20]}'
    names = ['"b"', '"a"', '"\\u0061"', '"A"', '""', '"\\u00e4"', '"a\\u0308"', '"ä"', f'"{unicodedata.normalize("NFD", "ä")}"', '"\\ud83d\\ude00"',
             '"\\ud83d"', '"a\\/b"', '"\\n"', '"__metadata__ "', '"__METADATA__"', '"__metadata__"', '"\\u0000"', '"k\\u212a"', '"ﬁ"', "a", "1", "null"]  # fmt: skip
    for one in names:
        yield safetensors_file(header(name=one), data[:16])
        yield safetensors_file(header(behind=f",{one}:{empty}"), data[:16])
        for other in names[:10]:
            yield safetensors_file(header(before=f"{one}:{second},", name=other), data[:20])
    for metadata in ("{}", "null", '{"k":"v"}', '{"k":1}', '{"k":null}', '{"k":{}}', "[]", '""', '{"k":"v","k":"w"}', '{"\\u00e4":"1","a\\u0308":"2"}', '{"k":"v",}'):
        yield safetensors_file(header(before=f'"__metadata__":{metadata},'), data[:16])
        yield safetensors_file(header(behind=f',"__metadata__":{metadata}'), data[:16])
        yield safetensors_file(header(before=f'"__metadata__":{metadata},', behind=f',"__metadata__":{metadata}'), data[:16])
    for extra in ('"x":1', '"strides":[1,2]', '"dtype":"I32"', '"shape":[4]', '"data_offsets":[0,16]', '"":""'):
        entry = "{" + ",".join(f'"{k}":{v}' for k, v in parts.items())
        yield safetensors_file('{"a":' + entry + "," + extra + "}}", data[:16])
        yield safetensors_file('{"a":{' + extra + "," + entry[1:] + "}}", data[:16])
    for space in (" ", "  ", "\n", "\t", "\r\n", "\f", "\0", "\ufeff", "/**/", "x", "{}", ","):
        yield safetensors_file(header() + space, data[:16])
        yield safetensors_file(space + header(), data[:16])
        yield safetensors_file(header().replace(":", f":{space}").replace(",", f"{space},"), data[:16])
    for padding in range(0, 140):
        yield safetensors_file(header() + " " * padding, data[:16])
    for length in (0, 1, 2, 50, 2**31, 2**32 + 10, 2**63, 2**64 - 1):
        yield safetensors_file(header(), data[:16], length)


# -------------------------------------------------------------------------------------------------------- variants of NumPy's files


def npy(header, data, version=(1, 0), length=None, fill=None):
    header = header if isinstance(header, bytes) else header.encode()
    if fill is not None:
        header = header + b" " * (fill - len(header))
    count = len(header) if length is None else length
    return b"\x93NUMPY" + bytes(version) + struct.pack("<H" if version[0] == 1 else "<I", count % (65536 if version[0] == 1 else 2**32)) + header + data


def npy_variants():
    data = bytes(range(1, 97))

    def header(descr="'<f4'", order="False", shape="(2, 3)", form="{{'descr': {d}, 'fortran_order': {o}, 'shape': {s}, }}\n"):
        return form.format(d=descr, o=order, s=shape)

    for version in ((1, 0), (2, 0), (3, 0), (1, 1), (2, 1), (4, 0), (0, 0)):
        yield npy(header(), data[:24], version)
    kinds = ["f2", "f4", "f8", "f16", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1", "c8", "c16", "c32", "S3", "U1", "V2", "V4", "O", "M8[s]", "m8",
             "?", "b", "B", "h", "H", "i", "I", "l", "L", "q", "Q", "e", "f", "d", "F", "D", "g", "float32", "int16", "uint8", "bool", "float", "int", "f", "3f4", "f4,f4"]  # fmt: skip
    for kind in kinds:
        for order in ("<", ">", "=", "|", "", "^"):
            try:
                size = np.dtype(order + kind).itemsize * 6
            except Exception:
                size = 24
            for fortran in ("False", "True"):
                yield npy(header(f"'{order}{kind}'", fortran), (data * 3)[:size])
    for descr in ("[('a', '<f4')]", "[('a', '<i2'), ('b', '<i2')]", "('<f4', (1,))", "('<i2', (2,))", "'<f4',", '"<f4"', "u'<f4'", "b'<f4'", "'<' 'f4'", "('<f4')",
                  "['<f4']", "'\\x3cf4'", "'''<f4'''", "r'<f4'", "'<f4' # x\n", "None", "4", "' <f4'", "'<f4 '"):  # fmt: skip
        yield npy(header(descr), data[:24])
    for order in ("True", "False", "0", "1", "None", "'True'", "true", "not True", "True or False", "(True)", "True "):
        yield npy(header(order=order), data[:24])
    for shape in ("(2, 3)", "(2,3)", "(2, 3,)", "( 2 , 3 )", "(6,)", "(6)", "6", "[2, 3]", "()", "(1, 6)", "(0, 3)", "(2L, 3L)", "(2l, 3)", "(0x2, 3)", "(0b10, 3)", "(2_0, 3)",
                  "(+2, 3)", "(-2, -3)", "(2.0, 3)", "(True, 6)", "(02, 3)", "(2, 3", "((2, 3))", "(2, (3))", "(2, 3)[:]", "(2,\n3)", "(2 3)", "(2, 3) # c\n", "(12, 1 // 1)", "(00, 3)"):  # fmt: skip
        for size in (0, 4, 24, 28):
            yield npy(header(shape=shape), data[:size])
    forms = [
        "{{'descr': {d}, 'fortran_order': {o}, 'shape': {s}}}\n", "{{'shape': {s}, 'descr': {d}, 'fortran_order': {o}}}", '{{"descr": {d}, "fortran_order": {o}, "shape": {s}}}\n',
        "  {{ 'descr' : {d} , 'fortran_order' : {o} , 'shape' : {s} , }}  \n\n", "{{'descr': {d}, 'descr': '<i4', 'fortran_order': {o}, 'shape': {s}}}", "dict(descr={d})",
        "{{'descr': {d}, 'fortran_order': {o}, 'shape': {s}, 'x': 1}}", "{{'descr': {d}, 'shape': {s}}}", "({{'descr': {d}, 'fortran_order': {o}, 'shape': {s}}})",
        "{{'descr': {d}, 'fortran_order': {o}, 'shape': {s},, }}", "{{'descr': {d}, 'fortran_order': {o}, 'shape': {s}, }}\0", "{{'descr': {d}, 'fortran_order': {o}, 'shape': {s}, }};",
        "\t{{'descr': {d}, 'fortran_order': {o}, 'shape': {s}, }}", "\n{{'descr': {d}, 'fortran_order': {o}, 'shape': {s}, }}", "{{'descr'\n: {d}, 'fortran_order': {o},\r\n'shape': {s}, }}",
        "{{'descr': {d}, 'fortran_order': {o}, 'shape': {s}, }}\n#", "{{u'descr': {d}, 'fortran_order': {o}, 'shape': {s}, }}", "{{'de' 'scr': {d}, 'fortran_order': {o}, 'shape': {s}, }}",
        "{{'descr': {d}, 'fortran_order': {o}, 'shape': {s}, }}\x0b", "{{'descr': {d},\x0c'fortran_order': {o}, 'shape': {s}, }}", "{{'d\\x65scr': {d}, 'fortran_order': {o}, 'shape': {s}, }}",
    ]  # fmt: skip
    for form in forms:
        for version in (1, 2, 3):
            for fortran in ("False", "True"):
                yield npy(header(form=form, order=fortran), data[:24], (version, 0))
    for fill in list(range(60, 140)) + [9000, 10001, 60000]:
        yield npy(header(), data[:24], fill=fill)
    for length in (0, 10, 65535):
        yield npy(header(), data[:24], length=length)


def entry(name, data, method=0, flags=0, extra=b"", local_extra=b"", crc=None, sizes=None, local_name=None, behind=b""):
    name = name if isinstance(name, bytes) else name.encode()
    stored = data if method == 0 else zlib.compress(data, 9)[2:-4]
    size = sizes or (len(stored), len(data))
    common = struct.pack("<HHHHHIII", 20, flags, method, 0, 33, zlib.crc32(data) if crc is None else crc, *size)
    local = name if local_name is None else local_name
    head = b"PK\3\4" + common + struct.pack("<HH", len(local), len(local_extra)) + local + local_extra + stored + behind
    return head, lambda start: b"PK\1\2" + struct.pack("<H", 20) + common + struct.pack("<HHHHHII", len(name), len(extra), 0, 0, 0, 0, start) + name + extra


def archive(entries, comment=b"", prefix=b"", order=None):
    file, directory = prefix, []
    for head, tail in entries:
        directory.append(tail(len(file)))
        file += head
    directory = b"".join(directory[i] for i in (order or range(len(directory))))
    return file + directory + b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, len(entries), len(entries), len(directory), len(file), len(comment)) + comment


def array(*values, type="<f4"):
    return npy(f"{{'descr': '{type}', 'fortran_order': False, 'shape': ({len(values)},), }}\n", np.array(values, type).tobytes())


def npz_variants():
    a, b, c = array(1, 2), array(3), array(4, 5, 6, type="<i2")
    names = ["a.npy", "A.npy", "a", "a.npy.npy", "b.npy", "a.txt", ".npy", "npy", "/a.npy", "./a.npy", "x/../a.npy", "x\\a.npy", "a.npy/", "a .npy", "a.NPY", "ä.npy",
             unicodedata.normalize("NFD", "ä.npy"), "a\0b.npy", "a.npy\0", "\n.npy"]  # fmt: skip
    for one in names:
        for flags in (0, 1 << 11, 1 << 3, 1):
            yield archive([entry(one, a, flags=flags)])
        for other in names:
            yield archive([entry(one, a, flags=1 << 11), entry(other, b, flags=1 << 11)])
    for raw in (b"\x84.npy", b"\xff.npy", b"\xc3.npy"):
        for flags in (0, 1 << 11):
            yield archive([entry(raw, a, flags=flags)])
    unicode_path = lambda name, old: struct.pack("<HHBI", 0x7075, 5 + len(name), 1, zlib.crc32(old)) + name
    for field in (b"", struct.pack("<HH", 1, 0), struct.pack("<HHQQ", 1, 16, len(a), len(a)), unicode_path(b"z.npy", b"a.npy"), unicode_path(b"a.npy", b"a.npy"),
                  struct.pack("<HH", 0x7777, 4) + b"abcd", b"\1", struct.pack("<HH", 1, 60)):  # fmt: skip
        yield archive([entry("a.npy", a, extra=field), entry("b.npy", b)])
        yield archive([entry("a.npy", a, local_extra=field), entry("b.npy", b)])
    inner = archive([entry("a.npy", b)])
    for comment in (b"x", b"x" * 1000, inner, inner[-22:], b"PK\5\6", b"PK\5\6" + b"\0" * 18, b"\0" * 22, b"PK\1\2" + b"\0" * 40):
        yield archive([entry("a.npy", a)], comment=comment)
        yield archive([entry("a.npy", a)], comment=comment)[:-1]
        yield archive([entry("a.npy", a)]) + comment
    for prefix in (b"x", inner, b"\0" * 100, b"PK\3\4"):
        yield archive([entry("a.npy", a)], prefix=prefix)
        yield prefix + archive([entry("a.npy", a)])
    for method in (0, 8, 9, 12, 99):
        for crc in (None, 0):
            yield archive([entry("a.npy", a, method=method, crc=crc), entry("b.npy", b)])
        yield archive([entry("a.npy", a, method=method, flags=8, behind=b"PK\7\8" + struct.pack("<III", zlib.crc32(a), len(a), len(a))), entry("b.npy", b)])
    for order in ([0, 1, 2], [2, 1, 0], [1, 0, 2]):
        yield archive([entry("a.npy", a), entry("b.npy", b), entry("c.npy", c)], order=order)
    yield archive([entry("a.npy", a, local_name=b"b.npy")])
    yield archive([entry("a.npy", a, sizes=(len(a), len(a) + 1))])
    yield archive([entry("a.npy", a + b"more")])
    yield archive([entry("a.npy", b"no array"), entry("b.npy", b)])
    for broken in (a[:20], b"", array(1, type="<M8[s]"), npy("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }\n", b"\x80\4K\1.")):
        yield archive([entry("a.npy", broken), entry("b.npy", b)])
    yield archive([])


# -------------------------------------------------------------------------------------------------------- variants of PyTorch's files

MARK, TUPLE, REDUCE, BUILD, EMPTY_DICT, SETITEMS, NONE, TRUE, FALSE = b"(", b"t", b"R", b"b", b"}", b"u", b"N", b"\x88", b"\x89"


def text(value):
    return b"X" + struct.pack("<I", len(value.encode())) + value.encode()


def integer(value):
    return b"J" + struct.pack("<i", value) if abs(value) < 2**31 else b"\x8a\x08" + struct.pack("<q", value)


def real(value):
    return b"G" + struct.pack(">d", value)


def name(module, name):
    return f"c{module}\n{name}\n".encode()


def tuple_of(*parts):
    return MARK + b"".join(parts) + TUPLE


def dictionary(*members):
    return EMPTY_DICT + MARK + b"".join(a + b for a, b in members) + SETITEMS


def call(function, *arguments):
    return function + tuple_of(*arguments) + REDUCE


UTILS = "torch._utils"
ORDERED = call(name("collections", "OrderedDict"))


def storage(kind="FloatStorage", key="0", count=6, device="cpu", module="torch", more=()):
    return tuple_of(text("storage"), name(module, kind), text(key), text(device), integer(count), *more) + b"Q"


def arguments(place=None, offset=0, shape=(2, 3), stride=(3, 1), grad=FALSE, hooks=ORDERED, more=()):
    numbers = lambda values: tuple_of(*map(integer, values)) if isinstance(values, tuple) else values
    return (place or storage(), integer(offset), numbers(shape), numbers(stride), grad, hooks, *more)


def tensor(function="_rebuild_tensor_v2", **fields):
    return call(name(UTILS, function), *arguments(**fields))


NUMBERS = np.array([1.5, -2, 0, 4, 5e-3, -6], "<f4").tobytes()


def pytorch(value, entries=(("data/0", NUMBERS),), comment=b"", folder="archive"):
    files = [("data.pkl", b"\x80\2" + value + b"."), ("byteorder", b"little"), *entries, ("version", b"3\n")]
    return archive([entry(f"{folder}/{n}", d) for n, d in files], comment=comment)


def legacy(value, keys=("0",), storages=struct.pack("<q", 6) + NUMBERS):
    machine = dictionary((text("protocol_version"), integer(1001)), (text("little_endian"), TRUE), (text("type_sizes"), EMPTY_DICT))
    magic = b"\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19"
    pickles = [magic, b"M\xe9\x03", machine, value, b"](" + b"".join(map(text, keys)) + b"e"]
    return b"".join(b"\x80\2" + p + b"." for p in pickles) + storages


def pytorch_values():
    """Pickles, each with something else about a tensor or what is beside it."""
    t = tensor()
    yield t
    for offset in (0, 1, 5, 6, -1, 2**40):
        for shape, stride in (((6,), (1,)), ((2, 3), (3, 1)), ((3, 2), (1, 3)), ((2, 2), (1, 1)), ((5,), (0,)), ((2,), (-1,)), ((0,), (1,)), ((), ()), ((1,), (100,)), ((2, 0), (1, 1)),
                              ((7,), (1,)), ((2, 3), (3,)), ((2**31, 2), (0, 0)), ((2, 1, 3), (3, 9, 1))):  # fmt: skip
            yield tensor(offset=offset, shape=shape, stride=stride)
    kinds = {"FloatStorage": 6, "DoubleStorage": 3, "HalfStorage": 12, "BFloat16Storage": 12, "ByteStorage": 24, "CharStorage": 24, "ShortStorage": 12, "IntStorage": 6,
             "LongStorage": 3, "BoolStorage": 24, "ComplexFloatStorage": 3, "ComplexDoubleStorage": 1, "QInt8Storage": 24, "QInt32Storage": 6, "UntypedStorage": 24, "NoStorage": 6}  # fmt: skip
    for kind, count in kinds.items():
        for more in (0, 1):
            yield tensor(place=storage(kind, count=count + more), shape=(1,), stride=(1,))
        yield tensor(place=storage(kind, count=count, module="torch.storage" if kind.startswith("Unty") else "torch.cuda"), shape=(1,), stride=(1,))
        for dtype in ("float32", "float16", "uint16", "uint32", "uint64", "int16", "complex32", "complex64", "float8_e4m3fn", "bits8", "int7", "bool", "float", "qint8"):
            yield call(name(UTILS, "_rebuild_tensor_v3"), *arguments(place=storage(kind, count=count, module="torch.storage" if kind.startswith("Unty") else "torch"),
                                                                     shape=(1,), stride=(1,)), name("torch", dtype))  # fmt: skip
    for device in ("cpu", "cuda:0", "cuda", "meta", "mps", "", "xyz"):
        yield tensor(place=storage(device=device))
    flags = [(text(n), v) for n in ("neg", "conj", "foo", "") for v in (TRUE, FALSE, NONE, integer(1), text("x"))] + [(integer(1), TRUE)]
    for first in flags:
        for kind, count in (("FloatStorage", 6), ("ComplexFloatStorage", 3), ("IntStorage", 6), ("BoolStorage", 24), ("HalfStorage", 12), ("ByteStorage", 24)):
            yield tensor(place=storage(kind, count=count), shape=(3,), stride=(1,), more=(dictionary(first),))
    for first in flags[:11]:
        yield tensor(place=storage("ComplexFloatStorage", count=3), shape=(3,), stride=(1,), more=(dictionary((text("neg"), TRUE), first),))
        yield call(name(UTILS, "_rebuild_tensor_v3"), *arguments(place=storage("UntypedStorage", count=24, module="torch.storage"), shape=(2,), stride=(1,)),
                   name("torch", "float32"), dictionary(first))  # fmt: skip
    for more in (NONE, EMPTY_DICT, integer(1), text("neg"), tuple_of(), ORDERED):
        yield tensor(more=(more,))
        yield tensor(more=(more, NONE))
    for count in range(8):
        yield call(name(UTILS, "_rebuild_tensor_v2"), *(arguments() + (NONE, NONE))[:count])
        yield call(name(UTILS, "_rebuild_tensor"), *arguments()[:count])
    attributes = ["data", "real", "imag", "grad", "requires_grad", "shape", "names", "T", "foo", "_backward_hooks", "dtype", "_data", "numpy", "__class__", "is_leaf", "layout"]
    other = tensor(shape=(2, 3), stride=(0, 0), offset=3)
    for attribute in attributes:
        for value in (other, integer(3), NONE, text("x"), FALSE, tuple_of(other), call(name(UTILS, "_rebuild_parameter"), other, FALSE, ORDERED)):
            state = dictionary((text(attribute), value))
            for wrapped in (state, tuple_of(state, NONE), tuple_of(NONE, state)):
                yield call(name(UTILS, "_rebuild_parameter_with_state"), t, FALSE, ORDERED, wrapped)
                yield call(name("torch._tensor", "_rebuild_from_type_v2"), name(UTILS, "_rebuild_tensor_v2"), name("torch", "Tensor"), tuple_of(*arguments()), wrapped)
            yield t + state + BUILD
            yield call(name(UTILS, "_rebuild_parameter"), t, FALSE, ORDERED) + state + BUILD
    for state in (NONE, EMPTY_DICT, tuple_of(), integer(0), tuple_of(EMPTY_DICT, EMPTY_DICT), tuple_of(EMPTY_DICT), text("x"), b"]"):
        yield call(name(UTILS, "_rebuild_parameter_with_state"), t, FALSE, ORDERED, state)
        yield t + state + BUILD
    for build in (tuple_of(*arguments()[:4]), tuple_of(storage(), integer(1), tuple_of(integer(2)), tuple_of(integer(1))), tuple_of(t), tuple_of(storage())):
        yield t + build + BUILD
        yield dictionary((text("a"), t + b"q\1"), (text("b"), b"h\1" + build + BUILD))
    for function in ("_rebuild_parameter", "_rebuild_parameter_with_state"):
        for inner in (t, NONE, EMPTY_DICT, integer(1), call(name(UTILS, "_rebuild_parameter"), t, FALSE, ORDERED)):
            for more in ((FALSE, ORDERED), (TRUE, ORDERED), (FALSE,), (FALSE, ORDERED, EMPTY_DICT), (FALSE, ORDERED, EMPTY_DICT, NONE)):
                yield call(name(UTILS, function), inner, *more)
    keys = [text("a"), text("b"), text(""), integer(0), integer(1), text("0"), text("1"), TRUE, FALSE, NONE, real(1), real(0.5), real(float("nan")), tuple_of(), tuple_of(integer(1)),
            tuple_of(TRUE), text("a.b"), text("ä"), text(unicodedata.normalize("NFD", "ä")), name("torch", "float32"), call(name("torch", "device"), text("cpu"))]  # fmt: skip
    for one in keys:
        yield dictionary((one, t))
        for two in keys:
            yield dictionary((one, t), (two, other))
            yield dictionary((one, t), (two, integer(1)))
    for one in keys[:10]:
        yield dictionary((one, dictionary((text("b"), t))), (text("a.b"), other), (text("a"), other))
        yield call(name("collections", "OrderedDict"), b"](" + tuple_of(one, t) + tuple_of(text("b"), other) + b"e")
        yield call(name("collections", "Counter"), dictionary((one, t)))
        yield ORDERED + one + t + b"s" + dictionary((one, text("x"))) + BUILD
    for hidden in ("items", "keys", "values", "get", "_metadata", "foo", "__iter__", "pop", "__getitem__"):
        yield ORDERED + text("a") + t + b"s" + dictionary((text(hidden), integer(1))) + BUILD
        yield dictionary((text("a"), t)) + dictionary((text(hidden), integer(1))) + BUILD
    sides = [call(name("builtins", "set"), b"](" + integer(1) + b"e"), call(name("__builtin__", "set"), b"]"), call(name("builtins", "bytearray"), integer(3)),
             call(name("builtins", "complex"), integer(1), integer(2)), call(name("torch.serialization", "_get_layout"), text("torch.strided")), name("torch", "float32"),
             call(name("torch", "device"), text("cpu")), call(name("torch", "Size"), tuple_of(integer(1))), call(name("_codecs", "encode"), text("ab"), text("latin1")), storage(),
             name("torch", "Tensor"), name("torch", "FloatStorage"), b"]", b")", b"\x8f", integer(2**40), real(2.5), TRUE, call(name("collections", "Counter"), EMPTY_DICT)]  # fmt: skip
    for side in sides:
        yield dictionary((text("side"), side), (text("a"), t))
        yield b"](" + side + t + b"e"
        yield tuple_of(side, t)
        yield dictionary((side, t))
    # Objects that change after they were used.
    yield b"]q\0" + b"0" + tuple_of(b"h\0", t) + b"0" + b"h\0" + t + b"a"
    yield b"]q\0" + b"0" + call(name("torch", "Size"), b"h\0") + b"q\1" + b"0h\0" + t + b"a" + b"0h\1"
    yield b"]q\0" + b"0" + call(name("collections", "OrderedDict"), b"h\0") + b"q\1" + b"0h\0" + tuple_of(text("a"), t) + b"a" + b"0h\1"
    yield dictionary((text("a"), integer(1))) + b"q\0" + text("a") + t + b"s" + b"0h\0"
    yield dictionary((text("a"), t)) + b"q\0" + text("a") + integer(1) + b"s" + b"0h\0"
    yield b"}q\0" + b"0" + call(name("collections", "Counter"), b"h\0") + b"q\1" + b"0h\0" + text("a") + t + b"s" + b"0h\1"
    yield t + b"q\1" + call(name(UTILS, "_rebuild_parameter"), b"h\1", FALSE, ORDERED) + b"\x86"
    # Storages that are met again as others.
    for again in (storage(count=5), storage("IntStorage"), storage(count=6), storage(device="cuda:0"), storage("DoubleStorage", count=3), storage("HalfStorage", count=12)):
        yield dictionary((text("a"), t), (text("b"), tensor(place=again, shape=(2,), stride=(1,))))
    for view in (tuple_of(text("v"), integer(2), integer(3)), tuple_of(text("0"), integer(0), integer(6)), NONE, tuple_of(text("v"), integer(5), integer(3)), integer(1), tuple_of(),
                 tuple_of(text("v"), integer(-1), integer(3)), b"](" + text("v") + integer(1) + integer(2) + b"e"):  # fmt: skip
        yield tensor(place=storage(more=(view,)), shape=(2,), stride=(1,))
        yield dictionary((text("a"), tensor(place=storage(more=(view,)), shape=(2,), stride=(1,))), (text("b"), tensor(place=storage(more=(tuple_of(text("v"), integer(0), integer(2)),)), shape=(2,), stride=(1,))))
    sparse = call(name("torch.serialization", "_get_layout"), text("torch.sparse_coo"))
    yield dictionary((text("s"), call(name(UTILS, "_rebuild_sparse_tensor"), sparse, tuple_of(t, t, tuple_of(integer(2))))), (text("a"), t))
    yield dictionary((text("m"), call(name(UTILS, "_rebuild_meta_tensor_no_storage"), name("torch", "float32"), tuple_of(integer(2)), tuple_of(integer(1)), FALSE)), (text("a"), t))
    yield dictionary((text("d"), call(name(UTILS, "_rebuild_device_tensor_from_cpu_tensor"), t, name("torch", "float16"), text("cpu"), FALSE)), (text("a"), t))
    for function in ("FloatTensor", "IntTensor", "Tensor"):
        yield call(name("torch", function), tuple_of(integer(1), integer(2)))
        yield name("torch", function) + tuple_of(integer(1)) + b"\x81"
    yield name("torch.nn.parameter", "Parameter") + tuple_of(t) + b"\x81"
    yield call(name("torch.nn.parameter", "Parameter"), t)


def pytorch_variants():
    for value in pytorch_values():
        yield pytorch(value)
        yield legacy(value)
    t = tensor()
    for entries in ([("data/0", NUMBERS), ("DATA/0", NUMBERS[::-1])], [("DATA/0", NUMBERS[::-1]), ("data/0", NUMBERS)], [("Data/0", NUMBERS)], [("data/0", NUMBERS + b"x")],
                    [("data/0", NUMBERS[:-1])], [("data/0", NUMBERS), ("data/1", b"")], [("data/0", NUMBERS), ("data.PKL", b"\x80\2N.")], [("data/0", NUMBERS), ("constants.pkl", b"")],
                    [("data/0", NUMBERS), (".data/serialization_id", b"1")], [("data/0/", b""), ("data/0", NUMBERS)], [("data\\0", NUMBERS)], [("data//0", NUMBERS)],
                    [("data/0", NUMBERS), ("byteOrder", b"big")], [("BYTEORDER", b"big"), ("data/0", NUMBERS)]):  # fmt: skip
        yield pytorch(t, entries)
    for folder in ("archive", "a", "a/b", "", "ARCHIVE", "ä"):
        yield pytorch(t, folder=folder)
    inner = pytorch(tensor(shape=(6,), stride=(1,)))
    for comment in (b"x", inner, inner[-22:], b"PK\5\6", b"PK\5\6" + bytes(18)):
        yield pytorch(t, comment=comment)
        yield pytorch(t) + comment
        yield comment + pytorch(t)
    yield archive([entry("archive/data.pkl", b"\x80\2" + t + b"."), entry("archive/data/0", NUMBERS, method=8)])
    yield archive([entry("archive/data.pkl", b"\x80\2" + t + b".", method=8), entry("archive/data/0", NUMBERS)])
    for order in (b"little", b"big", b"", b"LITTLE", b"little\n"):
        yield archive([entry("archive/data.pkl", b"\x80\2" + t + b"."), entry("archive/byteorder", order), entry("archive/data/0", NUMBERS)])
    for tail in (b"", b".", b"N.", b"\x80\2N."):
        yield archive([entry("archive/data.pkl", b"\x80\2" + t + b"." + tail), entry("archive/data/0", NUMBERS)])
    for first in ("other/data.pkl", "other/x", "x", "archive/x"):
        yield archive([entry(first, b"\x80\2N."), entry("archive/data.pkl", b"\x80\2" + t + b"."), entry("archive/data/0", NUMBERS)])
    for keys, storages in ((("0", "1"), b""), ((), b""), (("0",), struct.pack("<q", 5) + NUMBERS), (("0",), struct.pack("<q", 6) + NUMBERS + b"x"), (("0", "0"), struct.pack("<q", 6) + NUMBERS)):
        yield legacy(t, keys, storages)


# -------------------------------------------------------------------------------------------------------- damage


def damaged(files, count, generator):
    """Files with a few bytes changed, left out or repeated, where their check sums do not find it."""
    for _ in range(count):
        kind, data = generator.choice(files)
        data = bytearray(data)
        for _ in range(generator.choice((1, 1, 1, 2, 3))):
            place = generator.randrange(len(data))
            action = generator.randrange(8)
            if action > 4:
                # A number or a flag becomes another: what leaves most files such that they can be read.
                numbers = [i for i, byte in enumerate(data[:4096]) if byte < 9 or 48 <= byte < 58 or byte in (0x4E, 0x88, 0x89)]
                place = generator.choice(numbers or [place])
                data[place] = (
                    generator.randrange(9) if data[place] < 9 else generator.randrange(48, 58) if data[place] < 58 else generator.choice((0x4E, 0x88, 0x89))
                )
            elif action < 3:
                data[place] = generator.choice([generator.randrange(256), data[place] ^ 1 << generator.randrange(8), ord(generator.choice('"{}[](),:.019RtbuNQcqh'))])
            elif action == 3:
                del data[place : place + generator.randint(1, 4)]
            else:
                data[place:place] = data[place : place + generator.randint(1, 12)]
        yield kind, bytes(data)


def is_read(data):
    try:
        return any(reference("pytorch", data).values())
    except Exception:
        return False


def damaged_pickles(count, generator):
    """Checkpoints whose pickle has other bytes, in an archive that is right."""
    values = [value for value in pytorch_values() if is_read(pytorch(value))]
    for _ in range(count):
        ((_, value),) = damaged([("", generator.choice(values))], 1, generator)
        if generator.random() < 0.2:
            other = generator.choice(values)
            cut = generator.randrange(len(value))
            value = value[:cut] + other[generator.randrange(len(other)) :]
        yield "pytorch", pytorch(value)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--inspect", default=".build/release/inspect", help="the executable of the example `inspect`")
    parser.add_argument("--random", type=int, default=1500, help="how many damaged files of each kind")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="a folder for the files that are read differently")
    parser.add_argument("--only", help="one of safetensors, npy, npz, pytorch, damaged")
    arguments = parser.parse_args()
    generator = random.Random(arguments.seed)
    resource.setrlimit(resource.RLIMIT_AS, (12 << 30, 12 << 30))
    golden = [("pytorch" if n.endswith((".pt", ".bin")) else n.rsplit(".", 1)[1], d) for n, d in make_formats.make_checkpoints().items() if not n.endswith(".json")]
    groups = {
        "golden": golden,
        "safetensors": [("safetensors", d) for d in safetensors_variants()],
        "npy": [("npy", d) for d in npy_variants()],
        "npz": [("npz", d) for d in npz_variants()],
        "pytorch": [("pytorch", d) for d in pytorch_variants()],
    }
    flat = [pair for kind in ("safetensors", "npy", "npz", "pytorch") for pair in generator.sample(groups[kind], 150)]
    groups["damaged"] = list(damaged([f for f in golden + flat if f[0] != "npz"], arguments.random, generator)) + list(damaged_pickles(arguments.random, generator))
    wrong = 0
    for group, files in groups.items():
        if arguments.only not in (None, group):
            continue
        counts = Counter()
        with tempfile.TemporaryDirectory() as folder:
            for number, (kind, data) in enumerate(files):
                path = Path(folder) / f"{number}.{'pt' if kind == 'pytorch' else kind}"
                path.write_bytes(data)
                found = ours(arguments.inspect, path)
                path.unlink()
                try:
                    expected = reference(kind, data, group == "golden")
                except MemoryError:
                    expected = None
                except Exception:
                    expected = None
                counts[(found is not None, expected is not None)] += 1
                if found is None or expected is None:
                    if os.environ.get("SHOW_REFUSED") and expected is not None and any(expected.values()):
                        print(f"refused: {group} {number}: {data[:160]!r}")
                        if arguments.keep:
                            (arguments.keep / f"refused-{group}-{number}").write_bytes(data)
                    continue
                lines = list(differences(found, expected))
                if lines:
                    wrong += 1
                    print(f"{group} {number} ({kind}):", *lines, sep="\n    ")
                    if arguments.keep:
                        arguments.keep.mkdir(parents=True, exist_ok=True)
                        (arguments.keep / f"{group}-{number}.{kind}").write_bytes(data)
        both, we, they, none = counts[True, True], counts[True, False], counts[False, True], counts[False, False]
        print(f"{group}: {len(files)} files; {both} read by both, {we} by ours alone, {they} by the other alone, {none} by neither", flush=True)
    print(f"{wrong} files are read differently")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
