#!/usr/bin/env python3
"""Makes ports.safetensors, three small models of PyTorch with random weights and what they compute, or checks it.

    python make_ports.py            # write ports.safetensors beside this script
    python make_ports.py --check    # regenerate in memory and compare; exit 1 on a difference

A vision transformer with the names of timm, a U-Net as diffusion models have it, and a GPT with the names of nanoGPT.
Tests/NNTests/Ports has them in Swift, written with the public API alone.

Made with torch==2.15.0 and safetensors==0.8.0 on one thread.
"""

import math
import sys
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from torch import nn

PATH = Path(__file__).resolve().parent / "ports.safetensors"


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.qkv, self.proj = nn.Linear(width, 3 * width), nn.Linear(width, width)

    def forward(self, x):
        batch, tokens, width = x.shape
        q, k, v = self.qkv(x).reshape(batch, tokens, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        return self.proj(F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(batch, tokens, width))


class MLP(nn.Module):
    def __init__(self, width, hidden):
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(width, hidden), nn.Linear(hidden, width)

    def forward(self, x):
        return self.fc2(F.gelu(self.fc1(x)))


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(width, eps=1e-6), nn.LayerNorm(width, eps=1e-6)
        self.attn, self.mlp = Attention(width, heads), MLP(width, 4 * width)

    def forward(self, x):
        x = x + self.attn(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class PatchEmbed(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.proj = nn.Conv2d(3, width, 4, stride=4)

    def forward(self, x):
        return self.proj(x).flatten(2).transpose(1, 2)


class VisionTransformer(nn.Module):
    def __init__(self, width=12, heads=3, depth=2, tokens=6, classes=5):
        super().__init__()
        self.patch_embed = PatchEmbed(width)
        self.cls_token = nn.Parameter(torch.zeros(1, 1, width))
        self.pos_embed = nn.Parameter(torch.zeros(1, tokens + 1, width))
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(depth))
        self.norm = nn.LayerNorm(width, eps=1e-6)
        self.head = nn.Linear(width, classes)

    def forward(self, images):
        x = self.patch_embed(images)
        x = torch.cat([self.cls_token.expand(len(x), -1, -1), x], dim=1) + self.pos_embed
        for block in self.blocks:
            x = block(x)
        return self.head(self.norm(x)[:, 0])


class ResBlock(nn.Module):
    def __init__(self, inputs, outputs, time):
        super().__init__()
        self.norm1, self.conv1 = nn.GroupNorm(3, inputs), nn.Conv2d(inputs, outputs, 3, padding=1)
        self.time = nn.Linear(time, outputs)
        self.norm2, self.conv2 = nn.GroupNorm(3, outputs), nn.Conv2d(outputs, outputs, 3, padding=1)
        self.skip = nn.Conv2d(inputs, outputs, 1) if inputs != outputs else nn.Identity()

    def forward(self, x, time):
        h = self.conv1(F.silu(self.norm1(x)))
        h = h + self.time(F.silu(time))[:, :, None, None]
        return self.skip(x) + self.conv2(F.silu(self.norm2(h)))


class PixelAttention(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.norm = nn.GroupNorm(3, channels)
        self.attention = nn.MultiheadAttention(channels, 2, batch_first=True)

    def forward(self, x):
        h = self.norm(x).flatten(2).transpose(1, 2)
        h = self.attention(h, h, h, need_weights=False)[0]
        return x + h.transpose(1, 2).reshape(x.shape)


class UNet(nn.Module):
    def __init__(self, width=6):
        super().__init__()
        self.time1, self.time2 = nn.Linear(8, 16), nn.Linear(16, 16)
        self.input = nn.Conv2d(2, width, 3, padding=1)
        self.down = nn.ModuleList([ResBlock(width, width, 16), ResBlock(width, 2 * width, 16)])
        self.shrink = nn.Conv2d(width, width, 3, stride=2, padding=1)
        self.middle = PixelAttention(2 * width)
        self.grow = nn.Conv2d(2 * width, 2 * width, 3, padding=1)
        self.up = nn.ModuleList([ResBlock(4 * width, 2 * width, 16), ResBlock(3 * width, width, 16)])
        self.norm, self.output = nn.GroupNorm(3, width), nn.Conv2d(width, 2, 3, padding=1)

    def forward(self, x, t):
        angles = t[:, None] * torch.exp(-math.log(10000) * torch.arange(4) / 4)
        time = self.time2(F.silu(self.time1(torch.cat([angles.sin(), angles.cos()], dim=1))))
        first = self.down[0](self.input(x), time)
        second = self.down[1](self.shrink(first), time)
        h = self.up[0](torch.cat([self.middle(second), second], dim=1), time)
        h = self.grow(F.interpolate(h, scale_factor=2.0, mode="nearest"))
        h = self.up[1](torch.cat([h, first], dim=1), time)
        return self.output(F.silu(self.norm(h)))


class CausalAttention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.c_attn, self.c_proj = nn.Linear(width, 3 * width, bias=False), nn.Linear(width, width, bias=False)

    def forward(self, x):
        batch, tokens, width = x.shape
        q, k, v = (p.view(batch, tokens, self.heads, -1).transpose(1, 2) for p in self.c_attn(x).split(width, dim=2))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.c_proj(y.transpose(1, 2).reshape(batch, tokens, width))


class GPTBlock(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.ln_1, self.ln_2 = nn.LayerNorm(width, bias=False), nn.LayerNorm(width, bias=False)
        self.attn = CausalAttention(width, heads)
        self.mlp = nn.ModuleDict(
            {"c_fc": nn.Linear(width, 4 * width, bias=False), "c_proj": nn.Linear(4 * width, width, bias=False)})

    def forward(self, x):
        x = x + self.attn(self.ln_1(x))
        return x + self.mlp["c_proj"](F.gelu(self.mlp["c_fc"](self.ln_2(x))))


class GPT(nn.Module):
    def __init__(self, vocabulary=17, context=16, width=12, heads=2, depth=2):
        super().__init__()
        self.transformer = nn.ModuleDict({
            "wte": nn.Embedding(vocabulary, width), "wpe": nn.Embedding(context, width),
            "h": nn.ModuleList(GPTBlock(width, heads) for _ in range(depth)), "ln_f": nn.LayerNorm(width, bias=False)})

    def forward(self, tokens):
        x = self.transformer["wte"](tokens) + self.transformer["wpe"](torch.arange(tokens.shape[1]))
        for block in self.transformer["h"]:
            x = block(x)
        return F.linear(self.transformer["ln_f"](x), self.transformer["wte"].weight)

    def generate(self, tokens, count):
        for _ in range(count):
            tokens = torch.cat([tokens, self(tokens)[:, -1].argmax(dim=1, keepdim=True)], dim=1)
        return tokens


def random(model):
    for parameter in model.parameters():
        parameter.copy_(0.5 * torch.randn(parameter.shape))
    return model.eval()


def make():
    torch.set_num_threads(1)
    torch.manual_seed(3)
    tensors = {}

    def add(name, model, **values):
        tensors.update({f"{name}.{key}": value for key, value in model.state_dict().items()})
        tensors.update({f"{name}-{key}": value for key, value in values.items()})

    with torch.no_grad():
        vit, images = random(VisionTransformer()), torch.randn(2, 3, 8, 12)
        add("vit", vit, x=images, y=vit(images))
        unet, x, t = random(UNet()), torch.randn(2, 2, 6, 10), torch.tensor([3.0, 250.0])
        add("unet", unet, x=x, t=t, y=unet(x, t))
        gpt, tokens = random(GPT()), torch.tensor([[1, 16, 3], [5, 5, 0]])
        add("gpt", gpt, x=tokens, y=gpt(tokens), generated=gpt.generate(tokens, 9))
    return {key: value.clone().contiguous() for key, value in tensors.items()}


def main():
    made = make()
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
