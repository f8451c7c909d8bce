"""Lesson 5's code tab: the script that reads the picture as the page does, and the files that it needs beside it."""

import io

import numpy as np
import streamlit as st
from PIL import Image

from core import cache
from core.export.sketch_script import FILES, From, sketch_script, strip
from core.nets.networks import SHIPPED
from core.sketch.reading import moved
from core.sketch.transform import Change
from ui import board, digit_files
from ui.packed import png_file
from ui.sketch.newest import Newest, newest
from ui.sketch.settings import Settings, change, moves, steps
from ui.take_away import download, download_script, download_shipped
from ui.text import _, catalogue, language


def draw(now: Settings) -> None:
    """Draw the script of the topic with its downloads.

    Args:
        now: the settings of the page.
    """
    source, there = _source(now), newest()
    lines = sketch_script(
        source,
        steps(now),
        paper=board.PAPER,
        index=now.index,
        mirror=digit_files.address() if source == "sample" else "",
        say=catalogue(language()).gettext,
    )
    name = {"several": "number", "photo": "photo", "sample": f"sample-{now.index}"}.get(now.topic, "sketch")
    with st.container(horizontal=True, gap="small"):
        download_script("sketch", name, lines)
        if source in FILES:
            download(FILES[source], "sketch_file", lambda: _file(source, there), FILES[source])
        for network in SHIPPED:
            download_shipped(network)
    st.caption(
        _(
            "Put the files beside the script; it gives the page's own numbers. Or without a script: "
            "`python -m core predict digit.png`."
        )
        if source == "board"
        else _("Put the files beside the script; it gives the page's own numbers.")
    )
    st.code(lines, language="python")


def _source(now: Settings) -> From:
    """Return what the script begins with: as much of the page's way as can be written out."""
    if now.topic == "several":
        return "number"
    if now.topic == "sample":
        full = cache.mnist_loading().ready and cache.mnist().provenance.full
        return "sample" if full and change(now) == Change() else "ink"
    return "ink" if moves(now) else "board"


def _file(source: From, there: Newest) -> bytes:
    """Return the file that a script reads, of what is on the page now; an empty board where nothing is."""
    if source == "number":
        return png_file(strip(there.digits))
    empty = np.full((board.SIDE, board.SIDE, 3), board.PAPER, np.uint8)
    if source == "board":
        return png_file(empty if there.page is None else there.page.raw)
    ink = np.zeros((28, 28), np.float32) if there.page is None else moved(there.page, there.change).ink
    file = io.BytesIO()
    Image.fromarray(ink).save(file, "TIFF")  # the one format that keeps float32 to the last bit
    return file.getvalue()
