#!/usr/bin/env python3
"""Times our kernels and models against PyTorch's on this machine, in turns."""

import argparse
import json
import math
import os
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path

import torch
from cases import PRECISIONS, Case, cases

# With these, glibc keeps what a process frees, instead of giving large blocks back to the system,
# which clears every page of them anew. It reads them before Python starts.
KEEPING = {"MALLOC_MMAP_MAX_": "0", "MALLOC_TRIM_THRESHOLD_": str(1 << 40)}
ROOT = Path(__file__).resolve().parents[2]
OURS = "swift-dit"


class Ours:
    """Our process, which sleeps until it is asked for a case."""

    def __init__(self, binary: Path, threads: int, isa: str | None) -> None:
        options = ["--isa", isa] if isa else []
        listed = subprocess.run([binary, "--list"], check=True, capture_output=True, text=True)
        self.names = set(listed.stdout.split())
        self.process = subprocess.Popen(
            [binary, "--serve", "-t", str(threads), *options],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1,
        )  # fmt: skip

    def time(self, name: str) -> float:
        """The median seconds of a call."""
        # PyTorch's idle threads spin for a while before they sleep.
        time.sleep(0.02)
        self.process.stdin.write(name + "\n")
        answer = json.loads(self.process.stdout.readline() or '{"error": "it has ended"}')
        if "error" in answer:
            raise RuntimeError(f"benchmarks --serve: {name}: {answer['error']}")
        return answer["median"]

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait()


def time_call(work, *, once: bool) -> float:
    """The median seconds of a call, sampled as `benchmarks --serve` does it."""

    def sample(calls: int) -> float:
        start = time.perf_counter()
        for _ in range(calls):
            work()
        return (time.perf_counter() - start) / calls

    start = time.perf_counter()
    first = sample(1)
    if once:
        return first
    calls = max(1, math.ceil(0.001 / first))
    times = [first] if calls == 1 else []
    while len(times) < 5 or time.perf_counter() - start < 0.05:
        times.append(sample(calls))
    return statistics.median(times)


def contenders(case: Case, ours: Ours, compiles: bool) -> dict:
    """What computes the case, each warmed up, as functions that give the seconds of a call."""
    function, arguments = case.make(PRECISIONS[case.precision])

    def peer(function, arguments=arguments):
        work = lambda: function(*arguments)  # noqa: E731
        work(), work()
        return lambda: time_call(work, once=case.is_model)

    found = {OURS: lambda: ours.time(case.name), "eager": peer(function)}
    if case.make_dynamic:
        try:
            found["dynamic int8"] = peer(*case.make_dynamic())
        except Exception as error:  # It needs an engine that not all machines have.
            log(f"{case.name}: dynamic quantization failed: {str(error).splitlines()[0]}")
    if case.group in ("conv3x3", "group-norm-silu"):
        # Not what diffusers does, but the layout that PyTorch is fastest in, and ours.
        last = [
            x.to(memory_format=torch.channels_last) if x.dim() == 4 else x for x in arguments
        ]
        found["channels_last"] = peer(function, last)
    if compiles:
        try:
            found["compiled"] = peer(torch.compile(function, dynamic=False))
        except Exception as error:  # It needs a C++ compiler, and more.
            log(f"{case.name}: torch.compile failed: {str(error).splitlines()[0]}")
    found[OURS]()
    return found


def rounds(found: dict, count: int) -> dict:
    """The seconds of each in every round; who comes first changes from round to round."""
    names = list(found)
    times = {name: [] for name in names}
    for index in range(count):
        for offset in range(len(names)):
            name = names[(index + offset) % len(names)]
            times[name].append(found[name]())
    return times


def ratios(times: dict, peer: str) -> tuple[float, float, float]:
    """The peer's time over ours: median and quartiles of the rounds; above 1 we are faster."""
    values = [theirs / own for theirs, own in zip(times[peer], times[OURS])]
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return middle, low, high


def log(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def milliseconds(seconds: float) -> str:
    return f"{1e3 * seconds:.3g} ms" if seconds < 1 else f"{seconds:.2f} s"


def describe(name: str, times: dict) -> str:
    line = f"{name:<40}{milliseconds(statistics.median(times[OURS])):>10}"
    for peer in list(times)[1:]:
        middle, low, high = ratios(times, peer)
        median = milliseconds(statistics.median(times[peer]))
        line += f"   {peer} {median:>8}, ratio {middle:.2f} ({low:.2f}–{high:.2f})"
    return line


def means(results: list) -> list[tuple[str, str, float, int]]:
    """The geometric means of the ratios: group and precision, peer, mean, number of cases."""
    logarithms = {}
    for case, times in results:
        for peer in list(times)[1:]:
            key = (f"{case.group}/{case.precision}", peer)
            logarithms.setdefault(key, []).append(math.log(ratios(times, peer)[0]))
    return [
        (*key, math.exp(statistics.fmean(values)), len(values))
        for key, values in logarithms.items()
    ]


def markdown(results: list) -> str:
    """The tables for docs/performance.md."""
    lines = [
        f"| case | {OURS} | PyTorch eager | ratio | compiled or `channels_last` | ratio |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for case, times in results:
        cells = [f"`{case.name}`", milliseconds(statistics.median(times[OURS]))]
        for peer in list(times)[1:]:
            middle, low, high = ratios(times, peer)
            cells += [
                milliseconds(statistics.median(times[peer])),
                f"{middle:.2f} ({low:.2f}–{high:.2f})",
            ]
        lines.append("| " + " | ".join(cells + [""] * (6 - len(cells))) + " |")
    lines += ["", "| group | against | ratio | cases |", "| --- | --- | ---: | ---: |"]
    for group, peer, mean, count in means(results):
        lines.append(f"| `{group}` | {peer} | {mean:.2f} | {count} |")
    return "\n".join(lines)


def processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text()
        return text.split("model name", 1)[1].splitlines()[0].split(":", 1)[1].strip()
    except (OSError, IndexError):
        return platform.processor() or platform.machine()


def options() -> argparse.Namespace:
    groups = list(dict.fromkeys(case.group for case in cases("f32")))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--group", action="append", choices=groups, help="may be repeated")
    parser.add_argument("--precision", action="append", choices=PRECISIONS, help="likewise")
    parser.add_argument("--filter", help="only cases with this text in their names")
    parser.add_argument("--rounds", type=int, default=9, help="turns of each (9)")
    parser.add_argument("--threads", type=int, default=2, help="of both (2)")
    parser.add_argument("--isa", help="our instruction set (the widest)")
    parser.add_argument(
        "--compile", choices=["none", "step", "all"], default="step",
        help="what torch.compile takes part in (step)",
    )  # fmt: skip
    parser.add_argument(
        "--keep-memory", action="store_true", help="let PyTorch keep memory between calls (glibc)"
    )  # fmt: skip
    parser.add_argument("--markdown", action="store_true", help="print tables in Markdown")
    parser.add_argument("--binary", type=Path, default=ROOT / ".build/release/benchmarks")
    arguments = parser.parse_args()
    if arguments.rounds < 2:
        parser.error("--rounds must be at least 2")
    if not arguments.binary.exists():
        parser.error(f"{arguments.binary} is missing: swift build -c release --product benchmarks")
    return arguments


@torch.inference_mode()
def main() -> None:
    arguments = options()
    if arguments.keep_memory and not KEEPING.items() <= os.environ.items():
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **KEEPING})
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(0)
    ours = Ours(arguments.binary, arguments.threads, arguments.isa)
    show = log if arguments.markdown else print
    show(f"{processor()}, {arguments.threads} threads each, PyTorch {torch.__version__}")
    show("ratio: PyTorch's time over ours, median and quartiles; above 1 we are faster")
    results = []
    for case in (case for name in arguments.precision or PRECISIONS for case in cases(name)):
        if case.group not in (arguments.group or [case.group]):
            continue
        if (arguments.filter or "") not in case.name:
            continue
        if case.name not in ours.names:
            log(f"{case.name:<40}   skipped: our binary does not list it")
            continue
        compiles = arguments.compile == "all" or arguments.compile == case.group
        times = rounds(contenders(case, ours, compiles), arguments.rounds)
        results.append((case, times))
        show(describe(case.name, times))
    ours.close()
    if arguments.markdown:
        print(markdown(results))
    else:
        print("\ngeometric means")
        for group, peer, mean, count in means(results):
            print(f"{group:<40}{peer:<10}{mean:6.2f}   (cases: {count})")


if __name__ == "__main__":
    main()
