"""The accuracy that the notes print, a run's own and those of ten seeds: side by side, and why they differ."""

from collections.abc import Sequence
from html import escape
from typing import Final

import streamlit as st

from core.exam.ten_seeds import NOTES, Measured, measured, of_course
from core.runs.job import Job
from core.runs.snapshot import Snapshot, State
from core.score import wilson
from core.training.evaluate import Evaluation
from ui.drawing import drawing
from ui.table import table
from ui.text import _, aside, paragraph

WIDTH, MARGIN, LINE = 300, 30, 44  # pixels of the strip, and at which height its dots lie
STEPS: Final = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02)  # between two marks of the scale


def notes_figure(now: Snapshot) -> str:
    """Return what the notes print, for the line with the numbers of a run at the course's settings; else ""."""
    network, tested = _standing(now, None)
    return _("in the notes: {share}", share=f"{NOTES[network]:.2%}") if tested else ""


def draw(now: Snapshot | None, planned: Job | None) -> None:
    """Draw the figures side by side where a run, or what Train would start, has the course's settings; else nothing.

    Args:
        now: the run, or None.
        planned: what Train would start, or None.
    """
    network, tested = _standing(now, planned)
    seeds = measured().get(network)
    if seeds is None:
        return
    shares, ends = seeds.accuracies, wilson(tested.correct, tested.samples) if tested else None
    rows = [(_("In the notes"), f"{NOTES[network]:.2%}")]
    if tested and ends:
        rows.append((_("This run"), f"{tested.accuracy:.2%}"))
        rows.append((_("its 95 % interval"), f"{100 * ends[0]:.2f}–{ends[1]:.2%}"))
    else:
        rows.append((_("This run"), _("still to come")))
    rows.append((_("Ten seeds"), f"{100 * min(shares):.2f}–{max(shares):.2%}"))
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="side_by_side"):
        with st.container(width=WIDTH):
            drawing(
                _strip(shares, NOTES[network], tested.accuracy if tested else None, ends),
                _("Test accuracy of ten seeds: {shares}", shares=", ".join(f"{share:.2%}" for share in shares)),
            )
        with st.container(width=WIDTH, gap="xxsmall"):
            st.html(table("ck-side", rows, named=True))
            with st.popover(_("Why they differ"), icon=":material/help:", type="tertiary"):
                _why(network, seeds)


def _standing(now: Snapshot | None, planned: Job | None) -> tuple[str, Evaluation | None]:
    """Return the course's network, "" at other settings; and its test, when the run is at its end."""
    job = now.job if now is not None else planned
    network = of_course(job) if job is not None else None
    if network is None or (now is not None and now.changes):
        return "", None
    return network, now.evaluation if now is not None and now.state is State.FINISHED else None


def _why(network: str, seeds: Measured) -> None:
    worth = f"{100 / seeds.samples:.2g}"
    if network == "one-hot":
        paragraph(
            "The notes draw their table at random, without a seed: their {samples:,} test samples are others than "
            "these, and so are their first weights. One test sample is worth {worth} percentage points; "
            "{share} are {right:,} of {samples:,}.\n\nWith each of the ten seeds exactly the middle class of its "
            "own table is read right, about two thirds. So the table differs, not what was learned.",
            samples=seeds.samples,
            worth=worth,
            share=f"{NOTES[network]:.2%}",
            right=round(NOTES[network] * seeds.samples),
        )
    else:
        paragraph(
            "The seed decides the first weights and in which order the digits come. The notes set none, so that "
            "nobody can repeat their run; the ten dots show how far seeds lie apart.\n\nThe 95 % interval says "
            "how far luck goes in the choice of the {samples:,} test digits: one of them is worth {worth} "
            "percentage points.",
            samples=seeds.samples,
            worth=worth,
        )
    aside(
        "Seeds 0 to 9 at these settings, measured on {date} with {versions}. Measure again: `{command}`",
        date=seeds.date,
        versions=", ".join(f"{name} {version}" for name, version in seeds.versions.items()),
        command=f"python -m core seeds {network}",
    )


def _strip(shares: Sequence[float], notes: float, mine: float | None, ends: tuple[float, float] | None) -> str:
    """Return the strip as SVG: a dot for each seed, the notes' figure above, this run's with its interval below."""
    every = [*shares, notes, *(ends or ())]
    low, high = min(every), max(every)
    bottom = 66 if mine is None else 96
    step = next((step for step in STEPS if (high - low) / step <= 5), STEPS[-1])

    def x(share: float) -> float:
        return float(MARGIN + round((share - low) / ((high - low) or 1.0) * (WIDTH - 2 * MARGIN), 1))

    def word(share: float, y: int, said: str, size: int = 12, tint: str = "text") -> str:
        at = max(MARGIN, min(WIDTH - MARGIN, x(share)))
        return (
            f'<text x="{at}" y="{y}" font-size="{size}" text-anchor="middle" fill="var(--{tint})">{escape(said)}</text>'
        )

    parts = [f'<path d="M{MARGIN - 8} {LINE}H{WIDTH - MARGIN + 8}" stroke="var(--line)"/>']
    for mark in range(-(-round(low * 1e6) // round(step * 1e6)), round(high * 1e6) // round(step * 1e6) + 1):
        at = mark * step
        parts.append(f'<path d="M{x(at)} {LINE - 4}v8" stroke="var(--muted)"/>')
        parts.append(word(at, bottom - 4, f"{100 * at:.{1 if step < 0.01 else 0}f}", 11, "muted"))
    parts += [
        f'<circle cx="{x(share)}" cy="{LINE}" r="5" fill="var(--test)" fill-opacity="0.55" stroke="var(--test)"/>'
        for share in shares
    ]
    parts += [word(notes, 16, _("notes")), f'<path d="M{x(notes)} 36l-5 -12h10z" fill="var(--text)"/>']
    if mine is not None and ends:
        parts.append(f'<path d="M{x(ends[0])} 60H{x(ends[1])}" stroke="var(--text)" stroke-width="2"/>')
        parts.append(f'<path d="M{x(mine)} 52l-5 12h10z" fill="var(--text)"/>')
        parts.append(word(mine, 77, _("this run")))
    return f'<svg viewBox="0 0 {WIDTH} {bottom}" width="{WIDTH}" height="{bottom}">{"".join(parts)}</svg>'
