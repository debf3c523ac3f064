#!/usr/bin/env python3
"""Makes the golden files that the Swift tests compare with, or checks the ones that are here.

    python make_fixtures.py --model DIR --judge DIR            # write the .safetensors files beside this script
    python make_fixtures.py --model DIR --judge DIR --check    # regenerate in memory and compare; exit 1 on a difference

DIR of --model is the folder of fashion-dit (config.json, model.safetensors), DIR of --judge the folder of fashion-judge
(model.safetensors). README.md beside this script says what every file holds.

Made with Python 3.11 and

    torch==2.15.0 diffusers==0.42.1 safetensors==0.8.0 numpy==2.4.6

on one thread. Tensors are float32 unless their name or the README says otherwise. Unsigned 32-bit values are stored as int64.
"""

import argparse
import json
import math
import sys
from pathlib import Path

import diffusers
import numpy as np
import safetensors
import torch
import torch.nn.functional as F
from diffusers import DDIMScheduler
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch import nn

from quantization_cases import make_quantized
from scheduler_cases import make_sampler_table, make_schedulers
from vae_cases import make_vaes

HERE = Path(__file__).resolve().parent
VERSIONS = {"torch": "2.15.0", "diffusers": "0.42.1", "safetensors": "0.8.0", "numpy": "2.4.6"}
TRAIN_STEPS = 1000
GUIDANCE = 4.0


def generator(seed):
    return torch.Generator("cpu").manual_seed(seed)


def relative_error(a, b):
    """max |a - b| / max |b|, the measure of every float comparison here."""
    if b.numel() == 0:
        return 0.0
    a, b = a.double(), b.double()
    return ((a - b).abs().max() / b.abs().max().clamp_min(1e-30)).item()


# ------------------------------------------------------------------------------------------------ 1. PyTorch's CPU generator

SEEDS = (0, 42, 2**32 - 1, 2**40 + 7)  # mt19937 takes the low 32 bits: the last seed draws what seed 7 draws
LONG_SEEDS = (0, 42)
COUNTS = (0, 1, 15, 16, 17, 32, 33)
RANDINT_HIGHS = (10, 1000, 2**28 - 1, 2**28, 2**32, 2**40)

# A draw is [name, n] or [name, n, high]; "manual_seed" takes a seed instead of n and stores nothing.
SEQUENCES = [
    # The second normal of a pair is kept over a block draw (n >= 16) and over uniforms.
    (42, [["randn", 5], ["randn", 16], ["rand", 3], ["randn", 17], ["randn", 1], ["randn", 1], ["rand", 2], ["raw32", 4]]),
    (0, [["randn", 1], ["randn", 16], ["randn", 1], ["randn", 33], ["randn", 2], ["raw32", 2]]),
    # float32 and float64 share the one kept normal.
    (7, [["randn", 1], ["randn64", 1], ["randn64", 3], ["randn", 2], ["randn64", 17], ["randn", 1], ["rand64", 3], ["raw32", 2]]),
    # Odd numbers of 32-bit draws, so that 64-bit draws straddle the 624 values of a block.
    (3, [["rand", 623], ["rand64", 2], ["int31", 3], ["randn", 3], ["randint", 5, 1000], ["randint", 5, 2**32], ["randn", 20], ["rand", 7]]),
    # Empty draws change nothing; seeding forgets the kept normal.
    (2**32 - 1, [["randn", 1], ["randn", 0], ["rand", 0], ["randn", 1], ["randn", 1], ["manual_seed", 2**40 + 7], ["randn", 1], ["randn", 15], ["int31", 1]]),
    # A tail of a block draw redraws the last 16 values: n = 31 draws 47 uniforms.
    (123456789, [["randn", 31], ["randn", 15], ["randn", 48], ["randn", 4], ["raw64", 2], ["int63", 2]]),
]


def draw(name, n, g, high=None):
    """One draw of a sequence. Torch has no call that returns single raw 32-bit outputs: random_() on int32 drops the top bit, and any
    range of 2**28 or more draws 64 bits a value. The full int64 range exposes them all: each value is two outputs, the high half first."""
    if name == "randn":
        return torch.randn(n, generator=g)
    if name == "randn64":
        return torch.randn(n, generator=g, dtype=torch.float64)
    if name == "rand":
        return torch.rand(n, generator=g)
    if name == "rand64":
        return torch.rand(n, generator=g, dtype=torch.float64)
    if name == "randint":  # below 2**28: one 32-bit output % high, else a 64-bit draw % high
        return torch.empty(n, dtype=torch.int64).random_(0, high, generator=g)
    if name == "int31":  # one 32-bit output & 0x7fffffff
        return torch.empty(n, dtype=torch.int32).random_(generator=g).long()
    if name == "int63":  # one 64-bit draw & (2**63 - 1)
        return torch.empty(n, dtype=torch.int64).random_(generator=g)
    if name == "raw64":  # the bit pattern of a 64-bit draw
        return torch.empty(n, dtype=torch.int64).random_(-(2**63), None, generator=g)
    if name == "raw32":
        assert n % 2 == 0
        pairs = draw("raw64", n // 2, g)
        return torch.stack([(pairs >> 32) & 0xFFFFFFFF, pairs & 0xFFFFFFFF], 1).reshape(-1)
    raise ValueError(name)


def make_random():
    tensors, described = {}, []
    for seed in SEEDS:
        for n in COUNTS + ((4096,) if seed in LONG_SEEDS else ()):
            for name in ("randn", "rand"):
                tensors[f"{name}.{seed}.{n}"] = draw(name, n, generator(seed))
        for n in (1, 17):
            tensors[f"rand64.{seed}.{n}"] = draw("rand64", n, generator(seed))
        for n in (5, 17):
            tensors[f"randn64.{seed}.{n}"] = draw("randn64", n, generator(seed))
        tensors[f"randint32.{seed}"] = draw("raw32", 16, generator(seed))
        published = np.random.RandomState(seed % 2**32).randint(0, 2**32, 16, dtype=np.uint32)
        assert tensors[f"randint32.{seed}"].tolist() == published.tolist(), "not the raw outputs of mt19937"
    for high in RANDINT_HIGHS:
        tensors[f"randint.42.{high}"] = draw("randint", 16, generator(42), high)

    for k, (seed, draws) in enumerate(SEQUENCES):
        g = generator(seed)
        for i, (name, n, *rest) in enumerate(draws):
            if name == "manual_seed":
                g.manual_seed(n)
            else:
                tensors[f"sequence.{k}.{i}"] = draw(name, n, g, *rest)
        tensors[f"sequence.{k}.state"] = g.get_state()
        described.append({"seed": seed, "draws": [dict(zip(("draw", "n", "high"), d)) for d in draws]})
    return tensors, {"sequences": json.dumps(described)}


# ------------------------------------------------------------------------------------------------------------- 2. Philox

# kat_vectors of Random123, philox4x32 with 10 rounds: counter, key, expected.
PHILOX_PUBLISHED = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    ((0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344), (0xA4093822, 0x299F31D0), (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1)),
]


def philox(counter, key):
    """Philox4x32-10: counter [n, 4] and key [n, 2] of values below 2**32 give [n, 4]."""
    low = np.uint64(0xFFFFFFFF)
    shift = np.uint64(32)
    c0, c1, c2, c3 = (np.asarray(counter, np.uint64)[:, i] for i in range(4))
    k0, k1 = (np.asarray(key, np.uint64)[:, i] for i in range(2))
    for _ in range(10):
        a, b = c0 * np.uint64(0xD2511F53), c2 * np.uint64(0xCD9E8D57)
        c0, c1, c2, c3 = (b >> shift) ^ c1 ^ k0, b & low, (a >> shift) ^ c3 ^ k1, a & low
        k0, k1 = (k0 + np.uint64(0x9E3779B9)) & low, (k1 + np.uint64(0xBB67AE85)) & low
    return np.stack([c0, c1, c2, c3], 1).astype(np.int64)


def philox_stream(seed, stream, first_block, blocks):
    index = [first_block + i for i in range(blocks)]
    counter = [(i % 2**32, i >> 32, stream % 2**32, stream >> 32) for i in index]
    return torch.from_numpy(philox(counter, [(seed % 2**32, seed >> 32)] * blocks).reshape(-1))


def make_philox():
    counter, key, expected = (np.array(column, np.int64) for column in zip(*PHILOX_PUBLISHED))
    output = philox(counter, key)
    assert (output == expected).all(), "not Philox4x32-10"
    return {
        "kat.counter": torch.from_numpy(counter),
        "kat.key": torch.from_numpy(key),
        "kat.output": torch.from_numpy(output),
        "stream.42.0": philox_stream(42, 0, 0, 16),
        "stream.42.3": philox_stream(42, 3, 0, 16),
        # seed 2**40 + 7, stream 2**33 + 5, blocks 2**32 - 2 ..< 2**32 + 2: every high word counts
        "carry": philox_stream(2**40 + 7, 2**33 + 5, 2**32 - 2, 4),
    }, {"layout": "key = (seed low, seed high), counter = (block low, block high, stream low, stream high); the four outputs of a block in order"}


# ---------------------------------------------------------------------------------------------------------------- 3. DiT


class TimestepEmbedder(nn.Module):
    def __init__(self, width, frequencies=256):
        super().__init__()
        half = frequencies // 2
        table = torch.exp(-math.log(10000.0) * torch.arange(half, dtype=torch.float32) / half)  # divided by half, not half - 1
        self.register_buffer("table", table, persistent=False)
        self.mlp = nn.Sequential(nn.Linear(frequencies, width), nn.SiLU(), nn.Linear(width, width))

    def forward(self, t):
        angle = t.to(self.table.dtype)[:, None] * self.table
        return self.mlp(torch.cat([angle.cos(), angle.sin()], 1).float())


class LabelEmbedder(nn.Module):
    def __init__(self, classes, width):
        super().__init__()
        self.embedding_table = nn.Embedding(classes + 1, width)  # the last row is "no class"

    def forward(self, y):
        return self.embedding_table(y)


class PatchEmbedder(nn.Module):
    def __init__(self, channels, width, patch):
        super().__init__()
        self.proj = nn.Conv2d(channels, width, kernel_size=patch, stride=patch)

    def forward(self, x):
        return self.proj(x).flatten(2).mT


class SelfAttention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)

    def forward(self, x):
        q, k, v = self.qkv(x).unflatten(2, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        return self.proj(F.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2))


class FeedForward(nn.Module):
    def __init__(self, width, hidden):
        super().__init__()
        self.fc1 = nn.Linear(width, hidden)
        self.fc2 = nn.Linear(hidden, width)

    def forward(self, x):
        return self.fc2(F.gelu(self.fc1(x), approximate="tanh"))


def modulation(width, parts):
    return nn.Sequential(nn.SiLU(), nn.Linear(width, parts * width))


def modulated_norm(x, shift, scale):
    return F.layer_norm(x, x.shape[-1:], eps=1e-6) * (1 + scale.unsqueeze(1)) + shift.unsqueeze(1)


class Block(nn.Module):
    def __init__(self, width, heads, hidden):
        super().__init__()
        self.attn = SelfAttention(width, heads)
        self.mlp = FeedForward(width, hidden)
        self.adaLN_modulation = modulation(width, 6)

    def forward(self, h, c):
        shift1, scale1, gate1, shift2, scale2, gate2 = self.adaLN_modulation(c).chunk(6, dim=1)
        h = h + gate1.unsqueeze(1) * self.attn(modulated_norm(h, shift1, scale1))
        return h + gate2.unsqueeze(1) * self.mlp(modulated_norm(h, shift2, scale2))


class FinalLayer(nn.Module):
    def __init__(self, width, outputs):
        super().__init__()
        self.linear = nn.Linear(width, outputs)
        self.adaLN_modulation = modulation(width, 2)

    def forward(self, h, c):
        shift, scale = self.adaLN_modulation(c).chunk(2, dim=1)
        return self.linear(modulated_norm(h, shift, scale))


def position_table(width, grid):
    """[1, grid * grid, width]: the first half of the channels tells the column, the second half the row; each is sines, then cosines."""
    quarter = width // 4
    omega = 10000.0 ** (-np.arange(quarter, dtype=np.float64) / quarter)
    row, column = np.divmod(np.arange(grid * grid), grid)
    halves = [np.concatenate([np.sin(p[:, None] * omega), np.cos(p[:, None] * omega)], 1) for p in (column, row)]
    return torch.from_numpy(np.concatenate(halves, 1)).float()[None]


class DiT(nn.Module):
    """DiT (Peebles & Xie) with the state-dict keys of facebookresearch/DiT."""

    def __init__(self, config):
        super().__init__()
        width = config["hidden_size"]
        self.patch = config["patch_size"]
        self.grid = config["input_size"] // self.patch
        self.classes = config["num_classes"]
        self.channels = config["in_channels"]
        self.outputs = self.channels * (2 if config["learn_sigma"] else 1)
        self.x_embedder = PatchEmbedder(self.channels, width, self.patch)
        self.t_embedder = TimestepEmbedder(width)
        self.y_embedder = LabelEmbedder(self.classes, width)
        self.pos_embed = nn.Parameter(position_table(width, self.grid), requires_grad=False)
        hidden = int(width * config["mlp_ratio"])
        self.blocks = nn.ModuleList(Block(width, config["num_heads"], hidden) for _ in range(config["depth"]))
        self.final_layer = FinalLayer(width, self.patch**2 * self.outputs)

    def embed(self, x, t, y):
        return self.x_embedder(x) + self.pos_embed, self.t_embedder(t) + self.y_embedder(y)

    def finish(self, h, c):
        p, g = self.patch, self.grid
        pixels = self.final_layer(h, c).unflatten(1, (g, g)).unflatten(3, (p, p, self.outputs))
        return torch.einsum("nhwpqc->nchpwq", pixels).reshape(-1, self.outputs, g * p, g * p)

    def forward(self, x, t, y):
        h, c = self.embed(x, t, y)
        for block in self.blocks:
            h = block(h, c)
        return self.finish(h, c)


TINY = {
    "a": dict(input_size=6, patch_size=2, in_channels=4, hidden_size=36, depth=3, num_heads=3, mlp_ratio=4.0, num_classes=5, learn_sigma=True),
    "b": dict(input_size=12, patch_size=4, in_channels=1, hidden_size=20, depth=2, num_heads=5, mlp_ratio=3.0, num_classes=3, learn_sigma=False),
    "c": dict(input_size=24, patch_size=8, in_channels=3, hidden_size=72, depth=2, num_heads=1, mlp_ratio=4.0, num_classes=7, learn_sigma=True),
    "d": dict(input_size=10, patch_size=2, in_channels=4, hidden_size=72, depth=2, num_heads=2, mlp_ratio=4.0, num_classes=4, learn_sigma=True),
    "e": dict(input_size=2, patch_size=2, in_channels=2, hidden_size=8, depth=1, num_heads=2, mlp_ratio=4.0, num_classes=2, learn_sigma=False),
}
BF16_FILES = "cd"  # weights rounded to bf16 and stored so, to keep the files small; the arithmetic is float32
INPUTS = {  # t and y; y = num_classes is the null class
    "a": ([999, 0, 500], [4, 5, 0]),
    "b": ([37], [3]),
    "c": ([250, 731], [7, 2]),
    "d": ([998, 1], [3, 4]),
    "e": ([0, 1, 42, 640, 999], [0, 1, 2, 1, 0]),
}


def tiny_dit(name):
    """A DiT whose every weight is random and not zero. The numbers are uniform, because torch draws them bit for bit alike on every processor."""
    model = DiT(TINY[name]).eval().requires_grad_(False)
    g = generator(1000 + ord(name))
    for key, parameter in model.named_parameters():
        if key == "pos_embed":
            continue
        fan_in = parameter[0].numel()
        deviation = 1.0 if "embedding_table" in key else 0.3 if key.endswith("bias") else 1.2 / math.sqrt(fan_in)
        if key.startswith("final_layer.linear"):
            deviation *= 0.35  # a learned variance is an exponential of the output: keep that tame
        value = (torch.rand(parameter.shape, generator=g) * 2 - 1) * (math.sqrt(3) * deviation)
        parameter.copy_(value.bfloat16().float() if name in BF16_FILES else value)
    return model


def make_tiny_dit(name):
    config, model = TINY[name], tiny_dit(name)
    t, y = (torch.tensor(v) for v in INPUTS[name])
    side = config["input_size"]
    x = torch.randn(len(t), config["in_channels"], side, side, generator=generator(2000 + ord(name)))

    h, c = model.embed(x, t, y)
    streams = [h]
    for block in model.blocks:
        streams.append(block(streams[-1], c))
    output = model.finish(streams[-1], c)
    assert torch.equal(output, model(x, t, y))
    assert 0.3 < output.std() < 3, output.std()
    for before, after in zip(streams, streams[1:]):
        assert relative_error(after, before) > 0.3, "a block that hardly matters"

    tensors = {"input.x": x, "input.t": t, "input.y": y, "output": output}
    for key, value in model.state_dict().items():
        if key != "pos_embed":
            tensors["model." + key] = value.bfloat16() if name in BF16_FILES else value
        elif name != "d":
            tensors["model.pos_embed"] = value
    if name == "a":
        tensors |= {"embedded": h, "conditioning": c} | {f"blocks.{i}": s for i, s in enumerate(streams[1:])}
    return tensors, {"config": json.dumps(config)}


# ----------------------------------------------------------------------------------------------------- samplers, in plain code


def alphas_cumprod():
    return np.cumprod(1 - np.linspace(1e-4, 0.02, TRAIN_STEPS, dtype=np.float64))


def respaced_timesteps(steps):
    """The timesteps of facebookresearch's create_diffusion(str(steps)), ascending: the position is a running float sum, and Python's round
    takes halves to even."""
    stride = 1 if steps <= 1 else (TRAIN_STEPS - 1) / (steps - 1)
    position, result = 0.0, []
    for _ in range(steps):
        result.append(round(position))
        position += stride
    return result


def ddpm_coefficients(steps):
    """(timestep, coefficients) in sampling order. Worked out in float64; rounded to float32 when they meet a tensor, as the original does."""
    timesteps = respaced_timesteps(steps)
    bar = alphas_cumprod()[timesteps]
    bar_previous = np.append(1.0, bar[:-1])
    beta = 1 - bar / bar_previous
    posterior = beta * (1 - bar_previous) / (1 - bar)
    table = {
        "x0_from_x": np.sqrt(1 / bar),
        "x0_from_eps": np.sqrt(1 / bar - 1),
        "mean_from_x0": beta * np.sqrt(bar_previous) / (1 - bar),
        "mean_from_x": (1 - bar_previous) * np.sqrt(1 - beta) / (1 - bar),
        "log_beta": np.log(beta),
        "log_posterior": np.log(np.append(posterior[1], posterior[1:])),  # entry 0 is zero: its neighbour stands in
    }
    return [(timesteps[k], {n: torch.tensor(v[k]).float() for n, v in table.items()}) for k in reversed(range(steps))]


def ddpm_sample(predict, noise, step_noise):
    """Ancestral sampling. `predict(x, t)` returns (eps, v): v None is the fixed small variance (the posterior's), else the learned range.
    step_noise[i] belongs to the i-th step executed; the last one (t = 0) is not added."""
    x, trajectory = noise, []
    coefficients = ddpm_coefficients(len(step_noise))
    for i, (t, k) in enumerate(coefficients):
        eps, v = predict(x, t)
        x0 = k["x0_from_x"] * x - k["x0_from_eps"] * eps
        x = k["mean_from_x0"] * x0 + k["mean_from_x"] * x
        if v is None:
            log_variance = k["log_posterior"]
        else:
            fraction = (v + 1) / 2
            log_variance = fraction * k["log_beta"] + (1 - fraction) * k["log_posterior"]
        if i < len(coefficients) - 1:
            x = x + torch.exp(0.5 * log_variance) * step_noise[i]
        trajectory.append(x)
    return torch.stack(trajectory)


def guided(forward, classes, labels, scale, channels):
    """predict(x, t) with classifier-free guidance over one batch [conditional | unconditional]. Only the first `channels` channels are guided;
    of the others the conditional branch is kept."""
    both = torch.cat([labels, torch.full_like(labels, classes)])

    def predict(x, t):
        conditional, unconditional = forward(torch.cat([x, x]), torch.full_like(both, t), both).chunk(2)
        mixed = unconditional + scale * (conditional - unconditional)
        return torch.cat([mixed[:, :channels], conditional[:, channels:]], 1)

    return predict


def ddim_scheduler(spacing, steps):
    scheduler = DDIMScheduler(
        num_train_timesteps=TRAIN_STEPS, beta_start=1e-4, beta_end=0.02, beta_schedule="linear", clip_sample=False,
        set_alpha_to_one=True, steps_offset=0, prediction_type="epsilon", timestep_spacing=spacing,
    )
    scheduler.set_timesteps(steps)
    return scheduler


def ddim_sample(predict, noise, steps):
    scheduler, x = ddim_scheduler("leading", steps), noise
    for t in scheduler.timesteps:
        x = scheduler.step(predict(x, int(t)), t, x, eta=0.0).prev_sample
    return x


class DeltaDiT:
    """Δ-DiT (arXiv 2406.01125): every N-th step is full and keeps the offset of the range of blocks that the next step leaves out. Steps before
    `boundary` leave out the last blocks, later ones the first. Call it once a sampling step, with the whole guided batch."""

    def __init__(self, model, interval, cached, boundary, steps):
        self.model, self.interval, self.boundary, self.steps = model, interval, boundary, steps
        depth = len(model.blocks)
        self.rear, self.front = range(depth - cached, depth), range(0, cached)
        self.step, self.offset, self.offset_range = 0, None, None

    def range_at(self, step):
        return self.rear if step < self.boundary else self.front

    def __call__(self, x, t, y):
        here, kept = self.range_at(self.step), self.range_at(min(self.step + 1, self.steps - 1))
        full = self.step % self.interval == 0 or self.offset_range != here
        h, c = self.model.embed(x, t, y)
        for i, block in enumerate(self.model.blocks):
            if full:
                if i == kept.start:
                    entering = h
                h = block(h, c)
                if i == kept.stop - 1:
                    self.offset, self.offset_range = h - entering, kept
            elif i in here:
                if i == here.start:
                    h = h + self.offset
            else:
                h = block(h, c)
        self.step += 1
        return self.model.finish(h, c)


# --------------------------------------------------------------------------------------------------------- 5. fashion-dit


def load_fashion(folder):
    model = DiT(json.loads((folder / "config.json").read_text())).eval().requires_grad_(False)
    weights = {k: v.float() for k, v in load_file(folder / "model.safetensors").items()}
    missing, unexpected = model.load_state_dict(weights, strict=False)
    assert missing == ["pos_embed"] and not unexpected, (missing, unexpected)
    return model


def make_fashion(folder):
    model, steps = load_fashion(folder), 20
    g = generator(5)
    x, t, y = torch.randn(3, 1, 32, 32, generator=g), torch.tensor([999, 473, 0]), torch.tensor([8, 10, 3])
    tensors = {"forward.x": x, "forward.t": t, "forward.y": y, "forward.output": model(x, t, y)}

    noise, labels = torch.randn(2, 1, 32, 32, generator=g), torch.tensor([1, 9])
    delta = DeltaDiT(model, interval=2, cached=9, boundary=12, steps=steps)
    tensors |= {
        "ddim.noise": noise,
        "ddim.labels": labels,
        "ddim.latents": ddim_sample(guided(model, model.classes, labels, GUIDANCE, 1), noise, steps),
        "ddim.latents.deltadit": ddim_sample(guided(delta, model.classes, labels, GUIDANCE, 1), noise, steps),
    }

    noise, labels = torch.randn(2, 1, 32, 32, generator=g), torch.tensor([2, 7])
    step_noise = torch.randn(steps, 2, 1, 32, 32, generator=g)
    predict = guided(model, model.classes, labels, GUIDANCE, 1)
    tensors |= {
        "ddpm.noise": noise,
        "ddpm.labels": labels,
        "ddpm.step_noise": step_noise,
        "ddpm.latents": ddpm_sample(lambda x, t: (predict(x, t), None), noise, step_noise)[-1],
    }
    return tensors, {}


# ------------------------------------------------------------------------------------------------------- 6. learned variance


def make_learned_sigma():
    model, steps = tiny_dit("a"), 10
    g = generator(6)
    noise, labels = torch.randn(2, 4, 6, 6, generator=g), torch.tensor([1, 4])
    step_noise = torch.randn(steps, 2, 4, 6, 6, generator=g)
    tensors = {"ddpm.noise": noise, "ddpm.labels": labels, "ddpm.step_noise": step_noise}
    for name, channels in (("all", 4), ("three", 3)):
        predict = guided(model, model.classes, labels, GUIDANCE, channels)
        trajectory = ddpm_sample(lambda x, t: predict(x, t).chunk(2, dim=1), noise, step_noise)
        tensors |= {f"ddpm.{name}": trajectory[-1], f"ddpm.{name}.trajectory": trajectory}
    return tensors, {"model": "dit-a.safetensors"}


# ------------------------------------------------------------------------------------------------------------- 7. samplers

STEP_COUNTS = (1, 2, 3, 4, 7, 10, 20, 50, 250, 1000)
SPACINGS = ("leading", "trailing", "linspace")
ETAS = ("0", "0.5", "1")


def make_samplers():
    tensors = {
        "alphas_cumprod": torch.from_numpy(alphas_cumprod()),
        "alphas_cumprod.diffusers": ddim_scheduler("leading", 1).alphas_cumprod,
    }
    for steps in STEP_COUNTS:
        tensors[f"respaced.{steps}"] = torch.tensor(respaced_timesteps(steps)[::-1])
        for spacing in SPACINGS:
            tensors[f"ddim.{spacing}.{steps}"] = ddim_scheduler(spacing, steps).timesteps
    g, steps, shape = generator(7), 7, (1, 4, 5, 3)
    for spacing in SPACINGS:
        for eta in ETAS:
            x, eps, noise = (torch.randn(*s, *shape, generator=g) for s in ((), (steps,), (steps,)))
            prefix = f"ddim.step.{spacing}.{eta}."
            tensors |= {prefix + "x0": x, prefix + "eps": eps, prefix + "noise": noise}
            scheduler, trajectory = ddim_scheduler(spacing, steps), []
            for k, t in enumerate(scheduler.timesteps):
                x = scheduler.step(eps[k], t, x, eta=float(eta), variance_noise=noise[k]).prev_sample
                trajectory.append(x)
            tensors[prefix + "trajectory"] = torch.stack(trajectory)
    for variance in ("fixed", "learned"):
        tensors |= {f"ddpm.step.{variance}.{name}": value for name, value in ddpm_steps(variance, steps, shape, g).items()}
    return tensors, {}


def ddpm_steps(variance, steps, shape, g):
    """DDPM stepping with given outputs. eps is nearly the noise between x and a fixed picture, so that x stays small and the noise of every step shows."""
    x, noise, picture, error = (torch.randn(*s, *shape, generator=g) for s in ((), (steps,), (), (steps,)))
    v = torch.rand(steps, *shape, generator=g) * 3 - 1.5 if variance == "learned" else None
    eps, bar = [], alphas_cumprod()

    def predict(x, t):
        k = len(eps)
        eps.append((x - math.sqrt(bar[t]) * picture) / math.sqrt(1 - bar[t]) + 0.1 * error[k])
        return eps[k], None if v is None else v[k]

    trajectory = ddpm_sample(predict, x, noise)
    tensors = {"x0": x, "eps": torch.stack(eps), "noise": noise, "trajectory": trajectory}
    return tensors if v is None else tensors | {"v": v}


# ---------------------------------------------------------------------------------------------------------------- 8. judge


def judge(weights, pictures):
    """Logits and the 128 features (after their ReLU) of pictures [n, 1, 28, 28] in [-1, 1]."""
    h = pictures
    for name in ("conv1", "conv2", "conv3"):
        h = F.max_pool2d(F.relu(F.conv2d(h, weights[name + ".weight"], weights[name + ".bias"], padding=1)), 2)
    features = F.relu(F.linear(h.flatten(1), weights["features.weight"], weights["features.bias"]))
    return F.linear(features, weights["logits.weight"], weights["logits.bias"]), features


def crop(latents):
    """[n, 1, 32, 32] to pictures [n, 1, 28, 28] within [-1, 1]."""
    return latents[..., 2:30, 2:30].clamp(-1, 1)


def make_judge(folder, fashion):
    weights = load_file(folder / "model.safetensors")
    frequency, phase = torch.rand(4, 4, 2, 1, 1, generator=generator(8)) * 0.4, torch.rand(4, 4, 1, 1, generator=generator(9)) * 6.28
    row, column = torch.meshgrid(torch.arange(28.0), torch.arange(28.0), indexing="ij")
    waves = torch.sin(frequency[:, :, 0] * row + frequency[:, :, 1] * column + phase)
    smooth = waves.mean(1, keepdim=True) * 1.5
    pictures = torch.cat([smooth.clamp(-1, 1), crop(fashion["ddim.latents"]), crop(fashion["ddpm.latents"])])
    logits, features = judge(weights, pictures)
    return {"images": pictures, "logits": logits, "features": features}, {}


# ----------------------------------------------------------------------------------------------------------- write and check


def make_all(model_folder, judge_folder):
    """File name without ending: (tensors, metadata). At most one entry of metadata each: safetensors writes several in random order."""
    files = {"random": make_random(), "philox": make_philox()}
    files |= {f"dit-{name}": make_tiny_dit(name) for name in TINY}
    files |= {"fashion": make_fashion(model_folder), "learned-sigma": make_learned_sigma(), "samplers": make_samplers()}
    files |= {"schedulers": make_schedulers(), "sampler-table": make_sampler_table()}
    files |= make_vaes()
    files["quantized"] = make_quantized(lambda: load_fashion(model_folder), files["fashion"][0])
    files["judge"] = make_judge(judge_folder, files["fashion"][0])
    return files


def is_exact(name, tensor):
    """Integers, uniform draws and random weights are the same on every processor; normals and arithmetic are not."""
    return not tensor.is_floating_point() or name.startswith(("rand.", "rand64.")) or (name.startswith("model.") and name != "model.pos_embed")


def differences(name, expected, found, tolerance):
    """What is wrong with one tensor of a file, or None."""
    if expected.dtype != found.dtype or expected.shape != found.shape:
        return f"{found.dtype} {list(found.shape)}, expected {expected.dtype} {list(expected.shape)}"
    if name.endswith(".state"):  # bytes 5024 ..< 5032 are the kept normal, a double
        kept = [bytes(t[5024:5032].tolist()) for t in (expected, found)]
        a, b = (np.frombuffer(k, np.float64)[0] for k in kept)
        if abs(a - b) > tolerance:
            return f"kept normal {b}, expected {a}"
        expected, found = (torch.cat([t[:5024], t[5032:]]) for t in (expected, found))
    if is_exact(name, expected):
        return None if torch.equal(expected, found) else "not equal"
    error = relative_error(found, expected)
    return None if error <= tolerance else f"error {error:.2e}, allowed {tolerance:.0e}"


def check(files, tolerance):
    wrong = 0
    for name, (tensors, metadata) in files.items():
        path = HERE / f"{name}.safetensors"
        if not path.exists():
            print(f"{path.name}: missing")
            wrong += 1
            continue
        with safe_open(path, "pt") as file:
            there = {k: file.get_tensor(k) for k in file.keys()}
            noted = file.metadata() or {}
        complaints = [f"{key}: only in {'the new' if key in tensors else 'the old'} file" for key in sorted(tensors.keys() ^ there.keys())]
        complaints += [f"metadata {key} differs" for key in metadata.keys() | noted.keys() if metadata.get(key) != noted.get(key)]
        for key in tensors.keys() & there.keys():
            if complaint := differences(key, tensors[key], there[key], tolerance):
                complaints.append(f"{key}: {complaint}")
        wrong += len(complaints)
        print(f"{path.name}: {len(there)} tensors, {'different' if complaints else 'ok'}")
        for complaint in complaints:
            print("    " + complaint)
    return wrong


def main():
    parser = argparse.ArgumentParser(description="Make or check the golden files of the tests.")
    parser.add_argument("--model", type=Path, required=True, metavar="DIR", help="folder of fashion-dit")
    parser.add_argument("--judge", type=Path, required=True, metavar="DIR", help="folder of fashion-judge")
    parser.add_argument("--check", action="store_true", help="compare with the files here instead of writing them")
    parser.add_argument("--tolerance", type=float, default=1e-4, help="of --check: max |a - b| / max |b| (default 1e-4)")
    arguments = parser.parse_args()
    for module in (torch, diffusers, safetensors, np):
        if module.__version__.split("+")[0] != VERSIONS[module.__name__]:
            print(f"note: {module.__name__} is {module.__version__}, the files were made with {VERSIONS[module.__name__]}", file=sys.stderr)
    torch.set_num_threads(1)
    with torch.inference_mode():
        files = make_all(arguments.model, arguments.judge)
    if arguments.check:
        sys.exit(1 if check(files, arguments.tolerance) else 0)
    for name, (tensors, metadata) in files.items():
        path = HERE / f"{name}.safetensors"
        save_file({k: v.contiguous().clone() for k, v in tensors.items()}, path, metadata or None)
        print(f"{path.name}: {len(tensors)} tensors, {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
