#!/usr/bin/env python3
"""Makes the small model folders in the folder `folders`, as diffusers writes them, and what its DiTPipeline draws with them, or checks them.

    python make_folders.py            # write the folders beside this script
    python make_folders.py --check    # make them elsewhere and compare what is in them; exit 1 on a difference

Made with Python 3.11 and torch==2.15.0 diffusers==0.42.1 safetensors==0.8.0 numpy==2.4.6, on one thread. README.md says what the folders hold.
"""

import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch
from diffusers import (
    AutoencoderKL, DDIMScheduler, DiTPipeline, DiTTransformer2DModel, DPMSolverMultistepScheduler, EulerDiscreteScheduler,
    HeunDiscreteScheduler, UniPCMultistepScheduler,
)  # fmt: skip
from PIL import Image
from safetensors.torch import load_file, save_file

from vae_cases import generator, legacy_name, randomize

HERE = Path(__file__).resolve().parent / "folders"
SEEDS = [42, 43]
LABELS = [207, 1]
GUIDANCE = 4.0
STEPS = {"safetensors": 6, "bin": 7}
NAMES = {
    0: "tench, Tinca tinca", 1: "goldfish, Carassius auratus", 134: "crane", 207: "golden retriever", 208: "Labrador retriever",
    517: "crane", 979: "valley, vale",
}  # fmt: skip
OLD_FIELDS = {
    "cross_attention_dim": None, "num_vector_embeds": None, "only_cross_attention": False, "use_linear_projection": False,
    "_class_name": "Transformer2DModel", "_diffusers_version": "0.12.0.dev0",
}  # fmt: skip


def transformer(seed, **settings):
    model = DiTTransformer2DModel(num_attention_heads=2, attention_head_dim=8, num_layers=2, sample_size=6, **settings)
    return randomize(model, seed)


def autoencoder(seed):
    model = AutoencoderKL(
        block_out_channels=[4, 8], down_block_types=["DownEncoderBlock2D"] * 2, up_block_types=["UpDecoderBlock2D"] * 2, layers_per_block=1,
        norm_num_groups=2, sample_size=12,
    )  # fmt: skip
    return randomize(model, seed)


def edit(file, without=None, **fields):
    """Changes fields of a JSON file."""
    settings = json.loads(file.read_text()) | fields
    settings.pop(without, None)
    file.write_text(json.dumps(settings, indent=2) + "\n")


def write_safetensors(folder):
    """The current form: every block has embeddings of its own, the variance is learned."""
    scheduler = DDIMScheduler(clip_sample=False)
    pipeline = DiTPipeline(transformer(1, out_channels=8), autoencoder(2), scheduler, id2label=NAMES)
    pipeline.save_pretrained(folder)
    edit(folder / "model_index.json", id2label=NAMES)
    return pipeline


def write_bin(folder):
    """The form of the published folders: pickles, class names and fields of old, embeddings that all blocks share, old names of the
    autoencoder's attention, no scaling factor. The weights are of 16 bits, to be small; the model here has the same in 32."""
    model, vae = transformer(3, out_channels=4), autoencoder(4)
    for part in (model, vae):
        for parameter in part.parameters():
            parameter.copy_(parameter.half())
    shared = model.transformer_blocks[0].norm1.emb.state_dict()
    for block in model.transformer_blocks:
        block.norm1.emb.load_state_dict(shared)
    scheduler = DPMSolverMultistepScheduler()
    pipeline = DiTPipeline(model, vae, scheduler, id2label=NAMES)
    pipeline.save_pretrained(folder)

    weights = {key: value.half() for key, value in model.state_dict().items()}
    for key in weights:  # one storage, which torch.save writes once
        if ".norm1.emb." in key:
            weights[key] = weights["transformer_blocks.0.norm1.emb." + key.split(".norm1.emb.")[1]]
    torch.save(weights, folder / "transformer/diffusion_pytorch_model.bin")
    torch.save({legacy_name(key): value.half() for key, value in vae.state_dict().items()}, folder / "vae/diffusion_pytorch_model.bin")
    for part in ("transformer", "vae"):
        (folder / part / "diffusion_pytorch_model.safetensors").unlink()

    edit(folder / "transformer/config.json", **OLD_FIELDS)
    edit(folder / "vae/config.json", without="scaling_factor")
    edit(folder / "model_index.json", id2label=NAMES, transformer=["diffusers", "Transformer2DModel"])
    return pipeline


def draw(pipeline, steps):
    """A run of the pipeline: the finished latents, and the pictures of 8 bits."""
    pipeline.set_progress_bar_config(disable=True)
    decoded = []
    decode = pipeline.vae.decode
    pipeline.vae.decode = lambda z, *rest, **options: decoded.append(z) or decode(z, *rest, **options)
    images = pipeline(
        LABELS, guidance_scale=GUIDANCE, generator=[generator(seed) for seed in SEEDS], num_inference_steps=steps, output_type="np",
    ).images  # fmt: skip
    latents = decoded[0] * pipeline.vae.config.scaling_factor
    pixels = torch.from_numpy((images * 255).round().astype(np.uint8))
    edge = ((pixels == 0) | (pixels == 255)).double().mean()
    print(f"latents {latents.std():.3f}, pixels {pixels.double().std():.1f}, {edge:.2f} of them black or white")
    assert edge < 0.5 and latents.isfinite().all()
    return {"latents": latents, "pixels": pixels}


def change(pipeline, scheduler, steps, strength, picture, mask):
    """The latents of a run from a picture, as diffusers' pipelines from image to image and for inpainting take their steps; there is none
    for DiT."""
    model, vae = pipeline.transformer, pipeline.vae
    scheduler.set_timesteps(steps)
    generators = [generator(seed) for seed in SEEDS]
    values = torch.from_numpy(picture.copy()).permute(2, 0, 1)[None].float() / 255 * 2 - 1
    known = torch.cat([vae.encode(values).latent_dist.sample(g) for g in generators]) * vae.config.scaling_factor
    noise = torch.cat([torch.randn(known[:1].shape, generator=g) for g in generators])
    start = (steps - min(int(steps * strength), steps)) * scheduler.order
    timesteps = scheduler.timesteps[start:]
    if hasattr(scheduler, "set_begin_index"):
        scheduler.set_begin_index(start)
    x = scheduler.add_noise(known, noise, timesteps[:1].repeat(len(SEEDS)))
    labels = torch.tensor(LABELS + [1000] * len(LABELS))
    for index, t in enumerate(timesteps):
        inputs = scheduler.scale_model_input(torch.cat([x, x]), t)
        output = model(inputs, t.expand(len(labels)), class_labels=labels).sample[:, : x.shape[1]]
        conditional, unconditional = output.chunk(2)
        x = scheduler.step(unconditional + GUIDANCE * (conditional - unconditional), t, x).prev_sample
        if mask is not None:
            later = timesteps[index + 1 :]
            kept = scheduler.add_noise(known, noise, later[:1].repeat(len(SEEDS))) if len(later) else known
            x = (1 - mask) * kept + mask * x
    return x


def changes(pipelines):
    """Runs from a picture by several schedulers, with and without a mask."""
    rng = np.random.default_rng(5)
    picture = rng.integers(0, 256, (9, 17, 3), dtype=np.uint8)
    resized = np.asarray(Image.fromarray(picture).resize((12, 12), Image.Resampling.LANCZOS))
    enlarged = np.asarray(Image.fromarray(resized).resize((31, 20), Image.Resampling.LANCZOS))
    levels = np.zeros((12, 12), np.uint8)
    levels[3:9, 5:] = 255
    mask = torch.from_numpy(levels >= 128).float()[None, None]
    side = pipelines["bin"].transformer.config.sample_size
    mask = torch.nn.functional.interpolate(mask, size=(side, side))
    found = {"picture": picture, "resized": resized, "enlarged": enlarged, "levels": levels}
    found = {key: torch.from_numpy(value.copy()) for key, value in found.items()} | {"mask": mask}
    for name, folder, scheduler, steps, strength, masked in [
        ("ddim", "safetensors", DDIMScheduler, 6, 0.7, False), ("dpm++2m", "bin", DPMSolverMultistepScheduler, 8, 0.75, True),
        ("unipc", "bin", UniPCMultistepScheduler, 9, 0.6, False), ("euler", "bin", EulerDiscreteScheduler, 7, 1.0, True),
        ("heun", "bin", HeunDiscreteScheduler, 5, 0.6, True),
    ]:  # fmt: skip
        pipeline = pipelines[folder]
        # What is a scheduler's default is not carried over to another: Heun's would be other noise.
        scheduler = scheduler.from_config(pipeline.scheduler.config, beta_start=0.0001, beta_end=0.02)
        found[name] = change(pipeline, scheduler, steps, strength, resized, mask if masked else None)
    return found


def write(root):
    torch.set_num_threads(1)
    runs, pipelines = {}, {}
    for name, write in {"safetensors": write_safetensors, "bin": write_bin}.items():
        pipelines[name] = write(root / name)
        for key, value in draw(pipelines[name], STEPS[name]).items():
            runs[f"{name}.{key}"] = value.contiguous()
    save_file(runs, root / "runs.safetensors")
    save_file({key: value.contiguous() for key, value in changes(pipelines).items()}, root / "changes.safetensors")


def content(path):
    if path.suffix == ".bin":
        return repr(torch.load(path))
    if path.suffix == ".safetensors":
        return load_file(path)
    return path.read_bytes()


def differs(path, other):
    a, b = content(path), content(other)
    if not isinstance(a, dict):
        return a != b
    def close(x, y):
        return x.shape == y.shape and bool(((x.double() - y.double()).abs().max() <= 1e-4 * y.double().abs().max().clamp_min(1)))
    return a.keys() != b.keys() or not all(close(a[key], b[key]) for key in a)


def main():
    parser = argparse.ArgumentParser(description="Make or check the model folders of the tests.")
    parser.add_argument("--check", action="store_true", help="compare with the folders here instead of writing them")
    arguments = parser.parse_args()
    with torch.no_grad(), tempfile.TemporaryDirectory() as temporary:
        made = Path(temporary)
        write(made)
        files = sorted(path.relative_to(made) for path in made.rglob("*") if path.is_file())
        wrong = 0
        if arguments.check:
            for file in files:
                if not (HERE / file).exists() or differs(HERE / file, made / file):
                    print(f"{file}: different")
                    wrong += 1
        else:
            shutil.rmtree(HERE, ignore_errors=True)
            shutil.copytree(made, HERE)
        size = sum((made / file).stat().st_size for file in files)
    print(f"{len(files)} files, {size} bytes" + (f", {wrong} different" if arguments.check else ""))
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
