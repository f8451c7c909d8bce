"""Lesson 2's training as a student would write it with torch's own layers, DataLoader and schedulers: an oracle.

Only the first weights come from the project (tests/core/test_nets.py holds those to torch's own).
"""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import nn
from torch.optim import lr_scheduler
from torch.utils.data import DataLoader, TensorDataset

from core.nets.mlp import mlp
from core.runs.playground_job import PlaygroundJob

ACTIVATIONS = {
    "relu": nn.ReLU,
    "leaky_relu": nn.LeakyReLU,
    "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid,
    "gelu": nn.GELU,
    "identity": nn.Identity,
}
LOSSES = {
    "mse": nn.MSELoss,
    "cross_entropy": nn.CrossEntropyLoss,
    "l1": nn.L1Loss,
    "smooth_l1": nn.SmoothL1Loss,
}


def network(job: PlaygroundJob) -> nn.Sequential:
    """The job's network of torch's own layers, with the job's first weights."""
    layers: list[nn.Module] = []
    for (into, out), name in zip(pairwise(job.net.widths), (*job.net.hidden_activations, ""), strict=True):
        layers.append(nn.Linear(into, out))
        if name:
            if job.net.batch_norm:
                layers.append(nn.BatchNorm1d(out))
            layers.append(ACTIVATIONS[name]())
            if job.net.dropout:
                layers.append(nn.Dropout(job.net.dropout))
    net = nn.Sequential(*layers)
    net.load_state_dict(mlp(job.net).net.state_dict())
    return net


def optimiser(job: PlaygroundJob, net: nn.Module) -> torch.optim.Optimizer:
    lr, momentum = job.train.lr, job.train.momentum
    match job.train.optimiser:
        case "sgd":
            return torch.optim.SGD(net.parameters(), lr=lr, momentum=momentum)
        case "nesterov":
            return torch.optim.SGD(net.parameters(), lr=lr, momentum=momentum, nesterov=True)
        case "adam":
            return torch.optim.Adam(net.parameters(), lr=lr)
        case "adamw":
            return torch.optim.AdamW(net.parameters(), lr=lr)
        case "rmsprop":
            return torch.optim.RMSprop(net.parameters(), lr=lr, momentum=momentum)
    raise AssertionError(job.train.optimiser)


def schedule(job: PlaygroundJob, stepper: torch.optim.Optimizer) -> lr_scheduler.LRScheduler | None:
    epochs = job.train.epochs
    match job.train.schedule:
        case "constant":
            return None
        case "step":
            return lr_scheduler.StepLR(stepper, max(1, epochs // 4), 0.5)
        case "exponential":
            return lr_scheduler.ExponentialLR(stepper, 0.01 ** (1 / epochs))
        case "cosine":
            return lr_scheduler.CosineAnnealingLR(stepper, epochs)
    raise AssertionError(job.train.schedule)


def train(job: PlaygroundJob, rates: dict[int, float] | None = None, sizes: dict[int, int] | None = None):
    """Train; return the losses, the network and the learning rate of each update.

    Args:
        job: what to train.
        rates: after that many updates, another learning rate.
        sizes: from that epoch on (counted from 0), another batch size.
    """
    config, data = job.train, job.playground().data
    x, y = data.train_inputs, data.train_labels
    if data.classes and config.loss != "cross_entropy":
        y = nn.functional.one_hot(y, data.classes).float()
    net = network(job)
    loss_fn, stepper = LOSSES[config.loss](), optimiser(job, net)
    falling = schedule(job, stepper)
    weights = [p for p in net.parameters() if p.ndim > 1]
    shuffler = torch.Generator().manual_seed(config.seed)
    size = config.batch_size
    losses: list[float] = []
    used: list[float] = []
    kept = torch.get_rng_state()
    torch.manual_seed(config.seed)  # dropout's masks
    for epoch in range(config.epochs):
        size = (sizes or {}).get(epoch, size)
        loader = DataLoader(TensorDataset(x, y), batch_size=size or 1, shuffle=config.reshuffle, generator=shuffler)
        for xb, yb in loader if size else [(x, y)]:
            if rates and len(losses) in rates:
                stepper.param_groups[0]["lr"] = rates[len(losses)]
            used.append(stepper.param_groups[0]["lr"])
            loss = loss_fn(net(xb), yb)
            total = loss
            if config.l1 and config.l2:
                total = loss + (
                    config.l1 * sum(w.abs().sum() for w in weights) + config.l2 * sum(w.square().sum() for w in weights)
                )
            elif config.l1:
                total = loss + config.l1 * sum(w.abs().sum() for w in weights)
            elif config.l2:
                total = loss + config.l2 * sum(w.square().sum() for w in weights)
            stepper.zero_grad()
            total.backward()
            stepper.step()
            losses.append(loss.item())
        if falling is not None:
            falling.step()
    torch.set_rng_state(kept)
    return losses, net, used
