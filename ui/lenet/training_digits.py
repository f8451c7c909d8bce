"""What a run learns from: how many of each digit, and the first ones as its updates see them."""

from typing import Final

import streamlit as st
import torch

from core.data.augment import augment
from core.runs.digits_job import MnistJob
from core.training.digit_engine import MOVED, update_seed
from ui.components.gallery import Row, Tile, gallery, inked
from ui.table import table
from ui.text import _, aside

SHOWN: Final = 60


def draw(job: MnistJob | None) -> None:
    """Draw the training digits that a job uses.

    Args:
        job: what Train would start, or None.
    """
    if job is None:
        aside("These settings cannot be trained; see the message above.")
        return
    rows = job.chosen()
    labels = job.data.train_labels if rows is None else job.data.train_labels[rows]
    counts = torch.bincount(labels.cpu(), minlength=10).tolist()
    tests = torch.bincount(job.data.test_labels.cpu(), minlength=10).tolist()
    rows_of = [[str(digit), f"{counts[digit]:,}", f"{tests[digit]:,}"] for digit in range(10)]
    heads = [_("Digit"), _("training"), _("test")]
    st.html(table("ck-facts", rows_of, [heads], named=True), width=320)
    first = torch.arange(min(SHOWN, len(labels))) if rows is None else rows[:SHOWN]
    images = job.data.train_inputs[first].cpu()
    if job.augment:
        images = augment(images, torch.Generator().manual_seed(update_seed(job.train.seed, 1)), MOVED)
        aside("The first training digits, moved as an update may see them; every update moves them anew.")
    else:
        aside("The first training digits; every epoch mixes their order anew.")
    tiles = [
        Tile(int(row), str(label), _("Training digit {n}: a {digit}", n=int(row) + 1, digit=label))
        for row, label in zip(first.tolist(), job.data.train_labels[first].tolist(), strict=True)
    ]
    gallery(
        [Row("", tiles)],
        inked(images[:, 0]),
        key="lenet_data",
        label=_("Training digits with their labels"),
        look="paper",
    )
