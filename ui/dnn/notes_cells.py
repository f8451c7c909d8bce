"""The notes' 三 3.6 and 3.7 line by line: In [11], the test, and In [12] to In [14], saving and loading."""

from dataclasses import replace

import streamlit as st
import torch

from core.export.saving import Saved, save_and_load
from core.inspect.mistakes import row_wise
from core.nets.course import DNN, in_course_class
from core.nets.mlp import mlp
from core.runs.playground_job import PlaygroundJob
from core.runs.snapshot import Snapshot
from core.training.evaluate import Evaluation, evaluate
from ui import cell_tables
from ui.code_walk import Line, walk
from ui.dnn import two_test_lines
from ui.dnn.diagram import Subject, subject
from ui.dnn.settings import Settings
from ui.state.controls import Controls
from ui.state.session import memo
from ui.table import Cell, table
from ui.text import _, aside, paragraph


def draw(controls: Controls[Settings], now: Snapshot | None, planned: PlaygroundJob | None) -> None:
    """Draw the choice between the two, and the one chosen.

    Args:
        controls: of the page.
        now: the run, or None: then with the plan's first weights.
        planned: what Train would start, or None.
    """
    names = {"test": _("Test: In [11]"), "save": _("Save and load: In [12]–[14]")}
    chosen = controls.segmented("cell", _("Which cells of the notes"), names, label_visibility="collapsed")
    seen = subject(now, planned)
    if seen is None:
        return
    if chosen == "save":
        _saving(seen)
    elif seen.data.regression:
        aside("These lines test a classification; the answers of this data are numbers on a scale.")
    else:
        _testing(seen)


# -- In [11] ---------------------------------------------------------------------------------------------------------


def _testing(seen: Subject) -> None:
    data = seen.data.data
    X, labels = data.test_inputs, data.test_labels
    Y = torch.nn.functional.one_hot(labels, data.classes).float()
    with torch.no_grad():
        outputs = seen.model(X)
    pred = row_wise(outputs, Y).answers
    right = (pred == Y).all(1)
    walk(
        [
            Line("Pred = model(X)", _("no gradients"), lambda: _forward(seen, outputs)),
            Line(
                f"Pred = F.one_hot(Pred.argmax(dim=1), {data.classes})",
                _("a 1 in each row"),
                lambda: two_test_lines.draw(seen),
            ),
            Line("same = Pred == Y", _("number by number"), lambda: _same(pred, Y)),
            Line("right = same.all(1)", _("row by row"), lambda: _all(pred == Y, right)),
            Line("correct = torch.sum(right)", _("how many"), lambda: _sum(right)),
            Line(
                "values, predicted = torch.max(Pred, dim=1)",
                _("or with labels"),
                lambda: _labels(outputs, labels, right),
            ),
        ],
        "dnn_test_cell",
        "with torch.no_grad():",
    )


def _forward(seen: Subject, outputs: torch.Tensor) -> None:
    few = seen.data.data.test_inputs[:1].clone()
    model = in_course_class(seen.model).requires_grad_(True)
    with torch.no_grad():
        without = model(few)
    cell_tables.gradients(model(few), without)
    paragraph("One forward pass answers all {n:,} test samples; the first of them:", n=len(outputs))
    cell_tables.rows([("X", seen.data.data.test_inputs), ("Pred", outputs)])


def _same(pred: torch.Tensor, Y: torch.Tensor) -> None:
    same = pred == Y
    paragraph("Each number is compared with its own; the shape stays `{shape}`.", shape=same.shape)
    cell_tables.rows([("Pred", pred.long()), ("Y", Y.long()), ("Pred == Y", same)])


def _all(same: torch.Tensor, right: torch.Tensor) -> None:
    paragraph(
        "`all(1)` goes along each row: True where all its numbers agree. A single wrong 1 makes two of them "
        "differ. Of `{before}` is left `{after}`.",
        before=same.shape,
        after=right.shape,
    )
    cell_tables.rows([("Pred == Y", same), (".all(1)", right)])


def _sum(right: torch.Tensor) -> None:
    cell_tables.added(right)
    correct, total = int(right.sum()), len(right)
    st.markdown(f"`100 * correct / total` = 100 · {correct} / {total} = **{100 * correct / total} %**")


def _labels(outputs: torch.Tensor, labels: torch.Tensor, right: torch.Tensor) -> None:
    values, predicted = torch.max(outputs, dim=1)
    paragraph(
        "The notes on handwriting (DNN 六) do without the one-hot code: `torch.max(Pred, dim=1)` gives each row’s "
        "largest number and its place, and the place is compared with the label. The outcome is the same: "
        "{ours:,} right here, {theirs:,} above.",
        ours=int((predicted == labels).sum()),
        theirs=int(right.sum()),
    )
    columns = [("values", values), ("predicted", predicted), (_("label"), labels), ("==", predicted == labels)]
    cell_tables.rows(columns)


# -- In [12] to In [14] ----------------------------------------------------------------------------------------------


def _saving(seen: Subject) -> None:
    now = seen.now
    known = (seen.job, now.shows if now is not None else None)
    found = memo("dnn_saved", known, lambda: _saved(seen))
    walk(
        [
            Line('torch.save(model, "model.pth")', _("the whole network"), lambda: _whole(found)),
            Line('new_model = torch.load("model.pth")', _("refused since 2.6"), lambda: _refused(found)),
            Line(
                'new_model = torch.load("model.pth", weights_only=False)',
                _("for your own file"),
                lambda: _trusted(found),
            ),
            Line('torch.save(model.state_dict(), "model.pth")', _("only the numbers"), lambda: _numbers(found)),
            Line('new_model.load_state_dict(torch.load("model.pth"))', _("into a new network"), lambda: _loaded(found)),
            Line("test(new_model)", _("tested again"), lambda: _again(found)),
        ],
        "dnn_save_cell",
    )


def _saved(seen: Subject) -> Saved:
    data, rule = seen.data.data, seen.job.train.loss

    def test(model: DNN) -> Evaluation:
        return evaluate(model, data.test_inputs, data.test_labels, data.classes, rule)

    other = mlp(replace(seen.job.net, seed=seen.job.net.seed + 1)).eval()
    return save_and_load(in_course_class(seen.model), in_course_class(other), test)


def _score(found: Evaluation) -> str:
    return f"{100 * found.accuracy} %" if found.confusion else str(found.loss)


def _whole(found: Saved) -> str:
    return _(
        "The file ({n:,} bytes) holds the numbers, and beside them the *name* of the class, here `{name}` (in your "
        "notebook `__main__.DNN`). The code of the class is not in it: whoever loads the file must have the class "
        "under the same name, and whatever function the file names is called.",
        n=found.whole_bytes,
        name=found.named,
    )


def _refused(found: Saved) -> None:
    paragraph(
        "This is the notes’ line. They were written for an older PyTorch; since 2.6 `torch.load` reads numbers "
        "only (`weights_only=True`), and a class is none. PyTorch {version} on this server says:",
        version=torch.__version__.split("+")[0],
    )
    st.code(found.error, None, wrap_lines=True)


def _trusted(found: Saved) -> str:
    return _(
        "With `weights_only=False` it loads as in the notes, and answers {score} of the test set as before. Do it "
        "with a file that you saved yourself, never with somebody else’s: such a file can name any function, and "
        "loading it runs it. This server does it here with the bytes that it wrote a moment ago.",
        score=_score(found.whole),
    )


def _numbers(found: Saved) -> str:
    return _(
        "Better: save the `state_dict`, names and numbers of the parameters ({n:,} bytes). It loads with the "
        "default settings, anywhere, also when the class was renamed or moved; no code can hide in it, and if the "
        "layers do not fit, PyTorch says which.",
        n=found.number_bytes,
    )


def _loaded(found: Saved) -> str:
    return _(
        "First make a network of the same class. With its own random weights it scores {before}; then it takes "
        "over the saved numbers.",
        before=_score(found.new),
    )


def _again(found: Saved) -> None:
    same = len({found.before, found.whole, found.loaded}) == 1
    st.markdown(
        _("The same to the last digit: the files keep every bit of the weights.")
        if same
        else _("Not the same: the weights are not numbers any more.")
    )
    st.html(
        table(
            "ck-loop-table",
            [
                ["model", Cell(_score(found.before))],
                ["weights_only=False", Cell(_score(found.whole))],
                ["state_dict", Cell(_score(found.loaded))],
            ],
            [["", _("test accuracy") if found.before.confusion else _("test loss")]],
        )
    )
