"""How one page setting is declared, read from a URL and checked; no Streamlit in here.

A page's settings are one frozen dataclass. Its fields are made with :func:`number`, :func:`choice`, :func:`flag` and
:func:`text`, so that default, limits and URL form stand in one place:

    @dataclass(frozen=True)
    class Settings:
        PREFIX: ClassVar[str] = "split_"
        ratio: float = number(0.8, 0.1, 0.9, step=0.05)
        order: str = choice("kept", ("kept", "shuffled"))
"""

import dataclasses
import math
from collections.abc import Mapping
from typing import Any, Protocol, TypeVar

T = TypeVar("T", str, int)
N = TypeVar("N", int, float)
D = TypeVar("D")

# No honest parameter is longer; a longer one is not even looked at.
MAX_URL_CHARS = 2_000


class Rule(Protocol):
    """What a field accepts, and how it is written in a URL."""

    def parse(self, raw: str) -> Any:
        """Return the value that a URL parameter stands for; raise ValueError if it stands for none."""

    def valid(self, value: Any) -> bool:
        """Return whether a value, from wherever it came, may be used."""

    def show(self, value: Any) -> str:
        """Return the URL form of a value."""


@dataclasses.dataclass(frozen=True)
class Number:
    """An int or a float (by the type of ``low``) between two limits, both included."""

    low: float
    high: float
    step: float | None

    @property
    def whole(self) -> bool:
        """Whether the values are ints."""
        return isinstance(self.low, int)

    def parse(self, raw: str) -> float:  # noqa: D102
        value = int(raw) if self.whole else float(raw)
        if not self.valid(value):
            raise ValueError(raw)
        return value

    def valid(self, value: Any) -> bool:  # noqa: D102
        kinds = int if self.whole else (int, float)
        if isinstance(value, bool) or not isinstance(value, kinds):
            return False
        return math.isfinite(value) and self.low <= value <= self.high

    def show(self, value: Any) -> str:  # noqa: D102
        return str(value) if self.whole else f"{value:.10g}"


@dataclasses.dataclass(frozen=True)
class Span:
    """Two ints between two limits, the smaller one first; "70-85" in the URL, where the other order is put right."""

    low: int
    high: int
    step: int

    def parse(self, raw: str) -> tuple[int, int]:  # noqa: D102
        first, second = sorted(int(part) for part in raw.split("-"))
        if not self.valid((first, second)):
            raise ValueError(raw[:40])
        return first, second

    def valid(self, value: Any) -> bool:  # noqa: D102
        if not (isinstance(value, tuple) and len(value) == 2 and all(type(part) is int for part in value)):
            return False
        return bool(self.low <= value[0] <= value[1] <= self.high)

    def show(self, value: Any) -> str:  # noqa: D102
        return f"{value[0]}-{value[1]}"


@dataclasses.dataclass(frozen=True)
class Choice:
    """One of a few language-neutral options."""

    options: tuple[Any, ...]

    def parse(self, raw: str) -> Any:  # noqa: D102
        return {str(option): option for option in self.options}[raw]

    def valid(self, value: Any) -> bool:  # noqa: D102
        return any(type(value) is type(option) and value == option for option in self.options)

    def show(self, value: Any) -> str:  # noqa: D102
        return str(value)


@dataclasses.dataclass(frozen=True)
class Many:
    """Any number of a few language-neutral options, in their own order; "x1.x2" in the URL, "-" for none."""

    options: tuple[str, ...]

    def parse(self, raw: str) -> tuple[str, ...]:  # noqa: D102
        chosen = [] if raw == "-" else raw.split(".")
        if unknown := set(chosen) - set(self.options):
            raise ValueError(str(sorted(unknown))[:40])
        return tuple(option for option in self.options if option in chosen)

    def valid(self, value: Any) -> bool:  # noqa: D102
        return isinstance(value, (tuple, list)) and all(option in self.options for option in value)

    def show(self, value: Any) -> str:  # noqa: D102
        return ".".join(option for option in self.options if option in value) or "-"


@dataclasses.dataclass(frozen=True)
class Flag:
    """On or off; 1 or 0 in the URL."""

    def parse(self, raw: str) -> bool:  # noqa: D102
        return {"1": True, "0": False, "true": True, "false": False}[raw.lower()]

    def valid(self, value: Any) -> bool:  # noqa: D102
        return isinstance(value, bool)

    def show(self, value: Any) -> str:  # noqa: D102
        return "1" if value else "0"


@dataclasses.dataclass(frozen=True)
class Text:
    """A printable text of limited length."""

    max_chars: int

    def parse(self, raw: str) -> str:  # noqa: D102
        if not self.valid(raw):
            raise ValueError(raw[:40])
        return raw

    def valid(self, value: Any) -> bool:  # noqa: D102
        return isinstance(value, str) and len(value) <= self.max_chars and value.isprintable()

    def show(self, value: Any) -> str:  # noqa: D102
        return str(value)


def number(default: N, low: N, high: N, step: N | None = None) -> N:
    """Declare an int or float setting (by the default's type) with its limits, both included."""
    kind = float if isinstance(default, float) else int
    return _declare(default, Number(kind(low), kind(high), None if step is None else kind(step)))


def span(default: tuple[int, int], low: int, high: int, step: int = 1) -> tuple[int, int]:
    """Declare two int settings on one range slider, with their limits, both included."""
    return _declare(default, Span(low, high, step))


def choice(default: T, options: tuple[T, ...]) -> T:
    """Declare a setting that is one of a few language-neutral options; their shown labels are the widget's matter."""
    return _declare(default, Choice(options))


def many(default: tuple[str, ...], options: tuple[str, ...]) -> tuple[str, ...]:
    """Declare a setting that is any number of a few language-neutral options."""
    return _declare(default, Many(options))


def flag(default: bool) -> bool:
    """Declare a setting that is on or off."""
    return _declare(default, Flag())


def text(default: str, max_chars: int) -> str:
    """Declare a setting that is a short text."""
    return _declare(default, Text(max_chars))


def rules(settings: type) -> Mapping[str, tuple[Rule, Any]]:
    """Return each field's rule and default, in the order of declaration.

    Raises:
        TypeError: a field was not declared with one of this module's helpers.
    """
    found: dict[str, tuple[Rule, Any]] = {}
    for field in dataclasses.fields(settings):
        if "rule" not in field.metadata:
            raise TypeError(f"{settings.__name__}.{field.name}: declare it with number, span, choice, flag or text")
        found[field.name] = (field.metadata["rule"], field.default)
    return found


def read(rule: Rule, raw: str | None, default: Any) -> Any:
    """Return what a URL parameter says, or the default when it is missing or makes no sense."""
    if raw is None or len(raw) > MAX_URL_CHARS:
        return default
    try:
        return rule.parse(raw)
    except (ValueError, KeyError, OverflowError):
        return default


def _declare(default: D, rule: Rule) -> D:
    if not rule.valid(default):
        raise ValueError(f"the default {default!r} breaks its own rule {rule}")
    declared: D = dataclasses.field(default=default, metadata={"rule": rule})
    return declared
