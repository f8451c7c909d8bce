"""What kind of number a value is: the one place where True is no 1 and nan is no number."""

import math
from typing import TypeGuard

from core.errors import InvalidInput


def is_whole(value: object, least: float = -math.inf, most: float = math.inf) -> TypeGuard[int]:
    """Return whether a value is a whole number from ``least`` to ``most``; True and 3.0 are none.

    >>> is_whole(3, 1, 5), is_whole(True), is_whole(3.0), is_whole(6, 1, 5)
    (True, False, False, False)
    """
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def is_number(value: object, least: float = -math.inf, most: float = math.inf) -> TypeGuard[float]:
    """Return whether a value is a finite number, whole or not, from ``least`` to ``most``; True and nan are none.

    >>> is_number(0.5, 0, 1), is_number(1), is_number(float("nan")), is_number(True)
    (True, True, False, False)
    """
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    return -math.inf < value < math.inf and least <= value <= most


def checked_seed(seed: object) -> int:
    """Return the seed, or say what a seed may be.

    Raises:
        InvalidInput: not a whole number from 0 to 2**63 − 1 (what torch.Generator takes).
    """
    if not is_whole(seed, 0, 2**63 - 1):
        raise InvalidInput("seed (={seed}) must be a whole number from 0 to 2^63 − 1; try 0.", seed=seed)
    return seed


def checked_flag(name: str, value: object) -> bool:
    """Return a value that is True or False, or say so.

    Raises:
        InvalidInput: anything else, 0 and 1 too.
    """
    if not isinstance(value, bool):
        raise InvalidInput("{name} (={value}) is either True or False; choose one.", name=name, value=value)
    return value
