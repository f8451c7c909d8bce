"""Which engine does a run: the compiled one where it can, else the reference engine, and why."""

import torch
from torch import nn

from core.data.problem import ClassData
from core.errors import InvalidInput
from core.training.checkpoints import Checkpoint
from core.training.compiled import cache, ops
from core.training.compiled.chain import Unsupported, chain_of
from core.training.compiled.engine import CompiledEngine, lacks, step_of
from core.training.compiled.layout import Training
from core.training.compiled.program import program
from core.training.config import TrainConfig
from core.training.digit_engine import DigitEngine
from core.training.engine import AutogradEngine
from core.training.progress import EngineNote


class CompiledDigitEngine(CompiledEngine, DigitEngine):
    """The compiled engine on some rows of a training set."""


def engine_for(
    model: nn.Module, data: ClassData, config: TrainConfig, resume: Checkpoint | None = None
) -> AutogradEngine:
    """Return the engine for a run on a whole training set.

    Args:
        model: on the data's device.
        data: the training set.
        config: the settings.
        resume: where the run goes on; it keeps its engine.
    """
    why = obstacle(model, data, config, resume)
    machine = cache.machine()
    if why is None and machine is not None:
        return CompiledEngine(model, data, config, machine=machine)
    engine = AutogradEngine(model, data, config)
    engine.note = EngineNote(compiled=False, why=why)
    return engine


def digit_engine(
    model: nn.Module,
    data: ClassData,
    config: TrainConfig,
    rows: torch.Tensor | None = None,
    moved: bool = False,
    resume: Checkpoint | None = None,
) -> DigitEngine:
    """Return the engine for a run on some digits, which may be moved; see DigitEngine and engine_for."""
    why = obstacle(model, data, config, resume)
    if moved and why is None:
        why = InvalidInput("Digits are moved anew for each update, which is done with PyTorch's operations.")
    machine = cache.machine()
    if why is None and machine is not None:
        return CompiledDigitEngine(model, data, config, rows, moved, machine=machine)
    engine = DigitEngine(model, data, config, rows, moved)
    engine.note = EngineNote(compiled=False, why=why)
    return engine


def obstacle(
    model: nn.Module, data: ClassData, config: TrainConfig, resume: Checkpoint | None = None
) -> InvalidInput | None:
    """Return why the compiled engine cannot do a run, as a sentence; None: it can.

    Args:
        model: the network.
        data: the training set.
        config: the settings.
        resume: where the run goes on.
    """
    if config.engine == "torch":
        return InvalidInput("PyTorch's operations were asked for.")
    if resume is not None and not resume.numbers.get("compiled"):
        return InvalidInput("The run began with PyTorch's operations and goes on with them.")
    tensors = [*model.parameters(), data.train_inputs]
    if any(value.dtype != torch.float32 or value.device.type != "cpu" for value in tensors):
        return InvalidInput("The compiled engine computes on the processor, in float32.")
    if config.loss not in ops.LOSSES:
        return lacks(Unsupported(config.loss))
    batch = min(config.batch_size or len(data.train_labels), len(data.train_labels))
    train = Training(ops.LOSSES[config.loss], step_of(config), bool(config.l1 or config.l2))
    try:
        program(chain_of(model), tuple(data.train_inputs.shape[1:]), batch, train)
    except Unsupported as error:
        return lacks(error)
    if cache.machine() is None:
        if cache.failure():
            return InvalidInput("The compiled engine could not be made ready ({why}).", why=cache.failure())
        return InvalidInput("The compiled engine is still being made ready; a run that begins later is quicker.")
    return None
