"""The answer drawn live: regions or a surface over two inputs, a slice of the cube, a curve, or the cube itself."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import streamlit as st

from core.data.playground import PlaygroundData
from core.inspect import surface
from core.inspect.surface import NEAR, Cut
from core.runs.snapshot import Snapshot
from ui import lesson
from ui.components.plane import colours, numbers, plane
from ui.dnn import answer_curve
from ui.dnn.diagram import Subject, look_at
from ui.dnn.settings import CUBE_NAMES, Settings, feature_names
from ui.live.hub import part
from ui.state.controls import Controls
from ui.text import _, aside, together

Pick = Callable[[bool, int], None]
WIDTH: Final = 420  # of a picture, at most, in CSS pixels
MOST_SOLID: Final = 600  # samples of each kind in the cube that can be turned


@dataclass(frozen=True)
class _Frame:
    """What is drawn, and where on the page; ``notes`` are said below the picture."""

    seen: Subject
    key: str
    on_pick: Pick | None
    notes: tuple[str, ...]

    def noted(self, *notes: str) -> "_Frame":
        return replace(self, notes=(*self.notes, *notes))


@lesson.problems()
def draw(seen: Subject, controls: Controls[Settings], *, key: str, on_pick: Pick | None = None) -> None:
    """Draw what a network answers everywhere.

    Args:
        seen: the network.
        controls: of the page; ``axis`` and ``level`` say where the cube is cut.
        key: of this place on the page.
        on_pick: called with (False, row in the training set) when a training sample is clicked.
    """
    data, frame = seen.data, _Frame(seen, key, on_pick, ())
    if seen.now is None or not seen.now.weights:
        frame = frame.noted(_("Before the first update: the answers of the first weights."))
    if data.config.name == "onehot":
        _cube(frame, controls)
    elif len(data.input_names) == 1:
        answer_curve.draw(data, seen.model, _output(frame), key=f"{key}_curve")
    else:
        across = (0, 1)
        if len(data.input_names) > 2:
            across = _across(frame)
            frame = frame.noted(_("The other inputs are at their mean; the samples lie where they are in these two."))
        if data.config.name == "csv":
            frame = frame.noted(_("The network gets each input less its mean, divided by its standard deviation."))
        _plane(frame, surface.cut(data, across), _output(frame))


def _plane(frame: _Frame, piece: Cut, output: int = 0) -> None:
    seen, data, job = frame.seen, frame.seen.data, frame.seen.job
    marks = surface.marks(data, piece)
    if marks.left_out:
        more = _("{n:,} more samples are not drawn; accuracy and loss count them all.", n=marks.left_out)
        frame = frame.noted(more)
    names = feature_names() | CUBE_NAMES

    def shown(now: Snapshot | None) -> dict[str, Any]:
        model = look_at(now, job).model
        answered = surface.answers(model, data, piece.points), surface.answers(model, data, marks.raw)
        return numbers(marks, answered, output=None if data.class_names else output)

    if not bool(surface.answers(seen.model, data, marks.raw).isfinite().all()):
        frame = frame.noted(_("Answers that are not finite numbers (NaN or ∞) have no colour, and are drawn as wrong."))
    plane(
        part(seen.now, ("plane", piece.across, piece.axis, piece.level, output), shown, weights=True),
        piece,
        marks,
        key=f"{frame.key}_plane",
        classes=data.class_names,
        output=output,
        output_name=data.output_names[output],
        names=(names.get(piece.names[0], piece.names[0]), names.get(piece.names[1], piece.names[1])),
        note=together(*frame.notes),
        on_pick=frame.on_pick,  # the sample that the network shows is one of the training set
        width=WIDTH,
    )


# -- the cube -------------------------------------------------------------------------------------------------------


def _cube(frame: _Frame, controls: Controls[Settings]) -> None:
    with st.container(horizontal=True, gap="xxsmall", vertical_alignment="center"):
        pictures = {"slice": _("Slice"), "solid": _("3-D")}
        shown = controls.segmented("cube", _("Picture of the cube"), pictures, label_visibility="collapsed")
        st.caption(
            _("of the cube"),
            width="content",
            help=_(
                "The inputs x₁, x₂ and x₃ lie between 0 and 1: a cube. Their sum s = x₁ + x₂ + x₃ decides the class. A "
                "slice is a flat cut through the cube: one input, or s, is fixed, at the place that the slider says."
            ),
        )
        if shown == "slice" or frame.seen.live:
            names = {"s": "s", **CUBE_NAMES}
            controls.segmented("axis", _("What is fixed in the slice"), names, label_visibility="collapsed")
    if shown == "solid":
        if not frame.seen.live:
            _solid(frame)
            return
        aside("The cube in 3-D is drawn when the run is paused or over.")
    controls.slider("level", _("Place of the slice, from 0 to 1"), label_visibility="collapsed")
    piece = surface.cube_cut(controls.settings.axis, controls.settings.level)
    note = _(
        "Slice where {name} = {level}, with the samples that are within {near} of it.",
        name={"s": "s = x₁ + x₂ + x₃", **CUBE_NAMES}[piece.axis],
        level=f"{piece.level:.2f}",
        near=NEAR,
    )
    _plane(frame.noted(note), piece)


def _solid(frame: _Frame) -> None:
    """Draw test samples in the cube: right ones small and round, wrong ones as large diamonds."""
    import plotly.graph_objects as go

    data, model = frame.seen.data, frame.seen.model
    outputs = surface.answers(model, data, data.raw_test)
    missed = surface.wrong(outputs, data.data.test_labels)
    figure = go.Figure()
    palette = colours(len(data.class_names))
    for kind, (name, colour) in enumerate(zip(data.class_names, palette, strict=True)):
        of_class = data.data.test_labels == kind
        for wrong in (False, True):
            taken = (of_class & (missed == wrong)).nonzero()[:, 0]
            points = data.raw_test[taken[:MOST_SOLID]]
            marker = {"size": 5, "symbol": "diamond"} if wrong else {"size": 2.5, "opacity": 0.35}
            figure.add_scatter3d(
                **dict(zip("xyz", points.T.tolist(), strict=True)),
                mode="markers",
                marker={**marker, "color": colour},
                name=_("{name}: {n} wrong", name=name, n=len(taken))
                if wrong
                else _("{name}: {n} right", name=name, n=len(taken)),
                text=[data.class_names[said] for said in outputs[taken[:MOST_SOLID]].argmax(dim=1).tolist()],
                hovertemplate="(%{x:.3f}, %{y:.3f}, %{z:.3f})<br>" + _("answer %{text}") + "<extra></extra>",
            )
    axis = {"range": [0, 1], "backgroundcolor": "rgba(0,0,0,0)"}
    figure.update_layout(
        height=480,
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        scene={
            "xaxis": {**axis, "title": "x₁"},
            "yaxis": {**axis, "title": "x₂"},
            "zaxis": {**axis, "title": "x₃"},
            "aspectmode": "cube",
            "camera": {"eye": {"x": 1.7, "y": -1.7, "z": 0.6}},
        },
        legend={"orientation": "h", "y": 0, "itemsizing": "constant"},
    )
    st.plotly_chart(figure, key=f"{frame.key}_solid", config={"displayModeBar": False})
    aside(
        "{wrong} of {n} test samples are wrong (here diamonds, in the slice triangles); the colour is the true "
        "class. Turn the cube: seen from the side, the borders s = 1 and s = 2 are two lines.",
        wrong=int(missed.sum()),
        n=len(missed),
    )


# -- own tables -----------------------------------------------------------------------------------------------------


def _across(frame: _Frame) -> tuple[int, int]:
    """Draw the choice of the two inputs that a picture of more of them shows."""
    data, key = frame.seen.data, frame.key
    columns = range(len(data.input_names))
    left, right = st.columns(2, gap="medium")
    with left:
        first = _column(data, _("Across"), columns, data.input_names, f"{key}_x")
    with right:
        others = [column for column in columns if column != first]
        return first, _column(data, _("Upwards"), others, data.input_names, f"{key}_y")


def _output(frame: _Frame) -> int:
    """Draw the choice of a regression's output, where there are several."""
    if not frame.seen.data.regression or frame.seen.data.outputs == 1:
        return 0
    names = frame.seen.data.output_names
    return _column(frame.seen.data, _("Output"), range(len(names)), names, f"{frame.key}_output")


def _column(data: PlaygroundData, label: str, columns: Sequence[int], names: Sequence[str], key: str) -> int:
    """Draw a choice of one of the data's columns, another one for each file, and return it."""
    own = f"{key}_{data.config.table.digest if data.config.table else ''}"
    return st.selectbox(label, columns, 0, format_func=names.__getitem__, key=own, persist_state="session")
