"""A few digits instead of MNIST, for scripts as for jobs, so that whole trainings take seconds."""

from __future__ import annotations

from typing import ClassVar

import torch
from PIL import Image

from core.data.grey import normalise
from core.data.problem import ClassData

N = 400


def pixels(samples: int = N, seed: int = 0) -> torch.Tensor:
    """uint8 noise, brighter where a blob in the class's own place lies, so that there is something to learn."""
    generator = torch.Generator().manual_seed(seed)
    noise = torch.randint(0, 60, (samples, 28, 28), generator=generator)
    for place in range(samples):
        digit = place % 10
        row, column = 3 + 5 * (digit // 4), 3 + 6 * (digit % 4)
        noise[place, row : row + 5, column : column + 5] += 180
    return noise.to(torch.uint8)


def tiny(samples: int = N, seed: int = 0) -> ClassData:
    """The same as the app has them in memory; the test set is the training set."""
    images = normalise(pixels(samples, seed).unsqueeze(1))
    labels = torch.arange(samples) % 10
    return ClassData(images, labels, images, labels, 10, "tiny")


class TinyMnist(torch.utils.data.Dataset):
    """Stands in for torchvision.datasets.MNIST in a script."""

    mirrors: ClassVar[list] = []

    def __init__(self, _folder, train, download, transform):
        assert download
        self.transform, self.pixels = transform, pixels()
        self.targets = torch.arange(N) % 10

    def __len__(self):
        return N

    def __getitem__(self, index):
        return self.transform(Image.fromarray(self.pixels[index].numpy())), int(self.targets[index])
