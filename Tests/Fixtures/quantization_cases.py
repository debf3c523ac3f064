"""Simulated quantization: what make_fixtures.py keeps of a forward pass whose linear layers have quantized weights, and tokens.

Whole numbers and scales are made with plain operations of PyTorch, and multiplied in float32: nothing here knows of 8-bit products.
"""

import torch
import torch.nn.functional as F
from torch import nn

GROUP = {127: 384, 7: 128}  # neighbours that share a scale, by the largest whole number
QUANTIZED = ("attn.qkv", "attn.proj", "mlp.fc1", "mlp.fc2")
MODULATION = "adaLN_modulation.1"


def quantized(x, levels):
    """x to the nearest of its whole numbers times the scale of its group: of neighbours in the last dimension."""
    parts = []
    for part in x.split(GROUP[levels], dim=-1):
        largest = part.abs().amax(-1, keepdim=True)
        step = torch.where(largest == 0, torch.ones(()), largest / levels)
        # Not "levels / largest", which PyTorch rounds twice.
        factor = torch.where(largest == 0, torch.zeros(()), torch.full_like(largest, levels) / largest)
        parts.append((part * factor).round() * step)
    return torch.cat(parts, -1)


class QuantizedLinear(nn.Module):
    """A linear layer with quantized weights, and quantized rows where `quantizes_rows`."""

    def __init__(self, layer, levels, quantizes_rows):
        super().__init__()
        self.weight, self.bias, self.quantizes_rows = quantized(layer.weight, levels), layer.bias, quantizes_rows

    def forward(self, x):
        return F.linear(quantized(x, 127) if self.quantizes_rows else x, self.weight, self.bias)


def quantize_blocks(model, precision):
    """Replaces the linear layers of the blocks."""
    for block in model.blocks:
        for name in QUANTIZED + (MODULATION,):
            scope, _, last = name.rpartition(".")
            owner = block.get_submodule(scope)
            levels = 7 if precision == "w4" and name != MODULATION else 127
            layer = QuantizedLinear(block.get_submodule(name), levels, precision == "int8" and name != MODULATION)
            setattr(owner, last, layer)


@torch.no_grad()
def make_quantized(load_model, fashion):
    """The shipped model's predictions for the inputs of its golden forward pass, by precision."""
    tensors = {}
    for precision in ("int8", "w8", "w4"):
        model = load_model()
        quantize_blocks(model, precision)
        tensors[f"output.{precision}"] = model(fashion["forward.x"], fashion["forward.t"], fashion["forward.y"])
    return tensors, {}
