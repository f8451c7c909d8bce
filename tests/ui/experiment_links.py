"""Every link of a lesson's experiments."""

from collections.abc import Iterable
from typing import Any

from ui.lesson import Experiment


def links(experiments: Iterable[Experiment]) -> dict[str, dict[str, Any]]:
    """Return label → changes of every experiment and of its variants; a label that stands twice is a mistake."""
    found: dict[str, dict[str, Any]] = {}
    for experiment in experiments:
        named = {experiment.label: experiment.changes}
        named |= {f"{experiment.label}: {variant.label}": variant.changes for variant in experiment.variants}
        assert len(named) == 1 + len(experiment.variants)
        assert not found.keys() & named.keys()
        found |= named
    return found
