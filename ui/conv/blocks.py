"""A layer of several channels or filters as blocks, whose labels are the whole line of shapes."""

from collections.abc import Sequence

from core.conv.sizes import Shape
from ui.text import _

WIDTH = 350  # pixels: as wide as a phone's screen
FRONT, DEEPEST, SMALLEST = 44, 20, 9  # pixels of the longest side, of many channels, of the smallest side
MOST_LINES = 12  # more slices or pixels would be a grey face
_SMALL_DIGITS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def svg(
    shape: Shape, window: tuple[int, int], output: Shape, reads: int = 0, biases: Sequence[float] = ()
) -> tuple[str, str]:
    """Return input, filters and output as SVG, and what it shows in words.

    Args:
        shape: (C, H, W) of the input.
        window: (FH, FW).
        output: (FN, OH, OW).
        reads: how many channels a filter has; 0 for pooling, which has no filters.
        biases: one per filter; none for pooling.
    """
    longest = max(*shape[1:], *output[1:], *window)

    def block(x: float, y: float, size: Shape, letters: tuple[str, str, str], weights: bool = False) -> str:
        return _block(x, y, size, longest, letters, weights)

    numbers = [*range(1, len(biases) + 1)]
    drawn = numbers if len(numbers) <= 3 else [1, 2, numbers[-1]]
    piece = (reads or 1, *window)
    wide, high = _extent(piece, longest)
    row = high + 12
    body = max(_extent(shape, longest)[1], _extent(output, longest)[1], row * max(1, len(drawn)))
    parts = []
    for middle, size, letters in ((52, shape, ("C", "H", "W")), (312, output, ("FN" if reads else "C", "OH", "OW"))):
        own_wide, own_high = _extent(size, longest)
        parts.append(block(middle - own_wide / 2, 14 + (body - own_high) / 2, size, letters))
    places = drawn or [0]
    for place, number in enumerate(places):
        x, y = 176 - wide / 2 - (24 if reads else 0), 14 + (body - row * len(places)) / 2 + place * row + 6
        edges = ("", "FH" if place == 0 else "", "FW" if place == len(places) - 1 else "")
        parts.append(block(x, y, piece, edges, weights=bool(reads)))
        if reads:
            bias = f"{biases[number - 1]:g}".replace("-", "−")
            said = f"+ b{str(number).translate(_SMALL_DIGITS)} = {bias}"
            parts.append(_text(x + wide + 6, y + high / 2 + 4, said, 12 if len(said) < 11 else 10, anchor="start"))
        if place == 1 and drawn[2:] and drawn[2] > 3:
            parts.append(_text(x + wide / 2, y + high + 12, "⋮", 13))
    for middle, sign in ((96, "⊛" if reads else ""), (257, "→")):
        parts.append(_text(middle, 14 + body / 2 + 6, sign, 18))
    line = body + 40
    columns: list[tuple[int, str, tuple[int, ...]]] = [
        (52, "(C, H, W)", shape),
        (302, "(FN, OH, OW)" if reads else "(C, OH, OW)", output),
    ]
    if reads:
        own = "C" if reads == shape[0] else "C/G"
        columns.append((172, f"(FN, {own}, FH, FW)", (len(biases), *piece)))
    else:
        columns.append((176, "(FH, FW)", window))
    for middle, names, values in columns:
        parts.append(_text(middle, line, names, 12, "var(--muted)"))
        parts.append(_text(middle, line + 18, f"({', '.join(map(str, values))})", 13))
    for middle, sign in ((108, "⊛" if reads else ""), (252, "→")):
        parts.append(_text(middle, line + 18, sign, 14))
    height = line + 28
    told = _spoken(shape, output, (len(biases), *piece) if reads else None)
    return f'<svg width="{WIDTH}" height="{height:.0f}" viewBox="0 0 {WIDTH} {height:.0f}">{"".join(parts)}</svg>', told


def _spoken(shape: Shape, output: Shape, filters: tuple[int, ...] | None) -> str:
    def text(size: tuple[int, ...]) -> str:
        return f"({', '.join(map(str, size))})"

    if filters is None:
        return _("Blocks: the input (C, H, W) = {input} is pooled to {output}.", input=text(shape), output=text(output))
    return _(
        "Blocks: the input (C, H, W) = {input}, the filters (FN, C, FH, FW) = {filters}, each with its own bias, and "
        "the output (FN, OH, OW) = {output}.",
        input=text(shape),
        filters=text(filters),
        output=text(output),
    )


def _sizes(shape: Shape, longest: int) -> tuple[float, float, float]:
    """Return a block's depth, height and width in pixels."""
    channels, height, width = shape
    deep = min(DEEPEST, 6 * channels) if channels > 1 else 2
    return deep, max(SMALLEST, FRONT * height / longest), max(SMALLEST, FRONT * width / longest)


def _extent(shape: Shape, longest: int) -> tuple[float, float]:
    """Return how wide and how high a block is with its depth."""
    deep, high, wide = _sizes(shape, longest)
    return wide + deep, high + deep


def _block(x: float, y: float, shape: Shape, longest: int, letters: tuple[str, str, str], weights: bool) -> str:
    deep, high, wide = _sizes(shape, longest)
    front = y + deep
    fill = "color-mix(in srgb, var(--positive) 35%, var(--ground))" if weights else "var(--panel)"
    edge = f"stroke:var({'--positive' if weights else '--muted'})"
    thin = f'style="{edge};stroke-width:0.6"'
    style = f'style="fill:{fill};{edge};stroke-width:1.2;stroke-linejoin:round"'
    outline = [(x, front), (x + deep, y), (x + wide + deep, y), (x + wide + deep, y + high), (x + wide, front + high)]
    points = " ".join(f"{a:.1f},{b:.1f}" for a, b in [*outline, (x, front + high)])
    corner = f"M{x:.1f} {front:.1f}H{x + wide:.1f}V{front + high:.1f}M{x + wide:.1f} {front:.1f}l{deep:.1f} {-deep:.1f}"
    parts = [f'<polygon points="{points}" {style}/><path d="{corner}" {style.replace(fill, "none")}/>']
    for each in range(1, shape[0] if shape[0] <= MOST_LINES else 0):  # a slice is a channel
        by = deep * each / shape[0]
        slice_ = f"M{x + by:.1f} {front - by:.1f}h{wide:.1f}v{high:.1f}"
        parts.append(f'<path d="{slice_}" {thin} fill="none"/>')
    for count, long, across in ((shape[1], high, False), (shape[2], wide, True)):
        for each in range(1, count if count <= MOST_LINES else 0):
            at = long * each / count
            line = f"M{x + at:.1f} {front:.1f}v{high:.1f}" if across else f"M{x:.1f} {front + at:.1f}h{wide:.1f}"
            parts.append(f'<path d="{line}" {thin}/>')
    depth, down, right = letters
    parts.append(_text(x + deep / 2 - 3, y + deep / 2 + 1, depth, 11, "var(--muted)", anchor="end"))
    parts.append(_text(x - 4, front + high / 2 + 4, down, 11, "var(--muted)", anchor="end"))
    parts.append(_text(x + wide / 2, front + high + 12, right, 11, "var(--muted)"))
    return "".join(parts)


def _text(x: float, y: float, said: str, size: int, fill: str = "currentColor", anchor: str = "middle") -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
    return f'<text {place} font-size="{size}" style="fill:{fill}">{said}</text>' if said else ""
