"""A layer in words: the size formula with the numbers put in, what is left over, what it costs."""

from core.conv.axis import Axis
from core.conv.example import Example
from core.conv.sizes import LayerTrace, Shape
from core.errors import InvalidInput
from ui.text import _, together


def shape(size: Shape, flat: bool = False) -> str:
    """Return channels × height × width as text; of a flat row its one number."""
    return str(size[0]) if flat else " × ".join(map(str, size))


def size(axes: tuple[Axis, Axis]) -> str:
    """Return the size formula with the numbers put in, as Markdown; columns only where they differ from rows."""
    rows, columns = axes
    # Two formulas in one line of text, so that a phone can break it between them.
    letters, numbers, last = _line(rows)
    text = f"$OH = {letters}$ ${numbers}$ ${last}$"
    if columns == rows:
        return text
    _letters, numbers, last = _line(columns)
    return f"{text}\n\n$OW {numbers}$ ${last}$"


def no_place(example: Example) -> str:
    """Return the formula of a window that does not fit, or an empty text when there is no such layer at all."""
    try:
        return size(example.axes)
    except InvalidInput:
        return ""


def _line(axis: Axis) -> tuple[str, str, str]:
    """Return the formula in letters, with the numbers, and with the subtraction done."""
    left, right = "", ""
    if not axis.divides:
        left, right = (r"\left\lceil ", r"\right\rceil ") if axis.ceil_mode else (r"\left\lfloor ", r"\right\rfloor ")
    window, number = "FH", str(axis.kernel)
    if axis.dilation > 1:
        window, number = "D(FH-1) - 1", rf"{axis.dilation}\cdot({axis.kernel}-1) - 1"
    strut = r"\rule[-0.95em]{0pt}{2.4em}"  # keeps wrapped lines apart
    letters = rf"{strut}{left}\dfrac{{H + 2P - {window}}}{{S}}{right} + 1"
    numbers = rf"{strut}{left}\dfrac{{{axis.size} + 2\cdot {axis.padding} - {number}}}{{{axis.stride}}}{right} + 1"
    # ceil_mode leaves out a last window that would start outside: then the formula alone gives one too many
    cut = " - 1" if axis.ceil_mode and -(-axis.slack // axis.stride) + 1 > axis.output else ""
    last = rf"{strut}{left}\dfrac{{{axis.slack}}}{{{axis.stride}}}{right} + 1{cut}"
    return letters, rf"{{= {numbers}{cut}}}", rf"{{= {last} = \mathbf{{{axis.output}}}}}"  # braces: no break inside


def remainder(axes: tuple[Axis, Axis]) -> str:
    """Say what the rounding does where the stride does not divide; empty where it does."""
    rows, columns = axes
    if rows.divides and columns.divides:
        return ""
    axis = rows if not rows.divides else columns
    start = _("S = {stride} does not divide {slack}.", stride=axis.stride, slack=axis.slack)
    if rows.overhang or columns.overhang:
        return together(start, _("Rounded up (ceil): the last window sticks out; what lies outside does not count."))
    cut = (
        _("Rounded up (ceil), but a window that starts outside is left out.")
        if axis.ceil_mode
        else _("Rounded down (floor).")
    )
    unread = _(
        "No window reads the end of the padded input; number of rows: {rows}, of columns: {columns}.",
        rows=rows.leftover,
        columns=columns.leftover,
    )
    return together(start, cut, unread)


def caption(example: Example) -> str:
    """Say which part of a layer with several channels or filters is drawn; empty when all of it is."""
    parts = []
    if example.drawn < example.outputs:
        parts.append(_("Drawn: the first {drawn} of {all} output channels.", drawn=example.drawn, all=example.outputs))
    if example.operation != "conv":
        return together(*parts, _("Each channel is pooled by itself.") if example.channels > 1 else "")
    read = example.reads
    if example.groups > 1:
        parts.append(_("Each filter reads the {read} channels of its group.", read=read))
    if read > 1:
        rows, columns = example.axes
        parts.append(
            _(
                "A filter is {read} kernels of {h}×{w}, one for each channel that it reads; the products of all of "
                "them are summed, then its one bias is added.",
                read=read,
                h=rows.kernel,
                w=columns.kernel,
            )
        )
    return together(*parts)


def costs(size: LayerTrace) -> str:
    """Say the layer's parameters, multiply-adds, memory and receptive field."""
    inputs, weights, outputs = size.memory
    return _(
        "{parameters:,} parameters, {multiply_adds:,} multiply-adds per image; float32: input {inputs}, "
        "weights {weights}, output {outputs}. One output number sees {field} pixels.",
        parameters=size.parameters,
        multiply_adds=size.multiply_adds,
        inputs=memory(inputs),
        weights=memory(weights),
        outputs=memory(outputs),
        field="×".join(map(str, size.receptive_field)),
    )


def memory(count: int) -> str:
    """Return a number of bytes with its unit.

    >>> memory(1024), memory(61_706 * 4)
    ('1 KiB', '241 KiB')
    """
    for unit in ("B", "KiB", "MiB", "GiB"):
        if count < 1024 or unit == "GiB":
            return f"{count:.3g} {unit}" if count < 1000 else f"{count:.0f} {unit}"
        count /= 1024  # type: ignore[assignment]
    raise AssertionError


def course_rule(example: Example) -> str:
    """Compare the course's OH = H/S with the general formula; empty for a convolution."""
    if example.operation == "conv":
        return ""
    rows, columns = example.axes
    axis = next((axis for axis in (rows, columns) if axis.size != axis.output * axis.stride), rows)
    size, stride = axis.size, axis.stride
    if axis.size == axis.output * axis.stride:
        return _("The course's rule says the same: H/S = {h}/{s} = {o}.", h=size, s=stride, o=axis.output)
    reason = (
        _("it holds only when the window equals the stride, without padding")
        if axis.window != stride or axis.padding
        else _("it holds only when S divides H")
    )
    return _(
        "The course's rule would say H/S = {h}/{s} = {rule}; {reason}.",
        h=size,
        s=stride,
        rule=f"{size / stride:.4g}",
        reason=reason,
    )


def letter(field: str) -> str:
    """Return a setting's letter in the formula."""
    return {"kernel_size": "F", "stride": "S", "padding": "P", "dilation": "D", "size": "H"}[field]
