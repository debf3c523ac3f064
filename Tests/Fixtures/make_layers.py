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
    case("gated-swiglu", Gated(32, 64, nn.SiLU()), numbers(1, 33, 32))
    case("gated-geglu", GEGLU(9, 35), numbers(2, 5, 9))


def make_all():
    torch.set_num_threads(1)
    torch.manual_seed(0)
    with torch.no_grad():
        make_norms()
        make_feed_forwards()
    return {key: value.contiguous() for key, value in tensors.items()}


def main():
    made = make_all()
    if "--check" not in sys.argv:
        save_file(made, PATH)
        print(f"{PATH.name}: {len(made)} tensors, {PATH.stat().st_size} bytes")
        return
    kept = load_file(PATH)
    assert kept.keys() == made.keys(), kept.keys() ^ made.keys()
    for key, value in made.items():
        torch.testing.assert_close(kept[key], value, rtol=1e-5, atol=1e-5, msg=lambda text: f"{key}: {text}")
    print(f"{PATH.name}: {len(made)} tensors are the same")


if __name__ == "__main__":
    main()
