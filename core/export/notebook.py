"""A run as a Jupyter notebook: the script's parts as cells, each under a short explanation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from core.export.parts import N_, Part, imports
from core.export.train_script import playground_parts

if TYPE_CHECKING:
    from core.training.changes import Change
    from core.training.jobs import PlaygroundJob

_CURVE = Part(
    N_("The loss at each update"),
    N_("A loss that falls steeply and then flattens has found a valley; one that jumps has too large a learning rate."),
    'plt.plot(losses)\nplt.xlabel("update")\nplt.ylabel("training loss")\nplt.show()',
)


def notebook(job: PlaygroundJob, changes: Sequence[Change] = (), say: Callable[[str], str] = str) -> bytes:
    """Return a run as a notebook, UTF-8 JSON in the format nbformat 4; its cells give the same losses as the app.

    Args:
        job: the run.
        changes: made by hand while it was under way.
        say: translates an English sentence; the code and its comments stay English.
    """
    import nbformat

    make: Any = nbformat.v4
    parts = list(playground_parts(job, changes))
    parts.insert(-2, _CURVE)  # after the training, before the test
    widths = "-".join(map(str, job.net.widths))
    title = say(N_("A network of {widths} neurons, trained as in ChalkNet")).format(widths=widths)
    told = say(N_("Run the cells from the top to the bottom; the same seed gives the same losses as in the app."))
    cells = [(f"# {title}\n\n{told}", imports("\n".join(part.code for part in parts)))]
    cells += [(f"## {say(part.title)}\n\n{say(part.words)}", part.code) for part in parts]
    book = make.new_notebook()
    for number, (text, code) in enumerate(cells):
        # Numbered instead of random names: the same run gives the same file.
        book.cells.append(make.new_markdown_cell(text, id=f"text-{number}"))
        book.cells.append(make.new_code_cell(code, id=f"code-{number}"))
    book.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    book.metadata.language_info = {"name": "python"}
    nbformat.validate(book)
    written: str = make.writes(book)
    return written.encode()
