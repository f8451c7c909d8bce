"""A visitor's own table as numbers: the marked columns of a CSV file, ready for a network."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from core.data import tables
from core.errors import InvalidInput

Numbers = np.ndarray[Any, Any]


@dataclass(frozen=True)
class NumberTable:
    """Rows of numbers with their answers; equal when file and marked columns are.

    Attributes:
        digest: of the file and of what is marked in it.
        name: of the file.
        input_names: one per input.
        output_names: one per output.
        class_names: one per class; empty for a regression.
        inputs: float32 (rows, inputs).
        answers: int64 (rows,), the class of each row, or float32 (rows, outputs).
    """

    digest: str
    name: str
    input_names: tuple[str, ...]
    output_names: tuple[str, ...]
    class_names: tuple[str, ...]
    inputs: Numbers = field(compare=False, repr=False)
    answers: Numbers = field(compare=False, repr=False)

    def __len__(self) -> int:
        return len(self.inputs)

    @property
    def outputs(self) -> int:
        """Outputs that a network needs: one per class, or one per column."""
        return len(self.class_names) or len(self.output_names)


def number_table(table: tables.Table, inputs: Sequence[int], outputs: Sequence[int]) -> NumberTable:
    """Return the marked columns of a file that was read, see core.data.tables for what becomes a class.

    Args:
        table: what core.data.tables.read gave.
        inputs: columns, counted from 0.
        outputs: columns, counted from 0, none of them an input.

    Raises:
        InvalidInput: no column marked, one marked twice, a cell that cannot be used, or a single class.
    """
    data = tables.data_set(table, inputs, outputs)
    names = tuple(str(table.columns[column]) for column in inputs)
    if data.classes is not None and data.kinds < 2:
        raise InvalidInput(
            "Column '{name}' holds the same class ({value}) in every row; there is nothing to tell apart. "
            "Mark another output.",
            name=data.output_names[0],
            value=data.class_names[0],
        )
    return NumberTable(
        digest=f"{table.digest} {'.'.join(map(str, inputs))} {'.'.join(map(str, outputs))}",
        name=table.code_file,
        input_names=names,
        output_names=tuple(data.output_names),
        class_names=tuple(data.class_names),
        inputs=np.ascontiguousarray(data.inputs, dtype=np.float32),
        answers=np.asarray(data.outputs, dtype=np.float32)
        if data.classes is None
        else np.asarray(data.classes, dtype=np.int64),
    )
