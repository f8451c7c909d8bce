"""Photographs of handwritten digits, made up: uneven light, shadows, grain, blur, coloured pens, ruled paper, chalk."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Scene:
    """What the photo is of.

    Attributes:
        size: width and height in pixels.
        digit: the digit's height as a share of the picture's smaller side, least and most.
        light: by how much the brightest side is brighter than the darkest.
        shadow: light left in a shadow that covers a part of the paper, 1 = no shadow.
        soft: the width of the shadow's edge in pixels.
        grain: standard deviation of the noise, of 255.
        blur: pixels.
        pen: which share of red, green and blue light the ink lets through.
        paper: the paper's red, green and blue.
        ruled: contrast of printed lines, 0 = none.
        quality: of the JPEG.
    """

    size: tuple[int, int] = (800, 600)
    digit: tuple[float, float] = (0.4, 0.7)
    light: float = 0.3
    shadow: float = 1.0
    soft: float = 20.0
    grain: float = 4.0
    blur: float = 1.0
    pen: tuple[float, float, float] = (0.2, 0.2, 0.25)
    paper: tuple[float, float, float] = (0.9, 0.88, 0.84)
    ruled: float = 0.0
    quality: int = 80


SCENES: dict[str, Scene] = {
    "even light": Scene(light=0.0),
    "uneven light": Scene(light=0.6),
    "soft shadow": Scene(light=0.3, shadow=0.55, soft=60),
    "hard shadow": Scene(light=0.2, shadow=0.5, soft=4),
    "grain, dark room": Scene(paper=(0.45, 0.4, 0.33), grain=9, light=0.4),
    "blurred": Scene(blur=5),
    "pencil": Scene(pen=(0.6, 0.6, 0.62), light=0.4, shadow=0.7),
    "red pen": Scene(pen=(0.85, 0.25, 0.25)),
    "blue pen on yellow paper": Scene(pen=(0.25, 0.35, 0.75), paper=(0.95, 0.9, 0.5), shadow=0.6),
    "ruled paper": Scene(ruled=0.12, shadow=0.7),
    "small in a corner": Scene(digit=(0.18, 0.28), light=0.5),
    "filling the picture": Scene(digit=(0.8, 0.92), light=0.4),
    "chalk on a board": Scene(pen=(9.0, 4.5, 6.0), paper=(0.1, 0.2, 0.15), light=0.4, grain=6),
    "12 megapixels": Scene(size=(4000, 3000), grain=6, blur=4, light=0.5, shadow=0.6, soft=80, quality=60),
}


def photo(digit: Bytes, scene: Scene, random: np.random.Generator) -> bytes:
    """Take a photo of a digit.

    Args:
        digit: uint8 (28, 28), white on black.
        scene: light, paper and pen.
        random: for place, size, directions and grain.

    Returns:
        A JPEG file.
    """
    width, height = scene.size
    scale = min(1.0, 800 / max(scene.size))  # drawn small and enlarged: a made-up 12-megapixel photo has no more in it
    w, h = round(width * scale), round(height * scale)
    ink = _ink(digit, w, h, scene, random)
    v, u = np.mgrid[-1 : 1 : h * 1j, -1 : 1 : w * 1j]
    angle = random.uniform(0, 2 * np.pi)
    slope = u * np.cos(angle) + v * np.sin(angle)
    light = 1 - scene.light * (slope + 1.4) / 2.8
    if scene.shadow < 1:
        turn = random.uniform(0, 2 * np.pi)
        across = (u * np.cos(turn) + v * np.sin(turn) - random.uniform(-0.4, 0.4)) * max(w, h) / 2
        light = light * (
            scene.shadow + (1 - scene.shadow) / (1 + np.exp(np.clip(-across / (scene.soft * scale / 4 + 0.5), -50, 50)))
        )
    paper = np.ones((h, w))
    if scene.ruled:
        paper[(np.arange(h) % 40) < 2] = 1 - scene.ruled
    colours = [
        paper * tone * light * (1 - ink + ink * through) for tone, through in zip(scene.paper, scene.pen, strict=True)
    ]
    picture = Image.fromarray((np.clip(np.stack(colours, -1), 0, 1) * 255).astype(np.uint8))
    picture = picture.filter(ImageFilter.GaussianBlur(scene.blur * scale)).resize(scene.size, Image.Resampling.BILINEAR)
    grain = random.normal(0, scene.grain, (height, width, 1)).astype(np.float32)
    pixels = np.clip(np.asarray(picture, dtype=np.float32) + grain, 0, 255).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=scene.quality)
    return file.getvalue()


def _ink(digit: Bytes, w: int, h: int, scene: Scene, random: np.random.Generator) -> Floats:
    """The digit's ink on the picture, 0 to 1."""
    rows, columns = np.flatnonzero((digit > 40).any(1)), np.flatnonzero((digit > 40).any(0))
    box = Image.fromarray(digit[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])
    side = random.uniform(*scene.digit) * min(w, h) / max(box.size)
    drawn = box.resize((max(1, round(box.width * side)), max(1, round(box.height * side))), Image.Resampling.BICUBIC)
    ink = np.zeros((h, w))
    top = int(random.integers(h // 40, max(h // 40 + 1, h - drawn.height - h // 40)))
    left = int(random.integers(w // 40, max(w // 40 + 1, w - drawn.width - w // 40)))
    # a pen's edge is sharper than that of an enlarged 28×28 picture
    stroke = np.clip((np.asarray(drawn, dtype=np.float64) / 255 - 0.35) * 3.3, 0, 1)
    ink[top : top + drawn.height, left : left + drawn.width] = stroke
    return ink
