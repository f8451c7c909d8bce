"""The class's handwriting: the board with the panel that gives its digit, and below it what the class has given."""

from ui import board, lesson
from ui.classroom import give
from ui.classroom.membership import Membership
from ui.sketch.answer import Left, beside
from ui.sketch.readers import readers
from ui.sketch.settings import Settings
from ui.state.controls import Controls
from ui.state.session import recall, remember

SEEN = "sketch_class_seen"


def arrive(controls: Controls[Settings], member: Membership) -> None:
    """Open the class's topic for a visitor who came by a link into a class; once for each class.

    Args:
        controls: of the page.
        member: of the page.
    """
    if member.code is not None and recall(SEEN) != member.code:
        remember(SEEN, member.code)
        if controls.settings.topic == "draw":
            controls.change(topic="class")


def draw(controls: Controls[Settings], member: Membership) -> None:
    """Draw the topic's upper half for who is in a class: a board, who reads it, and the panel to give it.

    Args:
        controls: of the page.
        member: of the page.
    """
    stage, panel = lesson.layout(0.66)
    with stage:
        answered = beside(readers(), lambda: Left(*board.sheet_of(board.draw("class", controls.settings.pen))))[1]
    with panel:
        centred = answered.reading.stages.centred if answered.reading is not None else None
        give.draw(member, centred, board.clear)
