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
        for group, shape in ARRAYS:
            add(group, shape, array, group, shape)
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
    ("matmul-of-many", (65536, 8, 8, 8)),
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
    }[group]
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
