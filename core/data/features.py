"""Inputs that a network on 2-D data may be given besides x₁ and x₂ themselves (TensorFlow Playground's seven)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from core.checks import checked_choice
from core.errors import InvalidInput

if TYPE_CHECKING:
    import torch

# float32 (n, 2) → float32 (n,); the keys are language-neutral and appear in URLs, scripts and pictures.
FEATURES: Final[dict[str, Callable[[torch.Tensor], torch.Tensor]]] = {
    "x1": lambda x: x[:, 0],
    "x2": lambda x: x[:, 1],
    "x1^2": lambda x: x[:, 0] * x[:, 0],
    "x2^2": lambda x: x[:, 1] * x[:, 1],
    "x1x2": lambda x: x[:, 0] * x[:, 1],
    "sin x1": lambda x: x[:, 0].sin(),
    "sin x2": lambda x: x[:, 1].sin(),
}


def checked_features(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names, or say which may be given.

    Raises:
        InvalidInput: none, one twice, or one that is not in FEATURES.
    """
    if not isinstance(names, tuple) or not names:
        raise InvalidInput(
            "features (={value}) names no input; a network needs at least one: try x1 and x2.", value=names
        )
    for name in names:
        checked_choice("The feature (={value}) is not known; choose from {names}.", name, FEATURES)
        if names.count(name) > 1:
            raise InvalidInput(
                "The feature (={value}) is named {times} times; once is enough: take out the others.",
                value=name,
                times=names.count(name),
            )
    return names


def expand(points: torch.Tensor, names: tuple[str, ...]) -> torch.Tensor:
    """Return one column per feature.

    Args:
        points: float32 (n, 2).
        names: keys of FEATURES.

    Returns:
        float32 (n, len(names)), in the order of the names.
    """
    import torch

    return torch.stack([FEATURES[name](points) for name in names], dim=1)
