#!/usr/bin/env python3
"""Draws one image of a folder of DiT or PixArt with diffusers, says how long it took, and compares our latents and image with its own.

    venv/bin/python Scripts/make_dit_folder.py xl
    swift run -c release generate --model xl --class "class 207" --cfg-scale 4 --precision f32 --latents-out ours.npy -o ours.png --json
    venv/bin/python Benchmarks/peers/image.py xl --precision f32 --latents ours.npy --image ours.png

    venv/bin/python Scripts/make_pixart_folder.py pixart               # and a text encoder, to encode a prompt once
    swift run -c release generate --model pixart -p "two cats" --save-embeddings cats.safetensors
    swift run -c release generate --model pixart -p "two cats" --embeddings cats.safetensors --precision f32 --latents-out ours.npy
    venv/bin/python Benchmarks/peers/image.py pixart --prompt "two cats" --embeddings cats.safetensors --latents ours.npy
"""

import argparse
import json
import re
import statistics
import time
from pathlib import Path

import numpy as np
import torch
from diffusers import (
    AutoencoderKL, DDIMScheduler, DiTPipeline, DiTTransformer2DModel, DPMSolverMultistepScheduler, PixArtAlphaPipeline,
    PixArtTransformer2DModel,
)  # fmt: skip
from PIL import Image
from safetensors import safe_open

PRECISIONS = {"f32": torch.float32, "bf16": torch.bfloat16}


def load(folder, dtype):
    """The pipeline; as ours, its decoder has 32 bits."""
    vae = AutoencoderKL.from_pretrained(f"{folder}/vae")
    name = json.loads(Path(folder, "model_index.json").read_text())["_class_name"]
    if name == "DiTPipeline":
        transformer = DiTTransformer2DModel.from_pretrained(f"{folder}/transformer", torch_dtype=dtype)
        pipeline = DiTPipeline(transformer, vae, DDIMScheduler.from_pretrained(f"{folder}/scheduler"))
    else:
        transformer = PixArtTransformer2DModel.from_pretrained(f"{folder}/transformer", torch_dtype=dtype)
        scheduler = DPMSolverMultistepScheduler.from_pretrained(f"{folder}/scheduler")
        pipeline = PixArtAlphaPipeline(None, None, vae, transformer, scheduler)
    pipeline.set_progress_bar_config(disable=True)
    return pipeline


def encoded(path, prompt, dtype, places=120):
    """A prompt and the empty one from a file of `generate --save-embeddings`, filled up as diffusers does it."""
    with safe_open(path, "pt") as file:
        prompts = {value: key.split(".")[1] for key, value in file.metadata().items() if key.startswith("prompt.")}

        def states(text):
            found = file.get_tensor(f"hidden_states.{prompts[text]}")
            rows = torch.zeros(1, places, found.shape[1])
            rows[0, : len(found)] = found
            return rows.to(dtype), (torch.arange(places) < len(found)).long()[None]

        (positive, mask), (negative, negative_mask) = states(prompt), states("")
    return dict(
        prompt_embeds=positive, prompt_attention_mask=mask, negative_prompt=None, negative_prompt_embeds=negative,
        negative_prompt_attention_mask=negative_mask, use_resolution_binning=False,
    )  # fmt: skip


def draw(pipeline, condition, steps, guidance):
    """The finished latents, the image of 8 bits, and the seconds of each step."""
    latents, seconds = [], []
    decode, forward = pipeline.vae.decode, pipeline.transformer.forward

    def decoding(z, *rest, **options):
        latents.append(z.float() * pipeline.vae.config.scaling_factor)
        return decode(z.float(), *rest, **options)

    def timed(*inputs, **options):
        start = time.perf_counter()
        output = forward(*inputs, **options)
        seconds.append(time.perf_counter() - start)
        return output

    pipeline.vae.decode, pipeline.transformer.forward = decoding, timed
    images = pipeline(
        **condition, guidance_scale=guidance, num_inference_steps=steps, output_type="np",
        generator=[torch.Generator().manual_seed(42)],
    ).images  # fmt: skip
    return latents[0].numpy(), (images[0] * 255).round().astype(int), seconds


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder")
    parser.add_argument("--precision", choices=PRECISIONS, default="f32")
    parser.add_argument("--label", type=int, default=207)
    parser.add_argument("--prompt")
    parser.add_argument("--embeddings", help="a file of generate --save-embeddings that has the prompt")
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--guidance", type=float, help="4, or 4.5 with a prompt, as ours")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--latents", help="ours, a .npy file")
    parser.add_argument("--image", help="ours, a .png file")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)

    start = time.perf_counter()
    dtype = PRECISIONS[arguments.precision]
    pipeline = load(arguments.folder, dtype)
    condition = dict(class_labels=[arguments.label])
    guidance = arguments.guidance or (4 if arguments.prompt is None else 4.5)
    if arguments.prompt is not None:
        condition = encoded(arguments.embeddings, arguments.prompt, dtype)
    loaded = time.perf_counter()
    with torch.inference_mode():
        latents, image, steps = draw(pipeline, condition, arguments.steps, guidance)
    print(f"load {loaded - start:.2f} s, image {time.perf_counter() - loaded:.2f} s", end=", ")
    status = Path("/proc/self/status").read_text()
    peak = int(re.search(r"VmHWM:\s*(\d+)", status)[1]) * 1024 / 1e9
    print(f"step {statistics.median(steps):.3f} s (first {steps[0]:.3f} s), peak {peak:.2f} GB")
    if arguments.latents:
        error = np.load(arguments.latents) - latents
        rms = np.sqrt((error**2).mean() / (latents**2).mean())
        print(f"latents: largest error {np.abs(error).max() / np.abs(latents).max():.2g} of the largest, rms {rms:.2g}")
    if arguments.image:
        levels = np.abs(np.asarray(Image.open(arguments.image)).astype(int) - image)
        print(f"image: {(levels <= 1).mean():.2%} of levels within 1, largest difference {levels.max()}")


if __name__ == "__main__":
    main()
