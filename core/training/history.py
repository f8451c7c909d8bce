"""Curves of bounded length: decimated, never cut off."""

from __future__ import annotations

from typing import Generic, TypeVar

T = TypeVar("T")

MAX_POINTS = 500


class Curve(Generic[T]):
    """Keeps every k-th (step, value), with k doubling whenever 500 are kept; the newest is always shown.

    Points are picked, not averaged: every number on the screen is one that the run produced.

    >>> curve = Curve(most=4)
    >>> for step in range(1, 10):
    ...     curve.add(step, step * 10)
    >>> curve.points()
    ((1, 10), (5, 50), (9, 90))
    """

    def __init__(self, most: int = MAX_POINTS) -> None:
        self.most = most
        self.stride = 1
        self.count = 0
        self.kept: list[tuple[int, T]] = []
        self.newest: tuple[int, T] | None = None

    def add(self, step: int, value: T) -> None:
        """Append a point; steps come in rising order, and one that comes again replaces the point that it had."""
        again = self.newest is not None and self.newest[0] == step
        self.newest = (step, value)
        if again:
            if self.kept[-1][0] == step:
                self.kept[-1] = self.newest
            return
        if self.count % self.stride == 0:
            self.kept.append(self.newest)
        self.count += 1
        if len(self.kept) >= self.most:
            self.kept = self.kept[::2]
            self.stride *= 2

    def copy(self) -> Curve[T]:
        """Return a curve that goes on from here by itself; the values are shared."""
        other: Curve[T] = Curve(self.most)
        other.stride, other.count, other.kept, other.newest = self.stride, self.count, list(self.kept), self.newest
        return other

    def points(self) -> tuple[tuple[int, T], ...]:
        """Return at most ``most`` points in rising order, the first and the newest among them."""
        points = tuple(self.kept)
        if self.newest is not None and (not points or points[-1][0] != self.newest[0]):
            points += (self.newest,)
        return points
