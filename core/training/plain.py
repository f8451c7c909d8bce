"""A job as plain settings: one level, language-neutral names, no tensors and no files."""

from __future__ import annotations

from dataclasses import fields, is_dataclass

Plain = str | int | float | bool


def plain_settings(job: object) -> dict[str, Plain]:
    """Return every setting of a frozen job.

    Args:
        job: a dataclass; what does not count when jobs are compared is left out, a visitor's file becomes its digest.

    Returns:
        Names such as "train.lr"; tuples of numbers as "3-5-3", of texts as "x1,x2"; what is None as "".

    >>> from core.training.config import TrainConfig
    >>> plain_settings(TrainConfig(lr=0.5))["lr"]
    0.5
    """
    found: dict[str, Plain] = {}
    for field in fields(job) if is_dataclass(job) else ():
        if not field.compare:
            continue
        value = getattr(job, field.name)
        if hasattr(value, "digest"):
            found[field.name] = str(value.digest)
        elif is_dataclass(value):
            found |= {f"{field.name}.{name}": inner for name, inner in plain_settings(value).items()}
        else:
            found[field.name] = _plain(value)
    return found


def _plain(value: object) -> Plain:
    if isinstance(value, str | int | float):
        return value
    if isinstance(value, tuple | list):
        return ("," if any(isinstance(item, str) for item in value) else "-").join(map(str, value))
    return "" if value is None else str(value)
