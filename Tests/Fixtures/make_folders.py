#!/usr/bin/env python3
"""Makes the small model folders in the folder `folders`, as diffusers writes them, and what its DiTPipeline draws with them, or checks them.

    python make_folders.py            # write the folders beside this script
    python make_folders.py --check    # make them elsewhere and compare what is in them; exit 1 on a difference

Made with Python 3.11 and torch==2.15.0 diffusers==0.42.1 safetensors==0.8.0 numpy==2.4.6, on one thread. README.md says what the folders hold.
"""

import argparse
import json
import math
import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch
from diffusers import AutoencoderKL, DDIMScheduler, DiTPipeline, DiTTransformer2DModel, DPMSolverMultistepScheduler
from safetensors.torch import load_file, save_file

from vae_cases import legacy_name

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


def generator(seed):
    return torch.Generator("cpu").manual_seed(seed)


def randomize(model, seed):
    """Weights that are random and not zero: uniform, because torch draws those bit for bit alike on every processor."""
    g = generator(seed)
    for key, parameter in model.eval().requires_grad_(False).named_parameters():
        value = (torch.rand(parameter.shape, generator=g) * 2 - 1) * math.sqrt(3)
        if key.endswith("bias"):
            parameter.copy_(0.3 * value)
        elif parameter.ndim == 1:  # of a norm
            parameter.copy_(1 + 0.3 * value)
        elif "embedding_table" in key:
            parameter.copy_(value)
        else:
            parameter.copy_(value / math.sqrt(parameter[0].numel()))
    return model


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


def write(root):
    torch.set_num_threads(1)
    runs = {}
    for name, write in {"safetensors": write_safetensors, "bin": write_bin}.items():
        for key, value in draw(write(root / name), STEPS[name]).items():
            runs[f"{name}.{key}"] = value.contiguous()
    save_file(runs, root / "runs.safetensors")


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
