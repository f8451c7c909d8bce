"""Several digits on one board, read from left to right as a number.

The ink is cut into more pieces than there are digits, and the best way to put them together is searched for, as LeNet's
authors did for cheques (LeCun et al. 1998, section V, "heuristic over-segmentation", with Viterbi's algorithm):
1. Pieces are the connected strokes; a wide one that does not look like a digit is also cut where little ink is crossed.
2. Every run of up to four neighbouring pieces is brought into MNIST's form, and the doubter (core/sketch/doubt.py) says
   how much it looks like a digit. So a 5 and its bar are put together, and a 4's two strokes; 1 and 2 stay apart.
3. The runs that cover all pieces once with the least doubt are the digits; the network reads each of them.
"""

import itertools
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image
from scipy import ndimage
from torch import nn

from core.sketch.doubt import doubt_logits
from core.sketch.form import FAINT, ink_box, to_form
from core.sketch.ink import Blank, Floats
from core.sketch.predict import Prediction, classify
from core.sketch.preprocess import Stages, finish, sketched_ink

Labels = npt.NDArray[np.int32]

MOST_PIECES, MOST_TOGETHER = 40, 4
CUT_COST = 2.0
"""What cutting through a stroke costs, in natural logarithms of the chance that a run is a digit."""
GAP_COST, WIDE_COST, WIDEST = 6.0, 4.0, 1.2
"""What empty columns inside a digit cost, and columns beyond 1.2 times the height; for as many as that height."""


class Digit(NamedTuple):
    """One digit of a number.

    Attributes:
        box: left, top, right, bottom, pixels of the given picture; right and bottom are just outside.
        stages: how it was brought into MNIST's form.
        prediction: what the network reads.
    """

    box: tuple[int, int, int, int]
    stages: Stages
    prediction: Prediction


@dataclass(frozen=True, eq=False)
class _Piece:
    """Ink that is never divided.

    Attributes:
        mask: bool (H, W).
        middle: of its columns.
        stroke: number of the connected stroke that it is part of.
    """

    mask: npt.NDArray[np.bool_]
    middle: float
    stroke: int


def read_number(
    image: Image.Image | npt.NDArray[Any], model: nn.Module, paper: tuple[int, int, int] | None = None
) -> list[Digit]:
    """Read the digits of one line, from left to right.

    Args:
        image: as for core.sketch.preprocess.preprocess; wider than high as a rule.
        model: float32 (B, 1, 28, 28), normalised → logits (B, 10), in eval mode.
        paper: the background's red, green and blue where it is known.

    Returns:
        The digits in order, at least one.

    Raises:
        Blank: when there is no digit to be seen.
        InvalidInput: as preprocess.
    """
    ink, raw = sketched_ink(image, paper)
    width = image.width if isinstance(image, Image.Image) else np.asarray(image).shape[1]
    found = []
    for mask in split_ink(ink):
        own = np.where(mask, ink, np.float32(0))
        try:
            stages = finish(own, raw)
        except Blank:
            continue  # a dot beside the digits
        found.append(Digit(_box(mask, width / ink.shape[1]), stages, classify(stages.normalised, model)))
    if not found:
        raise Blank("The picture is almost blank: there is only a dot. Draw a digit from 0 to 9.")
    return found


def as_number(digits: list[Digit]) -> str:
    """Return the digits as written, leading zeros kept."""
    return "".join(str(digit.prediction.digit) for digit in digits)


def split_ink(ink: Floats) -> list[npt.NDArray[np.bool_]]:
    """Divide ink into digits.

    Args:
        ink: float32 (H, W), 0 = paper, 1 = full stroke.

    Returns:
        bool (H, W) for each digit, from left to right.
    """
    pieces = _pieces(ink)
    runs = [
        (first, last)
        for first in range(len(pieces))
        for last in range(first + 1, min(first + MOST_TOGETHER, len(pieces)) + 1)
    ]
    if len(pieces) <= 1:
        return [piece.mask for piece in pieces]
    masks = {run: np.logical_or.reduce([piece.mask for piece in pieces[slice(*run)]]) for run in runs}
    tall = max(int(np.ptp(np.flatnonzero(piece.mask.any(axis=1)))) + 1 for piece in pieces)
    chances = _chances([masks[run] for run in runs], ink)
    gain = {run: chance - _spread(masks[run], tall) for run, chance in zip(runs, chances, strict=True)}
    # best[k]: the least doubtful way to cover the first k pieces, and where its last run begins
    best: list[tuple[float, int]] = [(0.0, 0)]
    for last in range(1, len(pieces) + 1):
        ways = []
        for first in range(max(0, last - MOST_TOGETHER), last):
            cut = first > 0 and pieces[first - 1].stroke == pieces[first].stroke
            ways.append((best[first][0] + gain[first, last] - CUT_COST * cut, first))
        best.append(max(ways))
    runs_used, last = [], len(pieces)
    while last:
        first = best[last][1]
        runs_used.append((first, last))
        last = first
    return [masks[run] for run in reversed(runs_used)]


def _spread(mask: npt.NDArray[np.bool_], tall: int) -> float:
    """What it costs that a digit has gaps or is wide."""
    columns = np.flatnonzero(mask.any(axis=0))
    width = int(np.ptp(columns)) + 1
    return (GAP_COST * (width - len(columns)) + WIDE_COST * max(0.0, width - WIDEST * tall)) / tall


def _chances(masks: list[npt.NDArray[np.bool_]], ink: Floats) -> list[float]:
    """Logarithm of the chance that each is a digit."""
    forms = []
    for mask in masks:
        box = ink_box(np.where(mask, ink, np.float32(0)))
        forms.append(to_form(box) if box is not None else np.zeros((28, 28), np.uint8))
    logits = doubt_logits(torch.from_numpy(np.stack(forms))[:, None])
    return torch.nn.functional.logsigmoid(logits).tolist()


def _pieces(ink: Floats) -> list[_Piece]:
    """Connected strokes from left to right, wide ones cut; specks are left out."""
    strokes = _strokes(ink)
    boxes = ndimage.find_objects(strokes)
    tall = max(rows.stop - rows.start for rows, _ in boxes)
    large = float(np.bincount(strokes.ravel())[1:].max())
    pieces: list[_Piece] = []
    for number, (rows, columns) in enumerate(boxes, start=1):
        mask = strokes == number
        height, width = rows.stop - rows.start, columns.stop - columns.start
        if mask.sum() < 0.03 * large and max(height, width) < 0.2 * tall:
            continue
        if width > 0.6 * height and height > 0.3 * tall and _chances([mask], ink)[0] < -CUT_COST:
            pieces += _cut(mask, ink, columns, height, number)
        else:
            pieces.append(_Piece(mask, (columns.start + columns.stop) / 2, number))
    pieces.sort(key=lambda piece: piece.middle)
    if len(pieces) > MOST_PIECES:
        raise Blank("There are more than {limit} strokes; clear the board and write a number.", limit=MOST_PIECES)
    return pieces


def _strokes(ink: Floats) -> Labels:
    """Number the connected strokes from 1 (0 = paper); pale edges belong to the nearest stroke."""
    cores, _ = ndimage.label(ink > 0.3, structure=np.ones((3, 3)))
    near, (row, column) = ndimage.distance_transform_edt(cores == 0, return_indices=True)
    return np.where((ink > FAINT) & (near <= 4), cores[row, column], 0).astype(np.int32)


def _cut(mask: npt.NDArray[np.bool_], ink: Floats, columns: slice, height: int, number: int) -> list[_Piece]:
    """Cut a wide stroke at up to five columns where the pen is crossed least, each at the lowest place around."""
    amount = np.where(mask, ink, np.float32(0)).sum(axis=0)[columns]
    reach = max(2, round(0.15 * height))
    lowest = ndimage.minimum_filter1d(amount, 2 * reach + 1)
    inner = slice(reach, len(amount) - reach)
    places: list[int] = []
    for place in (np.flatnonzero(amount[inner] == lowest[inner]) + reach).tolist():
        # of a plateau only one, and only where clearly less ink lies than on average
        if (not places or place - places[-1] > reach) and amount[place] < amount.mean():
            places.append(place)
    places = sorted(sorted(places, key=lambda place: float(amount[place]))[:5])
    pieces: list[_Piece] = []
    edges = [0, *places, len(amount)]
    for left, right in itertools.pairwise(edges):
        part = np.zeros_like(mask)
        part[:, columns.start + left : columns.start + right] = mask[:, columns.start + left : columns.start + right]
        if part.any():
            pieces.append(_Piece(part, columns.start + (left + right) / 2, number))
    return pieces


def _box(mask: npt.NDArray[np.bool_], scale: float) -> tuple[int, int, int, int]:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    edges = (columns[0], rows[0], columns[-1] + 1, rows[-1] + 1)
    left, top, right, bottom = (round(float(edge) * scale) for edge in edges)
    return left, top, right, bottom
