#!/usr/bin/env python3
"""Holds what reading a hostile file costs against the bounds that docs/security.md states.

    swift build -c release --product inspect
    python3 Tests/Fixtures/reading_cost.py [--inspect .build/release/inspect]

Each file is made to cost as much as a file of its size can. Printed are its bytes, the memory that `inspect` took beyond what it takes for a
small file, the multiple of the file, and the seconds; exit code 1 where a multiple is beyond its bound. Needs Linux and no package.
"""

import argparse
import os
import struct
import subprocess
import sys
import tempfile
import time
import zlib
from pathlib import Path

# Memory as a multiple of the file, by format: what docs/security.md promises.
BOUNDS = {"safetensors": 16, "index": 16, "pt": 160, "npz": 12}


def safetensors(header, data=b""):
    header = header.encode() if isinstance(header, str) else header
    return struct.pack("<Q", len(header)) + header + data


def empty_tensors(count):
    return "{" + ",".join(f'"{i:x}":{{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}' for i in range(count)) + "}"


def archive(entries):
    file, directory = [], []
    position = 0
    for name, method, data, byte_count, checksum in entries:
        name = name.encode()
        common = struct.pack("<HHHHHIII", 20, 0, method, 0, 33, checksum, len(data), byte_count) + struct.pack("<HH", len(name), 0)
        file.append(b"PK\3\4" + common + name + data)
        directory.append(b"PK\1\2" + struct.pack("<H", 20) + common + struct.pack("<HHHII", 0, 0, 0, 0, position) + name)
        position += len(file[-1])
    directory = b"".join(directory)
    count, size = len(entries), len(directory)
    end = b""
    if count > 65534:
        end = b"PK\6\6" + struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, count, count, size, position)
        end += b"PK\6\7" + struct.pack("<IQI", 0, position + size, 1)
        count = 65535
    return b"".join(file) + directory + end + b"PK\5\6" + struct.pack("<HHHHIIH", 0, 0, count, count, size, position, 0)


def pytorch(pickle):
    data = b"\x80\2" + pickle + b"."
    return archive([("a/data.pkl", 0, data, len(data), zlib.crc32(data))])


def npy(shape):
    header = f"{{'descr': '|u1', 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    return b"\x93NUMPY\1\0" + struct.pack("<H", len(header)) + header


def files():
    yield "safetensors", "a shape of many zeros", lambda: safetensors('{"a":{"dtype":"U8","shape":[' + "0," * 20_000_000 + "0]")
    yield "safetensors", "many empty tensors", lambda: safetensors(empty_tensors(1_000_000))
    yield "safetensors", "too many tensors", lambda: safetensors(empty_tensors(1_400_000))
    yield "safetensors", "tensors of 64 dimensions", lambda: safetensors(
        "{" + ",".join(f'"{i:x}":{{"dtype":"U8","shape":[{"0," * 63}0],"data_offsets":[0,0]}}' for i in range(200_000)) + "}")
    yield "safetensors", "a long text", lambda: safetensors('{"__metadata__":{"a":"' + "x" * 50_000_000 + '"}}')
    yield "safetensors", "many texts", lambda: safetensors('{"__metadata__":{' + ",".join(f'"{i:x}":""' for i in range(4_000_000)) + "}}")
    yield "index", "many names of one file", lambda: ('{"weight_map":{' + ",".join(f'"{i:x}":"a"' for i in range(3_000_000)) + "}}").encode()
    yield "index", "a long list", lambda: ('{"metadata":[' + "0," * 20_000_000 + '0],"weight_map":{}}').encode()
    yield "pt", "many empty tuples", lambda: pytorch(b"](" + b")" * 4_000_000 + b"e")
    yield "pt", "many kept objects", lambda: pytorch(b"N" + b"\x94" * 5_000_000)
    yield "pt", "many marks", lambda: pytorch(b"(" * 20_000_000)
    yield "pt", "pairs of pairs", lambda: pytorch(b")q\0" + b"h\0h\0\x86q\0" * 60)
    yield "pt", "many numbers", lambda: pytorch(b"](" + b"K\1" * 4_000_000 + b"e")
    yield "pt", "many dictionaries", lambda: pytorch(b"](" + b"}NNs" * 1_000_000 + b"e")
    yield "npz", "many arrays", lambda: archive([(f"{i:x}.npy", 0, npy("(0,)"), len(npy("(0,)")), zlib.crc32(npy("(0,)"))) for i in range(300_000)])
    header = npy("(" + "1, " * 20_000 + ")")
    stream = zlib.compress(header, 9)[2:-4]
    yield "npz", "long headers in few bytes", lambda: archive(
        [(f"{i:x}.npy", 8, stream, len(header), zlib.crc32(header)) for i in range(20_000)])


def run(executable, path):
    """The peak memory and the seconds of a run."""
    start = time.monotonic()
    process = subprocess.Popen([executable, str(path)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        raise SystemExit(f"{path}: inspect ended with {process.returncode}")
    return usage.ru_maxrss * 1024, time.monotonic() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--inspect", default=".build/release/inspect", help="the executable of the example `inspect`")
    executable = parser.parse_args().inspect
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_bytes(safetensors("{}      "))
        base = run(executable, path)[0]
        for kind, name, make in files():
            # In a process of its own: the memory of this one counts as that of those that it starts.
            child = os.fork()
            if child == 0:
                path.write_bytes(make())
                os._exit(0)
            os.waitpid(child, 0)
            size = path.stat().st_size
            memory, seconds = run(executable, path)
            # The mapped file itself is counted too.
            multiple = (memory - base) / size
            isWrong = multiple > BOUNDS[kind] + 1 and memory - base > 16 << 20
            wrong += isWrong
            print(f"{kind:11} {name:26} {size:>11} bytes {(memory - base) / 1e6:8.1f} MB {multiple:7.1f} × {seconds:6.2f} s"
                  + (f"  beyond {BOUNDS[kind]} ×" if isWrong else ""), flush=True)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
