"""Which test digit is looked at, and which maps are hidden meanwhile."""

import streamlit as st
import torch

from core import cache
from core.exam.robustness import sample
from ui.lenet.forward import title
from ui.lenet.settings import Settings, hidden_maps
from ui.lenet.subject import Subject, newest
from ui.state import session
from ui.state.controls import Controls
from ui.text import _, aside, listed

SEARCHED = 500  # test digits that are looked through for a misread one at a time


def draw(controls: Controls[Settings], seen: Subject) -> None:
    """Draw the choice of the digit, and what is hidden.

    Args:
        controls: of the page.
        seen: what is looked at.
    """
    count = len(cache.mnist().test_labels)
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="lenet_choose"):
        controls.number("digit", _("Test digit"), width=130, label_visibility="collapsed")
        st.button(
            _("Next digit"),
            key="lenet_next",
            icon=":material/navigate_next:",
            on_click=lambda: controls.change(digit=seen.number % count + 1),
        )
        st.button(
            _("A misread one"),
            key="lenet_misread",
            icon=":material/search:",
            on_click=lambda: _next_misread(controls, newest(controls, seen)),
            help=_("The next test digit that the network, as it stands, reads wrong."),
        )
        aside("Test digit {n} of {all:,}: a {digit}", n=seen.number, all=count, digit=seen.label)
    hidden_note(controls, seen)


def hidden_note(controls: Controls[Settings], seen: Subject) -> None:
    """Say what is hidden and what it costs, and offer to show it again.

    Args:
        controls: of the page.
        seen: what is looked at.
    """
    hidden = hidden_maps(seen.written)
    if not hidden:
        return
    named = listed(f"{title(layer)} {number + 1}" for layer, maps in hidden.items() for number in maps)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if controls.settings.look == "maps":
            aside("Hidden: {maps}. The thin marks show the probabilities with everything there.", maps=named)
        else:
            aside("Hidden: {maps}. What is shown here is the network without them.", maps=named)
        st.button(
            _("Show all again"),
            key="lenet_unhide",
            icon=":material/visibility:",
            type="tertiary",
            on_click=lambda: controls.change(hide=""),
        )
    if not seen.live:
        all_there, without, samples = _right(seen)
        aside(
            "Of {n:,} test digits {without} are read right without them, {with_} with them.",
            n=samples,
            without=f"{without / samples:.1%}",
            with_=f"{all_there / samples:.1%}",
        )


def _right(seen: Subject) -> tuple[int, int, int]:
    """Return how many test digits are read right with all maps and without the hidden ones, and of how many."""
    key = (seen.now.run_id if seen.now is not None else "", seen.network, seen.job.seed, seen.step, seen.written)

    def count() -> tuple[int, int, int]:
        data = cache.mnist()
        images, labels = sample(data.test_images.cpu(), data.test_labels.cpu())
        with torch.inference_mode():
            right = [int((model(images).argmax(dim=1) == labels).sum()) for model in (seen.model, seen.shown)]
        return right[0], right[1], len(labels)

    return session.memo("lenet_without", key, count)


def _next_misread(controls: Controls[Settings], seen: Subject) -> None:
    data = cache.mnist()
    count = len(data.test_labels)
    start = seen.number
    while start < seen.number + count:
        rows = torch.arange(start, min(start + SEARCHED, seen.number + count)) % count
        images, labels = data.test_images[rows].cpu(), data.test_labels[rows].cpu()
        with torch.inference_mode():
            wrong = (seen.shown(images).argmax(dim=1) != labels).nonzero().flatten()
        if len(wrong):
            controls.change(digit=int(rows[wrong[0]]) + 1)
            return
        start += len(rows)
