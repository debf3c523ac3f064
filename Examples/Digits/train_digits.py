#!/usr/bin/env python3
"""Trains the two small models of the example `digits` and writes digits.safetensors beside this script.

    python train_digits.py           # some minutes on two cores

The data are scikit-learn's handwritten digits: 1797 images of 8 × 8 pixels (E. Alpaydin and C. Kaynak, "Optical
Recognition of Handwritten Digits", UCI Machine Learning Repository, 1998, CC BY 4.0). They come with scikit-learn.

The decoder of a variational autoencoder draws a digit from its label and eight numbers; a classifier reads digits. The
file holds both, `decoder.…` and `classifier.…`, and what PyTorch makes of a few inputs, `check.…`.

Made with torch==2.15.0, scikit-learn==1.9.1 and safetensors==0.8.0.
"""

from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from sklearn.datasets import load_digits
from torch import nn

LATENTS = 8


class Classifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 16, 3, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(16)
        self.conv2 = nn.Conv2d(16, 32, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(32)
        self.dropout = nn.Dropout(0.3)
        self.fc = nn.Linear(32 * 2 * 2, 10)

    def forward(self, x):                                    # [batch, 1, 8, 8]
        x = F.max_pool2d(F.relu(self.norm1(self.conv1(x))), 2)
        x = F.max_pool2d(F.relu(self.norm2(self.conv2(x))), 2)
        return self.fc(self.dropout(x.flatten(1)))           # [batch, 10]


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 16, 3, stride=2, padding=1)
        self.conv2 = nn.Conv2d(16, 32, 3, stride=2, padding=1)
        self.moments = nn.Linear(32 * 2 * 2 + 10, 2 * LATENTS)

    def forward(self, x, label):
        x = F.silu(self.conv2(F.silu(self.conv1(x)))).flatten(1)
        return self.moments(torch.cat([x, F.one_hot(label, 10).float()], dim=1)).chunk(2, dim=1)


class Decoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.label = nn.Embedding(10, 16)
        self.fc = nn.Linear(LATENTS + 16, 32 * 2 * 2)
        self.up1 = nn.ConvTranspose2d(32, 32, 4, stride=2, padding=1)
        self.norm1 = nn.GroupNorm(4, 32)
        self.up2 = nn.ConvTranspose2d(32, 16, 4, stride=2, padding=1)
        self.norm2 = nn.GroupNorm(4, 16)
        self.out = nn.Conv2d(16, 1, 3, padding=1)

    def forward(self, z, label):                             # [batch, 8], [batch]
        x = torch.cat([z, self.label(label)], dim=1)
        x = F.silu(self.fc(x)).view(-1, 32, 2, 2)
        x = F.silu(self.norm1(self.up1(x)))                  # [batch, 32, 4, 4]
        x = F.silu(self.norm2(self.up2(x)))                  # [batch, 16, 8, 8]
        return torch.sigmoid(self.out(x))                    # [batch, 1, 8, 8]


def batches(count, size, epochs):
    for _ in range(epochs):
        yield from torch.randperm(count).split(size)


def main():
    torch.set_num_threads(1)  # faster for images this small, and the same on every machine
    torch.manual_seed(0)
    data = load_digits()
    images = torch.tensor(data.images, dtype=torch.float32)[:, None] / 16
    labels = torch.tensor(data.target)
    order = torch.randperm(len(images))
    test, train = order[:360], order[360:]

    classifier = Classifier()
    optimizer = torch.optim.AdamW(classifier.parameters(), lr=2e-3, weight_decay=1e-2)
    for batch in batches(len(train), 64, 40):
        loss = F.cross_entropy(classifier(images[train[batch]]), labels[train[batch]])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    classifier.eval()
    with torch.no_grad():
        accuracy = (classifier(images[test]).argmax(1) == labels[test]).float().mean().item()

    encoder, decoder = Encoder(), Decoder()
    optimizer = torch.optim.AdamW([*encoder.parameters(), *decoder.parameters()], lr=2e-3)
    for batch in batches(len(train), 64, 200):
        x, label = images[train[batch]], labels[train[batch]]
        mean, log_variance = encoder(x, label)
        z = mean + torch.randn_like(mean) * (log_variance / 2).exp()
        distance = F.binary_cross_entropy(decoder(z, label), x, reduction="none").sum((1, 2, 3)).mean()
        divergence = (mean.square() + log_variance.exp() - 1 - log_variance).sum(1).mean() / 2
        loss = distance + divergence
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    decoder.eval()
    with torch.no_grad():
        label = torch.arange(10).repeat(100)
        drawn = classifier(decoder(torch.randn(1000, LATENTS), label)).argmax(1)
        recognised = (drawn == label).float().mean().item()
        print(f"classifier: {accuracy:.3f} right; decoder: loss {loss.item():.2f}, {recognised:.3f} recognised")

        z, label = torch.randn(5, LATENTS), torch.tensor([3, 1, 4, 1, 5])
        tensors = {f"decoder.{k}": v for k, v in decoder.state_dict().items()}
        tensors |= {f"classifier.{k}": v for k, v in classifier.state_dict().items()}
        tensors |= {"check.z": z, "check.label": label, "check.image": decoder(z, label)}
        tensors |= {"check.logits": classifier(decoder(z, label))}
    path = Path(__file__).resolve().parent / "digits.safetensors"
    save_file({k: v.contiguous() for k, v in tensors.items()}, path, metadata={"source": "train_digits.py"})
    print(f"{path.name}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
