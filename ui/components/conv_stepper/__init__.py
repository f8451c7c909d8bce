"""The step-by-step window: every product and sum of one convolution or pooling, played in the browser.

Input, kernels and sizes are sent once; the browser multiplies and adds, so that playing and stepping cost the server
nothing. Only a number that is typed over goes to the server, and into the link.
"""

from collections.abc import Callable

from core.conv.axis import Axis
from core.conv.edits import MAX_EDITS_TEXT
from core.conv.example import Example
from ui.components import component
from ui.state import session
from ui.text import _

_COMPONENT = component("conv_stepper", "section", "stepper")


def conv_stepper(example: Example, *, on_edit: Callable[[object], None], key: str) -> None:
    """Draw an example's output channels, of which one is shown at a time, with a player.

    Args:
        example: one that can be drawn; InvalidInput where its edits make no sense.
        on_edit: called with the new text of edits, unchecked, when a number was typed.
        key: of this place on the page.
    """
    data = {
        "pictures": [_picture(example, number) for number in range(example.drawn)],
        "firsts": [example.first_read(number) for number in range(example.drawn)],
        "edits": example.edits,
        "most": MAX_EDITS_TEXT,
        "words": _words(example.operation, example.reads, *example.axes),
    }
    _COMPONENT(data=data, key=key, on_edit_change=lambda: on_edit(session.sent(key, "edit")))


def _picture(example: Example, number: int) -> dict[str, object]:
    """Return what one output channel is made of, as plain values."""
    rows, columns = example.axes
    convolves = example.operation == "conv"
    first = example.first_read(number)
    return {
        "operation": example.operation,
        "channels": [example.input_channel(first + channel) for channel in range(example.reads)],
        "kernels": example.weights(number) if convolves else (),
        "bias": example.filter_bias(number) if convolves else 0,
        "zeros": example.zeros,
        "padding": (rows.padding, columns.padding),
        "kernel": (rows.kernel, columns.kernel),
        "stride": (rows.stride, columns.stride),
        "dilation": (rows.dilation, columns.dilation),
        "output": (rows.output, columns.output),
    }


def _words(operation: str, reads: int, rows: Axis, columns: Axis) -> dict[str, str]:
    """Return every word of the picture in the session's language; the script fills {fields} in at each step."""
    padding = _(", padding {p}", p=rows.padding) if rows.padding or columns.padding else ""
    if rows.padding != columns.padding:
        padding = _(", padding {p}", p=f"{rows.padding}×{columns.padding}")
    convolves = operation == "conv"
    return {
        "named": _("{name}: {value}"),
        "title": _("Step through the window"),
        "play": _("Play"),
        "pause": _("Pause"),
        "back": _("One step back"),
        "forward": _("One step forward"),
        "scrub": _("Step"),
        "speed": _("Speed"),
        "fastest": _("fastest"),
        "count": _("Step {n} of {all}"),
        "filter": _("Filter") if convolves else _("Channel"),
        "channel": _("Channel"),
        "input": _("Input {h}×{w}{padding}", h=rows.size, w=columns.size, padding=padding),
        "kernel": _("Kernel {n} of {all}") if reads > 1 else _("Kernel {h}×{w}", h=rows.kernel, w=columns.kernel),
        "products": _("Window × kernel") if convolves else _("Window"),
        "output": _("Output {h}×{w}", h=rows.output, w=columns.output),
        "cell": _("Row {row}, column {column}: {value}"),
        "pending": _("Row {row}, column {column}: not yet"),
        "place": _("Row {row}, column {column}"),
        "zero": _("padding"),
        "reaches": _("Input row {row}, column {column} reaches {n} output numbers."),
        "full": _("No more numbers fit into the link; undo some first."),
        "bias": _("bias"),
        "sum": _("sum of {n} products"),
        "mean": _("mean"),
        "largest": _("largest"),
        "channels": _("channel {n}"),
        "spoken": _("Output row {row}, column {column}: {sum}"),
        "keys": _(
            "Arrow keys step, space plays. Choose an input cell to see where it reaches; "
            "type or double-click to change a number."
        ),
        "poolKeys": _("Arrow keys step, space plays. Choose an input cell to see where it reaches; type to change it."),
    }
