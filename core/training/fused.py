"""The quick engine for plain networks: autograd's own arithmetic, called by hand.

For Linear layers with simple activations the gradients are known, so that nothing has to be recorded: the same ATen
operations run in the same order on the same numbers as those of loss.backward() and optimizer.step(), but into memory
that is kept, without a graph and without modules. Losses, weights and the optimiser's memory are those of the reference
engine bit for bit (tests/core/test_fused.py), and it *is* one: a trace, a change, an edit or a checkpoint takes over
between any two updates.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import nn

from core.data.problem import ClassData
from core.nets.mlp import Mlp
from core.training import fused_steps
from core.training.config import TrainConfig
from core.training.engine import AutogradEngine

KEPT_NUMBERS = 500_000  # of answers and gradients that wait for the next slice; a class has hundreds of paused runs

aten = torch.ops.aten
Grad = Callable[[torch.Tensor, torch.Tensor], object]


@dataclass(frozen=True)
class Activation:
    """An activation in place, and in place of ∂L/∂y the ∂L/∂z, from (∂L/∂y, y)."""

    forward: Callable[[torch.Tensor], torch.Tensor]
    backward: Grad


# torch/csrc/autograd: derivatives.yaml has relu, tanh and sigmoid from their result; leaky_relu from its input, whose
# sign is that of its result
ACTIVATIONS: dict[type[nn.Module], Activation] = {
    nn.ReLU: Activation(torch.relu_, lambda g, y: aten.threshold_backward.grad_input(g, y, 0, grad_input=g)),
    nn.LeakyReLU: Activation(
        lambda z: nn.functional.leaky_relu_(z, 0.01),
        lambda g, y: aten.leaky_relu_backward.grad_input(g, y, 0.01, False, grad_input=g),
    ),
    nn.Tanh: Activation(torch.tanh_, lambda g, y: aten.tanh_backward.grad_input(g, y, grad_input=g)),
    nn.Sigmoid: Activation(torch.sigmoid_, lambda g, y: aten.sigmoid_backward.grad_input(g, y, grad_input=g)),
    nn.Identity: Activation(lambda z: z, lambda g, y: g),
}


@dataclass
class Layer:
    """A Linear layer without its graph: aliases of its parameters, and their gradients' memory."""

    weight: torch.Tensor
    bias: torch.Tensor
    activation: Activation
    weight_grad: torch.Tensor = field(init=False)
    bias_grad: torch.Tensor = field(init=False)

    def __post_init__(self) -> None:
        self.transposed = self.weight.t()
        self.weight_grad, self.bias_grad = torch.zeros_like(self.weight), torch.zeros_like(self.bias)


@dataclass
class Room:
    """Where the answers of each layer, and the gradients of the loss by them, are written for batches of one size."""

    answers: list[torch.Tensor]
    grads: list[torch.Tensor]


def applies(model: nn.Module, data: ClassData, config: TrainConfig) -> bool:
    """Whether this engine can do a run; every other one is the reference engine's.

    Args:
        model: the network.
        data: the training set.
        config: the settings.
    """
    if not isinstance(model, Mlp) or config.l1 or config.l2:
        return False
    if config.loss not in fused_steps.LOSSES or config.optimiser not in fused_steps.OPTIMISERS:
        return False
    kinds = [type(layer) for layer in model.net]
    tensors = [*model.parameters(), data.train_inputs]
    return (
        all(kind is nn.Linear for kind in kinds[::2])
        and all(kind in ACTIVATIONS for kind in kinds[1::2])
        and all(value.dtype == torch.float32 and value.device.type == "cpu" for value in tensors)
    )


def engine_for(model: nn.Module, data: ClassData, config: TrainConfig) -> AutogradEngine:
    """Return the quick engine where it applies, else the reference engine."""
    return (FusedEngine if applies(model, data, config) else AutogradEngine)(model, data, config)


class FusedEngine(AutogradEngine):
    """The reference engine with ``advance`` written out by hand; ``applies`` says for which runs."""

    def __init__(self, model: nn.Module, data: ClassData, config: TrainConfig) -> None:
        super().__init__(model, data, config)
        assert isinstance(model, Mlp)
        self.inputs = self.inputs.flatten(1)
        parts = [*model.net, nn.Identity()]
        self.layers = [
            Layer(linear.weight.detach(), linear.bias.detach(), ACTIVATIONS[type(activation)])
            for linear, activation in zip(parts[::2], parts[1::2], strict=True)
            if isinstance(linear, nn.Linear)
        ]
        self.values = [value for layer in self.layers for value in (layer.weight, layer.bias)]
        self.grads = [value for layer in self.layers for value in (layer.weight_grad, layer.bias_grad)]
        self.loss_step = fused_steps.LOSSES[config.loss]
        self._neurons = sum(len(layer.bias) for layer in self.layers)
        self._rooms: dict[int, Room] = {}
        self._answered = -1  # the weights' version whose answers to the whole set are in their room

    def advance(self, updates: int) -> list[float]:
        """Do that many updates and return their losses."""
        step = fused_steps.OPTIMISERS[self.config.optimiser](self.optimiser, self.values, self.grads)
        if step is None:  # the optimiser makes its memory itself, at its first step
            return super().advance(1) + (self.advance(updates - 1) if updates > 1 else [])
        self.model.train()
        falling = self.config.schedule != "constant"
        losses, lr = [], self.lr
        with torch.inference_mode():
            for _ in range(updates):
                rows = self.order.next()
                inputs, targets = self.batch(rows)
                if rows is not None or self._answered != self._version():
                    self._forward(inputs)
                losses.append(self._gradients(inputs, targets))
                step(lr)
                if falling:
                    self.end_update()
                    lr = self.lr
            values: list[float] = torch.stack(losses).tolist()
        if sum(samples for samples in self._rooms) * 2 * self._neurons > KEPT_NUMBERS or len(self._rooms) > 2:
            self._rooms.clear()
        fused_steps.finish(self.optimiser, updates)
        for parameter, grad in zip(self.model.parameters(), self.grads, strict=True):
            parameter.grad = grad  # what zero_grad would find
        return values

    def answers(self) -> torch.Tensor | None:
        """Return the outputs for the whole training set, when the next update is one of the whole set."""
        samples = len(self.inputs)
        if self.table.part(self.step).batch_size or samples * 2 * self._neurons > KEPT_NUMBERS:
            return None
        if self._answered != self._version():
            with torch.inference_mode():
                self._forward(self.inputs)
            self._answered = self._version()
        return self._room(samples).answers[-1]

    def _version(self) -> int:
        """Return a number that every change of a weight raises, whoever makes it."""
        return sum(value._version for value in self.values)

    def _gradients(self, inputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """Write the gradients of one batch, whose answers are in their room, and return its loss."""
        room, layers = self._room(len(inputs)), self.layers
        answers, grads = room.answers, room.grads
        loss = self.loss_step(answers[-1], targets, grads[-1])
        for place in range(len(layers) - 1, -1, -1):
            layer, grad = layers[place], grads[place]
            layer.activation.backward(grad, answers[place])
            below = answers[place - 1] if place else inputs
            torch.sum(grad, 0, out=layer.bias_grad)
            torch.mm(grad.t(), below, out=layer.weight_grad)
            if place and below.numel() == 1:  # the only case in which autograd takes the other product (mm_mat1_grad)
                torch.mm(layer.transposed, grad.t(), out=grads[place - 1])
            elif place:
                torch.mm(grad, layer.weight, out=grads[place - 1])
        return loss

    def _forward(self, inputs: torch.Tensor) -> None:
        """Write the answers of every layer into the room of this batch."""
        for layer, answer in zip(self.layers, self._room(len(inputs)).answers, strict=True):
            torch.addmm(layer.bias, inputs, layer.transposed, out=answer)
            layer.activation.forward(answer)
            inputs = answer

    def _room(self, samples: int) -> Room:
        found = self._rooms.get(samples)
        if found is None:
            sizes = [(samples, len(layer.bias)) for layer in self.layers]
            found = Room([torch.empty(size) for size in sizes], [torch.empty(size) for size in sizes])
            self._rooms[samples] = found
        return found
