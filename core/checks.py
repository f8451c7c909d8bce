"""What kind of number a value is: the one place where True is no 1 and nan is no number."""

import math
from collections.abc import Iterable
from typing import TypeGuard, TypeVar

from core.errors import InvalidInput

T = TypeVar("T")


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


def checked_choice(sentence: str, value: T, options: Iterable[T], named: Iterable[T] = ()) -> T:
    """Return a value that is one of some, or say which ones there are.

    Args:
        sentence: what is said of another one; a literal, with the fields {value} and {names}.
        value: anything at all, unhashable things too.
        options: in the order in which they are named.
        named: those of them that are named; empty: all.

    Raises:
        InvalidInput: it is none of them.
    """
    known = tuple(options)
    if value not in known:
        raise InvalidInput(sentence, value=value, names=", ".join(map(str, tuple(named) or known)))
    return value


def checked_whole(sentence: str, value: object, least: int, most: int, **more: object) -> int:
    """Return a whole number from ``least`` to ``most``, or say so.

    Args:
        sentence: what is said of anything else; a literal, with the field {value}, and {least}, {most} or other ones.
        value: anything at all.
        least: the smallest that may be.
        most: the largest.
        **more: other fields of the sentence.

    Raises:
        InvalidInput: it is none.
    """
    if not is_whole(value, least, most):
        raise InvalidInput(sentence, value=value, least=least, most=most, **more)
    return value


def checked_number(sentence: str, value: object, least: float, most: float, **more: object) -> float:
    """Return a finite number from ``least`` to ``most``, or say so; the rest is as for checked_whole."""
    if not is_number(value, least, most):
        raise InvalidInput(sentence, value=value, least=least, most=most, **more)
    return value


def checked_seed(seed: object) -> int:
    """Return the seed, or say what a seed may be.

    Raises:
        InvalidInput: not a whole number from 0 to 2**63 − 1 (what torch.Generator takes).
    """
    return checked_whole("seed (={value}) must be a whole number from 0 to 2^63 − 1; try 0.", seed, 0, 2**63 - 1)


def checked_flag(name: str, value: object) -> bool:
    """Return a value that is True or False, or say so.

    Raises:
        InvalidInput: anything else, 0 and 1 too.
    """
    if not isinstance(value, bool):
        raise InvalidInput("{name} (={value}) is either True or False; choose one.", name=name, value=value)
    return value
