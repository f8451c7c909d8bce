"""What is inside lesson 1: tables, the three ways to feed a network, downloads, and code."""

from dataclasses import replace

import streamlit as st

from core.data.batches import Batches
from core.data.overfitting import Fit
from core.data.sets import DataSet
from core.data.splits import Split
from core.data.tables import is_text
from core.export.split_script import Source, fit_script, split_script
from ui import digit_files, own_table
from ui.split.rows import full_table
from ui.split.settings import Settings
from ui.state.controls import Controls
from ui.table import table
from ui.take_away import download, download_script
from ui.text import _, aside, catalogue, language, paragraph

SHOWN = 5_000  # rows of the table on the page; the download has all


def tables(data: DataSet, result: Split, batches: Batches) -> None:
    """Draw all rows with a download, and the three ways to feed them."""
    shown = full_table(data, result, SHOWN)
    formats = {name: st.column_config.NumberColumn(format="%.4f") for name in data.input_names}
    row, *others, which = shown.columns  # the set is within a phone's screen
    st.dataframe(shown, hide_index=True, height=320, column_config=formats, column_order=(row, which, *others))
    if len(data) > SHOWN:
        aside("The first {shown:,} of {n:,} rows; the download has all.", shown=SHOWN, n=len(data))
    download(
        _("Download the split as CSV"),
        "split_download",
        lambda: full_table(data, result).to_csv(index=False).encode("utf-8-sig"),
        f"chalknet-split-{data.name}.csv",
        "text/csv",
    )
    st.html(_three_ways(batches))


def code(data: DataSet, result: Split, batches: Batches, controls: Controls[Settings]) -> None:
    """Draw the same as code, in three styles."""
    names = {"course": _("As in the course"), "loader": "random_split", "sklearn": "scikit-learn"}
    style = controls.segmented("script", _("Written"), names)
    settings = controls.settings
    if style == "sklearn" and settings.how != "order":
        aside("scikit-learn draws from NumPy's generator: other rows than above, the same sizes.")
    lines = split_script(
        result.config,
        batches,
        _source(data, settings),
        style,
        features=data.inputs.shape[1],
        outputs=data.outputs.shape[1],
        reshuffle=settings.reshuffle,
        say=catalogue(language()).gettext,
    )
    download_script("split_code", f"split-{data.name}", lines)
    own = own_table.kept()
    if data.name == "csv" and own is not None:
        aside("The code reads your table from {file}: put that file beside it.", file=own.code_file)
    st.code(lines, language="python")


def _source(data: DataSet, settings: Settings) -> Source:
    own_data = own_table.kept()
    own = {}
    if data.name == "csv" and own_data is not None:
        inputs, outputs = own_table.marked(own_data, settings)
        own = {
            "file": own_data.code_file,
            "inputs": tuple(own_data.columns[column] for column in inputs),
            "outputs": tuple(own_data.columns[column] for column in outputs),
            "text": len(outputs) == 1 and is_text(own_data, outputs[0]),
        }
    mirror = digit_files.address() if data.name == "mnist" else ""
    more = {"classes": data.classes is not None, "mirror": mirror, **own}
    return Source(data.name, settings.sort, settings.copies, **more)  # type: ignore[arg-type]


def errors(found: Fit) -> None:
    """Draw both errors by degree as a table."""
    rows = [
        {_("Degree"): degree, _("Training error"): train, _("Test error"): test}
        for degree, (train, test) in enumerate(zip(found.train_errors, found.test_errors, strict=True))
    ]
    number = st.column_config.NumberColumn(format="%.5f")
    formats = {_("Training error"): number, _("Test error"): number}
    st.dataframe(rows, hide_index=True, height=320, column_config=formats)


def fit_code(found: Fit) -> None:
    """Draw the fit as code."""
    lines = fit_script(found.config, catalogue(language()).gettext)
    download_script("split_fit", "overfitting", lines)
    st.code(lines, language="python")


def overfit_theory() -> None:
    """Draw what overfitting is, in short."""
    text = _(
        "**Overfitting**: the parameters suit the training samples only. The training error then keeps falling while "
        "the error on samples that the model has not seen grows. Only held-out samples show it.\n\n"
        "It comes from many parameters, few samples and much noise, and it goes with more samples, fewer parameters, "
        "or a **penalty** on large parameters (ridge; weight decay in PyTorch's optimisers).\n\n"
        "The degree is a hyperparameter: it is chosen with a **validation set**. Whoever chooses it with the test set "
        "has used the test set up."
    )
    st.markdown(text)


def theory() -> None:
    """Draw why a data set is split and fed in batches, in short."""
    paragraph(
        "A network is graded on samples that it has **never seen**: whoever has learned the answers by heart is "
        "found out. So the test set is put aside before training starts, and is not used to choose anything.\n\n"
        "**Shuffling** comes first because tables are often sorted; the cut would otherwise keep whole kinds of "
        "samples out of the training set. Inputs and outputs of a sample move together.\n\n"
        "Each update needs one **batch**. All samples at once give the exact gradient but only one update per "
        "epoch; one sample at a time gives many noisy updates. A mini-batch is the usual way between, most often "
        "a power of two. PyTorch's `torch.optim.SGD` only means gradient descent: the batch that it is fed makes "
        "it BGD, SGD or MBGD. Batch normalisation needs at least 2 samples in a batch."
    )


def _three_ways(batches: Batches) -> str:
    """Return the same training set fed in the course's three ways: BGD, MBGD with the page's batch size, and SGD."""
    ways = [replace(batches, batch_size=batches.samples), batches, replace(batches, batch_size=1)]
    heads = [_("Gradient descent"), _("Batch (BGD)"), _("Mini-batch (MBGD)"), _("Stochastic (SGD)")]
    numbers = {
        _("Batch size"): [way.batch_size for way in ways],
        _("Updates per epoch"): [way.updates_per_epoch for way in ways],
        _("Updates in all"): [way.updates for way in ways],
        _("Last batch"): [min(way.last_batch, way.samples) for way in ways],
        _("Dropped per epoch"): [way.dropped for way in ways],
    }
    rows = [[name, *(f"{number:,}" for number in found)] for name, found in numbers.items()]
    return table("ck-table ck-even", rows, [heads], named=True)
