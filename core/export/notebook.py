"""A run as a Jupyter notebook: the script's parts as cells, each under a short explanation."""

from collections.abc import Sequence
from typing import Any

from core.export.mnist_part import mnist_parts
from core.export.parts import N_, Part, Say, imports, in_language
from core.export.train_script import playground_parts
from core.runs.digits_job import MnistJob
from core.runs.playground_job import PlaygroundJob
from core.training.changes import Change


def notebook(job: PlaygroundJob, changes: Sequence[Change] = (), say: Say = str) -> bytes:
    """Return a run as a notebook, UTF-8 JSON in the format nbformat 4; its cells give the same losses as the app.

    Args:
        job: the run.
        changes: made by hand while it was under way.
        say: translates its sentences and comments.
    """
    widths = "-".join(map(str, job.net.widths))
    title = say(N_("A network of {widths} neurons, trained as in ChalkNet")).format(widths=widths)
    return _book(playground_parts(job, changes), title, say)


def mnist_notebook(
    job: MnistJob, changes: Sequence[Change] = (), say: Say = str, folder: str = "data", mirror: str = ""
) -> bytes:
    """Return a run of the LeNet-5 lesson as a notebook; see ``notebook``.

    Args:
        job: the run.
        changes: made by hand while it was under way.
        say: translates its sentences and comments.
        folder: where torchvision keeps its files.
        mirror: see mnist_script.
    """
    title = say(N_("The network {network}, trained on MNIST as in ChalkNet")).format(network=job.network)
    return _book(mnist_parts(job, folder, changes, mirror), title, say)


def _book(parts: Sequence[Part], heading: str, say: Say) -> bytes:
    import nbformat

    make: Any = nbformat.v4
    told = say(N_("Run the cells from the top to the bottom; the same seed gives the same losses as in the app."))
    cells = [(f"# {heading}\n\n{told}", imports("\n".join(part.code for part in parts)))]
    for part in parts:
        title = f"{part.cells} {say(part.title)}" if part.cells else say(part.title)
        cells.append((f"## {title}\n\n{say(part.words)}", in_language(part.code.strip(), say)))
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
