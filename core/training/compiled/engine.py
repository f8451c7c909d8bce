"""The compiled engine: the reference engine whose updates are done by the machine.

Model and optimiser stay torch's own: a workspace has copies of their numbers while updates are done, and they are
written back after each slice. So a change, an edit or a checkpoint is the reference engine's, and it can take over at
any update: as it does where the first updates, which both do, do not agree.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from core.data.batch_order import BatchOrder
from core.data.digits import Digits
from core.errors import InvalidInput
from core.training.changes import Change
from core.training.checkpoints import unfit
from core.training.compiled import ops
from core.training.compiled.cache import Machine
from core.training.compiled.chain import Unsupported, chain_of
from core.training.compiled.layout import Program, Training, padded
from core.training.compiled.pair import ALONE, Pair
from core.training.compiled.program import program
from core.training.compiled.workspaces import POOL, Workspace
from core.training.config import TrainConfig
from core.training.engine import AutogradEngine, copied
from core.training.losses import penalty
from core.training.optimisers import OPTIMISERS
from core.training.progress import EngineNote
from core.training.trace import MAX_NUMBERS, MAX_SAMPLES, StepTrace

CHECKED = 3  # updates that both engines do
MOST = 1e-4  # relative difference that is let pass
AT_ONCE = 256  # samples that are answered together
DIFFERENCE = "engine.difference"

FIRST = {"adam": "exp_avg", "adamw": "exp_avg"}  # what the optimiser remembers first; of all others the momentum
SECOND = {"adam": "exp_avg_sq", "adamw": "exp_avg_sq", "rmsprop": "square_avg"}


def table_of(inputs: torch.Tensor) -> tuple[np.ndarray, np.ndarray]:
    """Return samples as the machine takes them: as numbers and as bytes, of which one has none."""
    width = inputs[:1].numel()
    if isinstance(inputs, Digits):
        return np.empty((0, width), dtype=np.float32), inputs.pixels.reshape(-1, width).contiguous().numpy()
    return inputs.reshape(-1, width).contiguous().numpy(), np.empty((0, width), dtype=np.uint8)


def lacks(error: Unsupported) -> InvalidInput:
    """Return the sentence for what the compiled engine has not; as pages call it, where they have a word for it."""
    words = {
        "Dropout": InvalidInput("Dropout"),
        "BatchNorm1d": InvalidInput("Batch normalisation"),
        "rbf": InvalidInput("RBF (distances)"),
    }
    (what,) = error.args
    return InvalidInput("The compiled engine has no {what}.", what=words.get(what, what))


def step_of(config: TrainConfig) -> int:
    """Return the number of an optimiser's step."""
    if config.optimiser == "sgd":
        return ops.MOMENTUM if config.momentum else ops.SGD
    if config.optimiser == "rmsprop":
        return ops.RMSPROP_MOMENTUM if config.momentum else ops.RMSPROP
    return {"nesterov": ops.NESTEROV, "adam": ops.ADAM, "adamw": ops.ADAM}[config.optimiser]


class CompiledEngine(AutogradEngine):
    """The reference engine with ``advance`` and ``traced`` done by the machine.

    Args:
        given: as for the engine that it is derived from.
        machine: from compiled.cache.
    """

    def __init__(self, *given: Any, machine: Machine) -> None:
        super().__init__(*given)
        self.machine = machine
        self.chain = chain_of(self.model)
        self.note = EngineNote(compiled=True)
        samples = len(self.inputs)
        self._table = table_of(self.inputs)
        self._wanted = self.targets.float().reshape(samples, -1).contiguous().numpy()
        self._parameters = list(self.model.parameters())
        self._small = sum(value.numel() for value in self._parameters) <= MAX_NUMBERS
        self._pair = Pair()
        self._token = object()
        self._gradients: list[np.ndarray] = []  # of the last update, of small networks
        self._drawn: torch.Tensor | None = None  # rows of the last update

    def advance(self, updates: int) -> list[float]:
        """Do that many updates and return their losses; the first ones are checked before."""
        self._check()
        values: list[float] = []
        while len(values) < updates:
            wanted, left = self._program(), updates - len(values)
            values += super().advance(left) if wanted is None else self._slice(wanted, left, _nothing)
        return values

    def _program(self) -> Program | None:
        """Return the program of the next update.

        None: from now on autograd does them; a batch that was made larger may want more memory than a run may have.
        """
        if not self.note.compiled:
            return None
        whole = self.table.samples
        batch = min(self.table.part(self.step).batch_size or whole, whole)
        try:
            return program(self.chain, self._shape, batch, self._training)
        except Unsupported as error:
            self.note = EngineNote(compiled=False, why=lacks(error))
            return None

    def _slice(self, wanted: Program, updates: int, then: Callable[[Workspace], None]) -> list[float]:
        """Do updates of one batch size, at most so many."""
        part = self.table.part(self.step)
        updates = min([updates, *(later.step - self.step for later in self.table.parts if later.step > self.step)])
        first = self.step
        rates, rows, sizes = self._plan(updates, whole=not part.batch_size)
        starts = np.cumsum([0, *sizes])
        losses = np.zeros(updates, dtype=np.float32)
        space = self._space(wanted)
        given = (
            space.program.code, space.memory, *self._table, self._wanted, rows, starts,
            self._scalars(first, rates).reshape(-1), losses,
        )  # fmt: skip
        self._pair.work(self.machine, given, updates, self.threads)
        self._written_back(space)
        then(space)
        POOL.give(space)
        return losses.tolist()

    def _plan(self, updates: int, whole: bool) -> tuple[list[float], np.ndarray, list[int]]:
        """Return the rates of the next updates, the rows of all of them, and how many each has; take them as done.

        No rows are all rows, as they are. A learning rate changes between two epochs alone.
        """
        if whole and self.config.schedule == "constant" and self.chosen(None) is None:
            self.order.step += updates
            self._drawn = None
            return [self.lr] * updates, np.zeros(0, dtype=np.int64), [0] * updates
        rates: list[float] = []
        rows, sizes = [], []
        while len(rates) < updates:
            drawn, counts = (self.order.next(), [0]) if whole else self.order.take(updates - len(rates))
            rates.extend([self.lr] * len(counts))
            rows.append(np.zeros(0, dtype=np.int64) if (taken := self.chosen(drawn)) is None else taken.numpy())
            sizes.extend([len(rows[-1])] if whole else counts)
            self._drawn = None if drawn is None else drawn[-counts[-1] :]
            self.end_update()
        return rates, np.concatenate(rows), sizes

    @property
    def _shape(self) -> tuple[int, ...]:
        return tuple(self.inputs.shape[1:])

    @property
    def _training(self) -> Training:
        config = self.config
        return Training(ops.LOSSES[config.loss], step_of(config), bool(config.l1 or config.l2))

    def _scalars(self, first: int, rates: list[float]) -> np.ndarray:
        """Return the numbers of each update, float32 (updates, SCALARS), as torch's optimisers compute them."""
        found, lr = np.zeros((len(rates), ops.SCALARS)), np.array(rates)
        group = self.optimiser.param_groups[0]
        found[:, ops.RATE], found[:, ops.KEPT], found[:, ops.SHRINK] = lr, self.config.momentum, 1.0
        found[:, ops.EPS], found[:, ops.L1], found[:, ops.L2] = group.get("eps", 0), self.config.l1, 2 * self.config.l2
        found[:, ops.KEPT_SQUARE] = group.get("alpha", 0)
        if "betas" in group:
            done = np.arange(first + 1, first + 1 + len(rates))
            beta1, beta2 = group["betas"]
            found[:, ops.RATE], found[:, ops.NEW] = lr / (1 - beta1**done), 1 - beta1
            found[:, ops.KEPT_SQUARE], found[:, ops.UNBIAS] = beta2, np.sqrt(1 - beta2**done)
            if self.config.optimiser == "adamw":
                found[:, ops.SHRINK] = 1 - lr * group["weight_decay"]
        found[:, ops.NEW_SQUARE] = 1 - found[:, ops.KEPT_SQUARE]
        return found.astype(np.float32)

    # --- between torch's tensors and a workspace ---------------------------------------------------------------------

    def _stamp(self) -> tuple[object, int]:
        """Return what changes whenever anybody changes a weight or what the optimiser remembers."""
        return self._token, sum(value._version for value in self._parameters)

    @torch.no_grad()
    def _space(self, wanted: Program) -> Workspace:
        """Return a workspace with the weights as they are."""
        stamp = self._stamp()
        space = POOL.take(wanted, stamp)
        if space.stamp != stamp:
            for copied_, tensors in self._copies(wanted).items():
                for view, value in zip(space.weights(copied_), tensors, strict=True):
                    if value is None:
                        view.zero_()
                    else:
                        view.copy_(value.reshape(view.shape))
            space.stamp = stamp
        return space

    def _copies(self, wanted: Program) -> dict[int, list[torch.Tensor | None]]:
        """Return torch's tensors by the number of their copy in a workspace."""
        found: dict[int, list[torch.Tensor | None]] = {0: [*self._parameters]}
        if wanted.trains:
            for number, name in self._memories:
                found[number] = [self.optimiser.state.get(value, {}).get(name) for value in self._parameters]
        return found

    @property
    def _memories(self) -> list[tuple[int, str]]:
        """Return (number of a copy, name in torch's optimiser) of what it remembers."""
        first, config = FIRST.get(self.config.optimiser, "momentum_buffer"), self.config
        found = [(2, first)] if config.momentum or config.optimiser in FIRST else []
        return [*found, (3, SECOND[config.optimiser])] if config.optimiser in SECOND else found

    @torch.no_grad()
    def _written_back(self, space: Workspace) -> None:
        """Write weights and what the optimiser remembers to torch's tensors; keep the gradients of small networks."""
        for value, view in zip(self._parameters, space.weights(), strict=True):
            value.copy_(view.reshape(value.shape))
        for number, name in self._memories:
            for value, view in zip(self._parameters, space.weights(number), strict=True):
                kept = self.optimiser.state[value].setdefault(name, torch.empty_like(value))
                kept.copy_(view.reshape(value.shape))
        if self.config.optimiser in SECOND:
            for value in self._parameters:
                self.optimiser.state[value]["step"] = torch.tensor(float(self.step))
        if self._small:
            self._gradients = space.gradients()
        space.stamp = self._stamp()

    # --- the first updates -------------------------------------------------------------------------------------------

    def _check(self) -> None:
        """Have both engines do the first updates, each on a copy, before the first one is done."""
        if self.step or self.note.difference is not None:
            return
        wanted = self._program()
        if wanted is None:
            return
        ours, theirs = self._twin(), self._twin()
        updates = min(CHECKED, self.table.steps)
        found, true = ours._slice(wanted, updates, _nothing), AutogradEngine.advance(theirs, updates)
        difference = max(
            *(_apart(np.array([mine]), np.array([right])) for mine, right in zip(found, true, strict=True)), 0.0,
            _apart(_all_of(ours), _all_of(theirs)),
        )  # fmt: skip
        if difference <= MOST:
            self.note = EngineNote(compiled=True, difference=difference)
            return
        why = InvalidInput(
            "Its first {updates} updates differed from autograd's by {difference}; no more than {most} is let pass.",
            updates=updates,
            difference=f"{difference:.0e}",
            most=f"{MOST:.0e}",
        )
        self.note = EngineNote(compiled=False, difference=None, why=why)

    def _twin(self) -> CompiledEngine:
        """Return an engine that does the same updates to a copy of the network."""
        twin = copy.copy(self)
        twin.model = copy.deepcopy(self.model)
        twin._parameters = list(twin.model.parameters())
        twin._token = object()
        twin.optimiser = OPTIMISERS[self.config.optimiser](twin._parameters, self.lr, self.config.momentum)
        twin.order = BatchOrder(copy.deepcopy(self.table), self.config.seed, self.config.reshuffle)
        return twin

    # --- what pages ask of it ----------------------------------------------------------------------------------------

    def outputs(self, inputs: torch.Tensor) -> torch.Tensor | None:
        """Return the network's answers, float32 (n, outputs); None where torch computes them."""
        if not self.note.compiled or tuple(inputs.shape[1:]) != self._shape or not len(inputs):
            return None
        samples = len(inputs)
        wanted = program(self.chain, self._shape, min(AT_ONCE, samples))
        found = np.empty((wanted.outputs.size, padded(samples)), dtype=np.float32)
        table = table_of(inputs)
        starts = np.array([*range(0, samples, AT_ONCE), samples])
        space = self._space(wanted)
        none, no_targets = np.zeros(1, dtype=np.float32), np.empty((0, 1), dtype=np.float32)
        self.machine(
            wanted.code, space.memory, *table, no_targets, np.arange(samples), starts, none,
            found.reshape(-1), ALONE, 0,
        )  # fmt: skip
        POOL.give(space)
        return torch.from_numpy(found)[:, :samples].T

    def traced(self) -> StepTrace:
        """Do one update and tell what each of its lines did; its loss is that of ``advance(1)``."""
        self._check()
        wanted = self._program()
        if wanted is None:
            return super().traced()
        named = dict(self.model.named_parameters()) if self._small else {}

        def values() -> dict[str, torch.Tensor]:
            return {name: value.detach().clone() for name, value in named.items()}

        def gradients() -> dict[str, torch.Tensor | None]:
            if not self._gradients:
                return dict.fromkeys(named)
            pairs = zip(named.items(), self._gradients, strict=False)
            return {name: torch.from_numpy(view).reshape(value.shape).clone() for (name, value), view in pairs}

        answers: list[torch.Tensor] = []

        def keep(space: Workspace) -> None:
            view = space.program.outputs
            lanes = space.memory[view.begin : view.begin + view.size * ops.LANES].reshape(view.size, ops.LANES)
            answers.append(torch.from_numpy(lanes.T[:MAX_SAMPLES].copy()))

        step, lr, before, left = self.step, self.lr, values(), gradients()
        extra = penalty(self.model, self.config.l1, self.config.l2)
        (loss,) = self._slice(wanted, 1, keep)
        rows = self._drawn
        inputs, targets = self.batch(rows)
        size = len(inputs)
        return StepTrace(
            step=step + 1,
            epoch=self.table.epoch(step),
            batch=size,
            rows=tuple(range(min(MAX_SAMPLES, size)) if rows is None else rows[:MAX_SAMPLES].tolist()),
            inputs=copied(inputs),
            targets=copied(targets),
            prediction=answers[0][:size],
            loss=loss,
            penalty=0.0 if extra is None else float(extra.detach()),
            lr=lr,
            gradients_before=left,
            gradients_zeroed=dict.fromkeys(named),
            gradients=gradients(),
            before=before,
            after=values(),
        )

    def state(self) -> tuple[dict[str, torch.Tensor], dict[str, int]]:
        """Return everything that the next update depends on, and that it is this engine's."""
        tensors, numbers = super().state()
        if self.note.compiled:
            numbers["compiled"] = 1
            if self.note.difference is not None:
                tensors[DIFFERENCE] = torch.tensor(self.note.difference, dtype=torch.float64)
        return tensors, numbers

    def restore(
        self,
        tensors: dict[str, torch.Tensor],
        numbers: dict[str, int],
        changes: tuple[Change, ...] = (),
        masks: torch.Tensor | None = None,
    ) -> None:
        """Go on exactly where state() was taken."""
        difference = tensors.get(DIFFERENCE)
        if difference is not None and (
            difference.ndim or difference.dtype != torch.float64 or not 0 <= difference <= MOST
        ):
            raise unfit("its engine")
        super().restore(tensors, numbers, changes, masks)
        self._token = object()
        if difference is not None:
            self.note = EngineNote(compiled=True, difference=float(difference))


def _nothing(_space: Workspace) -> None:
    pass


def _all_of(engine: AutogradEngine) -> np.ndarray:
    return torch.cat([value.detach().double().flatten() for value in engine.model.parameters()]).numpy()


def _apart(ours: np.ndarray, theirs: np.ndarray) -> float:
    """Return how far two vectors lie apart, relative to the second; no number is like no number."""
    ours, theirs = ours.astype(np.float64), theirs.astype(np.float64)
    finite = np.isfinite(theirs)
    if not np.array_equal(np.isfinite(ours), finite):
        return math.inf
    if not finite.any():
        return 0.0
    size = float(np.linalg.norm(theirs[finite]))
    return float(np.linalg.norm(ours[finite] - theirs[finite])) / max(size, 1e-6)
