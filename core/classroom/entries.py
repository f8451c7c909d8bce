"""What a class set holds, as plain values; and what may go into it."""

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from core.checks import is_whole
from core.classroom.models import SIDE
from core.errors import InvalidInput

Bytes = npt.NDArray[np.uint8]
Numbers = npt.NDArray[np.int64]

INK, LEAST_INK = 128, 6  # a digit has at least that many pixels at least that bright


@dataclass(frozen=True)
class Counts:
    """How a class set stands.

    Attributes:
        code: of the class.
        version: changes with every entry that comes or goes.
        open: whether entries are accepted.
        labels: how many entries of each digit 0 … 9.
        visitors: how many gave at least one of them.
    """

    code: str
    version: int
    open: bool
    labels: tuple[int, ...]
    visitors: int

    @property
    def total(self) -> int:
        """Number of entries."""
        return sum(self.labels)


@dataclass(frozen=True, eq=False)
class Collection:
    """A whole class set at one moment, oldest entry first. The arrays are read-only.

    Attributes:
        counts: of this moment.
        ids: int64 (n,).
        labels: int64 (n,), 0 … 9.
        images: uint8 (n, 28, 28).
        given_at: int64 (n,), Unix seconds.
        hands: int64 (n,), which visitor gave it, numbered from 0 in order of appearance; only to keep one
            visitor's digits together when the set is split, and in no export.
    """

    counts: Counts
    ids: Numbers
    labels: Numbers
    images: Bytes
    given_at: Numbers
    hands: Numbers

    def __len__(self) -> int:
        return len(self.ids)


def checked_label(label: Any) -> int:
    """Return a label as an int.

    Raises:
        InvalidInput: it is no whole number from 0 to 9.
    """
    digit = int(label) if isinstance(label, np.integer) else label
    if not is_whole(digit, 0, 9):
        raise InvalidInput("“{label}” is no digit; choose which digit from 0 to 9 it is.", label=str(label)[:20])
    return digit


def checked_image(image: Any) -> bytes:
    """Return a picture's 784 bytes, row by row.

    Args:
        image: uint8 (28, 28), light on dark: the ``centred`` stage of core.sketch.preprocess.

    Raises:
        InvalidInput: another shape or type, or nothing on it.
    """
    if not isinstance(image, np.ndarray) or image.dtype != np.uint8 or image.shape != (SIDE, SIDE):
        what = f"{image.dtype} {image.shape}"[:60] if isinstance(image, np.ndarray) else type(image).__name__
        raise InvalidInput(
            "A class set takes pictures of 28×28 bytes, not {what}; draw the digit on the board.", what=what
        )
    if np.count_nonzero(image >= INK) < LEAST_INK:
        raise InvalidInput("There is no digit on the picture; draw one first.")
    return image.tobytes()


def digest(image: bytes) -> bytes:
    """Return what tells two pictures apart: 16 bytes of SHA-256."""
    return hashlib.sha256(image).digest()[:16]
