#!/usr/bin/env python3
"""Makes a PixArt-α of random weights in the layout of the published folders, to time runs of its full size by hand.

    venv/bin/python Scripts/make_pixart_folder.py FOLDER               # for images of 512 x 512; 2.5 GB and 0.3 GB, safetensors
    venv/bin/python Scripts/make_pixart_folder.py FOLDER --size 1024   # told the size of its images, as the published one
    venv/bin/python Scripts/make_t5_folder.py FOLDER/text_encoder      # and a published tokenizer in FOLDER/tokenizer
    swift run -c release generate --model FOLDER -p "two cats" --steps 20

Needs torch and diffusers (Tests/Fixtures/README.md has the versions). All weights are drawn from one seed, so that two runs make the
same folder. Gates are not zero, so that every block counts.
"""

import argparse
import json
from pathlib import Path

import torch
from diffusers import AutoencoderKL, DPMSolverMultistepScheduler, PixArtTransformer2DModel

from make_dit_folder import VAE, randomize, save


def main():
    parser = argparse.ArgumentParser(description="Make a full-size PixArt folder of random weights.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--size", type=int, choices=[256, 512, 1024], default=512, help="the side of its images")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    folder = arguments.folder
    with torch.no_grad():
        transformer = PixArtTransformer2DModel(sample_size=arguments.size // 8, caption_channels=4096)
        save(randomize(transformer, arguments.seed), folder / "transformer", as_safetensors=True)
        del transformer
        save(randomize(AutoencoderKL(**VAE), arguments.seed + 1), folder / "vae", as_safetensors=True)
    DPMSolverMultistepScheduler().save_config(folder / "scheduler")
    index = {
        "_class_name": "PixArtAlphaPipeline", "scheduler": ["diffusers", "DPMSolverMultistepScheduler"],
        "text_encoder": ["transformers", "T5EncoderModel"], "tokenizer": ["transformers", "T5Tokenizer"],
        "transformer": ["diffusers", "PixArtTransformer2DModel"], "vae": ["diffusers", "AutoencoderKL"],
    }  # fmt: skip
    (folder / "model_index.json").write_text(json.dumps(index, indent=2) + "\n")


if __name__ == "__main__":
    main()
