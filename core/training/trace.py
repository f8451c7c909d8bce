"""One update taken apart: what each line of the training loop did."""

from dataclasses import dataclass

import torch

MAX_NUMBERS = 20_000  # parameters of a network whose every number is kept
MAX_SAMPLES = 8  # of the batch

Gradients = dict[str, torch.Tensor | None]
"""By parameter name; None: there is no gradient."""


@dataclass(frozen=True, eq=False)
class StepTrace:
    """forward → loss → zero_grad → backward → step of one update, on the CPU.

    Attributes:
        step: number of the update, from 1.
        epoch: passes over the training set before it, fractional.
        batch: samples in it.
        rows: numbers of its first samples in the training set, at most MAX_SAMPLES.
        inputs: float32 (k, …), these samples.
        targets: these samples' targets: int64 (k,) for cross-entropy, else float32 (k, outputs).
        prediction: float32 (k, outputs), what the network said of them before the step.
        loss: of the whole batch, before the step; of the data alone.
        penalty: what l1 and l2 added to it before backward; 0 without them.
        lr: learning rate of the step.
        gradients_before: before zero_grad: those of the update before; None before the first one.
        gradients_zeroed: after zero_grad: None each, as torch sets them.
        gradients: after backward.
        before: parameters before the step, by name.
        after: parameters after it.

    The last five are empty for a network with more than MAX_NUMBERS parameters.
    """

    step: int
    epoch: float
    batch: int
    rows: tuple[int, ...]
    inputs: torch.Tensor
    targets: torch.Tensor
    prediction: torch.Tensor
    loss: float
    penalty: float
    lr: float
    gradients_before: Gradients
    gradients_zeroed: Gradients
    gradients: Gradients
    before: dict[str, torch.Tensor]
    after: dict[str, torch.Tensor]
