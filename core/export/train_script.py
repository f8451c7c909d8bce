"""A training as one PyTorch script that a student can run anywhere: same seed, same losses.

The script draws its first weights after ``torch.manual_seed`` and its batches from a seeded DataLoader; core.nets
and core.training draw the same numbers in the same order, so that script and app agree bit for bit (tested).
"""

from collections.abc import Sequence

from core.data.playground import shape_of
from core.export.data_part import classified, data_part, split_part
from core.export.final_part import save_part, test_part
from core.export.loop_part import Loop, curve_part, loop_part, rule_part
from core.export.mnist_part import mnist_parts
from core.export.net_part import network, parameters_part
from core.export.parts import N_, Part, Say, device_part, script
from core.runs.digits_job import MnistJob
from core.runs.playground_job import PlaygroundJob
from core.training.changes import Change
from core.training.losses import LOSSES


def playground_script(job: PlaygroundJob, changes: Sequence[Change] = (), say: Say = str) -> str:
    """Return the script of a run of the DNN playground.

    It keeps every update's loss in ``losses``, prints the loss about ten times, and tests at the end.

    Args:
        job: the run.
        changes: made by hand while it was under way, as its snapshot tells; the script makes them at the same updates.
        say: translates its comments.
    """
    return script(playground_parts(job, changes), say)


def playground_parts(job: PlaygroundJob, changes: Sequence[Change] = ()) -> tuple[Part, ...]:
    """Return a run's steps, from the data to the saved weights, in the notes' order; see playground_script."""
    inputs, outputs = shape_of(job.data)
    numbered = classified(job.data) and not LOSSES[job.train.loss].one_hot
    # Contiguous: on columns of a wider table the matrix products may round otherwise.
    columns = f"[:, :{inputs}].contiguous()"
    answers = f"[:, -{outputs}:].{'argmax(dim=1)' if numbered else 'contiguous()'}"
    told = N_("cross-entropy takes the number of the class") if numbered else "output features"
    given = f"X = train_Data{columns}  # input features\nY = train_Data{answers}  # {told}\n"
    inner = len(job.net.widths) > 2
    two_modes = inner and (job.net.dropout > 0 or job.net.batch_norm)
    test = f"test_Data{columns}, test_Data{answers}"
    loop = Loop(job.train, job.data.train_size, given, test, dropout=inner and job.net.dropout > 0, two_modes=two_modes)
    classes = outputs if classified(job.data) else 0
    return (
        device_part(),
        data_part(job.data),
        split_part(job.data),
        network(job.net, loaded=job.start is not None),
        parameters_part(),
        rule_part(job.train),
        loop_part(loop, changes),
        curve_part(batched=job.train.batch_size > 0),
        test_part(inputs, outputs, classes, two_modes=two_modes, test=test, defined=job.train.patience > 0),
        save_part(classes),
    )


def mnist_script(
    job: MnistJob, folder: str = "data", changes: Sequence[Change] = (), say: Say = str, mirror: str = ""
) -> str:
    """Return the script of a run of the LeNet-5 lesson; it downloads MNIST through torchvision.

    Args:
        job: the run.
        folder: where torchvision keeps its files.
        changes: made by hand while it was under way.
        say: translates its comments.
        mirror: an address that has MNIST's four files, asked first; empty: torchvision's own.
    """
    return script(mnist_parts(job, folder, changes, mirror), say)
