"""Histograms below one another, in columns, that change in place."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from core.inspect.histograms import Histogram
from ui.components import component
from ui.text import _
from ui.words import plain

_COMPONENT = component("histograms", "figure")


def numbers(found: Histogram, said: str, **values: str) -> dict[str, Any]:
    """Return what is shown of a histogram, without words.

    Args:
        found: the histogram.
        said: name of the template that stands above it.
        **values: of that template's fields.
    """
    low, high = found.edges[0], found.edges[-1]
    return {
        "counts": list(found.counts),
        "below": sum(start + end < 0 for start, end in pairwise(found.edges)),  # bins left of 0
        "ends": [plain(low), plain(high)] if any(found.counts) else ["", ""],  # NaN alone has no ends
        "said": (said, values),
    }


def histograms(
    shown: Mapping[str, Any], *, heads: Sequence[str], names: Sequence[str], words: Mapping[str, str], key: str
) -> None:
    """Draw histograms, each with its own scale.

    Args:
        shown: ``rows``: of each row numbers for each column.
        heads: above the columns.
        names: of the rows, ``{name}`` in the templates.
        words: templates by name.
        key: keeps them mounted.
    """
    alt = _("Histograms of each layer’s weights and gradients: {sizes}.")
    _COMPONENT(data={**shown, "heads": list(heads), "names": list(names), "words": {**words, "alt": alt}}, key=key)
