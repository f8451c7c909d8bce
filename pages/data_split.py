"""Lesson 1: a data set is split, and its training set is fed in batches."""

from dataclasses import dataclass
from typing import ClassVar

import streamlit as st

from core.data.batches import Batches
from core.data.splits import SplitConfig, split
from core.data.synthetic import one_hot
from core.errors import InvalidInput
from core.export.split_script import split_script
from ui import lesson, split_view
from ui.lesson import Experiment
from ui.state import Controls, flag, number
from ui.text import _


@dataclass(frozen=True)
class Settings:
    """What a link to this lesson sets."""

    PREFIX: ClassVar[str] = "split_"
    samples: int = number(1_000, 10, 20_000)
    percent: int = number(80, 5, 95, step=5)
    shuffle: bool = flag(False)
    seed: int = number(0, 0, 9_999)
    batch_size: int = number(64, 1, 20_000)
    epochs: int = number(5, 1, 10_000)
    drop_last: bool = flag(False)


lesson.header(1, _("Data split"), _("Which samples may the network learn from, and in what portions?"))
controls = Controls(Settings)
lesson.wait_for_torch()
stage, panel = lesson.layout()

with panel:
    st.markdown(_("**Data**"))
    left, right = st.columns(2)
    with left:
        controls.number("samples", _("Samples"), help=_("Rows of the table; each has input and output features."))
    with right:
        controls.number("seed", _("Seed"), help=_("The same seed always gives the same random order."))
    controls.slider("percent", _("Training share"), format="%d %%", help=_("The rest becomes the test set."))
    controls.toggle("shuffle", _("Shuffle the rows first"))
    st.button(
        _("Shuffle again"),
        type="primary",
        icon=":material/shuffle:",
        on_click=controls.change,
        kwargs={"shuffle": True, "seed": (controls.settings.seed + 1) % 10_000},
        width="stretch",
    )
    st.markdown(_("**Batches**"))
    left, right = st.columns(2)
    with left:
        controls.number("batch_size", _("Batch size"), help=_("Samples per update of the parameters."))
    with right:
        controls.number(
            "epochs", _("Epochs"), help=_("One epoch uses every training sample once, forward and backward.")
        )
    controls.toggle("drop_last", _("Drop a smaller last batch"), help="`drop_last=True`")

now = controls.settings
try:
    config = SplitConfig(now.samples, now.percent / 100, now.shuffle, now.seed)
    batches = Batches(config.train_size, now.batch_size, now.epochs, now.drop_last)
except InvalidInput as error:
    with stage:
        lesson.problem(error)
    st.stop()
data, result = one_hot(config.samples), split(config)

with stage:
    st.html(split_view.legend(result))
    st.image(
        split_view.strip(result),
        width="stretch",
        alt=_(
            "Every sample as a cell, by sample number: {train:,} full for training, {test:,} hollow for the test",
            train=config.train_size,
            test=config.test_size,
        ),
    )
    st.html(split_view.short_table(data, result))
    st.html(split_view.epoch(batches))
    st.markdown(split_view.sentence(batches))

lesson.try_this(
    [
        Experiment(_("The course's table"), _("Rows 1 to 800 train, rows 801 to 1000 test: find the cut.")),
        Experiment(
            _("Shuffle first"),
            _("The hollow cells scatter, yet every sample keeps its number and its values."),
            {"shuffle": True, "seed": 1},
        ),
        Experiment(
            _("10,000 samples, 70 / 30"),
            _("The tables of lesson 2: 7000 rows to train, 3000 to test."),
            {"samples": 10_000, "percent": 70, "shuffle": True},
        ),
        Experiment(
            _("10,240 in batches of 1,024"),
            _("10 updates per epoch; 5 epochs make 50."),
            {"samples": 12_800, "batch_size": 1_024},
        ),
        Experiment(
            _("One sample at a time"),
            _("As many updates as samples: 800 in every epoch instead of 13."),
            {"batch_size": 1},
        ),
        Experiment(
            _("Drop the last batch"),
            _("One update fewer per epoch, and 32 samples sit it out."),
            {"drop_last": True},
        ),
    ],
    controls,
)


def numbers() -> None:
    """All rows, the classes of both sets, and the three ways to feed them."""
    formats = {f"In{i}": st.column_config.NumberColumn(format="%.4f") for i in (1, 2, 3)}
    st.dataframe(split_view.full_table(data, result), hide_index=True, height=320, column_config=formats)
    st.dataframe(split_view.class_counts(data, result), hide_index=True)
    st.dataframe(split_view.kinds(batches), hide_index=True)


def why() -> None:
    """The theory in short."""
    st.markdown(split_view.theory())


def code() -> None:
    """The same in PyTorch."""
    st.code(split_script(config, batches), language="python")


lesson.inside([(_("Numbers"), numbers), (_("Why"), why), (_("Code"), code)])
