"""Train the weights that the app ships, so that they read other people's pens: MNIST, written again every epoch.

A few passes follow with drawn digits among MNIST's: a 1 with a flag is no longer read as a 7 (right: 56 → 95 %), and
UCI's digits, which were never trained on, are read better (LeNet-5 97.4 → 98.1 %, DNN 97.9 → 98.2 %).
"""

import os
import platform
from dataclasses import dataclass, field, replace
from pathlib import Path

import torch
from safetensors.torch import save
from torch import nn

from core.data import grey, mnist
from core.data.augment import Pens, augment
from core.errors import InvalidInput
from core.nets.building import build
from core.nets.networks import NETWORKS, SHIPPED
from core.nets.pretrained import WEIGHTS, pretrained
from core.pretraining.drawn_digits import drawn_digits
from core.training.evaluate import evaluate

VERSION = "2"


@dataclass(frozen=True)
class Recipe:
    """How a network is pretrained: AdamW with one warm-up epoch, then a learning rate falling as a half cosine.

    Attributes:
        epochs: passes over the training set; every pass sees new pens.
        batch_size: digits per update; the last, smaller batch of an epoch is left out.
        lr: the highest learning rate.
        weight_decay: of the weights, not of the biases.
        pens: how far the digits are changed.
        finishing: passes that follow with drawn digits among MNIST's (drawn_digits.py), since a 1 with a
            flag, which half the world writes, is a 7 to a network that knows MNIST alone; the learning rate begins at
            a tenth of the highest and falls as a half cosine.
        drawn: how many digits are drawn for that.

    Raises:
        InvalidInput: a number is out of range.
    """

    epochs: int = 40
    batch_size: int = 256
    lr: float = 0.003
    weight_decay: float = 0.02
    pens: Pens = field(default_factory=Pens)
    finishing: int = 4
    drawn: int = 6000

    def __post_init__(self) -> None:
        if not 1 <= self.epochs <= 1000:
            raise InvalidInput("epochs (={epochs}) must lie between 1 and 1000; try 40.", epochs=self.epochs)


RECIPES = {name: Recipe(**(NETWORKS[name].pretraining or {})) for name in SHIPPED}


def pretrain(
    name: str,
    out: Path | None = None,
    seed: int = 0,
    epochs: int | None = None,
    data: Path | None = None,
) -> dict[str, str]:
    """Train one network and write NAME.safetensors, whose header says how it came to be.

    The same seed, data and torch version give the same file on the same kind of processor: everything runs on
    the CPU in one thread and draws from one local generator.

    Args:
        name: one of core.nets.networks.SHIPPED; KeyError for any other.
        out: folder to write into; where the app reads its weights when left out.
        seed: of first weights, order and pens.
        epochs: instead of the recipe's.
        data: folder with MNIST's files; the usual places when left out.

    Returns:
        The file's metadata.

    Raises:
        InvalidInput: a number out of range, or only part of MNIST at hand.
    """
    recipe = RECIPES[name] if epochs is None else replace(RECIPES[name], epochs=epochs)
    digits = mnist.load(data)
    if not digits.provenance.full:
        raise InvalidInput("Pretraining needs all of MNIST; put it in place with `python -m core fetch`.")
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        model = build(name, seed)
        train(model, digits.train_images, digits.train_labels, recipe, seed)
        finish(model, digits.train_images, digits.train_labels, recipe, seed)
        result = evaluate(model, digits.test_images, digits.test_labels, 10)
    finally:
        torch.set_num_threads(threads)
    about = {
        "model": name,
        "version": VERSION,
        "data": f"MNIST, {digits.provenance.train} training images; at last {recipe.drawn} drawn digits among them",
        "data_checksum": digits.provenance.checksum,
        "seed": str(seed),
        "epochs": str(recipe.epochs),
        "recipe": repr(recipe),
        "test_accuracy": f"{result.accuracy:.4f}",
        "test_samples": str(result.samples),
        "torch": torch.__version__,
        "machine": platform.machine(),
    }
    folder = out or WEIGHTS
    write(folder / f"{name}.safetensors", model.state_dict(), about)
    pretrained(name, folder=folder)  # what the app will do with it
    return about


def write(path: Path, tensors: dict[str, torch.Tensor], about: dict[str, str]) -> None:
    """Write a safetensors file in one go, so that nobody reads half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.stem}.part")
    part.write_bytes(save({name: value.contiguous() for name, value in tensors.items()}, metadata=about))
    os.replace(part, path)


def train(model: nn.Module, images: torch.Tensor, labels: torch.Tensor, recipe: Recipe, seed: int) -> list[float]:
    """Train a network in place on digits that are written again for every batch.

    Args:
        model: float32 (B, 1, 28, 28) → float32 (B, 10).
        images: float32 (n, 1, 28, 28), normalised.
        labels: int64 (n,).
        recipe: numbers.
        seed: of order and pens.

    Returns:
        The mean loss of each epoch.
    """
    generator = torch.Generator(images.device).manual_seed(seed)
    batch = min(recipe.batch_size, len(images))
    updates = len(images) // batch
    weights = [value for value in model.parameters() if value.ndim > 1]
    biases = [value for value in model.parameters() if value.ndim == 1]
    optimiser = torch.optim.AdamW(
        [{"params": weights, "weight_decay": recipe.weight_decay}, {"params": biases, "weight_decay": 0.0}],
        lr=recipe.lr,
    )
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser,
        max_lr=recipe.lr,
        total_steps=recipe.epochs * updates,
        pct_start=min(0.3, 1 / recipe.epochs),
        cycle_momentum=False,
    )
    model.train()
    return [
        _epoch(model, images, labels, batch, recipe.pens, generator, optimiser, schedule) for _ in range(recipe.epochs)
    ]


def finish(model: nn.Module, images: torch.Tensor, labels: torch.Tensor, recipe: Recipe, seed: int) -> None:
    """Train a network on in place with drawn digits among MNIST's, as the recipe's ``finishing`` says.

    Args:
        model: trained, float32 (B, 1, 28, 28) → float32 (B, 10).
        images: float32 (n, 1, 28, 28), normalised, on the CPU.
        labels: int64 (n,).
        recipe: numbers.
        seed: of the drawn digits, order and pens.
    """
    pixels, digits = drawn_digits(recipe.drawn, seed)
    images = torch.cat([images, grey.normalise(torch.from_numpy(pixels)[:, None])])
    labels = torch.cat([labels, torch.from_numpy(digits)])
    generator = torch.Generator().manual_seed(seed)
    batch = min(recipe.batch_size, len(images))
    updates = len(images) // batch
    optimiser = torch.optim.AdamW(model.parameters(), lr=recipe.lr / 10, weight_decay=0.0)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, max(1, recipe.finishing * updates))
    model.train()
    for _ in range(recipe.finishing):
        _epoch(model, images, labels, batch, recipe.pens, generator, optimiser, schedule)


def _epoch(
    model: nn.Module,
    images: torch.Tensor,
    labels: torch.Tensor,
    batch: int,
    pens: Pens,
    generator: torch.Generator,
    optimiser: torch.optim.Optimizer,
    schedule: torch.optim.lr_scheduler.LRScheduler,
) -> float:
    """Do one pass in an order of its own, every digit written anew, and return the mean of the batches' losses."""
    updates, loss_of = len(images) // batch, nn.CrossEntropyLoss()
    order = torch.randperm(len(images), generator=generator, device=images.device)
    total = torch.zeros((), device=images.device)
    for chosen in order[: updates * batch].reshape(updates, batch):
        loss = loss_of(model(augment(images[chosen], generator, pens)), labels[chosen])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        total += loss.detach()
    return float(total) / updates
