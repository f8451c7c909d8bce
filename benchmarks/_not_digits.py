"""Letters, signs, scribbles and noise that the doubter was not trained or tuned on, drawn on a 280×280 pad."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFilter, ImageFont

Bytes = npt.NDArray[np.uint8]
Random = np.random.Generator
PAD = 280
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
LOOK_ALIKES = frozenset("OoDQIlijJSsZzBbGgqa")
"""Letters that one writes as others write a digit: O o D Q as 0, I l i j J as 1, S s 5, Z z 2, B 8, b G 6, g q a 9."""
SIGNS = "αβγδζηθλμξπρσφψωΓΔΘΛΞΠΣΦΨΩЖЗИЛФЦЧШЩЫЭЮЯ♥★♪☂☼♠♣→↑∞∑∂√≈≠±%&@#?!§€"


def fonts(more: Path | None = None) -> list[ImageFont.FreeTypeFont]:
    """Return the fonts that come with matplotlib and Pillow, and those of a folder."""
    import matplotlib

    names = "DejaVuSans DejaVuSans-Bold DejaVuSans-Oblique DejaVuSansMono DejaVuSerif DejaVuSerif-Italic STIXGeneral "
    names += "STIXGeneralBol STIXGeneralItalic cmr10 cmss10 cmtt10 cmb10"
    folder = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
    found = [ImageFont.truetype(folder / f"{name}.ttf", 200) for name in names.split()]
    own = ImageFont.load_default(200)
    assert isinstance(own, ImageFont.FreeTypeFont)
    others = sorted(path for path in more.rglob("*") if path.suffix in {".ttf", ".otf", ".woff"}) if more else []
    return [*found, own, *(ImageFont.truetype(path, 200) for path in others)]


def written(text: str, font: ImageFont.FreeTypeFont) -> Bytes:
    """Write a letter in the middle of a pad, white on black."""
    pad = Image.new("L", (2 * PAD, 2 * PAD))
    draw = ImageDraw.Draw(pad)
    left, top, right, bottom = draw.textbbox((0, 0), text, font=font)
    draw.text((PAD - (left + right) / 2, PAD - (top + bottom) / 2), text, font=font, fill=255)
    return np.asarray(pad)


def scribbles(count: int, seed: int) -> Iterator[Bytes]:
    """Yield zigzags, spirals, knots, smooth walks and hatchings with pens of 8 to 24 pixels."""
    random = np.random.default_rng(seed)
    for number in range(count):
        pad = Image.new("L", (PAD, PAD))
        draw, width = ImageDraw.Draw(pad), int(random.integers(8, 25))
        for line in (_zigzag, _spiral, _knot, _walk, _hatch)[number % 5](random):
            draw.line([(float(x), float(y)) for x, y in line], fill=255, width=width, joint="curve")
        yield np.asarray(pad)


Lines = list[npt.NDArray[np.float64]]


def _zigzag(random: Random) -> Lines:
    teeth = int(random.integers(5, 14))
    x = np.linspace(-110, 110, teeth)
    y = random.uniform(40, 110) * (-1.0) ** np.arange(teeth) + random.normal(0, 10, teeth)
    turn = random.uniform(0, np.pi)
    return [np.stack([x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn)], 1) + PAD / 2]


def _spiral(random: Random) -> Lines:
    t = np.linspace(0, random.uniform(4, 8) * np.pi, 200)
    r = 120 * t / t[-1]
    return [np.stack([r * np.cos(t), random.uniform(0.5, 1) * r * np.sin(t)], 1) + PAD / 2]


def _knot(random: Random) -> Lines:
    t = np.linspace(0, 2 * np.pi, 200)
    a, b = random.choice([(2, 3), (3, 4), (3, 5), (1, 3), (4, 5)])
    shift = random.uniform(0.3, 1.2)
    return [np.stack([np.cos(a * t + shift), np.sin(b * t)], 1) * random.uniform(60, 115, 2) + PAD / 2]


def _walk(random: Random) -> Lines:
    places = [random.uniform(90, 190, 2)]
    speed = random.normal(0, 10, 2)
    for _ in range(int(random.integers(60, 160))):
        speed = 0.9 * speed + random.normal(0, 5, 2) - 0.02 * (places[-1] - PAD / 2)
        places.append(np.clip(places[-1] + speed, 15, PAD - 15))
    return [np.stack(places)]


def _hatch(random: Random) -> Lines:
    at = np.linspace(60, 220, int(random.integers(2, 5)))
    down = [np.array([[x + random.normal(0, 6), 40.0], [x + random.normal(0, 6), 240.0]]) for x in at]
    across = [np.array([[40.0, y + random.normal(0, 6)], [240.0, y + random.normal(0, 6)]]) for y in at]
    return [*down, *across] if random.random() < 0.5 or len(down) < 3 else down


def noise(count: int, seed: int) -> Iterator[Bytes]:
    """Yield clouds, blots, confetti and coarse pixels."""
    random = np.random.default_rng(seed)
    for number in range(count):
        match number % 4:
            case 0 | 1:
                rough = Image.fromarray(random.integers(0, 256, (PAD, PAD), dtype=np.uint8))
                cloud = np.asarray(rough.filter(ImageFilter.GaussianBlur(random.uniform(6, 25))), dtype=np.float64)
                cloud = (cloud - cloud.mean()) / cloud.std()
                sharp = cloud > random.uniform(0.5, 1.5)
                grey = sharp * 255.0 if number % 4 else np.clip(cloud / 2, 0, 1) * 255
            case 2:
                grey = np.zeros((PAD, PAD))
                for x, y, size in random.integers((10, 10, 4), (260, 260, 15), (int(random.integers(5, 60)), 3)):
                    grey[y : y + size, x : x + size] = 255
            case _:
                coarse = (random.random((28, 28)) < random.uniform(0.05, 0.4)) * random.integers(60, 256, (28, 28))
                grey = np.kron(coarse, np.ones((10, 10)))
        yield grey.astype(np.uint8)


def grains(count: int, seed: int) -> Bytes:
    """Return uint8 (count, 28, 28): noise put before the network as it is, even or Gaussian."""
    random = np.random.default_rng(seed)
    even = random.integers(0, 256, (count - count // 2, 28, 28))
    bell = np.clip(random.normal(60, 80, (count // 2, 28, 28)), 0, 255)
    return np.concatenate([even, bell]).astype(np.uint8)
