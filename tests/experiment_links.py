"""Every link of a lesson's experiments."""

from collections.abc import Iterable
from typing import Any

from ui.lesson import Experiment
from ui.state import fields


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


def queries(settings: type, experiments: Iterable[Experiment]) -> list[tuple[str, dict[str, str]]]:
    """Return label and address of every link, as its chip writes it."""
    rules, prefix = fields.rules(settings), settings.PREFIX
    return [
        (
            label,
            {f"{prefix}{key}": rules[key][0].show(value) for key, value in changes.items() if value != rules[key][1]},
        )
        for label, changes in links(experiments).items()
    ]
