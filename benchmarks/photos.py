"""How well photographed digits are read: `python -m benchmarks.photos [--count N]`.

MNIST's test digits on made-up photos (benchmarks/_photos.py), read by the pretrained networks; a refused photo is a
mistake. "plain" is the sketch pad's preprocessing of the same photo, for comparison.
"""

from __future__ import annotations

import argparse
import io
import time
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from benchmarks._photos import SCENES, photo
from core.data import grey, mnist
from core.nets.networks import SHIPPED
from core.nets.pretrained import pretrained
from core.sketch.ink import Blank
from core.sketch.preprocess import preprocess
from core.sketch.reading import photo_sheet, read


def main() -> None:
    """Print one line per scene."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=100, help="photos per scene")
    parser.add_argument("--first", type=int, default=0, help="test digit to begin with")
    parser.add_argument("--data", type=Path, help="folder with MNIST's files")
    parser.add_argument("--train", action="store_true", help="MNIST's training digits, to choose settings with")
    options = parser.parse_args()
    torch.set_num_threads(1)
    data = mnist.load(options.data)
    images, truth = (data.train_images, data.train_labels) if options.train else (data.test_images, data.test_labels)
    rows = range(options.first, options.first + options.count)
    digits, labels = grey.denormalise(images[list(rows), 0]).numpy(), truth[list(rows)].tolist()
    models = {name: pretrained(name) for name in SHIPPED}
    print(f"{'scene':<28}" + "".join(f"{name:>12}" for name in models) + f"{'plain':>10}{'refused':>9}{'ms each':>9}")
    for name, scene in SCENES.items():
        random = np.random.default_rng(0)
        right = dict.fromkeys([*models, "plain"], 0)
        refused, seconds = 0, 0.0
        for digit, label in zip(digits, labels, strict=True):
            payload = photo(digit, scene, random)
            began = time.process_time()
            try:
                seen = read(photo_sheet(payload), ()).stages.normalised
                for model in models:
                    right[model] += int(models[model](seen).argmax() == label)
            except Blank:
                refused += 1
            seconds += time.process_time() - began
            try:
                plain = preprocess(Image.open(io.BytesIO(payload))).normalised
                right["plain"] += int(models["lenet5"](plain).argmax() == label)
            except Blank:
                pass
        shares = "".join(
            f"{right[key] / len(labels):>{width}.1%}" for key, width in zip(right, (12, 12, 10), strict=True)
        )
        print(f"{name:<28}{shares}{refused:>9}{1000 * seconds / len(labels):>9.1f}", flush=True)


if __name__ == "__main__":
    main()
