"""Taking the class further: its link and QR code for others, and its digits as a data set."""

import streamlit as st

from core.classroom.codes import read_code
from core.classroom.export import as_idx_zip, as_npz
from core.classroom.store import class_store
from ui import lesson
from ui.links import show
from ui.take_away import download
from ui.text import _, paragraph


def invite(code: str) -> None:
    """Draw the code large, the link that leads into the class, and its QR code."""
    paragraph("Class code")
    with st.container(key="class_code"):
        st.title(code, anchor=False)
    show({"class": code}, _("QR code of the link into the class"), "class_qr")


@lesson.problems()
def downloads(code: str) -> None:
    """Draw the class set's two forms as files."""
    counts = class_store().counts(code)
    name = f"class-{read_code(code)}"
    paragraph(
        "**{n}** digits as a data set: pictures, labels and, in the first, times. Nothing in the files tells who "
        "gave what.",
        n=counts.total,
    )
    with st.container(horizontal=True, gap="small"):
        download(
            _("NumPy (.npz)"),
            "class_download_npz",
            lambda: as_npz(class_store().collection(code)),
            f"{name}.npz",
            disabled=not counts.total,
        )
        download(
            _("MNIST's own format (two .gz in a .zip)"),
            "class_download_idx",
            lambda: as_idx_zip(class_store().collection(code)),
            f"{name}-mnist.zip",
            disabled=not counts.total,
        )
    st.code(_READ.format(name=name), "python")


_READ = """\
import numpy as np
import torch

file = np.load("{name}.npz")
images = torch.from_numpy(file["images"]).unsqueeze(1)  # uint8 (n, 1, 28, 28), light on dark, as MNIST has it
labels = torch.from_numpy(file["labels"]).long()
inputs = (images / 255 - 0.1307) / 0.3081
"""
