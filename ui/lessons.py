"""The five lessons: what the menu and the first page say of each."""

from typing import NamedTuple

from ui.text import _, once_a_language


class Lesson(NamedTuple):
    """A lesson from outside.

    Attributes:
        page: its file in pages/, without the ending, and its address.
        title: on its card and its page.
        menu: number and title, as short as the menu needs.
        icon: in the menu.
        question: on its card.
    """

    page: str
    title: str
    menu: str
    icon: str
    question: str


@once_a_language
def lessons() -> tuple[Lesson, ...]:
    """Return the lessons in their order."""
    return (
        Lesson(
            "data_split",
            _("Data split"),
            _("1 Data split"),
            ":material/splitscreen_left:",
            _("Which samples may the network learn from, and in what portions?"),
        ),
        Lesson(
            "dnn_playground",
            _("DNN playground"),
            _("2 DNN playground"),
            ":material/hub:",
            _("What does a network learn, and when does it learn nothing at all?"),
        ),
        Lesson(
            "conv_calculator",
            _("Convolution calculator"),
            _("3 Convolution"),
            ":material/grid_on:",
            _("How large is what comes out of a convolution, and why?"),
        ),
        Lesson(
            "lenet_training",
            _("LeNet-5 training"),
            _("4 LeNet-5 training"),
            ":material/stacked_line_chart:",
            _("How does a network from 1998 learn to read digits in a few minutes?"),
        ),
        Lesson(
            "sketch_pad",
            _("Sketch pad"),
            _("5 Sketch pad"),
            ":material/draw:",
            _("Does it read your handwriting, and what does it see of it?"),
        ),
    )
