"""The course's notebooks as a student types them: the tests' oracle and the benchmark's rival.

Nothing of this project is used here, so that an agreement means something.
"""

from __future__ import annotations

import torch
from PIL import Image
from torch import nn
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms


def one_hot_net() -> nn.Module:
    """Course 2.2: 3-5-5-5-3."""
    return nn.Sequential(
        nn.Linear(3, 5), nn.ReLU(), nn.Linear(5, 5), nn.ReLU(), nn.Linear(5, 5), nn.ReLU(), nn.Linear(5, 3)
    )


def mnist_dnn() -> nn.Module:
    """Course 3: 784-512-256-128-64-10."""
    return nn.Sequential(
        nn.Flatten(),
        nn.Linear(784, 512),
        nn.ReLU(),
        nn.Linear(512, 256),
        nn.ReLU(),
        nn.Linear(256, 128),
        nn.ReLU(),
        nn.Linear(128, 64),
        nn.ReLU(),
        nn.Linear(64, 10),
    )


def lenet5() -> nn.Module:
    """Course 5: C1 S2 C3 S4 C5 F6 Out."""
    return nn.Sequential(
        nn.Conv2d(1, 6, kernel_size=5, padding=2),
        nn.Tanh(),
        nn.AvgPool2d(kernel_size=2, stride=2),
        nn.Conv2d(6, 16, kernel_size=5),
        nn.Tanh(),
        nn.AvgPool2d(kernel_size=2, stride=2),
        nn.Conv2d(16, 120, kernel_size=5),
        nn.Tanh(),
        nn.Flatten(),
        nn.Linear(120, 84),
        nn.Tanh(),
        nn.Linear(84, 10),
    )


class Digits(Dataset[tuple[torch.Tensor, int]]):
    """What torchvision.datasets.MNIST does with its pixels: a PIL image, then the transform, for each sample."""

    transform = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.1307,), (0.3081,))])

    def __init__(self, pixels: torch.Tensor, labels: torch.Tensor) -> None:
        self.pixels, self.labels = pixels, labels

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, index: int) -> tuple[torch.Tensor, int]:
        return self.transform(Image.fromarray(self.pixels[index].numpy())), int(self.labels[index])


def train_on_digits(
    model: nn.Module,
    train_data: Dataset[tuple[torch.Tensor, int]],
    *,
    lr: float,
    momentum: float = 0.0,
    batch_size: int,
    epochs: int,
    seed: int,
    updates: int | None = None,
) -> list[float]:
    """Courses 3 and 5: DataLoader, CrossEntropyLoss, SGD; the loss of each update, at most ``updates``."""
    generator = torch.Generator().manual_seed(seed)
    train_loader = DataLoader(train_data, batch_size=batch_size, shuffle=True, generator=generator)
    loss_fn = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(model.parameters(), lr=lr, momentum=momentum)
    losses: list[float] = []
    for _epoch in range(epochs):
        for x, y in train_loader:
            pred = model(x)
            loss = loss_fn(pred, y)
            losses.append(loss.item())
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            if len(losses) == updates:
                return losses
    return losses


def train_full_batch(
    model: nn.Module,
    x: torch.Tensor,
    y: torch.Tensor,
    loss_fn: nn.Module,
    optimizer: torch.optim.Optimizer,
    epochs: int,
) -> list[float]:
    """Course 2.4: every sample at once, ``epochs`` times."""
    losses: list[float] = []
    for _epoch in range(epochs):
        pred = model(x)
        loss = loss_fn(pred, y)
        losses.append(loss.item())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return losses
