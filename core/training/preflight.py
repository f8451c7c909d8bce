"""What is checked before a run may start: shapes, with one sample, and a budget for its arithmetic."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from core.errors import InvalidInput
from core.nets.initialisation import onto_cpu
from core.training.config import TrainConfig

# LeNet-5 with the course's settings needs about 7.6e11 and the MNIST DNN 1.0e12 (forward and backward);
# twenty times that keeps one visitor from holding a shared machine for hours.
MAX_FLOPS = 2e13
MAX_UPDATES = 2_000_000
MAX_REAL = 10_000_000  # parameters that take memory for a moment


@dataclass(frozen=True)
class Estimate:
    """What a run will cost.

    Attributes:
        parameters: numbers that are learned.
        updates: updates in all.
        flops: floating-point operations in all, forward and backward.
    """

    parameters: int
    updates: int
    flops: float


def preflight(
    build: Callable[[], nn.Module], shape: tuple[int, ...], outputs: int, samples: int, config: TrainConfig
) -> Estimate:
    """Give a model one sample and refuse what cannot run or would take too long.

    Args:
        build: makes the model; no weight is drawn.
        shape: of one sample, e.g. (1, 28, 28).
        outputs: that the model must have: one per class, or one per column of a regression.
        samples: in the training set.
        config: the run's hyperparameters.

    Raises:
        InvalidInput: a layer (named) does not fit its input, the outputs are not ``outputs``, batch norm would get a
            batch of one sample, or the run is over budget.
    """
    # torch's own FlopCounterMode hooks every module of the process, also those that other threads are training.
    current, forward = "", 0

    def enter(name: str) -> Callable[..., None]:
        def hook(_module: nn.Module, _inputs: Any) -> None:
            nonlocal current
            current = name

        return hook

    def leave(module: nn.Module, _inputs: Any, outputs: torch.Tensor) -> None:
        nonlocal forward
        forward += _flops(module, outputs)

    with torch.device("meta"):
        model = build()
    device = "meta"  # takes no memory, but a second at first and 160 MB for good: torch imports its compiler
    if sum(p.numel() for p in model.parameters()) <= MAX_REAL:
        model, device = onto_cpu(model), "cpu"
    with torch.device(device), torch.no_grad():
        model = model.eval()  # in training, batch norm takes no single sample
        for name, module in model.named_modules():
            if not list(module.children()):
                module.register_forward_pre_hook(enter(name))
                module.register_forward_hook(leave)
        try:
            answer = model(torch.empty(1, *shape))
        except (RuntimeError, ValueError) as error:
            raise InvalidInput(
                "Layer {layer} does not fit what the layer before gives it ({why}); change its size.",
                layer=current,
                why=str(error).splitlines()[0],
            ) from error
    if tuple(answer.shape) != (1, outputs):
        raise InvalidInput(
            "The network answers with shape {shape}, the data has {classes} classes or output columns; "
            "give the last layer {classes} outputs.",
            shape=tuple(answer.shape[1:]),
            classes=outputs,
        )
    check_batch_norm(model, samples, config.batch_size)
    batch = config.batch_size or samples
    updates = math.ceil(samples / batch) * config.epochs
    # backward costs about twice the forward pass (one product for the inputs, one for the weights)
    flops = 3.0 * forward * samples * config.epochs
    if flops > MAX_FLOPS or updates > MAX_UPDATES:
        most = max(1, int(config.epochs * min(MAX_FLOPS / flops if flops else math.inf, MAX_UPDATES / updates)))
        raise InvalidInput(
            "{epochs} epochs are {updates} updates and {flops} operations; a shared machine allows {most_updates} and "
            "{most_flops}: choose at most {most} epochs, or a larger batch.",
            epochs=config.epochs,
            updates=updates,
            flops=f"{flops:.1e}",
            most_updates=MAX_UPDATES,
            most_flops=f"{MAX_FLOPS:.0e}",
            most=most,
        )
    return Estimate(sum(p.numel() for p in model.parameters()), updates, flops)


def check_batch_norm(model: nn.Module, samples: int, batch_size: int) -> None:
    """Refuse batches of one sample for a model with batch norm: one sample has no spread to divide by.

    Args:
        model: any.
        samples: in the training set.
        batch_size: 0: all of them.

    Raises:
        InvalidInput: the batches, or the last one of an epoch, hold one sample.
    """
    size = min(batch_size or samples, samples)
    if 1 not in (size, samples % size) or not any(isinstance(layer, nn.BatchNorm1d) for layer in model.modules()):
        return
    if size == 1:
        raise InvalidInput(
            "Batch norm needs at least 2 samples in a batch, and with the batch size {size} each update sees 1 of {n}; "
            "choose a larger batch size or more samples, or switch batch norm off.",
            size=batch_size,
            n=samples,
        )
    raise InvalidInput(
        "Batch norm needs at least 2 samples in a batch, and {n} samples in batches of {size} leave 1 for the last; "
        "try a batch size of {better}, or switch batch norm off.",
        n=samples,
        size=size,
        better=next(larger for larger in range(size + 1, samples + 1) if samples % larger != 1),
    )


def _flops(module: nn.Module, outputs: torch.Tensor) -> int:
    """Return the multiplications and additions of a layer's products; what has no product is not worth counting."""
    if isinstance(module, nn.Linear):
        return 2 * module.in_features * outputs.numel()
    if isinstance(module, nn.Conv2d):
        return 2 * module.weight[0].numel() * outputs.numel()
    return 0
