#!/usr/bin/env python3
"""Makes the small T5 v1.1 encoders of this folder and what transformers computes with them, or checks them.

    python make_encoders.py            # write the files beside this script
    python make_encoders.py --check    # make them elsewhere and compare; exit 1 on a difference

Made with Python 3.11 and torch==2.15.0 transformers==5.23.0 safetensors==0.8.0, on one thread. `make_tokenizers.py` comes first.
"""

import argparse
import json
import shutil
import sys
import tempfile
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from transformers import T5Config, T5EncoderModel
from transformers.models.t5.modeling_t5 import T5Attention

from make_tokenizers import Reference

HERE = Path(__file__).resolve().parent
PROMPTS = [
    "A photo of an ASTRONAUT riding a horse  ", "", "two cats 😀 sleeping\n on an old wooden chair", "a", "the quick brown fox jumps over the lazy dog " * 3,
]  # fmt: skip
LIMIT = 40
BUCKETS = [(32, 128), (8, 20), (64, 100), (4, 2), (32, 9)]


def model(seed, **settings):
    config = T5Config(feed_forward_proj="gated-gelu", **settings)
    model = T5EncoderModel(config).eval()
    source = torch.Generator().manual_seed(seed)
    for name, parameter in model.named_parameters():
        scale = 1 if "relative" in name or "shared" in name else 0.3
        values = torch.randn(parameter.shape, generator=source) * scale
        parameter.data = 1 + 0.2 * values if parameter.ndim == 1 else values
    return model


def batch(seed, vocabulary, lengths):
    ids = torch.randint(2, vocabulary, (len(lengths), max(lengths)), generator=torch.Generator().manual_seed(seed))
    mask = torch.arange(max(lengths)) < torch.tensor(lengths)[:, None]
    return ids * mask, mask


def encode(model, ids, mask):
    with torch.no_grad():
        states = model(input_ids=ids, attention_mask=mask.long()).last_hidden_state
    return states * mask[..., None]


def save(model, folder, weights=None, indexed=None, **settings):
    """Writes `config.json` and the weights: safetensors, or PyTorch's where they end in `.bin`, in two files where there is an index."""
    folder.mkdir()
    config = json.loads(model.config.to_json_string(use_diff=False))
    keys = ["model_type", "vocab_size", "d_model", "d_kv", "d_ff", "num_layers", "num_heads", "relative_attention_num_buckets",
            "relative_attention_max_distance", "layer_norm_epsilon", "feed_forward_proj"]  # fmt: skip
    (folder / "config.json").write_text(json.dumps({k: config[k] for k in keys} | settings, indent=2) + "\n")
    tensors = {k: v.contiguous().clone() for k, v in model.state_dict().items() if k != "encoder.embed_tokens.weight"} | (weights or {})
    name = indexed or "model.safetensors"
    names = list(tensors)
    shards = [names[: len(names) // 3], names[len(names) // 3 :]] if indexed else [names]
    index = {}
    for number, shard in enumerate(shards, 1):
        stem, ending = name.split(".")
        file = f"{stem}-{number:05}-of-{len(shards):05}.{ending}" if indexed else name
        part = {key: tensors[key] for key in shard}
        torch.save(part, folder / file) if ending == "bin" else save_file(part, folder / file, metadata={"format": "pt"})
        index |= {key: file for key in shard}
    if indexed:
        content = {"metadata": {}, "weight_map": index}
        (folder / f"{name}.index.json").write_text(json.dumps(content, indent=2) + "\n")


def make(folder):
    golden = {}
    # All heads together are wider than a hidden state; the tokenizer is the one beside it.
    a = model(1, vocab_size=416, d_model=12, d_kv=7, num_heads=3, d_ff=29, num_layers=2)
    save(a, folder / "t5-a")
    # Few buckets, bfloat16, two files and an index, from the whole model's file with a decoder.
    b = model(2, vocab_size=61, d_model=33, d_kv=5, num_heads=2, d_ff=21, num_layers=3, relative_attention_num_buckets=8, relative_attention_max_distance=20)
    b = b.to(torch.bfloat16)
    decoder = {"decoder.final_layer_norm.weight": torch.ones(33).bfloat16(), "lm_head.weight": torch.ones(61, 33).bfloat16()}
    save(b, folder / "t5-b", weights=decoder, indexed="model.safetensors")
    b = b.float()
    # PyTorch's files, with the table under both names.
    c = model(3, vocab_size=50, d_model=16, d_kv=16, num_heads=1, d_ff=64, num_layers=1, layer_norm_epsilon=1e-5)
    save(c, folder / "t5-c", weights={"encoder.embed_tokens.weight": c.shared.weight.data.clone()}, indexed="pytorch_model.bin")
    for name, encoder, lengths in [("a", a, [9, 1, 5]), ("b", b, [47, 30]), ("c", c, [3]), ("a-long", a, [150])]:
        ids, mask = batch(4, encoder.config.vocab_size, lengths)
        golden |= {f"{name}.ids": ids, f"{name}.mask": mask, f"{name}.states": encode(encoder, ids, mask)}
    tokenizer = Reference(HERE / "t5" / "spiece.model")
    for number, prompt in enumerate(PROMPTS):
        ids = tokenizer(prompt.lower().strip())
        ids = torch.tensor([ids if len(ids) <= LIMIT else ids[: LIMIT - 1] + [1]])
        golden[f"prompt.{number}"] = encode(a, ids, torch.ones_like(ids, dtype=torch.bool))[0]
    distances = torch.arange(-200, 201)
    for buckets, limit in BUCKETS:
        golden[f"buckets.{buckets}.{limit}"] = T5Attention._relative_position_bucket(distances, True, buckets, limit).to(torch.int32)
    metadata = {f"prompt.{number}": prompt for number, prompt in enumerate(PROMPTS)} | {"limit": str(LIMIT)}
    save_file({k: v.contiguous() for k, v in golden.items()}, folder / "t5.safetensors", metadata=metadata)


def tensors(file):
    return load_file(file) if file.suffix == ".safetensors" else torch.load(file)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        make(folder)
        files = sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
        if options.check:
            different = []
            for file in files:
                if file.suffix == ".json":
                    same = (folder / file).read_bytes() == (HERE / file).read_bytes()
                else:
                    ours, theirs = tensors(folder / file), tensors(HERE / file)
                    same = ours.keys() == theirs.keys() and all(torch.allclose(ours[k].double(), theirs[k].double(), atol=1e-5) for k in ours)
                different += [] if same else [str(file)]
            print("different: " + ", ".join(different) if different else "the same")
            sys.exit(bool(different))
        for file in files:
            (HERE / file).parent.mkdir(exist_ok=True)
            shutil.copy(folder / file, HERE / file)
            print(f"{file}: {(HERE / file).stat().st_size} bytes")


if __name__ == "__main__":
    main()
