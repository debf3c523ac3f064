#!/usr/bin/env python3
"""Makes the small folder `pixart/folder`, as diffusers writes one, and what its pipelines of PixArt draw with it, or checks them.

    python make_pixart_folder.py            # write beside this script
    python make_pixart_folder.py --check    # make them elsewhere and compare; exit 1 on a difference

The tokenizer is the one in the folder `text`, whose `make_tokenizers.py` comes first.
Made with Python 3.11 and torch==2.15.0 diffusers==0.42.1 transformers==5.23.0 safetensors==0.8.0, on one thread. README.md says what the files hold.
"""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

import torch
from diffusers import (
    AutoencoderKL, DPMSolverMultistepScheduler, LCMScheduler, PixArtAlphaPipeline, PixArtSigmaPipeline, PixArtTransformer2DModel,
)  # fmt: skip
from safetensors.torch import load_file, save_file
from transformers import T5Config, T5EncoderModel, T5Tokenizer

from vae_cases import generator, randomize

HERE = Path(__file__).resolve().parent
PROMPTS = ["A photo of an ASTRONAUT riding a horse", "two cats"]
NEGATIVE = "a dog"
SEEDS = [42, 43]


def text_encoder():
    model = T5EncoderModel(
        T5Config(vocab_size=416, d_model=12, d_kv=6, num_heads=2, d_ff=24, num_layers=2, feed_forward_proj="gated-gelu")
    ).eval()
    source = generator(1)
    for name, parameter in model.named_parameters():
        scale = 1 if "relative" in name or "shared" in name else 0.3
        values = torch.randn(parameter.shape, generator=source) * scale
        parameter.data = 1 + 0.2 * values if parameter.ndim == 1 else values
    return model


def transformer(**settings):
    return randomize(
        PixArtTransformer2DModel(
            num_attention_heads=2, attention_head_dim=6, num_layers=2, cross_attention_dim=12, caption_channels=12, sample_size=8, **settings
        ), 2,
    )  # fmt: skip


def autoencoder():
    model = AutoencoderKL(
        block_out_channels=[4, 8], down_block_types=["DownEncoderBlock2D"] * 2, up_block_types=["UpDecoderBlock2D"] * 2, layers_per_block=1,
        norm_num_groups=2, sample_size=16,
    )  # fmt: skip
    return randomize(model, 3)


def draw(pipeline, **settings):
    latents = pipeline(
        PROMPTS, negative_prompt=[NEGATIVE] * 2, generator=[generator(seed) for seed in SEEDS], clean_caption=False,
        use_resolution_binning=False, output_type="latent", **settings,
    ).images  # fmt: skip
    values = pipeline.vae.decode(latents / pipeline.vae.config.scaling_factor).sample
    images = ((values / 2 + 0.5).clamp(0, 1).permute(0, 2, 3, 1) * 255).round().to(torch.uint8)
    return latents, images


def make(folder):
    tokenizer = T5Tokenizer.from_pretrained(HERE / "text/t5")
    parts = {"tokenizer": tokenizer, "text_encoder": text_encoder(), "vae": autoencoder()}
    alpha = PixArtAlphaPipeline(transformer=transformer(), scheduler=DPMSolverMultistepScheduler(), **parts)
    alpha.set_progress_bar_config(disable=True)
    alpha.save_pretrained(folder)
    shutil.rmtree(folder / "tokenizer")
    (folder / "tokenizer").mkdir()
    shutil.copy(HERE / "text/t5/tokenizer.json", folder / "tokenizer")
    found = {}
    found["alpha.latents"], found["alpha.images"] = draw(alpha, num_inference_steps=5)
    # Pixels of an image; the autoencoder makes two of each of a latent, and diffusers reckons with its scale.
    found["wide.latents"], found["wide.images"] = draw(alpha, num_inference_steps=3, height=24, width=40)
    alpha.scheduler = LCMScheduler(beta_start=0.0001, beta_end=0.02, beta_schedule="linear")
    found["lcm.latents"], found["lcm.images"] = draw(alpha, num_inference_steps=4, guidance_scale=0.0)
    sigma = PixArtSigmaPipeline(
        transformer=transformer(interpolation_scale=0.5), scheduler=DPMSolverMultistepScheduler(), **parts
    )
    sigma.set_progress_bar_config(disable=True)
    found["sigma.latents"], found["sigma.images"] = draw(sigma, num_inference_steps=4)
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare with the files here")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    torch.set_grad_enabled(False)
    target = Path(tempfile.mkdtemp()) if arguments.check else HERE / "pixart"
    shutil.rmtree(target / "folder", ignore_errors=True)
    found = make(target / "folder")
    if not arguments.check:
        save_file(found, target / "runs.safetensors")
        return
    here, status = load_file(HERE / "pixart/runs.safetensors"), 0
    for key, value in found.items():
        error = (value.double() - here[key].double()).abs().max() / here[key].double().abs().max()
        if error > (0.02 if key.endswith("images") else 1e-4):
            print(f"{key} differs by {error:.1e}")
            status = 1
    sys.exit(status)


if __name__ == "__main__":
    main()
