"""MNIST on its way into memory, and where the digits came from. No torch is needed to draw this."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core import cache
from ui.lesson import wait_for
from ui.text import _, aside

if TYPE_CHECKING:
    from core.data.mnist import Provenance


def ready() -> bool:
    """Return whether MNIST is in memory; if not, it is on its way from now on."""
    return cache.mnist_loading().ready


def wait_for_digits(words: str = "") -> bool:
    """Return whether MNIST is in memory; if not, say these words, or how far it is, and go on by itself."""
    if ready():
        return True
    wait_for(ready, lambda: st.caption(words) if words else _progress())
    return False


def _progress() -> None:
    loading = cache.mnist_loading()
    done = loading.done
    share = min(1.0, done / loading.total) if done is not None else 0.0
    st.progress(share, text=_("MNIST is being downloaded …") if done is not None else _("MNIST is being read …"))


def source(data: Provenance) -> None:
    """Say which digits these are."""
    counts = {"train": f"{data.train:,}", "test": f"{data.test:,}", "checksum": data.checksum[:12]}
    if data.full:
        aside("Data: MNIST, {train} training and {test} test digits (SHA-256 {checksum}…).", **counts)
    else:
        aside(
            "Data: {train} training and {test} test digits of MNIST, as they come with the app; all 70,000 could "
            "not be reached from here. A run takes seconds, and reads fewer digits right (SHA-256 {checksum}…).",
            **counts,
        )
