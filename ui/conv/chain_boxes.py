"""A chain as scaled boxes: as high as the map, as wide as its channels, flat layers as bars."""

from html import escape
from math import log2, sqrt

from core.conv.sizes import Shape, Trace, takes_row
from ui.text import _, listed, together

HEIGHT, LABELS, SLOT = 130, 44, 66  # pixels
WIDE, PHONE = 580, 350  # pixels for the whole chain, as long as no layer has less than the least
LEAST, READABLE = {WIDE: 23, PHONE: 15}, 58  # pixels; a label beside others needs so many, else it is turned
WIDEST, FLAT = 40, 12


def svg(trace: Trace, stopped: str = "", room: int = WIDE) -> tuple[str, str]:
    """Return a traced chain as SVG, and what it shows in words.

    Args:
        trace: the possible layers.
        stopped: the name of the first impossible layer, drawn as an empty box; empty when there is none.
        room: WIDE or PHONE.
    """
    count = len(trace.layers) + 1 + bool(stopped)
    slot = min(SLOT, room // count)
    turned = slot < READABLE
    slot = max(LEAST[room], slot if room == PHONE or not turned else 0)
    shapes: list[tuple[str, Shape, bool]] = [
        (_("In"), trace.input, takes_row([row.layer for row in trace.layers], trace.input))
    ]
    shapes += [(layer.name, layer.output, flat) for layer, flat in zip(trace.layers, _flats(trace), strict=True)]
    tallest = max((max(shape[1:]) for _name, shape, flat in shapes if not flat), default=1)
    deepest = max(shape[0] for _name, shape, flat in shapes)
    parts = []
    for index, (name, shape, flat) in enumerate(shapes):
        wide, high = _size(shape, flat, tallest, deepest, slot)
        kind = trace.layers[index - 1].kind if index else "input"
        parts.append(_box((index + 0.5) * slot, wide, high, kind))
        parts.append(_label((index + 0.5) * slot, name, str(shape[0]) if flat else "×".join(map(str, shape)), turned))
    if stopped:
        x = (count - 0.5) * slot
        parts.append(
            f'<rect x="{x - slot * 0.3:.1f}" y="{HEIGHT / 2 - 30}" width="{slot * 0.6:.1f}" height="60" fill="none" '
            'stroke="var(--error)" stroke-width="2" stroke-dasharray="5 4"/>'
            f'<text x="{x:.1f}" y="{HEIGHT / 2 + 7}" text-anchor="middle" font-size="20" fill="var(--error)">✕</text>'
        )
        parts.append(_label(x, stopped, _("impossible"), turned))
    longest = max(min(len(name), 10) + len(str(shape)) for name, shape, _flat in shapes)
    width, height = count * slot + 6, HEIGHT + (7 * longest if turned else LABELS)
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    return f"<svg {size}>{''.join(parts)}</svg>", _spoken(shapes, stopped)


def _flats(trace: Trace) -> list[bool]:
    flats, flat = [], False
    for layer in trace.layers:
        flat = flat or layer.kind in ("flatten", "linear")
        flats.append(flat)
    return flats


def _size(shape: Shape, flat: bool, tallest: int, deepest: int, slot: int) -> tuple[float, float]:
    deep = log2(1 + shape[0]) / log2(1 + deepest)
    if flat:
        return min(FLAT, slot / 3), 20 + (HEIGHT - 26) * deep
    # The square root keeps a 5×5 map visible beside a 224×224 one.
    return 5 + (min(WIDEST, slot - 8) - 5) * deep, 6 + (HEIGHT - 12) * sqrt(max(shape[1:]) / tallest)


def _box(x: float, width: float, height: float, kind: str) -> str:
    # Shape and stroke tell the kinds apart, too: pooling is dashed, what has weights is filled.
    weights = kind in ("conv", "linear", "batchnorm")
    dash = ' stroke-dasharray="4 3"' if kind.endswith("pool") else ""
    fill = "color-mix(in srgb, var(--positive) 35%, transparent)" if weights else "var(--panel)"
    return (
        f'<rect x="{x - width / 2:.1f}" y="{(HEIGHT - height) / 2:.1f}" width="{width:.1f}" height="{height:.1f}" '
        f'rx="2" style="fill:{fill};stroke:var({"--positive" if weights else "--muted"})" stroke-width="1.5"{dash}/>'
    )


def _label(x: float, name: str, size: str, turned: bool) -> str:
    name = escape(name if len(name) <= 10 else name[:9] + "…")
    if turned:
        return (
            f'<text transform="translate({x + 4:.1f} {HEIGHT + 6}) rotate(90)" font-size="12" fill="currentColor">'
            f'{name} <tspan fill="var(--muted)">{size}</tspan></text>'
        )
    return (
        f'<text x="{x:.1f}" y="{HEIGHT + 16}" text-anchor="middle" font-size="13" fill="currentColor">{name}</text>'
        f'<text x="{x:.1f}" y="{HEIGHT + 32}" text-anchor="middle" font-size="11" fill="var(--muted)">{size}</text>'
    )


def _spoken(shapes: list[tuple[str, Shape, bool]], stopped: str) -> str:
    """Return what the picture says, for those who do not see it."""
    told = listed(f"{name} {shape[0] if flat else '×'.join(map(str, shape))}" for name, shape, flat in shapes)
    text = _("The chain as boxes, larger for larger maps: {layers}.", layers=told)
    return together(text, _("{name} is impossible.", name=stopped) if stopped else "")
