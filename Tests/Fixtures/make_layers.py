#!/usr/bin/env python3
"""Makes layers.safetensors, PyTorch's results of the layers of NN at odd sizes, or checks the one that is here.

    python make_layers.py            # write layers.safetensors beside this script
    python make_layers.py --check    # regenerate in memory and compare; exit 1 on a difference

Each case has a name. `NAME.x` (and `NAME.context`, …) is what goes in, `NAME.y` what comes out, and `NAME.layer.…` are
the parameters as PyTorch names them. Images are [batch, channels, height, width].

Made with torch==2.15.0 and safetensors==0.8.0 on one thread.
"""

import sys
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from torch import nn

PATH = Path(__file__).resolve().parent / "layers.safetensors"
tensors = {}


def numbers(*shape):
    return torch.randn(*shape)


def save(name, layer, y, **inputs):
    for key, value in inputs.items():
        tensors[f"{name}.{key}"] = value
    tensors[f"{name}.y"] = y
    if layer is not None:
        for key, value in layer.state_dict().items():
            tensors[f"{name}.layer.{key}"] = value


def case(name, layer, x, function=None):
    """A layer with random parameters, and what it makes of x."""
    if isinstance(layer, nn.Module):
        layer.eval()
        for key, parameter in layer.named_parameters():
            with torch.no_grad():
                parameter.copy_(0.4 * numbers(*parameter.shape))
    save(name, layer if isinstance(layer, nn.Module) else None, (function or layer)(x), x=x)


def make_norms():
    case("layer-norm", nn.LayerNorm(13), 3 * numbers(2, 5, 13) + 1)
    case("layer-norm-plain", nn.LayerNorm(13, elementwise_affine=False, eps=1e-3), numbers(5, 13))
    case("layer-norm-without-bias", nn.LayerNorm(33, bias=False), numbers(3, 33))
    case("rms-norm", nn.RMSNorm(17, eps=1e-6), 3 * numbers(3, 17))
    case("group-norm", nn.GroupNorm(3, 15), numbers(2, 15, 5, 7) + 2)
    for name, layer, shape in [
        ("batch-norm-1d", nn.BatchNorm1d(7), (3, 7, 5)),
        ("batch-norm-2d", nn.BatchNorm2d(7), (2, 7, 3, 5)),
        ("batch-norm-plain", nn.BatchNorm2d(5, affine=False, eps=1e-3), (2, 5, 3, 3)),
    ]:
        layer.running_mean.copy_(numbers(layer.num_features))
        layer.running_var.copy_(numbers(layer.num_features).abs() + 0.1)
        case(name, layer, numbers(*shape))


class Gated(nn.Module):
    def __init__(self, width, hidden, activation):
        super().__init__()
        self.wi_0 = nn.Linear(width, hidden, bias=False)
        self.wi_1 = nn.Linear(width, hidden, bias=False)
        self.wo = nn.Linear(hidden, width, bias=False)
        self.activation = activation

    def forward(self, x):
        return self.wo(self.activation(self.wi_0(x)) * self.wi_1(x))


class GEGLU(nn.Module):
    """diffusers' feed-forward: value and gate are one layer, the gate last."""

    def __init__(self, width, hidden):
        super().__init__()
        self.proj = nn.Linear(width, 2 * hidden)
        self.out = nn.Linear(hidden, width)

    def forward(self, x):
        value, gate = self.proj(x).chunk(2, dim=-1)
        return self.out(value * F.gelu(gate))


def make_feed_forwards():
    case("linear", nn.Linear(13, 7), numbers(3, 2, 13))
    case("linear-without-bias", nn.Linear(13, 7, bias=False), numbers(5, 13))
    case("feed-forward", nn.Sequential(nn.Linear(11, 23), nn.ReLU(), nn.Linear(23, 11)), numbers(2, 3, 11))
    case("gated-t5", Gated(11, 37, nn.GELU("tanh")), numbers(2, 3, 11))
    case("gated-swiglu", Gated(16, 33, nn.SiLU()), numbers(1, 33, 16))
    case("gated-geglu", GEGLU(9, 35), numbers(2, 5, 9))


# name: [inputs, outputs, size, stride, padding, dilation, groups, bias], height, width
CONVOLUTIONS = {
    "conv2d": ([3, 5, 3, 1, 1, 1, 1, True], 7, 5),
    "conv2d-stride": ([3, 7, 3, 2, 1, 1, 1, False], 8, 9),
    "conv2d-patch": ([3, 11, 4, 4, 0, 1, 1, True], 8, 13),
    "conv2d-dilated": ([5, 6, 3, 1, 2, 2, 1, True], 7, 9),
    "conv2d-rectangle": ([4, 5, (2, 3), 1, (0, 1), 1, 1, True], 5, 6),
    "conv2d-winograd": ([32, 33, 3, 1, 1, 1, 1, True], 5, 6),
    "conv2d-groups": ([6, 4, 3, 2, 1, 1, 2, True], 7, 8),
    "conv2d-groups-dilated": ([6, 9, 3, 1, 2, 2, 3, True], 6, 5),
    "conv2d-depthwise": ([37, 37, 3, 1, 1, 1, 37, True], 5, 7),
    "conv2d-depthwise-stride": ([5, 5, 5, 2, 2, 1, 5, False], 9, 10),
    "conv2d-depthwise-dilated": ([3, 3, 3, 1, 3, 3, 3, True], 7, 6),
    "conv2d-multiplier": ([3, 6, 3, 1, 1, 1, 3, True], 5, 5),
}

# name: [inputs, outputs, size, stride, padding, output padding, dilation, groups, bias], height, width
TRANSPOSED = {
    "transposed": ([3, 5, 3, 1, 0, 0, 1, 1, True], 4, 5),
    "transposed-stride": ([5, 4, 4, 2, 1, 0, 1, 1, True], 5, 3),
    "transposed-output-padding": ([4, 3, 3, 2, 1, 1, 1, 1, False], 4, 5),
    "transposed-gaps": ([3, 4, 2, 3, 0, 1, 1, 1, True], 3, 4),
    "transposed-dilated": ([3, 5, 3, 2, 1, 0, 3, 1, True], 4, 3),
    "transposed-common": ([3, 2, 3, 4, 2, 3, 2, 1, True], 3, 4),
    "transposed-groups": ([6, 4, 3, 2, 1, 1, 1, 2, True], 3, 4),
}


def make_convolutions():
    for name, (args, height, width) in CONVOLUTIONS.items():
        inputs, outputs, size, stride, padding, dilation, groups, bias = args
        layer = nn.Conv2d(inputs, outputs, size, stride, padding, dilation, groups, bias)
        case(name, layer, numbers(2, inputs, height, width))
    for name, (args, height, width) in TRANSPOSED.items():
        inputs, outputs, size, stride, padding, output_padding, dilation, groups, bias = args
        layer = nn.ConvTranspose2d(inputs, outputs, size, stride, padding, output_padding, groups, bias, dilation)
        case(name, layer, numbers(2, inputs, height, width))
    case("conv1d", nn.Conv1d(5, 7, 3, padding=1), numbers(2, 5, 11))
    case("conv1d-all", nn.Conv1d(6, 4, 3, stride=2, padding=2, dilation=2, groups=2, bias=False), numbers(2, 6, 11))


def make_images():
    """Pooling and interpolation, of one image whose channels fill no vector, and of one with 17."""
    x = numbers(2, 3, 7, 10)
    tensors["images.x"] = x
    tensors["wide.x"] = numbers(1, 17, 5, 6)
    for source in ["images", "wide"]:
        x = tensors[f"{source}.x"]
        for name, layer in {
            "max-pool": nn.MaxPool2d(2),
            "max-pool-all": nn.MaxPool2d(3, 2, 1, ceil_mode=True),
            "max-pool-adaptive": nn.AdaptiveMaxPool2d((3, 4)),
            "average-pool": nn.AvgPool2d(2),
            "average-pool-all": nn.AvgPool2d(3, 2, 1, ceil_mode=True),
            "average-pool-valid": nn.AvgPool2d(3, 2, 1, count_include_pad=False),
            "average-pool-adaptive": nn.AdaptiveAvgPool2d((3, 4)),
            "average-pool-global": nn.AdaptiveAvgPool2d(1),
        }.items():
            tensors[f"{source}.{name}"] = layer(x)
        for height, width in [(4, 13), (11, 3), (1, 1)]:
            for mode in ["nearest", "nearest-exact", "bilinear", "bicubic"]:
                size = f"{height}x{width}"
                tensors[f"{source}.{mode}.{size}"] = F.interpolate(x, (height, width), mode=mode)
                if mode.startswith("bi"):
                    tensors[f"{source}.{mode}-corners.{size}"] = F.interpolate(
                        x, (height, width), mode=mode, align_corners=True)
                    tensors[f"{source}.{mode}-antialias.{size}"] = F.interpolate(
                        x, (height, width), mode=mode, antialias=True)
    for mode in ["nearest", "nearest-exact", "bilinear", "bicubic"]:
        for factor in [0.7, 1.7, 2]:
            tensors[f"images.{mode}.by-{factor}"] = F.interpolate(
                tensors["images.x"], scale_factor=factor, mode=mode, recompute_scale_factor=False)


def make_attention():
    x, context = numbers(2, 5, 12), numbers(2, 7, 12)
    mask = torch.ones(2, 7, dtype=torch.bool)
    mask[0, 4:] = False
    mask[1, 2] = False
    bias = numbers(5, 7)
    for name, arguments in {"attention": {}, "attention-widths": {"kdim": 9, "vdim": 10}, "attention-plain": {"bias": False}}.items():
        layer = nn.MultiheadAttention(12, 3, batch_first=True, **arguments).eval()
        for parameter in layer.parameters():
            parameter.copy_(0.4 * numbers(*parameter.shape))
        if name == "attention-widths":
            keys, values = numbers(2, 7, 9), numbers(2, 7, 10)
            save(name, layer, layer(x, keys, values, need_weights=False)[0], x=x, keys=keys, values=values)
            continue
        save(name, layer, layer(x, x, x, need_weights=False)[0], x=x)
        if name == "attention":
            causal = nn.Transformer.generate_square_subsequent_mask(5)
            tensors["attention.causal"] = layer(x, x, x, attn_mask=causal, is_causal=True, need_weights=False)[0]
            tensors["attention.context"], tensors["attention.mask"], tensors["attention.bias"] = context, mask, bias
            tensors["attention.crossed"] = layer(x, context, context, need_weights=False)[0]
            tensors["attention.masked"] = layer(
                x, context, context, key_padding_mask=torch.zeros(2, 7).masked_fill(~mask, -torch.inf),
                attn_mask=bias, need_weights=False)[0]


def make_embeddings():
    layer = nn.Embedding(11, 6)
    tokens = torch.tensor([[1, 10, 0], [3, 3, 7]])
    save("embedding", layer, layer(tokens), tokens=tokens)
    # diffusers' get_timestep_embedding, and the table of "Attention is all you need".
    from diffusers.models.embeddings import get_timestep_embedding

    positions = torch.tensor([0.0, 1.0, 17.5, 999.0])
    tensors["sinusoidal.positions"] = positions
    tensors["sinusoidal.sines-7"] = get_timestep_embedding(positions, 7)
    tensors["sinusoidal.cosines-10"] = get_timestep_embedding(
        positions, 10, flip_sin_to_cos=True, downscale_freq_shift=0, scale=2.5, max_period=500)
    angles = positions[:, None] * torch.exp(-torch.arange(0, 8, 2) / 8 * torch.log(torch.tensor(10000.0)))
    tensors["sinusoidal.interleaved-8"] = torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1)


def make_activations():
    x = torch.cat([torch.linspace(-12, 12, 61), torch.tensor([-100.0, 100.0, -1e-3, 1e-4, -torch.inf, torch.inf, torch.nan])])
    tensors["activation.x"] = x
    for name, function in {
        "identity": nn.Identity(), "relu": F.relu, "gelu": F.gelu, "geluTanh": nn.GELU("tanh"), "silu": F.silu,
        "quickGELU": lambda x: x * torch.sigmoid(1.702 * x), "sigmoid": torch.sigmoid, "tanh": torch.tanh,
        "relu6": F.relu6, "leakyReLU": nn.LeakyReLU(0.02), "elu": nn.ELU(1.5), "selu": F.selu,
        "softplus": F.softplus, "mish": F.mish, "hardSigmoid": F.hardsigmoid, "hardSwish": F.hardswish,
    }.items():
        tensors[f"activation.{name}"] = function(x)


def make_all():
    torch.set_num_threads(1)
    torch.manual_seed(0)
    with torch.no_grad():
        make_norms()
        make_feed_forwards()
        make_convolutions()
        make_images()
        make_attention()
        make_embeddings()
        make_activations()
    return {key: value.clone().contiguous() for key, value in tensors.items()}


def main():
    made = make_all()
    if "--check" not in sys.argv:
        save_file(made, PATH)
        print(f"{PATH.name}: {len(made)} tensors, {PATH.stat().st_size} bytes")
        return
    kept = load_file(PATH)
    assert kept.keys() == made.keys(), kept.keys() ^ made.keys()
    for key, value in made.items():
        torch.testing.assert_close(kept[key], value, rtol=1e-5, atol=1e-5, equal_nan=True, msg=lambda text: f"{key}: {text}")
    print(f"{PATH.name}: {len(made)} tensors are the same")


if __name__ == "__main__":
    main()
