"""The network in use: numbers are typed, and the network that is shown answers."""

import math

import streamlit as st

from core.data.playground import PLANE
from core.inspect.typed import Answer, answer_to
from ui import lesson
from ui.dnn.diagram import Subject
from ui.dnn.settings import CUBE_NAMES, Settings, feature_names
from ui.state import session
from ui.state.controls import Controls
from ui.table import table
from ui.text import _, listed, paragraph, together
from ui.words import escaped, plain

WIDTH = 96  # pixels of an input: three beside each other on a phone


@lesson.problems()
def draw(controls: Controls[Settings], seen: Subject) -> None:
    """Draw an input for each number that the data's samples have, and the answer to what stands in them.

    Args:
        controls: of the page; what is typed stands in its link.
        seen: the network that answers.
    """
    data = seen.data
    names = [CUBE_NAMES.get(name, name) for name in data.input_names]
    values = _values(controls.settings.typed, data.low, data.high)
    keys = [f"dnn_typed_{place}" for place in range(len(names))]

    def write() -> None:
        typed = [session.sent(key) for key in keys]
        controls.change(typed="_".join("" if value is None else f"{value:.9g}" for value in typed))

    with st.container(horizontal=True, gap="xsmall"):
        for key, name, value, low, high in zip(keys, names, values, data.low, data.high, strict=True):
            session.show(key, value)
            step = 10.0 ** math.floor(math.log10((high - low) / 5))
            st.number_input(escaped(name), value=None, step=step, format="%.9g", key=key, on_change=write, width=WIDTH)
    _answer(seen, names, values, answer_to(seen.model, data, values, names))


def _values(written: str, low: tuple[float, ...], high: tuple[float, ...]) -> list[float | None]:
    """Return what the link says, number by number, None for what is none; without it the middle of the samples."""
    if not written:
        return [float(f"{(least + most) / 2:.3g}") for least, most in zip(low, high, strict=True)]
    parts = written.split("_")
    return [_number(parts[place]) if place < len(parts) else None for place in range(len(low))]


def _number(part: str) -> float | None:
    try:
        value = float(part)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _answer(seen: Subject, names: list[str], values: list[float | None], found: Answer) -> None:
    data, classes = seen.data, not seen.data.regression
    if found.place is None:
        paragraph("**No answer**: the outputs are not finite numbers (NaN or ∞).")
    elif classes:
        name, total = escaped(data.class_names[found.place]), sum(value for value in values if value is not None)
        if data.config.name == "onehot":
            paragraph("Answer: **{name}** (s = {total})", name=name, total=f"{total:.4g}")
        else:
            paragraph("Answer: **{name}**", name=name)
    softmax = classes and seen.job.train.loss == "cross_entropy"
    heads = [_("class") if classes else "", _("output")] + ([_("softmax")] if softmax else []) + [""]
    rows = []
    for place, name in enumerate(data.output_names):
        cells = [name, plain(found.outputs[place])] + ([f"{found.shares[place]:.2%}"] if softmax else [])
        largest = classes and place == found.place
        rows.append([*cells, "←" if largest else ""])
    st.html(table("ck-table", rows, [heads], named=True))
    st.caption(together(*_remarks(seen, names, found)))


def _remarks(seen: Subject, names: list[str], found: Answer) -> list[str]:
    data = seen.data
    if seen.now is None or not seen.now.weights_at:
        parts = [_("Before the first update: the answers of the first weights.")]
    else:
        parts = [_("One forward pass with the weights after update {step}.", step=seen.now.weights_at)]
    features = feature_names()
    gets = listed(
        f"{features.get(name, name)} = {plain(value)}"
        for name, value in zip(data.feature_names, found.inputs, strict=True)
    )
    if data.config.name == "csv":
        parts.append(_("Standardised as the training samples are, the network gets {inputs}.", inputs=gets))
    elif data.config.name in PLANE and data.feature_names != data.input_names:
        parts.append(_("The network gets {inputs}.", inputs=gets))
    parts += [
        _(
            "{name} is outside of all samples ({low} to {high}): the network has seen nothing like it.",
            name=names[column],
            low=f"{data.low[column]:.3g}".replace("-", "−"),
            high=f"{data.high[column]:.3g}".replace("-", "−"),
        )
        for column in found.outside
    ]
    return parts
