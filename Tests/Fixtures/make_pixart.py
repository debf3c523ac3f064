#!/usr/bin/env python3
"""Makes the small PixArt models in the folder `pixart` and what diffusers predicts with them, or checks them.

    python make_pixart.py            # write the files beside this script
    python make_pixart.py --check    # make them elsewhere and compare; exit 1 on a difference

Made with Python 3.11 and torch==2.15.0 diffusers==0.42.1 safetensors==0.8.0 numpy==2.4.6, on one thread. README.md says what the files hold.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

import torch
import torch.nn.functional as F
from diffusers import PixArtTransformer2DModel
from safetensors.torch import load_file, save_file

from vae_cases import generator, randomize

HERE = Path(__file__).resolve().parent / "pixart"
HEADS, HEAD_WIDTH, TEXT_WIDTH = 2, 12, 10
LENGTHS = [5, 3, 1]  # tokens that count in each text
PLACES = 7

# α at 256 (told nothing), α at 1024 (told the size in pixels), Σ (another scale of positions).
CASES = {
    "alpha": {"sample_size": 8, "size": (6, 10)},
    "told": {"sample_size": 8, "interpolation_scale": 2, "use_additional_conditions": True, "size": (8, 8)},
    "sigma": {"sample_size": 8, "interpolation_scale": 0.5, "out_channels": 4, "size": (12, 4)},
}


def model(name, settings):
    settings = {key: value for key, value in settings.items() if key != "size"}
    transformer = PixArtTransformer2DModel(
        num_attention_heads=HEADS, attention_head_dim=HEAD_WIDTH, num_layers=2, cross_attention_dim=HEADS * HEAD_WIDTH,
        caption_channels=TEXT_WIDTH, **settings,
    )  # fmt: skip
    return randomize(transformer, list(CASES).index(name) + 1)


def inputs(name, size):
    g = generator(100 + list(CASES).index(name))
    x = torch.randn(3, 4, *size, generator=g)
    text = torch.randn(3, PLACES, TEXT_WIDTH, generator=g)
    mask = torch.stack([(torch.arange(PLACES) < length).float() for length in LENGTHS])
    return x, text, mask


class CompressedAttention:
    """The attention of PixArt-sigma's `AttentionKVCompress`, with `sampling='conv'`, on the layers of a diffusers model."""

    def __init__(self, sr, norm, grid):
        self.sr, self.norm, self.grid = sr, norm, grid

    def __call__(self, attn, hidden_states, encoder_hidden_states=None, attention_mask=None, **_):
        x = hidden_states
        q, k, v = attn.to_q(x), attn.to_k(x), attn.to_v(x)

        def squeeze(t):
            b, _, c = t.shape
            t = self.sr(t.reshape(b, *self.grid, c).permute(0, 3, 1, 2))
            return self.norm(t.flatten(2).transpose(1, 2))

        def heads(t):
            return t.unflatten(2, (HEADS, HEAD_WIDTH)).transpose(1, 2)

        y = F.scaled_dot_product_attention(heads(q), heads(squeeze(k)), heads(squeeze(v)))
        return attn.to_out[0](y.transpose(1, 2).flatten(2))


def original(transformer, extra):
    """The weights under the names of the original code."""
    weights = transformer.state_dict()
    rename = {
        "pos_embed.proj": "x_embedder.proj", "caption_projection.linear_1": "y_embedder.y_proj.fc1",
        "caption_projection.linear_2": "y_embedder.y_proj.fc2", "adaln_single.linear": "t_block.1",
        "adaln_single.emb.timestep_embedder.linear_1": "t_embedder.mlp.0", "adaln_single.emb.timestep_embedder.linear_2": "t_embedder.mlp.2",
        "proj_out": "final_layer.linear",
    }  # fmt: skip
    found = {}
    for old, new in rename.items():
        for part in ("weight", "bias"):
            found[f"{new}.{part}"] = weights[f"{old}.{part}"]
    found["final_layer.scale_shift_table"] = weights["scale_shift_table"]
    for i in range(len(transformer.transformer_blocks)):
        old, new = f"transformer_blocks.{i}", f"blocks.{i}"
        found[f"{new}.scale_shift_table"] = weights[f"{old}.scale_shift_table"]
        for part in ("weight", "bias"):
            join = lambda *names: torch.cat([weights[f"{old}.{name}.{part}"] for name in names])  # noqa: E731
            found[f"{new}.attn.qkv.{part}"] = join("attn1.to_q", "attn1.to_k", "attn1.to_v")
            found[f"{new}.attn.proj.{part}"] = join("attn1.to_out.0")
            found[f"{new}.cross_attn.q_linear.{part}"] = join("attn2.to_q")
            found[f"{new}.cross_attn.kv_linear.{part}"] = join("attn2.to_k", "attn2.to_v")
            found[f"{new}.cross_attn.proj.{part}"] = join("attn2.to_out.0")
            found[f"{new}.mlp.fc1.{part}"] = join("ff.net.0.proj")
            found[f"{new}.mlp.fc2.{part}"] = join("ff.net.2")
    found["pos_embed"] = transformer.pos_embed.pos_embed
    return {key: value.contiguous().clone() for key, value in (found | extra).items()}


def forward(transformer, name, size, timesteps):
    x, text, mask = inputs(name, size)
    height, width = (8 * side for side in size)
    told = None
    if transformer.use_additional_conditions:
        told = {"resolution": torch.tensor([[height, width]] * 3).float(), "aspect_ratio": torch.tensor([[height / width]] * 3)}
    found = {"x": x, "text": text, "lengths": torch.tensor(LENGTHS), "timesteps": torch.tensor(timesteps)}
    for step, timestep in enumerate(timesteps):
        found[f"output.{step}"] = transformer(
            x, encoder_hidden_states=text, encoder_attention_mask=mask, timestep=torch.tensor([timestep] * 3), added_cond_kwargs=told
        ).sample
    return found


def make_all():
    files = {}
    for name, settings in CASES.items():
        transformer = model(name, settings)
        weights = {f"model.{key}": value for key, value in transformer.state_dict().items()}
        config = {key: value for key, value in transformer.config.items() if not key.startswith("_")}
        files[name] = (weights | forward(transformer, name, settings["size"], [999, 20]), {"config": json.dumps(config)})

    transformer = model("sigma", CASES["sigma"])
    width, grid, g = HEADS * HEAD_WIDTH, tuple(side // 2 for side in CASES["sigma"]["size"]), generator(9)
    sr = torch.nn.Conv2d(width, width, 2, stride=2, groups=width)
    norm = torch.nn.LayerNorm(width)
    for part in (sr, norm):
        for parameter in part.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=g) / 2)
    transformer.transformer_blocks[1].attn1.set_processor(CompressedAttention(sr, norm, grid))
    extra = {f"blocks.1.attn.sr.{key}": value for key, value in sr.state_dict().items()}
    extra |= {f"blocks.1.attn.norm.{key}": value for key, value in norm.state_dict().items()}
    extra["y_embedder.y_embedding"] = torch.randn(PLACES, TEXT_WIDTH, generator=g)
    weights = {f"model.{key}": value for key, value in original(transformer, extra).items()}
    files["original"] = (weights | forward(transformer, "sigma", CASES["sigma"]["size"], [999, 20]), {})
    return files


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare with the files here")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    torch.set_grad_enabled(False)
    target = Path(tempfile.mkdtemp()) if arguments.check else HERE
    target.mkdir(exist_ok=True)
    status = 0
    for name, (tensors, metadata) in make_all().items():
        tensors = {key: value.contiguous() for key, value in tensors.items()}
        save_file(tensors, target / f"{name}.safetensors", metadata=metadata)
        if arguments.check:
            here = load_file(HERE / f"{name}.safetensors")
            for key, value in tensors.items():
                error = (value.double() - here[key].double()).abs().max() / here[key].double().abs().max()
                if error > 1e-4:
                    print(f"{name}: {key} differs by {error:.1e}")
                    status = 1
    sys.exit(status)


if __name__ == "__main__":
    main()
