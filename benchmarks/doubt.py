"""How well "this does not look like a digit" is told: `python -m benchmarks.doubt [--count N] [--compare]`.

Digits: MNIST's test set as it is, and enlarged to a sketch and preprocessed; scikit-learn's UCI digits. Against them
letters, signs, scribbles and noise (benchmarks/_not_digits.py). AUROC is the chance that a picture that is no digit
gets a higher score than a digit (ties half); "doubted" is the share above the detector's own limit. What the
preprocessing refuses as blank is left out. Letters that look like digits count in the mix; the line below it leaves
them out.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from benchmarks._not_digits import LETTERS, LOOK_ALIKES, SIGNS, fonts, grains, noise, scribbles, written
from benchmarks.reading_strokes import enlarge, uci_sketches
from core.data import grey, mnist
from core.nets.pretrained import pretrained
from core.sketch.doubt import read_doubter, scores
from core.sketch.ink import Blank
from core.sketch.preprocess import preprocess

Scorer = Callable[[torch.Tensor], torch.Tensor]


def seen(sketches: Iterable[npt.NDArray[np.uint8]]) -> torch.Tensor:
    """Preprocess sketches on black; those refused as blank are left out. float32 (n, 1, 28, 28)."""
    rows = []
    for sketch in sketches:
        try:
            rows.append(preprocess(sketch, paper=(0, 0, 0)).normalised)
        except Blank:
            continue
    return torch.cat(rows)


def auroc(digits: torch.Tensor, others: torch.Tensor) -> float:
    """Area under the ROC curve from two sets of scores: P(other > digit) + P(other = digit)/2.

    >>> auroc(torch.tensor([0.1, 0.2]), torch.tensor([0.2, 0.3]))
    0.875
    """
    order = digits.sort().values
    below = torch.searchsorted(order, others, side="left") + torch.searchsorted(order, others, side="right")
    return float(below.double().mean()) / 2 / len(order)


def digit_sets(data: mnist.Mnist, count: int) -> dict[str, torch.Tensor]:
    """Return the digits by name."""
    pixels = grey.denormalise(data.test_images[:count, 0]).numpy()
    return {
        "MNIST test, as it is": data.test_images,
        "MNIST test, sketched": seen(enlarge(image) for image in pixels),
        "UCI, sketched": seen(uci_sketches()[0]),
    }


def other_sets(count: int, more_fonts: Path | None = None) -> dict[str, torch.Tensor]:
    """Return what is no digit by name: letters of every font, and ``count`` of each of the others."""
    faces = fonts(more_fonts)
    random = np.random.default_rng(0)

    def some(texts: str, number: int) -> torch.Tensor:
        pairs = [(text, face) for face in faces for text in texts]
        rows = random.permutation(len(pairs))[:number]
        return seen(written(*pairs[row]) for row in sorted(rows))

    plain = "".join(letter for letter in LETTERS if letter not in LOOK_ALIKES)
    alike = "".join(sorted(LOOK_ALIKES))
    share = len(alike) / len(LETTERS)
    return {
        "letters unlike digits": some(plain, round(count * (1 - share))),
        "letters like digits": some(alike, round(count * share)),
        "scribbles": seen(scribbles(count, 1)),
        "noise, sketched": seen(noise(count // 2, 2)),
        "noise, as it is": grey.normalise(torch.from_numpy(grains(count - count // 2, 3))[:, None]),
        "signs (not in the mix)": some(SIGNS, count),
    }


def mix(others: dict[str, torch.Tensor], alike: bool = True) -> torch.Tensor:
    """Letters, scribbles and noise in one, a third each; with or without the letters that look like digits."""
    return torch.cat(
        [images for name, images in others.items() if "mix" not in name and (alike or "s like" not in name)]
    )


def report(
    name: str, score: Scorer, limit: float | None, digits: dict[str, torch.Tensor], others: dict[str, torch.Tensor]
) -> None:
    """Print AUROC against MNIST as it is and sketched, by kind and for the mix."""
    found = {label: score(images) for label, images in digits.items()}
    limit = float(found["UCI, sketched"].quantile(0.98)) if limit is None else limit
    print(
        f"\n{name}: limit {limit:.4g}\n{'':<36}{'count':>7}{'doubted':>10}{'AUROC: MNIST as it is':>24}{'sketched':>10}"
    )
    for label, values in found.items():
        print(f"{label:<36}{len(values):>7}{float((values > limit).double().mean()):>10.2%}")
    lines = {**others, "letters, scribbles, noise": mix(others), "… without letters like digits": mix(others, False)}
    for label, images in lines.items():
        values = score(images)
        areas = [auroc(found[key], values) for key in ("MNIST test, as it is", "MNIST test, sketched")]
        doubted = float((values > limit).double().mean())
        print(f"{label:<36}{len(values):>7}{doubted:>10.2%}{areas[0]:>24.4f}{areas[1]:>10.4f}", flush=True)


def rivals(data: mnist.Mnist) -> dict[str, Scorer]:
    """Return other ways to doubt, by name; higher = less of a digit."""
    lenet, dnn = pretrained("lenet5"), pretrained("mnist-dnn")
    body = torch.nn.Sequential(*list(lenet.net)[:-1])  # type: ignore[arg-type]
    rows = torch.randperm(len(data.train_images), generator=torch.Generator().manual_seed(0))[:5000]

    def features(images: torch.Tensor) -> torch.Tensor:
        with torch.inference_mode():
            return torch.cat([body(part) for part in images.split(1000)])

    def logits(images: torch.Tensor, net: torch.nn.Module) -> torch.Tensor:
        with torch.inference_mode():
            return torch.cat([net(part) for part in images.split(1000)])

    kept, classes = features(data.train_images[rows]), data.train_labels[rows]
    unit = torch.nn.functional.normalize(kept)
    means = torch.stack([kept[classes == digit].mean(0) for digit in range(10)])
    inverse = torch.linalg.inv(torch.cov((kept - means[classes]).T) + 1e-4 * torch.eye(84))

    def nearest(images: torch.Tensor) -> torch.Tensor:
        away = torch.cdist(torch.nn.functional.normalize(features(images)), unit)
        return away.topk(10, largest=False).values.mean(1)

    def mahalanobis(images: torch.Tensor) -> torch.Tensor:
        away = features(images)[:, None] - means
        return torch.einsum("ncf,fg,ncg->nc", away, inverse, away).amin(1)

    def residue(images: torch.Tensor) -> torch.Tensor:
        best = []
        for digit in range(10):
            own = data.train_images[data.train_labels == digit].flatten(1)[:5000]
            centre = own.mean(0)
            axes = torch.linalg.eigh(torch.cov(own.T)).eigenvectors[:, -30:]
            away = images.flatten(1) - centre
            best.append((away - away @ axes @ axes.T).norm(dim=1))
        return torch.stack(best).amin(0)

    return {
        "largest softmax of LeNet-5": lambda images: -logits(images, lenet).double().softmax(1).amax(1),
        "energy of LeNet-5": lambda images: -logits(images, lenet).logsumexp(1),
        "energy of LeNet-5 and DNN": lambda images: (
            -(logits(images, lenet).logsumexp(1) + logits(images, dnn).logsumexp(1))
        ),
        "10 nearest in F6, 5000 kept": nearest,
        "Mahalanobis in F6": mahalanobis,
        "PCA of each class, 30 axes": residue,
    }


def main() -> None:
    """Print the shipped detector's figures, and its rivals' if asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=1000, help="sketches of each kind")
    parser.add_argument("--fonts", type=Path, help="a folder with more fonts")
    parser.add_argument("--data", type=Path, help="folder with MNIST's files")
    parser.add_argument("--weights", type=Path, help="folder with doubt.safetensors; the app's own when left out")
    parser.add_argument(
        "--compare", action="store_true", help="other methods too, with limits where 2 %% of UCI is doubted"
    )
    options = parser.parse_args()
    torch.set_num_threads(1)
    data = mnist.load(options.data)
    digits, others = digit_sets(data, options.count), other_sets(options.count, options.fonts)
    model, limit = read_doubter(options.weights)
    report("ten yes-or-no outputs (shipped)", lambda images: scores(model, images), limit, digits, others)
    if options.compare:
        report("… at its rivals' limit", lambda images: scores(model, images), None, digits, others)
        for name, score in rivals(data).items():
            report(name, score, None, digits, others)


if __name__ == "__main__":
    main()
