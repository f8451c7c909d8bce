"""The strip: every sample as one cell, in order, shuffled, and cut; played in the browser."""

import numpy as np

from core.data.sets import DataSet
from core.data.splits import SETS, Split
from ui import design
from ui.components import component
from ui.packed import packed
from ui.text import _

_COMPONENT = component("split_strip", "section", "strip")


def split_strip(data: DataSet, result: Split, *, by_class: bool, stop: str, key: str) -> None:
    """Draw the strip; the shape of a cell tells its set: full for training, a triangle for validation, hollow for test.

    Args:
        data: the samples, at most 60 000.
        result: where each went.
        by_class: colour the cells by class, not by set; needs classes.
        stop: "order", "shuffled" or "cut", where it stands at first.
        key: of this place on the page.
    """
    row = np.empty(len(result.order), dtype="<u2")
    row[result.order - 1] = np.arange(len(row))
    kinds = data.classes.astype(np.uint8) if by_class and data.classes is not None else None
    config = result.config
    _COMPONENT(
        data={
            "rows": packed(row),
            "classes": None if kinds is None else packed(kinds),
            "sizes": list(config.sizes),
            "moves": config.how != "order",
            "stop": stop,
            "replay": f"{config.how} {config.seed}",
            "colours": list(SETS) if kinds is None else design.class_names(max(1, data.kinds)),
            "words": _words(result),
        },
        key=key,
    )


def _words(result: Split) -> dict[str, str | list[str]]:
    config = result.config
    moved = {
        "order": "",
        "random": _("Rows in random order (seed {seed}); every sample keeps its number.", seed=config.seed),
        "stratified": _("Shuffled (seed {seed}), then each class is cut by itself.", seed=config.seed),
    }[config.how]
    first, second = config.train_size, config.train_size + config.validation_size
    cut = (
        _("Cut after rows {first:,} and {second:,}.", first=first, second=second)
        if config.validation_size
        else _("Cut after row {first:,}.", first=first)
    )
    return {
        "picture": _("Every sample as a cell. {cut}", cut=cut),
        "stops": _("Step of the split"),
        "order": _("In order"),
        "shuffled": _("Shuffled"),
        "cut": _("Cut"),
        "play": _("▶ Replay"),
        "skip": _("To the end"),
        "said_order": _("{n:,} samples in the order of their numbers.", n=config.samples),
        "said_shuffled": moved,
        "said_cut": cut,
        "sets": [_("training set"), _("validation set"), _("test set")],
        "cell": _("Sample {sample}, in row {row}: {set}"),
    }
