"""The step engine: advances a model by n updates and returns their losses.

This is the reference engine, plain torch autograd. Nothing outside an engine reaches into a step, so that a
compiled engine with the same losses can stand beside it.
"""

from __future__ import annotations

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
        self.samples = samples
        self.batch_size = batch_size or samples
        self.full = self.batch_size >= samples and not batch_size
        self.generator = torch.Generator().manual_seed(seed)
        self.epoch_start = self.generator.get_state()
        self.permutation: torch.Tensor | None = None
        self.position = 0

    def next(self) -> torch.Tensor | None:
        """Return the next update's row numbers, int64 (≤ batch_size,), or None for "all rows as they are"."""
        if self.full:
            return None
        if self.permutation is None or self.position >= self.samples:
            self.epoch_start = self.generator.get_state()
            self._shuffle()
            self.position = 0
        assert self.permutation is not None
        rows = self.permutation[self.position : self.position + self.batch_size]
        self.position += self.batch_size
        return rows

    def _shuffle(self) -> None:
        torch.empty((), dtype=torch.int64).random_(generator=self.generator)
        self.permutation = torch.randperm(self.samples, generator=self.generator)
        torch.randperm(self.samples, generator=self.generator)

    def restore(self, epoch_start: torch.Tensor, position: int) -> None:
        """Go back to a position inside an epoch whose generator state was kept."""
        most = 0 if self.full else self.samples + self.batch_size - 1
        if not 0 <= position <= most or position % self.batch_size:
            raise unfit("the place in the batch order")
        try:
            self.generator.set_state(epoch_start)
        except (RuntimeError, TypeError) as error:
            raise unfit("the batch order") from error
        self.epoch_start = epoch_start
        if position:
            self._shuffle()
        self.position = position


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
        """Return the model, the optimiser's memory and the place in the batch order."""
        tensors = {f"model.{name}": value for name, value in self.model.state_dict().items()}
        for index, memory in self.optimiser.state_dict()["state"].items():
            for name, value in memory.items():
                if isinstance(value, torch.Tensor):
                    tensors[f"optimiser.{index}.{name}"] = value
        tensors["order.epoch_start"] = self.order.epoch_start
        return {name: value.detach().cpu().clone() for name, value in tensors.items()}, {
            "position": self.order.position
        }

    def restore(self, tensors: dict[str, torch.Tensor], numbers: dict[str, int]) -> None:
        """Load what state() gave, after checking that it fits."""
        model = {name.removeprefix("model."): value for name, value in tensors.items() if name.startswith("model.")}
        own = self.model.state_dict()
        if model.keys() != own.keys() or not all(_alike(model[name], own[name]) for name in own):
            raise unfit("the network's parameters")
        given = {name: value for name, value in tensors.items() if name.startswith("optimiser.")}
        memory: dict[int, dict[str, torch.Tensor]] = {}
        for index, parameter in enumerate(self.model.parameters()):
            for key in MEMORY[self.config.optimiser] if given else ():
                value = given.pop(f"optimiser.{index}.{key}", None)
                if value is None or not _alike(value, torch.empty(()) if key == "step" else parameter):
                    raise unfit("the optimiser's memory")
                # load_state_dict would keep the very tensor, and training would change the checkpoint
                memory.setdefault(index, {})[key] = value.clone()
        if given or "order.epoch_start" not in tensors or "position" not in numbers:
            raise unfit("names")
        self.order.restore(tensors["order.epoch_start"], numbers["position"])
        self.model.load_state_dict(model)
        groups = self.optimiser.state_dict()["param_groups"]
        self.optimiser.load_state_dict({"state": memory, "param_groups": groups})


def _alike(value: torch.Tensor, own: torch.Tensor) -> bool:
    return value.shape == own.shape and value.dtype == own.dtype
