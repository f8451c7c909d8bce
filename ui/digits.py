"""MNIST on its way into memory, and where the digits came from. No torch is needed to draw this."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core import cache
from ui.text import _

if TYPE_CHECKING:
    from core.data.mnist import Provenance


def wait_for_digits() -> bool:
    """Return whether MNIST is in memory; if not, draw how far it is, and go on by itself."""
    if cache.mnist_loading().ready:
        return True

    @st.fragment(run_every=0.5)
    def wait() -> None:
        loading = cache.mnist_loading()
        if loading.ready:
            st.rerun()
        done = loading.done
        share = min(1.0, done / loading.total) if done is not None else 0.0
        text = _("MNIST is being downloaded …") if done is not None else _("MNIST is being read …")
        st.progress(share, text=text)

    wait()
    return False


def source(data: Provenance) -> None:
    """Say which digits these are."""
    counts = {"train": f"{data.train:,}", "test": f"{data.test:,}", "checksum": data.checksum[:12]}
    if data.full:
        st.caption(_("Data: MNIST, {train} training and {test} test digits (SHA-256 {checksum}…).", **counts))
    else:
        st.caption(
            _(
                "Data: {train} training and {test} test digits of MNIST, as they come with the app; all 70,000 could "
                "not be reached from here. A run takes seconds, and reads fewer digits right (SHA-256 {checksum}…).",
                **counts,
            )
        )
