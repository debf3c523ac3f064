#!/usr/bin/env python3
"""Makes a T5 v1.1 encoder of random weights as large as the published XXL, to time and measure it by hand.

    venv/bin/python Scripts/make_t5_folder.py FOLDER             # bfloat16 in five safetensors files with an index; 9.5 GB
    venv/bin/python Scripts/make_t5_folder.py FOLDER --layers 4  # fewer layers

Needs torch and safetensors (Tests/Fixtures/README.md has the versions). One file after the other is in memory; all weights are drawn
from one seed, so that two runs make the same folder. The tokenizer is not part of it.
"""

import argparse
import json
from pathlib import Path

import torch
from safetensors.torch import save_file

WIDTH, HEADS, HEAD, HIDDEN, VOCABULARY, SHARDS = 4096, 64, 64, 10240, 32128, 5


def layer(number, draw):
    prefix = f"encoder.block.{number}.layer"
    inner = HEADS * HEAD
    tensors = {f"{prefix}.0.SelfAttention.{name}.weight": draw(inner, WIDTH) for name in "qkv"}
    # Scores are not scaled: without this factor a softmax would pick one key.
    tensors[f"{prefix}.0.SelfAttention.q.weight"] *= HEAD**-0.5
    tensors[f"{prefix}.0.SelfAttention.o.weight"] = draw(WIDTH, inner)
    if number == 0:
        tensors[f"{prefix}.0.SelfAttention.relative_attention_bias.weight"] = draw(32, HEADS)
    tensors[f"{prefix}.1.DenseReluDense.wi_0.weight"] = draw(HIDDEN, WIDTH)
    tensors[f"{prefix}.1.DenseReluDense.wi_1.weight"] = draw(HIDDEN, WIDTH)
    tensors[f"{prefix}.1.DenseReluDense.wo.weight"] = draw(WIDTH, HIDDEN)
    return tensors | {f"{prefix}.{branch}.layer_norm.weight": torch.ones(WIDTH).bfloat16() for branch in [0, 1]}


def main():
    parser = argparse.ArgumentParser(description="Make a T5-XXL encoder of random weights.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--layers", type=int, default=24)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    source = torch.Generator().manual_seed(0)

    def draw(rows, columns):
        return (torch.randn(rows, columns, generator=source) * columns**-0.5).bfloat16()

    config = dict(
        model_type="t5", vocab_size=VOCABULARY, d_model=WIDTH, d_kv=HEAD, d_ff=HIDDEN, num_layers=options.layers, num_heads=HEADS,
        relative_attention_num_buckets=32, relative_attention_max_distance=128, layer_norm_epsilon=1e-6, feed_forward_proj="gated-gelu",
    )  # fmt: skip
    (options.folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    files = {}
    for shard in range(SHARDS):
        tensors = {}
        if shard == 0:
            tensors["shared.weight"] = draw(VOCABULARY, WIDTH)
        for number in range(shard * options.layers // SHARDS, (shard + 1) * options.layers // SHARDS):
            tensors |= layer(number, draw)
        if shard == SHARDS - 1:
            tensors["encoder.final_layer_norm.weight"] = torch.ones(WIDTH).bfloat16()
        name = f"model-{shard + 1:05}-of-{SHARDS:05}.safetensors"
        save_file(tensors, options.folder / name)
        files |= {key: name for key in tensors}
    index = {"metadata": {}, "weight_map": files}
    (options.folder / "model.safetensors.index.json").write_text(json.dumps(index) + "\n")


if __name__ == "__main__":
    main()
