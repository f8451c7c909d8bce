"""Lesson 5's body, in one fragment: a stroke runs it alone, so that the answer comes at once."""

from collections.abc import Callable, Sequence

import streamlit as st

from ui import board, lesson
from ui.classroom import tabs
from ui.classroom.membership import Membership
from ui.sketch import closer_look, group, moving, photo, preprocessing, sample, settings, several
from ui.sketch.answer import Answered, Left, beside
from ui.sketch.readers import Reader, readers
from ui.sketch.settings import MOVES, Settings
from ui.state.controls import Controls
from ui.text import _, aside


def draw(controls: Controls[Settings], member: Membership) -> None:
    """Draw the chosen topic.

    Args:
        controls: of the page.
        member: whether the visitor is in a class.
    """
    board.keep()
    board.keep(several.WHAT)
    seen = _standing(controls.settings)

    @st.fragment
    def draw() -> None:
        if _standing(controls.settings) != seen:  # what is above and below the body follows
            st.rerun()
        if controls.settings.topic == "class":
            if member.code is not None:
                group.draw(controls, member)
        else:
            TOPICS[controls.settings.topic](controls)

    draw()
    if controls.settings.topic == "class":
        tabs.draw(member)


def _standing(now: Settings) -> dict[str, object]:
    """Return the settings that something outside of the body may depend on: not where the digit is dragged."""
    return {name: value for name, value in vars(now).items() if name not in MOVES}


def _draw(controls: Controls[Settings]) -> None:
    def left() -> Left:
        if controls.settings.tool == "chalk":
            return Left(*board.sheet_of(board.draw("lesson", controls.settings.pen)))
        page, note = board.sheet_of(board.picture())
        if page is None:
            st.info(_("The board is empty: take the chalk and draw a digit first."), icon=":material/draw:")
            return Left(None, note)
        moving.draw(controls, page, "sketch_hand", _("Your sketch."))
        return Left(page, note, settings.change(controls.settings))

    def choose() -> None:
        tools = {"chalk": _("Chalk"), "move": _("Hand")}
        tool = controls.segmented("tool", _("Tool"), tools, help=_("The hand drags, turns and thickens what is drawn."))
        if tool == "chalk":
            controls.slider("pen", _("Width of the chalk"), help=_("In pixels of the 280×280 board."))

    _topic(controls, left, choose, exact=controls.settings.tool == "move")


def _sample(controls: Controls[Settings]) -> None:
    def left() -> Left:
        page = sample.sheet(controls.settings.index)
        if page is None:
            return Left(None, _("MNIST is being loaded; the sample appears by itself."))
        moving.draw(controls, page, "sketch_hand_sample", sample.alt(controls.settings.index))
        return Left(page, "", settings.change(controls.settings))

    _topic(controls, left, lambda: sample.choose(controls))


def _photo(controls: Controls[Settings]) -> None:
    def left() -> Left:
        if not photo.there():
            photo.choose()
        page, note = photo.sheet()
        if page is None:
            return Left(None, note)
        moving.draw(controls, page, "sketch_hand_photo", _("The ink of your photo."))
        return Left(page, note, settings.change(controls.settings))

    _topic(controls, left, photo.choose if photo.there() else lambda: None, exact=photo.there())


def _topic(
    controls: Controls[Settings], left: Callable[[], Left], choose: Callable[[], None], exact: bool = True
) -> None:
    """Draw a sketch, who reads it and what they see; then the controls: the answer shall come first.

    Args:
        controls: of the page.
        left: draws the sketch.
        choose: draws the topic's own controls.
        exact: whether the moves can be set as numbers.
    """
    stage, panel = lesson.layout(0.72)
    with stage:
        who = readers()
        drawn, answered = beside(who, left, lambda: settings.steps(controls.settings))
        _look(controls, drawn, answered, who)
    with panel:
        choose()
        names = {
            "steps": _("What they see"),
            "maps": _("Feature maps"),
            "saliency": _("What mattered"),
            "nearest": _("Most alike"),
        }
        controls.select("look", _("Closer look"), names)
        if exact:
            taken = settings.steps(controls.settings)
            if taken.crop and taken.centre:
                aside("Crop and Centre undo all dragging. Switch both off below, and drag again.")
            with lesson.more():
                moving.exact(controls)
        aside("A LeNet-5 or DNN that you train in lesson 4 reads here, too.")


def _look(controls: Controls[Settings], left: Left, answered: Answered, who: Sequence[Reader]) -> None:
    """Draw the closer look that is chosen."""
    look = controls.settings.look
    if look == "steps":
        preprocessing.draw(controls, left.page, answered, who, settings.steps(controls.settings), left.change)
        return
    if answered.reading is None:
        aside("There is nothing to look at yet.")
        return
    image = answered.reading.stages.normalised
    if look == "maps":
        closer_look.feature_maps(image, closer_look.choose(who))
    elif look == "saliency":
        closer_look.mattered(image, who, [answer.digit for answer in answered.reading.answers])
    else:
        closer_look.nearest(image)


TOPICS: dict[str, Callable[[Controls[Settings]], None]] = {
    "draw": _draw,
    "photo": _photo,
    "sample": _sample,
    "several": several.draw,
}
