"""What a diverged run scored while its numbers still were numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence

from core.runs.snapshot import Snapshot
from ui.text import _

Look = tuple[int, float, float]


def last_finite(now: Snapshot) -> str:
    """Return the last scores whose loss was finite, and of which update: those after it are of no network.

    Args:
        now: a run that diverged.
    """
    tested, trained = _finite(now.evaluations), _finite(now.train_evaluations)
    if tested is None:
        return _("No look at the test set was finite.")
    parts = [_("The last finite look, at update {at}", at=tested[0]), _score(_("Test"), tested)]
    if trained is not None and trained[0] == tested[0]:
        parts.append(_score(_("Training"), trained))
    return "  ·  ".join(parts)


def _finite(looks: Sequence[Look]) -> Look | None:
    return next((look for look in reversed(looks) if math.isfinite(look[2])), None)


def _score(name: str, look: Look) -> str:
    _at, share, loss = look
    shown = f"{loss:.4g}"
    if math.isnan(share):
        return _("{name}: loss {loss}", name=name, loss=shown)
    return _("{name}: {share}, loss {loss}", name=name, share=f"{share:.2%}", loss=shown)
