"""Pictures that are no digits, made up by the thousand: what the doubter learns to turn down. No letter is among them.

Four families, all in MNIST's own form: strokes of a random pen; real digits spoilt (mirrored, turned by 90°, halves
of two glued together, two side by side, one upon another, struck through); solid shapes; noise.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from core.sketch.form import Bytes, ink_box, to_form

Random = np.random.Generator
Points = npt.NDArray[np.float64]

PAD = 112
"""Side of the drawing board, four times the network's input."""

NARROW = 0.4
"""Width over height of what may not be among them."""

UNCROSSED = (2, 3, 4, 5, 6, 8, 9)
"""Digits that nobody crosses with a line, unlike a slashed 0, a 1 with its flag and a crossed 7."""

MIRRORED, UPSIDE_DOWN, TURNED = (3, 4, 6, 7, 9), (4, 7), (1, 2, 3, 4, 5, 6, 7, 8, 9)
"""Digits that stop being one when mirrored left to right, mirrored top to bottom, or turned by 90°."""


def not_digits(count: int, digits: Bytes, labels: npt.NDArray[np.int64], seed: int) -> Bytes:
    """Make pictures that are no digits.

    Args:
        count: how many.
        digits: uint8 (n, 28, 28), MNIST's, to be spoilt.
        labels: int64 (n,), theirs.
        seed: the same seed gives the same pictures.

    Returns:
        uint8 (count, 28, 28), fitted and centred as MNIST's digits are.
    """
    random = np.random.default_rng(seed)
    families: tuple[tuple[float, Callable[[], Bytes]], ...] = (
        (0.45, lambda: _strokes(random)),
        (0.20, lambda: _turned(random, digits, labels)),
        (0.20, lambda: _mixed(random, digits, labels)),
        (0.08, lambda: _noise(random)),
        (0.07, lambda: _shape(random)),
    )
    chosen = random.choice(len(families), size=count, p=[share for share, _ in families])
    made: list[Bytes] = []
    for family in chosen:
        while True:
            box = ink_box(families[family][1]().astype(np.float32) / np.float32(255))
            # what is tall and narrow is a 1 to many
            if box is not None and max(box.shape) >= 4 and box.shape[1] > NARROW * box.shape[0]:
                made.append(to_form(box))
                break
    return np.stack(made)


def _board() -> tuple[Image.Image, ImageDraw.ImageDraw]:
    board = Image.new("L", (PAD, PAD))
    return board, ImageDraw.Draw(board)


def _line(draw: ImageDraw.ImageDraw, points: Points, width: int) -> None:
    draw.line([(float(x), float(y)) for x, y in points], fill=255, width=width, joint="curve")


def _strokes(random: Random) -> Bytes:
    """Straight lines, bent lines, one long walk, or bars on a 3×3 grid."""
    board, draw = _board()
    width = int(random.integers(3, 12))
    match int(random.integers(4)):
        case 0:
            for _ in range(random.integers(2, 6)):
                _line(draw, random.uniform(6, PAD - 6, (2, 2)), width)
        case 1:
            for _ in range(random.integers(2, 5)):
                _line(draw, _bent(random), width)
        case 2:
            walk = np.cumsum(random.normal(0, 1, (int(random.integers(4, 16)), 2)), axis=0)
            span = max(float(np.ptp(walk, axis=0).max()), 1e-3)
            _line(draw, (walk - walk.min(0)) / span * (PAD - 20) + 10, width)
        case _:
            for _ in range(random.integers(4, 7)):
                _line(draw, random.choice(np.array([0.15, 0.5, 0.85]) * PAD, (2, 2)), width)
    return np.asarray(board)


def _bent(random: Random) -> Points:
    """A Bézier curve of degree 2 to 4 through random points (de Casteljau)."""
    points = random.uniform(8, PAD - 8, (int(random.integers(3, 6)), 1, 2))
    t = np.linspace(0, 1, 24)[:, None]
    while len(points) > 1:
        points = (1 - t) * points[:-1] + t * points[1:]
    return np.asarray(points[0])


def _pick(random: Random, digits: Bytes, labels: npt.NDArray[np.int64], among: tuple[int, ...]) -> Bytes:
    while True:
        row = int(random.integers(len(digits)))
        if labels[row] in among:
            chosen: Bytes = digits[row]
            return chosen


def _turned(random: Random, digits: Bytes, labels: npt.NDArray[np.int64]) -> Bytes:
    """A digit seen in a mirror, or lying on its side."""
    match int(random.integers(4)):
        case 0:
            return _pick(random, digits, labels, MIRRORED)[:, ::-1]
        case 1:
            return _pick(random, digits, labels, UPSIDE_DOWN)[::-1]
        case 2:
            return np.rot90(_pick(random, digits, labels, TURNED))
        case _:
            return np.rot90(_pick(random, digits, labels, TURNED), -1)


def _mixed(random: Random, digits: Bytes, labels: npt.NDArray[np.int64]) -> Bytes:
    """Parts of two different digits, two digits together, or a digit struck through."""
    first = int(random.integers(len(digits)))
    second = first
    while labels[second] == labels[first]:
        second = int(random.integers(len(digits)))
    one, other = digits[first], digits[second]
    match int(random.integers(5)):
        case 0:
            return np.concatenate([one[:14], other[14:]])
        case 1:
            return np.concatenate([one[:, :14], other[:, 14:]], axis=1)
        case 2:
            return np.concatenate([one[:, 3:25], other[:, 3:25]], axis=1)
        case 3:
            both: Bytes = np.maximum(np.rot90(one, int(random.integers(4))), other)
            return both
        case _:
            struck = Image.fromarray(_pick(random, digits, labels, UNCROSSED).copy())
            for _ in range(random.integers(1, 3)):
                _line(ImageDraw.Draw(struck), random.uniform(2, 26, (2, 2)), 2)
            return np.asarray(struck)


def _noise(random: Random) -> Bytes:
    """Pixels or tiles on and off, even greys, or soft clouds."""
    match int(random.integers(4)):
        case 0:
            grey = (random.random((28, 28)) < random.uniform(0.04, 0.6)) * 255.0
        case 1:
            grey = random.uniform(0, 255, (28, 28))
        case 2:
            grey = np.kron(random.random((7, 7)) < random.uniform(0.2, 0.6), np.ones((4, 4))) * 255.0
        case _:
            rough = random.normal(0, 1, (int(random.integers(4, 10)),) * 2).astype(np.float32)
            soft = np.asarray(Image.fromarray(rough).resize((28, 28), Image.Resampling.BICUBIC))
            grey = np.clip((soft - random.uniform(-0.2, 0.6)) * random.uniform(1, 6), 0, 1) * 255.0
    return grey.astype(np.uint8)


def _shape(random: Random) -> Bytes:
    """A box, filled or not; a filled ellipse; a triangle."""
    board, draw = _board()
    low, high = random.uniform(5, 45, 2), random.uniform(67, PAD - 5, 2)
    box = [(float(low[0]), float(low[1])), (float(high[0]), float(high[1]))]
    filled, width = bool(random.random() < 0.5), int(random.integers(3, 10))
    match int(random.integers(3)):
        case 0:
            draw.rectangle(box, fill=255 if filled else None, outline=255, width=width)
        case 1:
            draw.ellipse(box, fill=255)
        case _:
            corners = [(float(x), float(y)) for x, y in random.uniform(5, PAD - 5, (3, 2))]
            draw.polygon(corners, fill=255 if filled else None, outline=255, width=width)
    return np.asarray(board)
