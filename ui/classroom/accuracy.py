"""How well the networks read the class's handwriting, beside MNIST's test set; which digits they take for which."""

from functools import partial

import streamlit as st

from core import cache
from core.classroom.entries import Collection
from core.classroom.report import READINGS, Reading, mnist_score_once
from core.classroom.store import LOOKS
from core.score import Score
from ui import lesson
from ui.classroom.give import DIGITS
from ui.classroom.membership import Membership
from ui.components.confusion import Cell, confusion
from ui.components.gallery import Row, Tile, gallery
from ui.state.session import recall, remember
from ui.text import _, aside, paragraph, together

LOOK_S = 2.0
MOST_MISREAD = 60
CELL = "class_cell"
NETWORKS = {"lenet5": "LeNet-5", "mnist-dnn": "MNIST DNN"}


@st.fragment(run_every=LOOK_S, key="class_numbers_live")
@lesson.problems()
def draw(member: Membership, code: str) -> None:
    """Draw accuracies with their intervals, the confusion counts and the surest mistakes, and keep them up to date."""
    found = LOOKS.look(code)
    if not len(found):
        st.info(_("No digit yet: draw one, say which digit it is, and give it to the class."), icon=":material/draw:")
        return
    readings = {name: READINGS.read(found, name, cache.pretrained(name)) for name in NETWORKS}
    _table(readings)
    name = member.segmented("network", _("Network"), NETWORKS)
    left, right = st.columns([0.5, 0.5], gap="medium")
    with left:
        confusion(
            {"counts": readings[name].confusion},
            DIGITS,
            key="class_confusion",
            chosen=recall(CELL),
            on_cell=partial(remember, CELL),
        )
    with right:
        _digits(found, readings[name], recall(CELL))


def percent(score: Score) -> str:
    """Return an accuracy in percent."""
    return f"{100 * score.accuracy:.1f}%"


def between(score: Score) -> str:
    """Return the 95 % interval of an accuracy, in percent."""
    low, high = score.interval
    return f"{100 * low:.1f} – {100 * high:.1f}%"


def _table(readings: dict[str, Reading]) -> None:
    mnist = _on_mnist()
    rows = []
    for name, reading in readings.items():
        for where, score in ((_("this class"), reading.score), (_("MNIST's test set"), mnist.get(name))):
            if score is not None:
                rows.append(
                    {
                        _("Network"): NETWORKS[name],
                        _("Digits of"): where,
                        _("Accuracy"): percent(score),
                        _("95 % interval"): between(score),
                        _("right"): f"{score.correct:,}",
                        _("of"): f"{score.samples:,}",
                    }
                )
    st.dataframe(rows, hide_index=True, alt=_("Table of accuracies"))
    first, own = mnist.get("lenet5"), readings["lenet5"].score
    if first is None or own is None:
        aside("MNIST is being loaded; its numbers appear by themselves.")
        return
    st.caption(together(_verdict(own, first), _meaning()))
    if not cache.mnist().provenance.full:
        aside(
            "Only a part of MNIST is at hand, and both networks have learned from it; with all of MNIST the "
            "comparison is with digits that they have never seen."
        )


def _verdict(own: Score, mnist: Score) -> str:
    if own.interval[1] < mnist.interval[0]:
        return _("The intervals lie apart: this class writes in a way that LeNet-5 reads worse than MNIST's writers.")
    if own.interval[0] > mnist.interval[1]:
        return _("The intervals lie apart: LeNet-5 reads this class better than MNIST's writers.")
    return _("The intervals overlap: with so few digits the difference may be chance.")


def _meaning() -> str:
    return _(
        "The interval is Wilson's: between these two lies, in 95 of 100 such classes, the accuracy on many more digits "
        "from the same hands."
    )


def _on_mnist() -> dict[str, Score]:
    if not cache.mnist_loading().ready:
        return {}
    digits = cache.mnist()
    return {name: mnist_score_once(name, cache.pretrained(name), digits) for name in NETWORKS}


def _digits(found: Collection, reading: Reading, cell: Cell | None) -> None:
    """Draw the chosen cell's digits, or all that were misread; the surest answers first."""
    network = NETWORKS[reading.network]
    wrong = reading.surest_mistakes(None) if cell is None else reading.readings(*cell)
    if cell is None and not wrong:
        paragraph("{network} reads every digit of this class right.", network=network)
        return
    if cell is None:
        words = _(
            "{network} misreads **{n}**; the surest mistakes first, with how sure it was:",
            network=network,
            n=len(wrong),
        )
    else:
        words = _(
            "{network} answers “{answer}” to **{n}** that are said to be a “{label}”, the surest first:",
            network=network,
            answer=cell[1],
            n=len(wrong),
            label=cell[0],
        )
    st.markdown(words)
    if not wrong:
        return
    shown = wrong[:MOST_MISREAD]
    tiles = [
        Tile(
            int(reading.ids[entry.index]),
            f"{entry.label}→{entry.answer} {100 * entry.sure:.0f}%",
            _(
                "{label}, read as {answer}, {share} sure",
                label=entry.label,
                answer=entry.answer,
                share=f"{100 * entry.sure:.0f}%",
            ),
        )
        for entry in shown
    ]
    images = [found.images[entry.index] for entry in shown]
    gallery([Row("", tiles)], images, key="class_misread", label=_("The class's digits"))
    if len(wrong) > MOST_MISREAD:
        aside("{n} more are not shown.", n=len(wrong) - MOST_MISREAD)
