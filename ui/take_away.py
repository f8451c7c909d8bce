"""What the lessons that train have alike in taking away: code and weights as files, and weights brought along."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, TypeVar

import streamlit as st

from core.errors import InvalidInput
from ui import lesson
from ui.state.session import recall, remember, sent
from ui.text import _, aside, explain

if TYPE_CHECKING:
    from core.nets.files import Weights
    from core.training.evaluate import Evaluation

J = TypeVar("J", bound=Any)  # a job with first weights from a file, or None, as ``start``
BINARY: Final = "application/octet-stream"


def one_at_a_time(name: str, parts: Mapping[str, tuple[str, Callable[[], None]]]) -> None:
    """Draw the choice of what is taken away, and what is chosen.

    Args:
        name: of the lesson, in the widgets' keys.
        parts: key → (label, what draws it), the first one open.
    """
    labels = {part: label for part, (label, _draw) in parts.items()}
    shown = lesson.one_of(_("Take it away"), labels, f"{name}_take", label_visibility="collapsed")
    parts[shown][1]()


def download(label: str, key: str, data: Any, file_name: str, mime: str = BINARY, disabled: bool = False) -> None:
    """Draw a button that downloads a file; where ``data`` is a function, the file is made when it is clicked."""
    st.download_button(
        label,
        data,
        file_name=file_name,
        mime=mime,
        icon=":material/download:",
        on_click="ignore",
        key=key,
        disabled=disabled,
    )


def download_code(key: str, network: str, script: str, notebook: Callable[[], bytes]) -> None:
    """Draw the downloads of a lesson's script and of the notebook that does the same, named by their network."""
    download_script(key, network, script)
    mime = "application/x-ipynb+json"
    download(_("Download the notebook"), f"{key}_notebook", notebook, f"chalknet-{network}.ipynb", mime)


def download_script(key: str, name: str, script: str) -> None:
    """Draw the download of a script, named by what it does."""
    download(_("Download the script"), f"{key}_script", script.encode(), f"chalknet-{name}.py", "text/x-python")


def download_shipped(network: str) -> None:
    """Draw the download of a network that comes with the app, as a .pth file with the names of the notes' class."""

    def file() -> bytes:
        from core.export.weights import course_names, pth_file  # imports torch, which lesson 1's downloads do not need
        from core.nets.pretrained import pretrained

        return pth_file(course_names(pretrained(network).state_dict(), network))

    download(f"{network}.pth", f"shipped_{network}", file, f"{network}.pth")


# -- weights from a file ---------------------------------------------------------------------------------------------


def upload_weights(name: str, label: str, types: list[str] | None, most_mb: int, rule: str) -> None:
    """Draw the chooser of a file of weights, which is kept for the session.

    Args:
        name: of the lesson.
        label: of the chooser.
        types: endings of a file's name; None: any.
        most_mb: how large a file may be.
        rule: what is taken, as help.
    """
    key = _chooser(name)
    st.file_uploader(label, type=types, max_upload_size=most_mb, key=key, on_change=_took, args=(name,), help=rule)


def _chooser(name: str) -> str:
    return f"{name}_weights_file{recall(f'{name}_weights_times', 0)}"


def _took(name: str) -> None:
    file = sent(_chooser(name))
    remember(f"{name}_weights", None if file is None else (file.name, file.getvalue()))


def _forget(name: str) -> None:
    remember(f"{name}_weights", None)
    remember(f"{name}_weights_times", recall(f"{name}_weights_times", 0) + 1)  # a chooser with a new key is empty


def loaded_weights(
    name: str,
    test: Callable[[bytes], tuple[Weights, Evaluation]],
    refused: Callable[[bytes], None] = lambda payload: None,
) -> None:
    """Draw what the network in the kept file answers on the test set, or why the file cannot be used.

    Args:
        name: of the lesson.
        test: reads the file's bytes and tests the network; raises InvalidInput.
        refused: draws what can be done with a file that cannot be used here.
    """
    kept = recall(f"{name}_weights")
    if kept is None:
        return
    file, payload = kept
    try:
        found, again = test(payload)
    except InvalidInput as error:
        lesson.problem(error)
        refused(payload)
        return
    if again.confusion:
        text = _(
            "{file}: the loaded network answers {share} % of {n} test samples right.",
            file=file,
            share=f"{again.accuracy * 100:.4f}",
            n=again.samples,
        )
    else:
        text = _("{file}: the loaded network has a test loss of {loss}.", file=file, loss=f"{again.loss:.6g}")
    st.success(f"{text} {_compared(found, again)}", icon=":material/check_circle:")
    key = f"{name}_forget"
    st.button(_("Forget the loaded weights"), key=key, icon=":material/close:", on_click=_forget, args=(name,))


def _compared(found: Weights, again: Evaluation) -> str:
    from core.export.weights import saved_test  # imports torch, which lesson 1's downloads do not need

    said = saved_test(found)
    if said is None:
        return ""
    if (said.correct, said.samples) == (again.correct, again.samples):
        return _("The same as when it was saved, to the last digit.")
    return _("When it was saved: {correct} of {n}. The test set is another one.", correct=said.correct, n=said.samples)


def with_kept_weights(name: str, job: J, read: Callable[[bytes], Weights]) -> J:
    """Return the job with the kept file's weights as its first ones, and say so; unchanged where there are none.

    Args:
        name: of the lesson.
        job: as the settings describe it.
        read: returns the weights in a file's bytes; raises InvalidInput.
    """
    kept = recall(f"{name}_weights")
    if kept is None:
        return job
    file, payload = kept
    try:
        started = replace(job, start=read(payload))
    except InvalidInput as error:
        aside("{file} is not used, and Train draws the first weights: {why}", file=file, why=explain(error))
        return job
    aside("Train starts from the weights in {file}.", file=file)
    return started
