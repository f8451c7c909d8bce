"""How many whole numbers are read right: `python -m benchmarks.whole_numbers [--count N] [--seed N]`.

Each number is put together from MNIST's test digits, or from scikit-learn's UCI digits (other writers): digits of 130
to 180 pixels, 8 to 35 % of their height apart, up to 10 % higher or lower. "tight" is −4 to 6 %: many of them touch.
"found" is the share of numbers with the right count of digits; "read alone" is what would be right if every digit were
read by itself.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
import torch

from benchmarks._numbers import Layout, number
from benchmarks.reading_strokes import uci_sketches
from core.data import grey, mnist
from core.nets.pretrained import pretrained
from core.sketch.preprocess import preprocess
from core.sketch.segment import as_number, read_number


def main() -> None:
    """Print a line for each source, spacing and length."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=100, help="numbers per line")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--data", type=Path, help="folder with MNIST's files")
    parser.add_argument("--train", action="store_true", help="MNIST's training digits, to choose settings with")
    options = parser.parse_args()
    torch.set_num_threads(1)
    data, model = mnist.load(options.data), pretrained("lenet5")
    images, truth = (data.train_images, data.train_labels) if options.train else (data.test_images, data.test_labels)
    pixels = grey.denormalise(images[:, 0]).numpy()
    uci, uci_truth = uci_sketches()
    print(f"{'digits':<16}{'spacing':<10}{'length':>7}{'right':>9}{'found':>9}{'read alone':>12}{'ms each':>9}")
    for source, pool, labels in (("MNIST", list(pixels), truth.tolist()), ("UCI", uci, uci_truth)):
        for spacing, layout in (("wide", Layout()), ("tight", Layout(gap=(-0.04, 0.06)))):
            for length in (1, 2, 3, 5, 8):
                random = np.random.default_rng(options.seed)
                right = found = alone = 0
                seconds = 0.0
                for _ in range(options.count):
                    rows = random.integers(len(pool), size=length)
                    wanted = "".join(str(labels[row]) for row in rows)
                    pad = number([pool[row] for row in rows], random, layout)
                    began = time.process_time()
                    read = as_number(read_number(pad, model, paper=(0, 0, 0)))
                    seconds += time.process_time() - began
                    right += read == wanted
                    found += len(read) == length
                    seen = torch.cat([preprocess(pool[row], paper=(0, 0, 0)).normalised for row in rows])
                    with torch.inference_mode():
                        alone += "".join(map(str, model(seen).argmax(1).tolist())) == wanted
                shares = "".join(
                    f"{value / options.count:>{width}.1%}" for value, width in ((right, 9), (found, 9), (alone, 12))
                )
                print(f"{source:<16}{spacing:<10}{length:>7}{shares}{1000 * seconds / options.count:>9.1f}", flush=True)


if __name__ == "__main__":
    main()
