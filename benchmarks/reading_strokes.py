"""How well the shipped networks read other people's pens: `python -m benchmarks.reading_strokes [--digits N]`.

Two sources of sketches, neither ever trained on:
- scikit-learn's UCI digits (8×8, other writers, another country), enlarged smoothly to 280×280;
- MNIST's test digits: as they are, and written again on a 280×280 pad with a round pen of a given width along
  their own centre line, then shifted, scaled and turned.
Every sketch goes through the app's own preprocessing; a refused sketch counts as a mistake.
"""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image, ImageDraw, ImageFilter

from core.data import grey, mnist
from core.nets.networks import SHIPPED
from core.nets.pretrained import pretrained
from core.sketch.ink import Blank
from core.sketch.preprocess import preprocess

Bytes = npt.NDArray[np.uint8]
PAD = 280


def uci_sketches() -> tuple[list[Bytes], list[int]]:
    """Return the 1 797 UCI digits as 280×280 sketches, white on black, with their labels."""
    from sklearn.datasets import load_digits

    images, labels = load_digits(return_X_y=True)
    grey = (np.asarray(images).reshape(-1, 8, 8) * 255 / 16).round().astype(np.uint8)
    return [enlarge(image) for image in grey], [int(label) for label in labels]


def enlarge(image: Bytes, side: int = PAD) -> Bytes:
    """Enlarge smoothly to side×side."""
    return np.asarray(Image.fromarray(image).resize((side, side), Image.Resampling.BICUBIC))


def centre_line(image: Bytes) -> npt.NDArray[np.bool_]:
    """Thin a 28×28 digit to its centre line on 112×112 (Zhang and Suen 1984, doi:10.1145/357994.358023)."""
    on = np.pad(enlarge(image, 112) > 127, 1)
    while True:
        before = on.sum()
        for odd in (False, True):
            p2, p4, p6, p8 = on[:-2, 1:-1], on[1:-1, 2:], on[2:, 1:-1], on[1:-1, :-2]
            p3, p5, p7, p9 = on[:-2, 2:], on[2:, 2:], on[2:, :-2], on[:-2, :-2]
            ring = [p2, p3, p4, p5, p6, p7, p8, p9, p2]
            neighbours = sum(p.astype(np.int8) for p in ring[:-1])
            rises = sum((~a & b).astype(np.int8) for a, b in itertools.pairwise(ring))
            ends = ~(p2 & p4 & p8) & ~(p2 & p6 & p8) if odd else ~(p2 & p4 & p6) & ~(p4 & p6 & p8)
            drop = on[1:-1, 1:-1] & (neighbours >= 2) & (neighbours <= 6) & (rises == 1) & ends
            on[1:-1, 1:-1][drop] = False
        if on.sum() == before:
            return on[1:-1, 1:-1]


def written(
    line: npt.NDArray[np.bool_], pen: float, size: float, turn: float, shift: float, slant: float = 0.0
) -> Bytes:
    """Write a centre line again on the pad.

    Args:
        line: bool (112, 112).
        pen: diameter, as a share of the pad's 280 pixels.
        size: height of MNIST's 28 pixels on the pad, as a share of it.
        turn: degrees, counter-clockwise.
        shift: right and down, as a share of the pad.
        slant: to the right, its tangent.
    """
    radius = pen * PAD / 2
    y, x = np.nonzero(line)
    angle = np.deg2rad(turn)
    u, v = ((x + 0.5) / 112 - 0.5) * size, ((y + 0.5) / 112 - 0.5) * size
    u = u - slant * v
    px = (np.cos(angle) * u + np.sin(angle) * v + 0.5 + shift) * PAD
    py = (-np.sin(angle) * u + np.cos(angle) * v + 0.5 + shift) * PAD
    pad = Image.new("L", (2 * PAD, 2 * PAD))
    draw = ImageDraw.Draw(pad)
    for cx, cy in zip(2 * px, 2 * py, strict=True):
        draw.ellipse((cx - 2 * radius, cy - 2 * radius, cx + 2 * radius, cy + 2 * radius), fill=255)
    return np.asarray(pad.reduce(2))


def as_network_sees(sketches: Iterable[Bytes]) -> torch.Tensor:
    """Preprocess sketches: float32 (n, 1, 28, 28), NaN where one was refused."""
    rows = []
    for sketch in sketches:
        try:
            rows.append(preprocess(sketch).normalised)
        except Blank:
            rows.append(torch.full((1, 1, 28, 28), torch.nan))
    return torch.cat(rows)


def accuracy(model: torch.nn.Module, images: torch.Tensor, labels: Iterable[int]) -> float:
    """Share of right answers; a refused sketch is a wrong one."""
    with torch.inference_mode():
        outputs = torch.cat([model(part) for part in images.split(1000)])
    right = (outputs.argmax(1) == torch.tensor(list(labels))) & ~outputs.isnan().any(1)
    return float(right.double().mean())


def conditions(digits: Bytes) -> dict[str, Callable[[], Iterable[Bytes]]]:
    """Return what is written on the pad, by name; each line of the table changes one thing of the first."""
    lines = [centre_line(image) for image in digits]

    def pen(**changes: float) -> Callable[[], Iterable[Bytes]]:
        hand = {"pen": 0.065, "size": 0.9, "turn": 0.0, "shift": 0.0, "slant": 0.0} | changes
        return lambda: (written(line, **hand) for line in lines)

    table: dict[str, Callable[[], Iterable[Bytes]]] = {
        "MNIST 28×28": lambda: digits,
        "MNIST 280×280": lambda: (enlarge(image) for image in digits),
        "MNIST 280×280, black on white": lambda: (255 - enlarge(image) for image in digits),
        "MNIST 280×280, soft": lambda: (
            np.asarray(Image.fromarray(enlarge(image)).filter(ImageFilter.GaussianBlur(8))) for image in digits
        ),
        "pen as on the pad": pen(),
    }
    for share in (0.01, 0.02, 0.04, 0.09, 0.12, 0.15):
        table[f"pen {share:.0%} of the pad"] = pen(pen=share)
    for size in (0.25, 0.4, 0.6, 1.1):
        table[f"size {size:.0%}"] = pen(size=size)
        if size < 0.9:
            table[f"size {size:.0%}, pen 2%"] = pen(size=size, pen=0.02)
    for shift in (-0.2, 0.2):
        table[f"shift {shift:+.0%}, size 50%"] = pen(shift=shift, size=0.5)
    for turn in (-45, -30, -15, 15, 30, 45):
        table[f"turned {turn:+d}°"] = pen(turn=turn)
    for slant in (-0.5, -0.25, 0.25, 0.5):
        table[f"slanted {slant:+.0%}"] = pen(slant=slant)
    return table


def main() -> None:
    """Print one line per condition, one column per network."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--digits", type=int, default=1000, help="MNIST test digits per line")
    parser.add_argument("--data", type=Path, help="folder with MNIST's files")
    parser.add_argument("--weights", type=Path, help="folder with the weights; the app's own when left out")
    options: Any = parser.parse_args()
    torch.set_num_threads(1)
    models = {
        name: pretrained(name, folder=options.weights)
        for name in SHIPPED
        if options.weights is None or (options.weights / f"{name}.safetensors").exists()
    }
    data = mnist.load(options.data)

    def line(name: str, images: torch.Tensor, labels: list[int]) -> None:
        shares = "".join(f"{accuracy(model, images, labels):>12.2%}" for model in models.values())
        print(f"{name:<32}{len(labels):>7}{shares}", flush=True)

    print(f"{'sketches':<32}{'count':>7}" + "".join(f"{name:>12}" for name in models))
    line("MNIST test set, untouched", data.test_images, data.test_labels.tolist())
    sketches, truth = uci_sketches()
    line("UCI 280×280", as_network_sees(sketches), truth)
    line("UCI 280×280, black on white", as_network_sees(255 - sketch for sketch in sketches), truth)
    count = min(options.digits, len(data.test_labels))
    digits = grey.denormalise(data.test_images[:count, 0]).numpy()
    truth = data.test_labels[:count].tolist()
    for name, drawn in conditions(digits).items():
        line(name, as_network_sees(drawn()), truth)


if __name__ == "__main__":
    main()
