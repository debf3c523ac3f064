"""The golden autoencoders: diffusers' AutoencoderKL in tiny sizes, what it encodes and decodes, in tiles too.

make_fixtures.py imports this module.
"""

import json
import math

import numpy as np
import torch
from diffusers import AutoencoderKL
from diffusers.image_processor import VaeImageProcessor

# Not given: latent_channels 4, three channels of a picture, both quant convolutions, attention in the middle.
CASES = {
    "a": dict(block_out_channels=[4, 8, 6], layers_per_block=2, norm_num_groups=2, sample_size=32),
    "b": dict(
        in_channels=1, out_channels=1, block_out_channels=[6, 9], layers_per_block=1, norm_num_groups=3, latent_channels=3, sample_size=16,
        scaling_factor=0.3611, shift_factor=0.1159, use_quant_conv=False, use_post_quant_conv=False,
    ),
    "c": dict(
        in_channels=2, out_channels=5, block_out_channels=[8], layers_per_block=3, norm_num_groups=8, latent_channels=2, sample_size=8,
        use_post_quant_conv=False, mid_block_add_attention=False,
    ),
    "d": dict(block_out_channels=[4, 4, 8, 8], layers_per_block=1, norm_num_groups=4, sample_size=32, scaling_factor=0.18215),
}  # fmt: skip
LEGACY = "bd"  # with the names that attention had before 2023
OLD_NAMES = {"to_q": "query", "to_k": "key", "to_v": "value", "to_out.0": "proj_attn"}
SEED = 7  # of the generator that draws from the posterior


def generator(seed):
    return torch.Generator("cpu").manual_seed(seed)


def tiny_vae(name):
    """An autoencoder whose every weight is random and not zero."""
    settings = CASES[name]
    count = len(settings["block_out_channels"])
    model = AutoencoderKL(**settings, down_block_types=["DownEncoderBlock2D"] * count, up_block_types=["UpDecoderBlock2D"] * count)
    return randomize(model, 3000 + ord(name), sharpness=3)


def randomize(model, seed, sharpness=1):
    """Weights that are random and not zero: uniform, because torch draws those bit for bit alike on every processor.

    Those of the queries and keys of an autoencoder's attention are `sharpness` times as large."""
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
            scale = sharpness if "to_q" in key or "to_k" in key else 1
            parameter.copy_(value * scale / math.sqrt(parameter[0].numel()))
    return model


def legacy_name(key):
    for name, old in OLD_NAMES.items():
        key = key.replace(f".{name}.", f".{old}.")
    return key


def make_vae(name):
    model, g = tiny_vae(name), generator(4000 + ord(name))
    config = model.config
    scale = 2 ** (len(config.block_out_channels) - 1)

    def picture(count, *latent_sides):
        return torch.randn(count, config.in_channels, *(scale * side for side in latent_sides), generator=g)

    def latent(count, *sides):
        return torch.randn(count, config.latent_channels, *sides, generator=g)

    x, z = picture(3, 5, 3), latent(3, 3, 5)
    posterior = model.encode(x).latent_dist
    decoded = model.decode(z).sample
    tensors = {
        "x": x, "moments": posterior.parameters, "mode": posterior.mode(), "sample": posterior.sample(generator(SEED)),
        "z": z, "decoded": decoded,
    }  # fmt: skip

    # Sides that the last tile of a line just reaches into, that end with one, and that are within one.
    tile = model.tile_latent_min_size
    sides = (2 * tile + 1, tile - 1)
    tiled_x, tiled_z = picture(1, *sides), latent(1, *reversed(sides))
    whole = model.decode(tiled_z).sample
    model.enable_tiling()
    tensors |= {"tiled.x": tiled_x, "tiled.moments": model.encode(tiled_x).latent_dist.parameters}
    tensors |= {"tiled.z": tiled_z, "tiled.decoded": model.decode(tiled_z).sample}
    assert tensors["tiled.decoded"].shape == whole.shape
    assert (tensors["tiled.decoded"] - whole).abs().max() > 0.01 * whole.abs().max(), "tiles that make no difference"
    if name == "a":  # cut both ways, into tiles that overlap twice
        square = latent(1, 14, 11)
        tensors |= {"square.z": square, "square.decoded": model.decode(square).sample}
    assert 0.1 < decoded.std() < 10 and 0.1 < tensors["moments"].std() < 10, (decoded.std(), tensors["moments"].std())

    for key, value in model.state_dict().items():
        tensors["model." + (legacy_name(key) if name in LEGACY else key)] = value
    settings = {key: value for key, value in config.items() if not key.startswith("_")}
    return tensors, {"config": json.dumps({"_class_name": "AutoencoderKL", **settings})}


def make_pictures():
    """What VaeImageProcessor makes of samples and of 8-bit pictures: every level, halves between two of them, and values beyond the range."""
    processor = VaeImageProcessor(do_resize=False)
    pixels = torch.arange(256, dtype=torch.uint8).reshape(16, 16)
    pixels = torch.stack([pixels, pixels.flip(0), pixels.T], -1)[None]
    samples = processor.preprocess(processor.numpy_to_pil(pixels.numpy() / 255.0))
    steps = torch.linspace(-1.2, 1.2, 3 * 1021).reshape(1, 3, 1, 1021)
    halves = ((torch.arange(255) + 0.5) / 127.5 - 1).expand(1, 3, 1, 255)
    outputs = torch.cat([steps, halves], -1)
    written = np.stack([np.asarray(picture) for picture in processor.postprocess(outputs, "pil")])
    return {"pixels": pixels, "samples": samples, "outputs": outputs, "written": torch.from_numpy(written)}, {}


def make_vaes():
    return {f"vae-{name}": make_vae(name) for name in CASES} | {"vae-pictures": make_pictures()}
