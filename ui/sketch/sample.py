"""A sample of MNIST's test set on the board: the way in for those who use a keyboard."""

from functools import lru_cache

import streamlit as st
import torch

from core import cache
from core.data.grey import denormalise
from core.sketch.form import Bytes
from core.sketch.reading import Sheet, digit_sheet
from ui.digits import wait_for_digits
from ui.sketch.settings import Settings
from ui.state.controls import Controls
from ui.text import _, aside, paragraph


def choose(controls: Controls[Settings]) -> None:
    """Draw the choice of the sample."""
    controls.number("index", _("Test sample"), help=_("Number 0 to 9999 in MNIST's test set."))
    st.button(
        _("Next sample"),
        type="primary",
        icon=":material/skip_next:",
        on_click=lambda: controls.change(index=(controls.settings.index + 1) % 10_000),
        width="stretch",
    )
    if not wait_for_digits(_("MNIST is being loaded; the sample appears by itself.")):
        return
    data = cache.mnist()
    row = controls.settings.index % len(data.test_images)
    paragraph("Test sample {n}: “{digit}”", n=row, digit=int(data.test_labels[row]))
    if not data.provenance.full:
        aside(
            "One of {n} digits at hand. They come from MNIST's training set, so both networks have learned "
            "from them; with all of MNIST, digits appear here that they have never seen.",
            n=len(data.test_images),
        )


def sheet(index: int) -> Sheet | None:
    """Return a sample as a sheet, None while MNIST is being loaded.

    Args:
        index: of the sample; counted round where the test set is smaller.
    """
    if not cache.mnist_loading().ready:
        return None
    data = cache.mnist()
    return _sheet(data.test_images, index % len(data.test_images))


@lru_cache(maxsize=32)
def _sheet(images: torch.Tensor, row: int) -> Sheet:
    pixels: Bytes = denormalise(images[row, 0]).cpu().numpy()
    return digit_sheet(pixels)


def alt(index: int) -> str:
    """Say what the sample shows."""
    data = cache.mnist()
    return _("A handwritten “{digit}”.", digit=int(data.test_labels[index % len(data.test_labels)]))
