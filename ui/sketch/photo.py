"""A photographed digit on paper: uploaded, found whatever the light, read like a sketch."""

import streamlit as st

from core.sketch.photo import MAX_PHOTO_BYTES
from core.sketch.reading import Sheet, photo_sheet
from ui import board
from ui.state.session import memo, recall, remember, sent
from ui.text import _

KEPT, UPLOAD = "sketch_photo", "sketch_photo_file"


def there() -> bool:
    """Return whether there is a photo."""
    return recall(KEPT) is not None


def choose() -> None:
    """Draw the upload; what was uploaded is kept through page changes until another photo comes."""
    st.file_uploader(
        _("Photo of one digit"),
        type=["jpg", "jpeg", "png", "webp"],
        key=UPLOAD,
        max_upload_size=MAX_PHOTO_BYTES // 1_000_000,
        help=_("JPEG, PNG or WebP, at most 4 MB. Paper and pen of any colour, in any light; it is not stored."),
        on_change=_take,
    )
    if there():
        st.button(_("Forget the photo"), icon=":material/delete:", on_click=remember, args=(KEPT, None))


def _take() -> None:
    """Keep what was uploaded, before the page is drawn; a file that was taken away is kept until it is forgotten."""
    file = sent(UPLOAD)
    if file is not None:
        remember(KEPT, file.getvalue())


def sheet() -> tuple[Sheet | None, str]:
    """Return the photo's ink.

    Returns:
        The sheet, None where there is nothing to read; and why, translated.
    """
    payload: bytes | None = recall(KEPT)
    ask = _("Write a digit on paper, take a photo of it, and upload that.")
    if payload is None:
        return None, ask
    found, why = board.attempted(lambda: memo("sketch_photo_sheet", hash(payload), lambda: photo_sheet(payload)))
    return found, why or ("" if found is not None else ask)
