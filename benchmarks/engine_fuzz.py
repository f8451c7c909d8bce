"""Random settings of lessons 2 and 4, both engines: ``python -m benchmarks.engine_fuzz [count] [seed]`` (10 000, 0).

Each case is a job as the pages make one, often an odd one, with changes by hand in between. One that is refused is
so before there is an engine (anything but a sentence is a failure); one that is accepted is trained by both, and

- losses agree to 10⁻⁴, or lie no further from autograd's than 100 times as far as autograd in float64 does: what
  rounding alone makes of a run cannot be asked for. Once float64 is a hundredth away the run is chaos, and only that
  nothing breaks is asked. Where float64 came out right by chance, autograd is asked itself, with weights and moments
  moved by a last bit before each update ("rounding decides": one of 20 such runs is a tenth as far from it, or more);
- the first loss that is no finite number comes at the same update, but where float64's, or what goes from layer to
  layer there, is beyond 10³⁰ (whether a sum overflows, and to ∞ or to ∞ − ∞, is a matter of its order) or chaos began;
- answers to the test set agree likewise after the last update;
- nothing is written outside of a workspace, and nothing outside is read (there are NaNs all around it).

Cases that fail are told with their numbers; ``--only NUMBER`` tells more of one. Takes 30 ms a case.
"""

from __future__ import annotations

import argparse
import math
import random
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch

from core.data.features import FEATURES
from core.data.number_table import NumberTable
from core.data.playground import DATA_SETS, DataConfig, shape_of
from core.data.problem import ClassData
from core.errors import InvalidInput
from core.nets.initialisation import INITIALISATIONS
from core.nets.mlp import ACTIVATIONS, MlpConfig
from core.nets.networks import NETWORKS
from core.runs.digits_job import MnistJob
from core.runs.playground_job import PlaygroundJob
from core.training.compiled import cache, workspaces
from core.training.compiled.ops import LANES
from core.training.config import TrainConfig
from core.training.courses import COURSES
from core.training.engine import AutogradEngine
from core.training.fit import Fit
from core.training.losses import LOSSES
from core.training.optimisers import OPTIMISERS
from core.training.schedules import SCHEDULES

UPDATES, RTOL, ATOL, TIMES, CHAOS, LARGE, SHAKEN = 8, 1e-4, 1e-6, 100, 0.01, 1e30, 20
GUARD = 4096  # NaNs before and after a workspace
BATCHES = (0, 1, 2, 7, 15, 16, 17, 31, 32, 33, 64, 100, 70_000)
ACTS = ("lr", "batch", "weight", "trace", "resume")


class Wrong(Exception):
    """What the engines do not agree in, and how far apart they are, as a share."""

    def __init__(self, told: str, apart: float = math.inf) -> None:
        super().__init__(told)
        self.apart = apart


@dataclass
class Case:
    """One try.

    Attributes:
        settings: in words.
        job: None: refused with a sentence, before there is any engine.
        acts: what is done before some updates: (update, what, seed).
    """

    settings: str
    job: PlaygroundJob | MnistJob | None
    acts: list[tuple[int, str, float]]


def case(number: int, seed: int, digits: ClassData) -> Case:
    """Return a case by its number."""
    draw = random.Random(f"{seed} {number}")
    make = _digits if draw.random() < 0.15 else _playground
    acts = [(draw.randrange(UPDATES), draw.choice(ACTS), draw.random()) for _ in range(draw.choice([0, 0, 1, 2]))]
    words: list[str] = []
    try:
        job = make(draw, digits, words)
    except InvalidInput:
        return Case(" ".join(words), None, acts)
    return Case(" ".join(words), job, sorted(acts))


def _train(draw: random.Random, losses: tuple[str, ...]) -> dict[str, Any]:
    optimiser = draw.choice(list(OPTIMISERS))
    return {
        "loss": draw.choice(losses),
        "optimiser": optimiser,
        "lr": draw.choice([10 ** draw.uniform(-4, 0), 10 ** draw.uniform(-30, 2), 100.0, 0.0]),
        "momentum": draw.choice([0.0, 0.5, 0.9, 0.99999, 1.0]) if optimiser != "nesterov" else draw.choice([0.9, 0.0]),
        "batch_size": draw.choice(BATCHES),
        "epochs": draw.choice([1, 2, 3, 10, 0]) if draw.random() < 0.3 else 5,
        "seed": draw.randrange(1000),
        "evaluations": draw.choice([1, 1, 2, 500]),
        "l1": draw.choice([0.0, 0.0, 0.001, 1.0]),
        "l2": draw.choice([0.0, 0.0, 0.001, 10.0]),
        "schedule": draw.choice(list(SCHEDULES)),
        "reshuffle": draw.random() < 0.8,
    }


def _playground(draw: random.Random, _digits: ClassData, words: list[str]) -> PlaygroundJob:
    name = draw.choice(DATA_SETS)
    data = DataConfig(
        name=name,
        samples=draw.choice([20, 21, 25, 37, 64, 100, 300]),
        noise=draw.choice([0.0, 0.1, 0.5]),
        train_share=draw.choice([0.05, 0.1, 0.5, 0.7, 0.95]),
        seed=draw.randrange(100),
        features=tuple(draw.sample(list(FEATURES), draw.choice([1, 2, 2, 3, 7]))),
        table=_table(draw) if name == "csv" else None,
    )
    train = _train(draw, tuple(LOSSES) if draw.random() < 0.9 else ("rbf",))
    inputs, outputs = shape_of(data)
    hidden = [draw.choice([1, 2, 3, 5, 15, 16, 17, 40, 200]) for _ in range(draw.choice([0, 1, 1, 2, 3, 6]))]
    net = {
        "widths": (inputs, *hidden, outputs),
        "activation": draw.choice(list(ACTIVATIONS)),
        "initialisation": draw.choice(list(INITIALISATIONS)),
        "seed": draw.randrange(1000),
        "activations": tuple(draw.choice(list(ACTIVATIONS)) for _ in hidden) if draw.random() < 0.3 else (),
        "dropout": 0.2 if draw.random() < 0.03 else 0.0,
        "batch_norm": draw.random() < 0.03,
    }
    words.append(f"{replace(data, table=None) if data.name != 'csv' else data} {net} {train}")
    return PlaygroundJob(MlpConfig(**net), TrainConfig(**train, patience=draw.choice([0, 0, 0, 1])), data)


def _table(draw: random.Random) -> NumberTable:
    """Rows as a visitor's file may have them: a column that never changes, classes without samples, large numbers."""
    some = np.random.default_rng(draw.randrange(1000))
    rows, columns, outputs = draw.choice([4, 10, 33, 90]), draw.choice([1, 2, 3, 20]), draw.choice([1, 2, 3])
    inputs = (some.normal(size=(rows, columns)) * 10.0 ** some.integers(-3, 6, columns)).astype(np.float32)
    inputs[:, 0] = inputs[0, 0] if draw.random() < 0.2 else inputs[:, 0]
    if draw.random() < 0.5:
        answers = (some.normal(size=(rows, outputs)) * draw.choice([1.0, 1000.0, 1e18, 1e30])).astype(np.float32)
        names: tuple[str, ...] = ()
    else:
        classes = draw.choice([2, 3, 9])
        answers = some.integers(0, draw.choice([1, 2, classes]), rows)
        names = tuple(f"class {number}" for number in range(classes))
    number = f"{draw.random()}"
    columns_named = tuple(f"x{column}" for column in range(columns))
    return NumberTable(
        number, "own.csv", columns_named, ("y",) if names else tuple("yzw"[:outputs]), names, inputs, answers
    )


def _digits(draw: random.Random, digits: ClassData, words: list[str]) -> MnistJob:
    network = draw.choice([name for name, network in NETWORKS.items() if network.data == "mnist"])
    own = {"loss": COURSES[network].loss} if draw.random() < 0.9 else {}
    train = {**_train(draw, tuple(LOSSES)), **own, "batch_size": draw.choice([*BATCHES, 2_049])}
    samples, seed, augment = draw.choice([0, 100, 101, 117]), draw.randrange(100), draw.random() < 0.1
    words.append(f"{network} samples={samples} augment={augment} {train}")
    return MnistJob(network, draw.randrange(1000), TrainConfig(**train), digits, samples, seed, augment)


def noise(samples: int = 150) -> ClassData:
    """Return pictures that look like nothing, but for four numbers of which there is no 7."""
    generator = torch.Generator().manual_seed(0)
    images = torch.randn(samples, 1, 28, 28, generator=generator)
    labels = torch.arange(samples) % 7
    return ClassData(images, labels, images[:20], labels[:20], 10, "noise")


# --- both ---


class Guarded(workspaces.Workspace):
    """A workspace among numbers that are none."""

    def __post_init__(self) -> None:
        super().__post_init__()
        inner = self.memory
        self.around = np.full(len(inner) + 2 * GUARD + LANES, np.nan, dtype=np.float32)
        first = GUARD + -(self.around[GUARD:].ctypes.data // 4) % LANES
        self.memory = self.around[first : first + len(inner)]
        self.memory[:] = inner
        self.outside = [self.around[:first], self.around[first + len(inner) :]]

    def whole(self) -> bool:
        """Whether nobody wrote outside."""
        return all(bool(np.isnan(part).all()) for part in self.outside)


@contextmanager
def guarded() -> Iterator[None]:
    """Have all workspaces guarded for a while."""
    usual, workspaces.Workspace = workspaces.Workspace, Guarded  # type: ignore[misc]
    workspaces.POOL._free.clear()
    try:
        yield
    finally:
        workspaces.Workspace = usual  # type: ignore[misc]
        workspaces.POOL._free.clear()


def check(tried: Case, shaken: int = 0) -> str:
    """Train a case with both engines and return how it ended.

    Args:
        tried: the case.
        shaken: not 0: ours is autograd, too, with weights that are moved by a last bit, by random numbers of this seed.

    Raises:
        Wrong: they do not agree.
    """
    if tried.job is None:
        return "refused"
    job = tried.job
    slow = replace(job, train=replace(job.train, engine="torch"))
    ours, theirs = slow.make() if shaken else job.make(), slow.make()
    if not ours.engine.note.compiled and not shaken:
        return "autograd's"
    noise = torch.Generator().manual_seed(shaken)
    true = _Double(theirs, job)
    apart, chaos, largest, acts = 0.0, False, 0.0, [*tried.acts]
    while not ours._done:
        while acts and acts[0][0] <= ours.step and not ours.looking and not ours._done:
            ours, theirs = _acted(ours, theirs, true, job, *acts.pop(0)[1:])
        if ours._done or theirs._done:
            return "diverged"
        if shaken:
            _shake(ours, noise)
        mine, right = ours.take(1), theirs.take(1)
        for a, b in zip(mine.losses, right.losses, strict=True):
            c = true.loss()
            largest = max(largest, true.largest, abs(c) if math.isfinite(c) else math.inf)
            chaos = chaos or not abs(b - c) <= CHAOS * max(abs(c), ATOL)
            if math.isfinite(a) and math.isfinite(b):
                apart = max(apart, abs(b - c))
                if not chaos and abs(a - b) > RTOL * abs(b) + ATOL + TIMES * apart:
                    raise Wrong(f"update {mine.step}: {a} and {b}; float64 {c}", abs(a - b) / max(abs(b), ATOL))
            elif math.isfinite(a) != math.isfinite(b) and not chaos and largest < LARGE:
                raise Wrong(f"update {mine.step}: {a} and {b}; float64 {c}")
        if (mine.early or right.early) and mine.early != right.early and not chaos:
            return "stopped early, once"
        if mine.diverged or right.diverged:
            return "diverged" if mine.diverged and right.diverged else "one diverged"
        if (mine.step, mine.done) != (right.step, right.done) and not chaos:
            raise Wrong(f"{mine} and {right}")
        if mine.step >= UPDATES or chaos:
            break
    _answers(ours, theirs, true, chaos or largest > LARGE)
    if not all(space.whole() for space in workspaces.POOL._free if isinstance(space, Guarded)):
        raise Wrong("something was written outside of a workspace")
    return "went on with autograd" if not ours.engine.note.compiled else "chaos" if chaos else "alike"


class _Double:
    """The same run in float64, by autograd."""

    def __init__(self, run: Fit, job: PlaygroundJob | MnistJob) -> None:
        model = job.model().double()
        self.largest = 0.0  # of all that goes from layer to layer
        for layer in model.modules():
            layer.register_forward_hook(self._seen)
        engine = run.engine
        self.engine = AutogradEngine.__new__(type(engine))
        self.engine.__dict__.update(engine.__dict__)
        self.engine.model = model
        self.engine.inputs = engine.inputs.double()
        self.engine.targets = engine.targets if engine.targets.dtype == torch.int64 else engine.targets.double()
        config = run.config
        self.engine.optimiser = OPTIMISERS[config.optimiser](model.parameters(), config.lr, config.momentum)
        self.engine.order = type(engine.order)(
            type(engine.table)(engine.table.samples, config.batch_size, config.epochs), config.seed, config.reshuffle
        )

    def _seen(self, _layer: Any, _inputs: Any, outputs: torch.Tensor) -> None:
        self.largest = max(self.largest, float(outputs.detach().abs().max().nan_to_num(math.inf)))

    def loss(self) -> float:
        """Do an update."""
        return self.engine.advance(1)[0]


def _acted(ours: Fit, theirs: Fit, true: _Double, job: Any, what: str, share: float) -> tuple[Fit, Fit]:
    """Do the same by hand to all three; a refusal has to be the same."""
    said = []
    if what == "resume":
        kept = [run.checkpoint() for run in (ours, theirs)]
        finite = [all(bool(value.isfinite().all()) for value in each.tensors.values()) for each in kept]
        if all(finite) and ours.engine.note.compiled:
            return job.make(kept[0]), replace(job, train=theirs.config).make(kept[1])
        return ours, theirs
    if what == "trace" and ours.step + 1 < ours.steps and not ours.config.patience:
        a, b, c = ours.trace()[0].loss, theirs.trace()[0].loss, true.loss()
        if (
            math.isfinite(b)
            and abs(b - c) < CHAOS * abs(c)
            and not abs(a - b) <= RTOL * abs(b) + ATOL + TIMES * abs(b - c)
        ):
            raise Wrong(f"trace of {ours.step}: {a} and {b}; float64 {c}")
        return ours, theirs
    name, value = list(ours.model.named_parameters())[int(share * 1000) % 2]
    index = tuple(int(share * 7919) % size for size in value.shape)
    for run in (ours, theirs, true.engine):
        try:
            if what == "lr":
                run.change(10 ** (share * 8 - 6), None)
            elif what == "batch":
                run.change(None, BATCHES[int(share * len(BATCHES))])
            elif what == "weight":
                run.edit(name, index, [0.0, -3.0, 1e6, 2e6][int(share * 4)])
        except InvalidInput as error:
            said.append(str(error))
    if len(said) not in (0, 3) or len(set(said)) > 1:
        raise Wrong(f"{what}: {said}")
    return ours, theirs


def _answers(ours: Fit, theirs: Fit, true: _Double, chaos: bool) -> None:
    inputs = ours.data.test_inputs
    with torch.no_grad():
        mine = ours.engine.outputs(inputs)
        if chaos:
            return
        mine = ours.model.eval()(inputs) if mine is None else mine
        right, exact = theirs.model.eval()(inputs), true.engine.model.eval()(inputs.double())
    size = float(right.abs().max())
    apart, rounding = float((mine - right).abs().max()), float((exact - right).abs().max())
    if not apart <= 10 * RTOL * size + ATOL + TIMES * rounding and math.isfinite(size) and rounding < CHAOS * size:
        raise Wrong(f"answers: {apart} apart, float64 {rounding}, largest {size}", apart / max(size, ATOL))


@torch.no_grad()
def _shake(run: Fit, noise: torch.Generator) -> None:
    memories = [value for memory in run.engine.optimiser.state.values() for value in memory.values()]
    for value in (*run.model.parameters(), *(memory for memory in memories if memory is not None and memory.ndim)):
        value.mul_(1 + (torch.rand(value.shape, generator=noise) - 0.5) * 2**-22)


def rounding_decides(tried: Case, apart: float) -> bool:
    """Whether autograd is nearly as far from itself, as a share, where weights differ in their last bits."""
    for shaken in range(1, SHAKEN + 1):
        try:
            check(tried, shaken)
        except Wrong as other:
            if other.apart >= apart / 10:
                return True
    return False


def run(numbers: Iterable[int], seed: int, strict: bool = True) -> Counter[str]:
    """Try cases and count how they ended.

    Raises:
        Wrong: with the number of the case; not strict: it is told, and the next one follows.
    """
    ends: Counter[str] = Counter()
    digits = noise()
    with guarded():
        for number in numbers:
            tried = case(number, seed, digits)
            try:
                ends[check(tried)] += 1
            except Exception as error:
                if isinstance(error, Wrong) and rounding_decides(tried, error.apart):
                    ends["rounding decides"] += 1
                    continue
                told = f"case {number} of seed {seed}: {error!r}\n  {tried.settings} {tried.acts}"
                if strict:
                    raise Wrong(told) from error
                print(told, flush=True)
                ends["WRONG"] += 1
    return ends


def main() -> int:
    """Run it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("count", nargs="?", type=int, default=10_000)
    parser.add_argument("seed", nargs="?", type=int, default=0)
    parser.add_argument("--only", type=int)
    options = parser.parse_args()
    torch.set_num_threads(1)
    cache.prepare(wait=True)
    if cache.machine() is None:
        print(f"no compiled engine: {cache.failure()}", file=sys.stderr)
        return 1
    started = time.perf_counter()
    one = options.only is not None
    ends = run([options.only] if one else range(options.count), options.seed, strict=one)
    trained = sum(ends.values()) - ends["refused"] - ends["autograd's"]
    print(f"{sum(ends.values())} cases, {trained} trained by both, in {time.perf_counter() - started:.0f} s:", end=" ")
    print(dict(ends.most_common()))
    return int("WRONG" in ends)


if __name__ == "__main__":
    raise SystemExit(main())
