"""The notes' test cell for digits line by line (六 In [10], CNN 二 In [11]), with the first batch of the test set."""

import streamlit as st
import torch
from torch.nn import functional as F

from core.nets.course import in_course_class
from core.runs.digits_job import MnistJob
from core.runs.snapshot import Snapshot
from ui import cell_tables
from ui.code_walk import Line, walk
from ui.lenet.outputs import framed
from ui.lenet.settings import Settings
from ui.lenet.subject import Subject, subject
from ui.state.controls import Controls
from ui.state.session import memo
from ui.text import _, paragraph

DIGITS = tuple(map(str, range(10)))


def draw(controls: Controls[Settings], now: Snapshot | None, planned: MnistJob | None) -> None:
    """Draw the cell's lines, and what the chosen one does.

    Args:
        controls: of the page.
        now: the run, or None: then with the plan's first weights.
        planned: what Train would start, or None.
    """
    seen = subject(now, planned, controls.settings)
    if seen is None:
        return
    data, size = seen.job.data, seen.job.train.batch_size or 1000
    x, y = data.test_inputs[:size].cpu(), data.test_labels[:size].cpu()

    def ask() -> torch.Tensor:
        with torch.no_grad():
            answered: torch.Tensor = seen.model(x)
        return answered

    known = (seen.now.run_id if seen.now is not None else seen.job, seen.step, size)
    pred = memo("lenet_first_batch", known, ask)
    predicted = pred.argmax(dim=1)
    lines = [
        Line("Pred = model(x)", _("no gradients"), lambda: _forward(seen, x, pred)),
        Line("_, predicted = torch.max(Pred, dim=1)", _("the largest, and where"), lambda: _max(pred)),
        Line("predicted == y", _("against the labels"), lambda: _compare(predicted, y)),
        Line("correct += torch.sum(predicted == y)", _("how many"), lambda: _sum(seen, predicted == y)),
    ]
    if seen.job.train.loss == "cross_entropy":
        lines.append(Line("loss_fn(Pred, y)", _("softmax is inside"), lambda: _softmax(pred, y)))
    walk(lines, "lenet_test_cell", "for (x, y) in test_loader:")


def _forward(seen: Subject, x: torch.Tensor, pred: torch.Tensor) -> None:
    few = framed(seen.job, x[:1])
    model = in_course_class(seen.model, images=True).requires_grad_(True)
    with torch.no_grad():
        without = model(few)
    cell_tables.gradients(model(few), without)
    paragraph(
        "One forward pass answers the first batch: `x` is `{x}`, `Pred` is `{pred}`, ten numbers for each digit. "
        "The first of them, the largest of each row in bold:",
        x=x.shape,
        pred=pred.shape,
    )
    cell_tables.rows([("Pred", pred)], digits=1, names=DIGITS, largest=True)


def _max(pred: torch.Tensor) -> None:
    values, predicted = torch.max(pred, dim=1)
    paragraph(
        "`torch.max(Pred, dim=1)` gives two tensors: each row’s largest number, and its place, which is the digit. "
        "The first one is not needed, so the notes call it `_`. `dim=1` goes along the row; `dim=0` would go down "
        "the columns and give `{wrong}` places instead of `{right}`.",
        wrong=torch.max(pred, dim=0).indices.shape,
        right=predicted.shape,
    )
    cell_tables.rows([("values", values), ("predicted", predicted)])


def _compare(predicted: torch.Tensor, y: torch.Tensor) -> None:
    one_hot = F.one_hot(y, 10)
    rows = (F.one_hot(predicted, 10) == one_hot).all(1)
    paragraph(
        "MNIST’s labels are digits, not one-hot codes, and they stay so: `y` is `{y}` of `{kind}`, so there is "
        "no `.all(1)` at the end. PyTorch makes no one-hot code of them; cross-entropy takes the label as the "
        "place of the output it looks at. With one-hot codes and `.all(1)` as many are right: {rows} of {n}, as "
        "here {here}.",
        y=y.shape,
        kind=y.dtype,
        rows=int(rows.sum()),
        n=len(y),
        here=int((predicted == y).sum()),
    )
    columns = [("predicted", predicted), ("y", y), ("==", predicted == y), ("F.one_hot(y, 10)", one_hot)]
    cell_tables.rows(columns)


def _sum(seen: Subject, right: torch.Tensor) -> None:
    cell_tables.added(right)
    tested = seen.moment.test if seen.moment is not None else seen.now.evaluation if seen.now is not None else None
    at = seen.moment.step if seen.moment is not None else seen.now.evaluated_at if seen.now is not None else -1
    batches = -(-seen.test_samples // len(right))
    paragraph(
        "Each batch adds its own to `correct`, and its length to `total`; the test set has {n} batches.", n=batches
    )
    if tested is not None and at == seen.step:
        share = 100 * tested.correct / tested.samples
        st.markdown(f"`100 * correct / total` = 100 · {tested.correct} / {tested.samples} = **{share} %**")


def _softmax(pred: torch.Tensor, y: torch.Tensor) -> None:
    shares = pred.softmax(dim=1)
    paragraph(
        "`nn.CrossEntropyLoss` takes the outputs as they are: it does the softmax itself, then −ln of the share at "
        "the label. Softmax keeps the order, so the prediction is the same with and without it: `{same}` for all "
        "{n} digits.",
        same=torch.equal(shares.argmax(dim=1), pred.argmax(dim=1)),
        n=len(y),
    )
    places = y[:, None]
    at_label = shares.gather(1, places)[:, 0]
    columns = [
        ("y", y),
        ("Pred[y]", pred.gather(1, places)[:, 0]),
        ("softmax", at_label),
        ("−ln", -at_label.log()),
        ("loss_fn", F.cross_entropy(pred, y, reduction="none")),
    ]
    cell_tables.rows(columns)
    paragraph(
        "The mean over the batch is {loss}. With a softmax layer at the end of the network it would be done twice: "
        "{twice}, and however sure the network is, never below {least}.",
        loss=f"**{float(F.cross_entropy(pred, y)):.4f}**",
        twice=f"{float(F.cross_entropy(shares, y)):.4f}",
        least=f"{float(F.cross_entropy(torch.eye(10), torch.arange(10))):.4f}",
    )
