"""What is compared: cases of `benchmarks --list`, under their names, as PyTorch computes them."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch.nn import functional

# What PyTorch computes in beside each of our precisions; it has no int8 of its own for models, but
# linear layers that quantize their rows on the way ("dynamic").
PRECISIONS = {"f32": torch.float32, "bf16": torch.bfloat16, "int8": torch.bfloat16}


@dataclass(frozen=True)
class Case:
    """A piece of work: its name in our list, and what prepares the same for PyTorch."""

    group: str
    precision: str
    name: str
    # Returns a function of tensors and its arguments, for torch.compile to see both.
    make: Callable[[torch.dtype], tuple[Callable, tuple]]
    # The same by linear layers of 8-bit whole numbers, where that is compared.
    make_dynamic: Callable[[], tuple[Callable, tuple]] | None = None

    @property
    def is_model(self) -> bool:
        return self.group in ("step", "vae-decode")


def cases(precision: str) -> list[Case]:
    """All cases of one precision."""
    found = []

    def add(group: str, shape: tuple[int, ...] | str, make: Callable, *arguments) -> None:
        text = shape if isinstance(shape, str) else "x".join(map(str, shape))
        name = f"{group}/{precision}/{text}"
        make_dynamic = None
        if precision == "int8":
            if group not in ("gemm", "step"):
                return
            make_dynamic = lambda: dynamic(make, *arguments)  # noqa: E731
        found.append(
            Case(group, precision, name, lambda dtype: make(dtype, *arguments), make_dynamic)
        )

    for outputs, inputs in [(1152, 1152), (3456, 1152), (4608, 1152), (1152, 4608)]:
        add("gemm", (512, outputs, inputs), linear, 512, outputs, inputs)
    for tokens in [256, 1024, 4096]:
        add("attention", (2, tokens, 16, 72), attention, tokens)
    for tokens in [256, 1024]:
        add("layer-norm-modulate", (2, tokens, 1152), layer_norm, tokens)
    add("gelu-tanh", (512, 4608), gelu)
    # The SD VAE's decoder on a latent of 32 × 32.
    for inputs, outputs, side in [
        (4, 512, 32), (512, 512, 32), (512, 512, 64), (512, 512, 128), (512, 256, 128),
        (256, 256, 128), (256, 256, 256), (256, 128, 256), (128, 128, 256), (128, 3, 256),
    ]:  # fmt: skip
        add("conv3x3", (1, inputs, side, side, outputs), convolution, inputs, outputs, side)
    for channels, side in [(512, 32), (512, 64), (512, 128), (256, 128), (256, 256), (128, 256)]:
        add("group-norm-silu", (1, channels, side, side), group_norm, channels, side)
    if precision == "f32":
        for group, shape in LAYERS:
            add(group, shape, layer, group, shape)
        for group, shape in ARRAYS:
            add(group, shape, array, group, shape)
        for group, side in MATRICES:
            add(group, (side, side), matrix, group, side)
    add("step", "dit-xl-2-256", step)
    for side in [256, 512]:
        add("vae-decode", f"sd-{side}", decode, side)
    return found


def dynamic(make, *arguments):
    """The case in float32, with linear layers that quantize their rows."""
    from torch.ao.quantization import quantize_dynamic

    work, (x, *weights) = make(torch.float32, *arguments)
    if weights:
        layer = torch.nn.Linear(weights[0].shape[1], weights[0].shape[0], bias=False)
        layer.weight.data = weights[0]
        return quantize_dynamic(torch.nn.Sequential(layer), {torch.nn.Linear}), (x,)
    model = quantize_dynamic(work.model, {torch.nn.Linear})
    return lambda x: work(x, model), (x,)


def linear(dtype, rows, outputs, inputs):
    x, weight = torch.randn(rows, inputs, dtype=dtype), torch.randn(outputs, inputs, dtype=dtype)
    return functional.linear, (x, weight)


def attention(dtype, tokens):
    x = [torch.randn(2, 16, tokens, 72, dtype=dtype) for _ in range(3)]
    return functional.scaled_dot_product_attention, tuple(x)


def layer_norm(dtype, tokens):
    def work(x, shift, scale):
        return functional.layer_norm(x, (1152,), eps=1e-6) * (1 + scale) + shift

    x = torch.randn(2, tokens, 1152, dtype=dtype)
    return work, (x, *(torch.randn(2, 1, 1152, dtype=dtype) for _ in range(2)))


def gelu(dtype):
    def work(x):
        return functional.gelu(x, approximate="tanh")

    return work, (torch.randn(512, 4608, dtype=dtype),)


def convolution(dtype, inputs, outputs, side):
    def work(x, weight, bias):
        return functional.conv2d(x, weight, bias, padding=1)

    x, weight = torch.randn(1, inputs, side, side), torch.randn(outputs, inputs, 3, 3)
    return work, tuple(tensor.to(dtype) for tensor in (x, weight, torch.randn(outputs)))


def group_norm(dtype, channels, side):
    def work(x, weight, bias):
        return functional.silu(functional.group_norm(x, 32, weight, bias, eps=1e-6))

    x = torch.randn(1, channels, side, side)
    return work, tuple(tensor.to(dtype) for tensor in (x, *torch.randn(2, channels)))


ARRAYS = [
    ("sum-of-columns", (4096, 4096)), ("max-of-columns", (4096, 4096)),
    ("argmax-of-rows", (4096, 4096)), ("transpose", (4096, 4096)),
    ("add-transposed", (4096, 4096)), ("gather-columns", (4096, 4096)),
    ("gather-rows", (65536, 256)), ("gather-rows", (65536, 1)), ("sort", (1 << 20,)),
    ("argsort", (1 << 20,)), ("cumulative-sum", (4096, 4096)), ("sin", (16 << 20,)),
    ("where", (16 << 20,)), ("mask", (16 << 20,)), ("normal", (16 << 20,)), ("add-few", (8,)),
    ("matmul-of-many", (65536, 8, 8, 8)), ("cumulative-product", (4096, 4096)),
    ("top-5", (1024, 16384)), ("unique", (1 << 20,)), ("search-sorted", (1 << 20,)),
    ("gather-along", (4096, 4096)), ("scatter-add", (4096, 4096)), ("pad-reflect", (64, 512, 512)),
    ("roll", (4096, 4096)), ("repeat", (4096, 4096)), ("flip", (4096, 4096)), ("exp", (16 << 20,)),
    ("log", (16 << 20,)), ("pow", (16 << 20,)), ("erf", (16 << 20,)), ("atan2", (16 << 20,)),
    ("remainder", (16 << 20,)), ("clip", (16 << 20,)), ("is-nan", (16 << 20,)),
    ("is-close", (16 << 20,)), ("any", (16 << 20,)), ("deviation-of-rows", (4096, 4096)),
    ("log-sum-exp", (4096, 4096)), ("norm", (4096, 4096)), ("median", (1024, 16384)),
    ("histogram", (1 << 20,)), ("bits", (16 << 20,)), ("mask-write", (16 << 20,)),
    ("permutation", (1 << 20,)), ("uniform", (16 << 20,)), ("einsum", (64, 128, 256)),
]
LAYERS = [
    ("conv2d-depthwise", (1, 144, 56, 56)), ("conv2d-grouped", (1, 256, 28, 28)),
    ("conv2d-dilated", (1, 64, 56, 56)), ("conv2d-stride", (1, 64, 56, 56)),
    ("conv-transpose2d", (1, 256, 28, 28)), ("conv1d", (1, 3000, 80)),
    ("max-pool", (1, 64, 56, 56)), ("average-pool", (1, 64, 56, 56)),
    ("average-pool-global", (1, 256, 28, 28)), ("bilinear", (1, 64, 56, 56)),
    ("bicubic-antialias", (1, 64, 56, 56)), ("batch-norm-relu", (1, 64, 56, 56)),
    ("layer-norm", (8, 256, 768)), ("rms-norm", (8, 256, 768)),
    ("multi-head-attention", (4, 196, 384)), ("gated-feed-forward", (4, 196, 384)),
    ("embedding", (32, 256, 768)),
]
MATRICES = [
    ("svd", 256), ("symmetric-eigen", 256), ("qr", 512), ("inverse", 512), ("cholesky", 512),
    ("solve", 512), ("least-squares", 256),
]


def array(dtype, group, shape):
    if group == "matmul-of-many":
        return torch.matmul, (torch.randn(65536, 8, 8), torch.randn(65536, 8, 8))
    x = torch.randn(shape)
    places = torch.randperm(shape[1] if group == "gather-columns" else shape[0])
    mask = x > 0
    work = {
        "sum-of-columns": lambda x: x.sum(0), "max-of-columns": lambda x: x.amax(0),
        "argmax-of-rows": lambda x: x.argmax(1), "transpose": lambda x: x.t().contiguous(),
        "add-transposed": lambda x: x + x.t(), "gather-columns": lambda x: x[:, places],
        "gather-rows": lambda x: x[places], "sort": lambda x: x.sort().values,
        "argsort": lambda x: x.argsort(stable=True), "cumulative-sum": lambda x: x.cumsum(1),
        "sin": torch.sin, "where": lambda x: torch.where(mask, x, 0), "mask": lambda x: x[mask],
        "normal": lambda x: torch.randn(shape), "add-few": lambda x: x + x,
        "cumulative-product": lambda x: x.cumprod(0), "top-5": lambda x: x.topk(5),
        "unique": lambda x: rounded.unique(return_inverse=True, return_counts=True),
        "search-sorted": lambda x: torch.searchsorted(ordered, x),
        "gather-along": lambda x: x.gather(1, order), "scatter-add": lambda x: sums.scatter_add_(1, order, x),
        "pad-reflect": lambda x: functional.pad(x, (3, 3, 3, 3), mode="reflect"),
        "roll": lambda x: x.roll(100, 1), "repeat": lambda x: x.repeat_interleave(2, 1),
        "flip": lambda x: x.flip(1), "exp": torch.exp, "log": lambda x: positive.log(),
        "pow": lambda x: positive.pow(1.5), "erf": torch.erf, "atan2": lambda x: torch.atan2(x, half),
        "remainder": lambda x: x.remainder(0.3), "clip": lambda x: x.clip(-0.5, 0.5), "is-nan": torch.isnan,
        "is-close": lambda x: torch.isclose(x, x), "any": lambda x: nowhere.any(),
        "deviation-of-rows": lambda x: x.std(1, correction=0), "log-sum-exp": lambda x: x.logsumexp(1),
        "norm": lambda x: torch.linalg.vector_norm(x, dim=1), "median": lambda x: x.quantile(0.5, 1),
        "histogram": lambda x: x.histc(100, -1, 1), "bits": lambda x: (bits ^ 0x5555) & 0xFFFF,
        "mask-write": lambda x: copy.masked_fill_(mask, 0), "permutation": lambda x: torch.randperm(1 << 20),
        "uniform": lambda x: torch.rand(shape), "einsum": lambda x: torch.einsum("bij,bkj->bik", x, x),
    }[group]
    # Only what the case needs is made.
    if group == "unique":
        rounded = (x * 1000).round()
    if group == "search-sorted":
        ordered = x.sort().values
    if group in ("gather-along", "scatter-add"):
        order, sums = x.argsort(1), torch.zeros(shape)
    positive, half, nowhere = x.abs() + 0.1, torch.tensor(0.5), x > 9
    bits, copy = (x * 2**27).int(), x.clone()
    return work, (x,)


def layer(dtype, group, shape):
    """A layer of images, channels last in memory as on our side, or of tokens."""
    x = torch.randn(shape)
    if len(shape) == 4:
        x = x.contiguous(memory_format=torch.channels_last)
    if group == "conv1d":
        x = x.mT
    if group == "embedding":
        return torch.nn.Embedding(30522, 768), (torch.randint(30522, shape[:2]),)
    if group == "multi-head-attention":
        attention = torch.nn.MultiheadAttention(384, 6, batch_first=True).eval()
        return lambda x: attention(x, x, x, need_weights=False)[0], (x,)
    if group == "gated-feed-forward":
        gate, value = (torch.nn.Linear(384, 1024, bias=False) for _ in range(2))
        output = torch.nn.Linear(1024, 384, bias=False)
        return lambda x: output(functional.silu(gate(x)) * value(x)), (x,)
    if group == "batch-norm-relu":
        norm = torch.nn.BatchNorm2d(64).eval()
        return lambda x: functional.relu(norm(x)), (x,)
    work = {
        "conv2d-depthwise": lambda: torch.nn.Conv2d(144, 144, 3, padding=1, groups=144, bias=False),
        "conv2d-grouped": lambda: torch.nn.Conv2d(256, 256, 3, padding=1, groups=32, bias=False),
        "conv2d-dilated": lambda: torch.nn.Conv2d(64, 64, 3, padding=2, dilation=2, bias=False),
        "conv2d-stride": lambda: torch.nn.Conv2d(64, 128, 3, stride=2, padding=1, bias=False),
        "conv-transpose2d": lambda: torch.nn.ConvTranspose2d(256, 128, 4, stride=2, padding=1, bias=False),
        "conv1d": lambda: torch.nn.Conv1d(80, 384, 3, padding=1, bias=False),
        "max-pool": lambda: torch.nn.MaxPool2d(2), "average-pool": lambda: torch.nn.AvgPool2d(2),
        "average-pool-global": lambda: torch.nn.AdaptiveAvgPool2d(1),
        "bilinear": lambda: lambda x: functional.interpolate(x, (112, 112), mode="bilinear"),
        "bicubic-antialias": lambda: lambda x: functional.interpolate(
            x, (28, 28), mode="bicubic", antialias=True),
        "layer-norm": lambda: torch.nn.LayerNorm(768), "rms-norm": lambda: torch.nn.RMSNorm(768, eps=1e-6),
    }[group]()
    if isinstance(work, torch.nn.Module):
        work.to(memory_format=torch.channels_last)
    return work, (x,)


def matrix(dtype, group, side):
    """A decomposition in 64 bits, in which ours are computed."""
    x = torch.randn(side, side, dtype=torch.float64)
    work = {
        "svd": lambda x: torch.linalg.svd(x), "symmetric-eigen": lambda x: torch.linalg.eigh(x),
        "qr": torch.linalg.qr, "inverse": torch.linalg.inv, "solve": lambda x: torch.linalg.solve(x, x[0]),
        "cholesky": torch.linalg.cholesky,
        "least-squares": lambda x: torch.linalg.lstsq(x, x[0][:, None]),
    }[group]
    if group == "cholesky":
        x = x + 2 * side * torch.eye(side, dtype=torch.float64)
    return work, (x,)


def step(dtype):
    from diffusers import DiTTransformer2DModel
    from diffusers.utils import logging

    # The precision of `to()` is the one that is meant.
    logging.set_verbosity_error()
    model = DiTTransformer2DModel(
        num_attention_heads=16, attention_head_dim=72, in_channels=4, out_channels=8,
        num_layers=28, sample_size=32, patch_size=2, num_embeds_ada_norm=1000,
    )  # fmt: skip
    model.eval().requires_grad_(False).to(dtype)
    timesteps, labels = torch.tensor([500, 500]), torch.tensor([0, 1000])

    def work(x, model=model):
        return model(x, timesteps, class_labels=labels, return_dict=False)[0]

    work.model = model
    return work, (torch.randn(2, 4, 32, 32, dtype=dtype),)


def decode(dtype, side):
    from diffusers import AutoencoderKL
    from diffusers.utils import logging

    logging.set_verbosity_error()
    model = AutoencoderKL(
        block_out_channels=[128, 256, 512, 512], layers_per_block=2, sample_size=256,
        down_block_types=["DownEncoderBlock2D"] * 4, up_block_types=["UpDecoderBlock2D"] * 4,
    )  # fmt: skip
    model.eval().requires_grad_(False).to(dtype)
    del model.encoder

    def work(z):
        return model.decode(z, return_dict=False)[0]

    return work, (torch.randn(1, 4, side // 8, side // 8, dtype=dtype),)
