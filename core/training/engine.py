"""The step engine: advances a model by n updates and returns their losses.

This is the reference engine, plain torch autograd; that of core.training.compiled is derived from it. Nothing outside
an engine reaches into a step, and an engine alone knows how many were done.
"""

import torch
from torch import nn

from core.data.batch_order import BatchOrder
from core.data.problem import ClassData
from core.data.timetable import Timetable
from core.nets.dropout import seed_dropout
from core.training import changes as hand
from core.training.changes import Change
from core.training.checkpoints import unfit
from core.training.config import TrainConfig
from core.training.losses import ALL_LOSSES, penalty, targets_for
from core.training.optimisers import OPTIMISERS, memory_names
from core.training.progress import EngineNote
from core.training.schedules import next_rate
from core.training.trace import MAX_NUMBERS, MAX_SAMPLES, StepTrace


class AutogradEngine:
    """forward → loss → zero_grad → backward → step, as the course writes it.

    Args:
        model: on the data's device; trained in place.
        data: only the training set is used.
        config: loss, optimiser and batches.

    Attributes:
        threads: how many it may use from now on, 1 or 2; the numbers are the same. Plain autograd uses one.
    """

    def __init__(self, model: nn.Module, data: ClassData, config: TrainConfig) -> None:
        self.model = model
        self.inputs = data.train_inputs
        self.targets = targets_for(config.loss, data.train_labels, data.classes)
        self.loss = ALL_LOSSES[config.loss].function
        self.config = config
        self.optimiser = OPTIMISERS[config.optimiser](model.parameters(), config.lr, config.momentum)
        self.order = BatchOrder(hand.timetable(len(data.train_labels), config), config.seed, config.reshuffle)
        self.dropout = seed_dropout(model, config.seed)
        self.note = EngineNote(compiled=False)
        self.threads = 1

    @property
    def step(self) -> int:
        """Updates done."""
        return self.order.step

    @property
    def table(self) -> Timetable:
        """Which update belongs to which epoch, at the batch sizes that were chosen so far."""
        return self.order.table

    @property
    def lr(self) -> float:
        """Learning rate of the next update."""
        return float(self.optimiser.param_groups[0]["lr"])

    @lr.setter
    def lr(self, value: float) -> None:
        for group in self.optimiser.param_groups:
            group["lr"] = value

    def advance(self, updates: int) -> list[float]:
        """Do that many updates (≥ 1); return the loss of each, float32 values, before its update."""
        self.model.train()
        losses = []
        for _ in range(updates):
            inputs, targets = self.batch(self.order.next())
            loss = self.loss(self.model(inputs), targets)
            extra = penalty(self.model, self.config.l1, self.config.l2)
            self.optimiser.zero_grad()
            (loss if extra is None else loss + extra).backward()  # type: ignore[no-untyped-call]
            self.optimiser.step()
            losses.append(loss.detach())
            self.end_update()
        return torch.stack(losses).tolist()

    def chosen(self, rows: torch.Tensor | None) -> torch.Tensor | None:
        """Return which rows of ``inputs`` some rows of the training set are; None: all, as they are."""
        return rows

    def batch(self, rows: torch.Tensor | None) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the inputs and targets of some rows of the training set; None: of all."""
        rows = self.chosen(rows)
        if rows is None:
            return self.inputs, self.targets
        rows = rows.to(self.inputs.device)
        return self.inputs[rows], self.targets[rows]

    def end_update(self) -> None:
        """Let the learning rate fall, when an epoch has ended and another one follows."""
        step, config = self.step, self.config
        if config.schedule == "constant" or self.table.end_of(step) != step:
            return
        epoch = self.table.epochs_done(step)
        if epoch < config.epochs:
            self.lr = next_rate(config.schedule, self.lr, epoch, config.epochs)

    def traced(self) -> StepTrace:
        """Do one update and tell what each of its lines did; its loss is that of ``advance(1)``."""
        named = dict(self.model.named_parameters())
        if sum(value.numel() for value in named.values()) > MAX_NUMBERS:
            named = {}

        def values() -> dict[str, torch.Tensor]:
            return {name: value.detach().to("cpu", copy=True) for name, value in named.items()}

        def gradients() -> dict[str, torch.Tensor | None]:
            found = ((name, value.grad) for name, value in named.items())
            return {name: None if grad is None else grad.to("cpu", copy=True) for name, grad in found}

        self.model.train()
        step, lr, before = self.step, self.lr, values()
        rows = self.order.next()
        inputs, targets = self.batch(rows)
        outputs = self.model(inputs)
        loss = self.loss(outputs, targets)
        extra = penalty(self.model, self.config.l1, self.config.l2)
        left = gradients()
        self.optimiser.zero_grad()
        zeroed = gradients()
        (loss if extra is None else loss + extra).backward()  # type: ignore[no-untyped-call]
        fresh = gradients()
        self.optimiser.step()
        self.end_update()
        return StepTrace(
            step=step + 1,
            epoch=self.table.epoch(step),
            batch=len(inputs),
            rows=tuple(range(min(MAX_SAMPLES, len(inputs))) if rows is None else rows[:MAX_SAMPLES].tolist()),
            inputs=copied(inputs),
            targets=copied(targets),
            prediction=copied(outputs),
            loss=float(loss.detach()),
            penalty=0.0 if extra is None else float(extra.detach()),
            lr=lr,
            gradients_before=left,
            gradients_zeroed=zeroed,
            gradients=fresh,
            before=before,
            after=values(),
        )

    def outputs(self, inputs: torch.Tensor) -> torch.Tensor | None:
        """Return the network's answers in eval mode, float32 (n, outputs); None: whoever wants them asks the model."""
        return None

    def change(self, lr: float | None, batch_size: int | None) -> None:
        """Take another learning rate from the next update on, another batch size from the next epoch on.

        Raises:
            InvalidInput: the batch size can change no more.
        """
        if batch_size is not None:
            self.table.change(self.step, batch_size)
        if lr is not None:
            self.lr = lr

    def edit(self, name: str, index: tuple[int, ...], value: float) -> float:
        """Set one number of one parameter and return what float32 made of it.

        Raises:
            InvalidInput: there is no such number, or it cannot have that value.
        """
        return hand.write(self.model, name, index, value)

    def state(self) -> tuple[dict[str, torch.Tensor], dict[str, int]]:
        """Return everything that the next update depends on: model and optimiser's memory; updates done."""
        tensors = {f"model.{name}": value for name, value in self.model.state_dict().items()}
        for index, memory in self.optimiser.state_dict()["state"].items():
            for name, value in memory.items():
                if isinstance(value, torch.Tensor):
                    tensors[f"optimiser.{index}.{name}"] = value
        return {name: value.detach().cpu().clone() for name, value in tensors.items()}, {"updates": self.step}

    @property
    def masks(self) -> torch.Tensor | None:
        """State of the generator that dropout draws from, None without dropout; never from or into a file."""
        return None if self.dropout is None else self.dropout.get_state()

    def restore(
        self,
        tensors: dict[str, torch.Tensor],
        numbers: dict[str, int],
        changes: tuple[Change, ...] = (),
        masks: torch.Tensor | None = None,
    ) -> None:
        """Go on exactly where state() was taken; the tensors stay as they are.

        Args:
            tensors: from state().
            numbers: from state().
            changes: of the run so far, which decide its batches and its learning rate.
            masks: this process's own; None: the masks so far are drawn again, which takes its time.

        Raises:
            InvalidInput: they are not this network's, this optimiser's and this training set's.
        """
        model = {name.removeprefix("model."): value for name, value in tensors.items() if name.startswith("model.")}
        own = self.model.state_dict()
        if model.keys() != own.keys() or not all(_alike(model[name], own[name]) for name in own):
            raise unfit("the network's parameters")
        updates = numbers.get("updates", -1)
        table = hand.timetable(self.table.samples, self.config, changes)
        if not 0 <= updates <= table.steps:
            raise unfit("the place in the batch order")
        memory = self._memory(tensors, updates)
        self.lr = hand.rate(table, self.config, changes, updates)
        self.order.restore(updates, table)
        self.model.load_state_dict(model)
        groups = self.optimiser.state_dict()["param_groups"]
        self.optimiser.load_state_dict({"state": memory, "param_groups": groups})
        self.dropout = seed_dropout(self.model, self.config.seed, table.batches(updates) if masks is None else ())
        if self.dropout is not None and masks is not None:
            self.dropout.set_state(masks)

    def _memory(self, tensors: dict[str, torch.Tensor], updates: int) -> dict[int, dict[str, torch.Tensor]]:
        """Return the optimiser's state from a checkpoint's tensors."""
        given = {name: value for name, value in tensors.items() if name.startswith("optimiser.")}
        names = memory_names(self.config.optimiser, self.config.momentum) if updates else ()
        memory: dict[int, dict[str, torch.Tensor]] = {}
        for index, parameter in enumerate(self.model.parameters()):
            for key in names:
                value = given.pop(f"optimiser.{index}.{key}", None)
                if value is None or not _alike(value, torch.empty(()) if key == "step" else parameter):
                    raise unfit("the optimiser's memory")
                if key == "step" and value.item() != updates:
                    raise unfit("the optimiser's memory")
                # load_state_dict would keep the very tensor, and training would change the checkpoint
                memory.setdefault(index, {})[key] = value.clone()
        if given:
            raise unfit("the optimiser's memory")
        return memory


def copied(value: torch.Tensor) -> torch.Tensor:
    """Return the first samples of a tensor, on the CPU."""
    return value[:MAX_SAMPLES].detach().to("cpu", copy=True)


def _alike(value: torch.Tensor, own: torch.Tensor) -> bool:
    return value.shape == own.shape and value.dtype == own.dtype
