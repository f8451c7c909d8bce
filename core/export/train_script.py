"""A training as one PyTorch script that a student can run anywhere: same seed, same losses.

The script draws its first weights after ``torch.manual_seed`` and its batches from a seeded DataLoader; core.nets
and core.training draw the same numbers in the same order, so that script and app agree bit for bit (tested).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.data.playground import REGRESSIONS, DataConfig, shape_of
from core.export.data_part import data_part, split_part
from core.export.final_part import save_part, test_part
from core.export.loop_part import Loop, loop_part, rule_part
from core.export.mnist_part import mnist_parts
from core.export.net_part import network
from core.export.parts import Part, script
from core.training.losses import LOSSES

if TYPE_CHECKING:
    from core.runs.digits_job import MnistJob
    from core.runs.playground_job import PlaygroundJob
    from core.training.changes import Change


def playground_script(job: PlaygroundJob, changes: Sequence[Change] = ()) -> str:
    """Return the script of a run of the DNN playground.

    It keeps every update's loss in ``losses``, prints the loss about ten times, and tests at the end.

    Args:
        job: the run.
        changes: made by hand while it was under way, as its snapshot tells; the script makes them at the same updates.
    """
    return script(playground_parts(job, changes))


def playground_parts(job: PlaygroundJob, changes: Sequence[Change] = ()) -> tuple[Part, ...]:
    """Return a run's steps, from the data to the saved weights; see playground_script."""
    classes = classes_of(job.data)
    one_hot = classes > 0 and LOSSES[job.train.loss].one_hot
    two_modes = len(job.net.widths) > 2 and (job.net.dropout > 0 or job.net.batch_norm)
    loop = Loop(
        job.train,
        job.data.train_size,
        dropout=len(job.net.widths) > 2 and job.net.dropout > 0,
        two_modes=two_modes,
    )
    return (
        data_part(job.data),
        split_part(job.data, one_hot),
        network(job.net, loaded=job.start is not None),
        rule_part(job.train),
        loop_part(loop, changes),
        test_part(classes, one_hot, defined=job.train.patience > 0),
        save_part(classes),
    )


def classes_of(data: DataConfig) -> int:
    """Return the number of classes, 0 for a regression.

    >>> classes_of(DataConfig("blobs")), classes_of(DataConfig("plane"))
    (3, 0)
    """
    if data.name == "csv" and data.table is not None:
        return len(data.table.class_names)
    return 0 if data.name in REGRESSIONS else shape_of(data)[1]


def mnist_script(job: MnistJob, folder: str = "data", changes: Sequence[Change] = ()) -> str:
    """Return the script of a run of the LeNet-5 lesson; it downloads MNIST through torchvision.

    Args:
        job: the run.
        folder: where torchvision keeps its files.
        changes: made by hand while it was under way.
    """
    return script(mnist_parts(job, folder, changes))
