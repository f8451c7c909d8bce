"""What an accelerator does for the course's three trainings: ``python -m benchmarks.device``, under five minutes.

The same updates on the processor, by autograd, and on CUDA: data resident, one CUDA graph for a step, losses read back
in blocks. Losses must agree to rounding over the first block; ratios are of wall time. Without CUDA it says so. It was
written without one at hand.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import torch

from core.data import mnist
from core.data.playground import DataConfig
from core.data.problem import ClassData, from_mnist
from core.nets.building import build
from core.nets.mlp import MlpConfig
from core.runs.playground_job import PlaygroundJob
from core.training.config import TrainConfig
from core.training.courses import COURSES
from core.training.engine import AutogradEngine

BLOCK, BLOCKS, RTOL = 50, 5, 1e-3


def on_device(name: str, data: ClassData, config: TrainConfig, device: torch.device) -> Callable[[], list[float]]:
    """Return what does a block of updates with one CUDA graph; the batches are those of the engines."""
    moved = {field: getattr(data, field).to(device) for field in ("train_inputs", "train_labels")}
    engine = AutogradEngine(build(name).to(device), replace(data, **moved), config)
    first = engine.order.next()
    whole = first is None
    rows = torch.arange(len(data.train_labels), device=device) if first is None else first.to(device).clone()
    losses, at = torch.zeros(BLOCK, device=device), torch.zeros((), dtype=torch.int64, device=device)
    optimiser = torch.optim.SGD(engine.model.parameters(), config.lr, config.momentum)
    start = {key: value.clone() for key, value in engine.model.state_dict().items()}

    def step() -> None:
        loss = engine.loss(engine.model(engine.inputs[rows]), engine.targets[rows])
        optimiser.zero_grad(set_to_none=False)
        loss.backward()
        optimiser.step()
        losses.index_copy_(0, at.reshape(1), loss.detach().reshape(1))
        at.add_(1)

    side = torch.cuda.Stream()
    side.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(side):
        for _ in range(3):  # a capture wants a step that has been done before
            step()
    torch.cuda.current_stream().wait_stream(side)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        step()
    engine.model.load_state_dict(start)
    for memory in optimiser.state.values():
        if memory.get("momentum_buffer") is not None:
            memory["momentum_buffer"].zero_()
    engine.order.restore(0, engine.table)

    def block() -> list[float]:
        at.zero_()
        for _ in range(BLOCK):
            chosen = engine.order.next()
            if not whole and chosen is not None:
                rows.copy_(chosen, non_blocking=True)
            graph.replay()
        found: list[float] = losses.tolist()
        return found

    return block


def seconds(work: Callable[[], object]) -> float:
    """Return the seconds that some work takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def main() -> None:
    """Measure and print."""
    if not torch.cuda.is_available():
        print("no accelerator")
        return
    device = torch.device("cuda")
    print(torch.cuda.get_device_name())
    digits = from_mnist(mnist.load())
    one_hot = PlaygroundJob(MlpConfig(), COURSES["one-hot"], DataConfig(samples=10_000)).playground().data
    for name, data in (("one-hot", one_hot), ("mnist-dnn", digits), ("lenet5", digits)):
        # whole batches alone: a graph has one shape
        size = COURSES[name].batch_size
        keep = len(data.train_labels) // size * size if size else len(data.train_labels)
        data = replace(data, train_inputs=data.train_inputs[:keep], train_labels=data.train_labels[:keep])
        slow = AutogradEngine(build(name), data, COURSES[name])
        quick = on_device(name, data, COURSES[name], device)
        ours, theirs = quick(), slow.advance(BLOCK)
        apart = max(abs(a - b) / abs(b) for a, b in zip(ours, theirs, strict=True))
        pairs = [(seconds(lambda: slow.advance(BLOCK)), seconds(quick)) for _ in range(BLOCKS)]  # noqa: B023
        ratio, ms = sorted(a / b for a, b in pairs)[BLOCKS // 2], min(b for _, b in pairs) / BLOCK * 1000
        verdict = "agree" if apart <= RTOL else "DIFFER"
        print(f"{name:<10} processor / device {ratio:6.1f}   {ms:.3f} ms an update   losses {verdict}: {apart:.0e}")


if __name__ == "__main__":
    main()
