"""The step engine: advances a model by n updates and returns their losses.

This is the reference engine, plain torch autograd. Nothing outside an engine reaches into a step, so that a
compiled engine with the same losses can stand beside it.
"""

from __future__ import annotations

import math
from typing import Protocol

import torch
from torch import nn

from core.training.checkpoints import unfit
from core.training.config import LOSSES, OPTIMISERS, TrainConfig
from core.training.data import ClassData

# The tensors that torch's optimisers keep for each parameter: of its shape, but "step", which is one number.
MEMORY = {"sgd": ("momentum_buffer",), "adam": ("step", "exp_avg", "exp_avg_sq")}


class Engine(Protocol):
    """What fit needs of an engine."""

    def advance(self, updates: int) -> list[float]:
        """Do that many updates (≥ 1); return the loss of each, float32 values, before its update."""

    def state(self) -> tuple[dict[str, torch.Tensor], dict[str, int]]:
        """Return everything that the next update depends on: tensors and whole numbers."""

    def restore(self, tensors: dict[str, torch.Tensor], numbers: dict[str, int]) -> None:
        """Go on exactly where state() was taken; the tensors stay as they are.

        Raises:
            InvalidInput: they are not this network's, this optimiser's and this training set's.
        """


class BatchOrder:
    """Which samples each update sees: DataLoader's order for the same seed.

    ``DataLoader(shuffle=True, generator=g)`` draws from g per epoch: one int64 (its workers' base seed), the
    permutation, and at the end a second permutation of which it uses nothing (torch.utils.data.RandomSampler's last
    line). This class draws the same, so that a notebook gets the same batches in every epoch.
    """

    def __init__(self, samples: int, batch_size: int, seed: int) -> None:
        self.samples, self.seed = samples, seed
        self.batch_size = batch_size or samples
        self.full = not batch_size
        self.updates_per_epoch = math.ceil(samples / self.batch_size)
        self.restore(0)

    def next(self) -> torch.Tensor | None:
        """Return the next update's row numbers, int64 (≤ batch_size,), or None for "all rows as they are"."""
        place = self.updates % self.updates_per_epoch
        self.updates += 1
        if self.full:
            return None
        if place == 0:
            self._shuffle()
        return self.permutation[place * self.batch_size : (place + 1) * self.batch_size]

    def restore(self, updates: int) -> None:
        """Go to the place after that many updates, by drawing again what the epochs so far drew.

        A generator's own state is not stored: torch does not check one well enough to take it from a file.
        """
        self.updates = updates
        self.generator = torch.Generator().manual_seed(self.seed)
        self.permutation = torch.empty(0, dtype=torch.int64)
        for _ in range(0 if self.full else math.ceil(updates / self.updates_per_epoch)):
            self._shuffle()

    def _shuffle(self) -> None:
        torch.empty((), dtype=torch.int64).random_(generator=self.generator)
        self.permutation = torch.randperm(self.samples, generator=self.generator)
        torch.randperm(self.samples, generator=self.generator)


class AutogradEngine:
    """forward → loss → zero_grad → backward → step, as the course writes it.

    Args:
        model: on the data's device; trained in place.
        data: only the training set is used.
        config: loss, optimiser and batches.
    """

    def __init__(self, model: nn.Module, data: ClassData, config: TrainConfig) -> None:
        self.model = model
        self.inputs = data.train_inputs
        rule = LOSSES[config.loss]
        labels = data.train_labels
        self.targets = nn.functional.one_hot(labels, data.classes).float() if rule.one_hot else labels
        self.loss = rule.function
        self.config = config
        self.optimiser = OPTIMISERS[config.optimiser](model.parameters(), config)
        self.order = BatchOrder(len(labels), config.batch_size, config.seed)

    def advance(self, updates: int) -> list[float]:
        """Do that many updates and return their losses."""
        self.model.train()
        losses = []
        for _ in range(updates):
            rows = self.order.next()
            if rows is None:
                inputs, targets = self.inputs, self.targets
            else:
                rows = rows.to(self.inputs.device)
                inputs, targets = self.inputs[rows], self.targets[rows]
            loss = self.loss(self.model(inputs), targets)
            self.optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            self.optimiser.step()
            losses.append(loss.detach())
        values: list[float] = torch.stack(losses).tolist()
        return values

    def state(self) -> tuple[dict[str, torch.Tensor], dict[str, int]]:
        """Return the model, the optimiser's memory and how many updates were done."""
        tensors = {f"model.{name}": value for name, value in self.model.state_dict().items()}
        for index, memory in self.optimiser.state_dict()["state"].items():
            for name, value in memory.items():
                if isinstance(value, torch.Tensor):
                    tensors[f"optimiser.{index}.{name}"] = value
        return {name: value.detach().cpu().clone() for name, value in tensors.items()}, {"updates": self.order.updates}

    def restore(self, tensors: dict[str, torch.Tensor], numbers: dict[str, int]) -> None:
        """Load what state() gave, after checking that it fits."""
        model = {name.removeprefix("model."): value for name, value in tensors.items() if name.startswith("model.")}
        own = self.model.state_dict()
        if model.keys() != own.keys() or not all(_alike(model[name], own[name]) for name in own):
            raise unfit("the network's parameters")
        updates = numbers.get("updates", -1)
        if not 0 <= updates <= self.config.epochs * self.order.updates_per_epoch:
            raise unfit("the place in the batch order")
        given = {name: value for name, value in tensors.items() if name.startswith("optimiser.")}
        remembers = updates > 0 and not (self.config.optimiser == "sgd" and self.config.momentum == 0)
        memory: dict[int, dict[str, torch.Tensor]] = {}
        for index, parameter in enumerate(self.model.parameters()):
            for key in MEMORY[self.config.optimiser] if remembers else ():
                value = given.pop(f"optimiser.{index}.{key}", None)
                if value is None or not _alike(value, torch.empty(()) if key == "step" else parameter):
                    raise unfit("the optimiser's memory")
                if key == "step" and value.item() != updates:
                    raise unfit("the optimiser's memory")
                # load_state_dict would keep the very tensor, and training would change the checkpoint
                memory.setdefault(index, {})[key] = value.clone()
        if given:
            raise unfit("the optimiser's memory")
        self.order.restore(updates)
        self.model.load_state_dict(model)
        groups = self.optimiser.state_dict()["param_groups"]
        self.optimiser.load_state_dict({"state": memory, "param_groups": groups})


def _alike(value: torch.Tensor, own: torch.Tensor) -> bool:
    return value.shape == own.shape and value.dtype == own.dtype
