"""The chosen data set: built in, or made of the visitor's own CSV file."""

from core import cache
from core.data import tables
from core.data.sets import DataSet, mnist_set, one_hot_set, regression_set
from ui import own_table
from ui.digits import wait_for_digits
from ui.split.settings import Settings
from ui.state.session import memo


def load(settings: Settings) -> DataSet | None:
    """Return the data set that the settings ask for, or None when it is not there yet (the page then says why).

    Raises:
        InvalidInput: the marked columns of the visitor's file cannot be used.
    """
    if settings.data == "mnist":
        if not wait_for_digits():
            return None
        data = mnist_set(cache.mnist(), settings.samples)
    elif settings.data == "csv":
        table = own_table.kept()
        if table is None:
            return None
        inputs, outputs = own_table.marked(table, settings)
        key = (table.digest, inputs, outputs)
        data = memo("split_csv_set", key, lambda: tables.data_set(table, inputs, outputs))
    else:
        data = (one_hot_set if settings.data == "onehot" else regression_set)(settings.samples)
    if settings.sort:
        data = data.sorted_by_class()
    return data.copied(settings.copies)


def count(settings: Settings) -> int:
    """Return how many samples there will be, without loading them."""
    table = own_table.kept() if settings.data == "csv" else None
    return settings.samples if table is None else len(table.cells)
