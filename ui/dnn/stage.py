"""The stage of lesson 2: the network, what it answers everywhere, and how its loss and accuracy came about."""

import math
from collections.abc import Sequence
from typing import Final

import pandas as pd
import streamlit as st

from core.inspect.model import shared_model
from core.runs.playground_job import PlaygroundJob
from core.runs.snapshot import Snapshot, State
from core.training.evaluate import Evaluation
from ui import charts, side_by_side
from ui.components import said
from ui.components.confusion import Cell, confusion
from ui.components.said import Said
from ui.dnn import answer, diagram, histograms, neuron, two_test_lines, typed
from ui.dnn.diagram import Subject, follow_link, subject
from ui.dnn.settings import Settings
from ui.live.hub import part
from ui.run import rewind
from ui.state import session
from ui.state.controls import Controls
from ui.text import _, aside, paragraph

CELL: Final = "dnn_cell"
MOST_LISTED: Final = 200  # samples of one cell


def draw(controls: Controls[Settings], now: Snapshot | None, planned: PlaygroundJob | None) -> None:
    """Draw a run, or the first weights of the plan before there is one.

    Args:
        controls: of the page.
        now: the run, or None.
        planned: what Train would start, or None when the settings cannot start.
    """
    follow_link(controls)
    rewind.follow_run(controls, now)
    settings = controls.settings
    then = rewind.held(now, settings.at)
    _numbers(then, then is not now)
    seen = subject(then, planned)
    if seen is not None:
        diagram.draw(seen, sample=settings.sample, axis=settings.axis, level=settings.level)
        neuron.draw(seen, sample=settings.sample)
    left, right = st.columns(2, gap="medium")
    with left:
        if seen is not None:
            answer.draw(seen, controls, key="dnn_answer", on_pick=lambda test, row: _pick(controls, test, row))
    with right:
        _looks(controls, now if settings.view == "curves" else then, planned, seen)
        if settings.view == "confusion":
            side_by_side.draw(now, planned)
        if now is not None and now.evaluation is not None and now.evaluation.confusion:
            rewind.draw(controls, now)


def _pick(controls: Controls[Settings], test: bool, row: int) -> None:
    """Choose the training sample that was clicked in the answer's picture."""
    if not test:
        controls.change(sample=row + 1)


def _numbers(now: Snapshot | None, earlier: bool) -> None:
    """Draw the numbers that matter in one line, with their sample counts; of an earlier moment, also which it is."""
    with st.container(key="dnn_scores"):  # its place is kept, so that nothing moves at the first Train
        notes = side_by_side.notes_figure(now) if now is not None and not earlier else ""
        more: list[Said] = [("at", {"step": str(now.step)})] if now is not None and earlier else []
        more += [("notes", {})] if notes else []
        said.said(
            part(now, "scores", lambda now: {"parts": scores(now) + more}),
            {**templates(), "at": _("at update {step}"), "notes": notes},
            key="dnn_numbers",
        )


def scores(now: Snapshot | None) -> list[Said]:
    """Return which of the templates say what a run's last look found."""
    if now is None or now.evaluation is None:
        return [("none", {})]
    if now.state is State.DIVERGED:  # the weights are not those that were tested any more
        return last_finite(now)
    tested, trained = now.evaluation, now.train_evaluation
    parts = [_score("test", tested)] + ([_score("train", trained)] if trained is not None else [])
    return parts + ([("same", {"share": f"{tested.majority:.2%}"})] if tested.confusion else [])


def _score(name: str, found: Evaluation) -> Said:
    if not found.confusion:
        explained = "–" if found.r2 is None or not math.isfinite(found.r2) else f"{found.r2:.4f}"
        return f"{name}_r2", {"loss": f"{found.loss:.4g}", "r2": explained}
    values = {"share": f"{found.accuracy:.2%}", "correct": str(found.correct), "n": str(found.samples)}
    if not math.isfinite(found.loss):
        return f"{name}_infinite", values
    return name, values | {"loss": f"{found.loss:.4f}"}


def last_finite(now: Snapshot) -> list[Said]:
    """Return the last scores whose loss was finite, and of which update: those after it are of no network.

    Args:
        now: a run that diverged.
    """
    tested, trained = _newest_finite(now.evaluations), _newest_finite(now.train_evaluations)
    if tested is None:
        return [("never", {})]
    parts = [("last", {"at": str(tested[0])}), _score_at("test", tested)]
    if trained is not None and trained[0] == tested[0]:
        parts.append(_score_at("train", trained))
    return parts


def _newest_finite(looks: Sequence[tuple[int, float, float]]) -> tuple[int, float, float] | None:
    return next((look for look in reversed(looks) if math.isfinite(look[2])), None)


def _score_at(name: str, look: tuple[int, float, float]) -> Said:
    _at, share, loss = look
    if math.isnan(share):
        return f"{name}_loss", {"loss": f"{loss:.4g}"}
    return f"{name}_at", {"share": f"{share:.2%}", "loss": f"{loss:.4g}"}


def templates() -> dict[str, str]:
    """Return the sentences of the scores, with their fields."""
    found = {
        "none": _("No numbers yet: here stand test and training accuracy, or loss, while a run goes on."),
        "never": _("No look at the test set was finite."),
        "last": _("The last finite look, at update {at}"),
        "same": _("always the same answer: {share} of the test set"),
    }
    scored = _("{name}: **{share}** ({correct} of {n}), loss {loss}")
    forms = {
        "": scored,
        "_infinite": scored.replace("{loss}", _("not finite")),
        "_r2": _("{name}: loss **{loss}**, R² **{r2}**"),
        "_at": _("{name}: {share}, loss {loss}"),
        "_loss": _("{name}: loss {loss}"),
    }
    for name, title in (("test", _("Test")), ("train", _("Training"))):
        found |= {f"{name}{form}": text.replace("{name}", title) for form, text in forms.items()}
    return found


def views() -> dict[str, str]:
    """Return what can stand beside the answer."""
    return {
        "curves": _("Curves"),
        "confusion": _("Confusion"),
        "histograms": _("Histograms"),
        "lines": _("Lines"),
        "use": _("Use"),
    }


def _looks(
    controls: Controls[Settings], now: Snapshot | None, planned: PlaygroundJob | None, seen: Subject | None
) -> None:
    names = views()
    if planned is not None and planned.regression:
        names = {key: name for key, name in names.items() if key in ("curves", "histograms", "use")}
    view = controls.segmented("view", _("Look at"), views(), label_visibility="collapsed")
    if view not in names:
        aside("A regression has no classes; choose another look.")
    elif seen is None:
        aside("No run yet: see the message above.")
    elif view == "use":
        typed.draw(controls, seen)
    elif now is None:
        aside("No run yet: press Train and watch the orange line, the test set.")
    elif view == "curves":
        _curves(controls, now)
    elif view == "confusion":
        _confusion(now)
    elif view == "histograms":
        histograms.draw(seen)
    else:
        two_test_lines.draw(seen)


def _curves(controls: Controls[Settings], now: Snapshot) -> None:
    settings = controls.settings
    classes = now.evaluation is None or bool(now.evaluation.confusion)
    height = 165 if classes else 300
    charts.losses(now, "chart_dnn_losses", height, log=settings.log, smooth=settings.smooth)
    if classes:
        level = (_("test: always the same answer"), now.evaluation.majority) if now.evaluation else None
        charts.accuracies(now, "chart_dnn_accuracy", height, level=level, smooth=settings.smooth)
    with st.popover(_("Axes"), icon=":material/tune:"):
        controls.toggle("log", _("Logarithmic loss"))
        controls.slider("smooth", _("Smoothing"), help=_("Weight of the past in the drawn curve; 0: as it was."))


def _confusion(now: Snapshot) -> None:
    tested = now.evaluation
    if tested is None or not tested.confusion or not isinstance(now.job, PlaygroundJob):
        return
    kept = session.recall(CELL)
    size = len(tested.confusion)
    cell: Cell | None = kept if isinstance(kept, tuple) and max(kept) < size else None
    confusion(
        part(now, "confusion", lambda now: {"counts": now.evaluation.confusion if now and now.evaluation else []}),
        now.job.playground().class_names,
        key="dnn_confusion",
        chosen=cell,
        on_cell=lambda found: session.remember(CELL, found),
    )
    if cell is not None:
        _samples(now, now.job, cell)


def _samples(now: Snapshot, job: PlaygroundJob, cell: Cell) -> None:
    """List the test samples of one cell, with what the network answers to each."""
    data = job.playground()
    outputs = shared_model(now.weights, job.net)(data.data.test_inputs)
    truth, answered = data.data.test_labels, outputs.argmax(dim=1)
    rows = ((truth == cell[0]) & (answered == cell[1])).nonzero().flatten()
    names = data.class_names
    paragraph(
        "Truth **{truth}**, answer **{answer}**: {n} test samples",
        truth=names[cell[0]],
        answer=names[cell[1]],
        n=len(rows),
    )
    if now.state is State.RUNNING:
        aside("At update {step}; the run goes on.", step=now.weights_at)
    if not len(rows):
        return
    shown = rows[:MOST_LISTED]
    table = pd.DataFrame(
        {
            _("test sample"): (shown + 1).tolist(),
            **{name: data.raw_test[shown, column].tolist() for column, name in enumerate(data.input_names)},
            **{f"→ {name}": outputs[shown, column].tolist() for column, name in enumerate(names)},
        }
    )
    st.dataframe(table, hide_index=True, height=min(220, 38 + 35 * len(shown)), alt=_("Samples of the chosen cell"))
    if len(rows) > MOST_LISTED:
        aside("The first {n} of them.", n=MOST_LISTED)
