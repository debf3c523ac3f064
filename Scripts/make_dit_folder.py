#!/usr/bin/env python3
"""Makes a DiT of random weights in the layout of the published folder: DiT-XL/2-256, to time runs of its full size by hand, or a small one.

    venv/bin/python Scripts/make_dit_folder.py FOLDER                  # PyTorch's .bin, as published; 3.0 GB and 0.3 GB
    venv/bin/python Scripts/make_dit_folder.py FOLDER --safetensors
    venv/bin/python Scripts/make_dit_folder.py FOLDER --size 512       # for images of 512 x 512
    venv/bin/python Scripts/make_dit_folder.py FOLDER --small          # 4 blocks of width 128, images of 64 x 64; 9 MB in all
    swift run -c release generate --model FOLDER --class "class 207" --steps 20

Needs torch and diffusers (Tests/Fixtures/README.md has the versions). The weights of one block after the other are drawn from one
seed, so that two runs make the same folder. Gates are not zero, so that every block counts.
"""

import argparse
import json
from pathlib import Path

import torch
from diffusers import AutoencoderKL, DDIMScheduler, DiTTransformer2DModel
from safetensors.torch import save_file

VAE = dict(
    block_out_channels=[128, 256, 512, 512], down_block_types=["DownEncoderBlock2D"] * 4, up_block_types=["UpDecoderBlock2D"] * 4,
    layers_per_block=2, sample_size=256, scaling_factor=0.18215,
)  # fmt: skip
SMALL_VAE = VAE | dict(block_out_channels=[16, 32, 32, 32], layers_per_block=1, sample_size=64, norm_num_groups=8)
SMALL_TRANSFORMER = dict(num_layers=4, num_attention_heads=4, attention_head_dim=32, sample_size=8)


def randomize(model, seed):
    g = torch.Generator("cpu").manual_seed(seed)
    for key, parameter in model.requires_grad_(False).named_parameters():
        if key.endswith("bias"):
            parameter.normal_(0, 0.02, generator=g)
        elif parameter.ndim == 1:  # of a norm
            parameter.fill_(1)
        elif "embedding_table" in key:
            parameter.normal_(0, 0.02, generator=g)
        else:
            parameter.normal_(0, parameter[0].numel() ** -0.5, generator=g)
    return model


def share_embeddings(model):
    """Published folders have copies of one embedding in every block."""
    shared = model.transformer_blocks[0].norm1.emb.state_dict()
    for block in model.transformer_blocks[1:]:
        block.norm1.emb.load_state_dict(shared)
    return model


def save(model, folder, as_safetensors):
    folder.mkdir(parents=True, exist_ok=True)
    model.save_config(folder)
    weights, stem = model.state_dict(), folder / "diffusion_pytorch_model"
    if as_safetensors:
        save_file(weights, f"{stem}.safetensors", metadata={"format": "pt"})
    else:
        torch.save(weights, f"{stem}.bin")


def main():
    parser = argparse.ArgumentParser(description="Make a full-size DiT folder of random weights.")
    parser.add_argument("folder", type=Path)
    sizes = parser.add_mutually_exclusive_group()
    sizes.add_argument("--size", type=int, choices=[256, 512], default=256, help="the side of its images")
    sizes.add_argument("--small", action="store_true", help="a model of a few megabytes, to try what takes a folder")
    parser.add_argument("--safetensors", action="store_true", help="write safetensors instead of PyTorch's files")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    folder = arguments.folder
    with torch.no_grad():
        sizes = SMALL_TRANSFORMER if arguments.small else dict(sample_size=arguments.size // 8)
        transformer = DiTTransformer2DModel(out_channels=8, **sizes)
        save(share_embeddings(randomize(transformer, arguments.seed)), folder / "transformer", arguments.safetensors)
        del transformer
        save(randomize(AutoencoderKL(**(SMALL_VAE if arguments.small else VAE)), arguments.seed + 1), folder / "vae", arguments.safetensors)
    DDIMScheduler(clip_sample=False).save_config(folder / "scheduler")
    index = {
        "_class_name": "DiTPipeline", "scheduler": ["diffusers", "DDIMScheduler"], "transformer": ["diffusers", "DiTTransformer2DModel"],
        "vae": ["diffusers", "AutoencoderKL"], "id2label": {str(i): f"class {i}" for i in range(1000)},
    }  # fmt: skip
    (folder / "model_index.json").write_text(json.dumps(index, indent=2) + "\n")


if __name__ == "__main__":
    main()
