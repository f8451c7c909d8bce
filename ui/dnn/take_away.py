"""What a visitor takes away from the playground: code, a notebook, weights, a link, a task for the class."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import streamlit as st

from core.errors import InvalidInput
from core.export.hand_part import MOST_WEIGHTS
from core.export.notebook import notebook
from core.export.train_script import playground_script
from core.export.weights import pth_file, safetensors_file, saved_test, test_again
from core.nets.files import Weights, read_weights
from ui import lesson, links
from ui.state.session import recall, remember, sent
from ui.text import _, catalogue, explain, language

if TYPE_CHECKING:
    from core.runs.playground_job import PlaygroundJob
    from core.runs.snapshot import Snapshot
    from ui.state.controls import Controls

KEPT: Final = "dnn_weights"
"""The session's uploaded file: (name, bytes)."""
_BINARY: Final = "application/octet-stream"
_TIMES: Final = "dnn_weights_times"  # a chooser with a new key is empty


def take_away(controls: Controls[Any], job: PlaygroundJob | None, now: Snapshot | None) -> None:
    """Draw the four things to take away, one at a time.

    Args:
        controls: of the page.
        job: what Train would start, or None when the settings cannot start.
        now: the page's run, or None.
    """
    kinds = {
        "code": _("Code"),
        "weights": _("Weights"),
        "link": _("Link"),
        "task": _("A task for the class"),
    }
    shown = st.segmented_control(
        _("Take it away"),
        list(kinds),
        default="code",
        format_func=lambda kind: kinds[kind],
        key="dnn_take",
        required=True,
        label_visibility="collapsed",
    )
    if shown == "weights":
        weights(job, now)
    elif shown == "link":
        links.present(controls)
    elif shown == "task":
        links.builder(controls)
    else:
        code(job, now)


def code(job: PlaygroundJob | None, now: Snapshot | None) -> None:
    """Draw the script of the settings or of the run, to read and to download, and the notebook."""
    chosen = _which(job, now)
    if chosen is None:
        st.caption(_("These settings cannot be trained, so there is no code for them; see the message above."))
        return
    ran = now is not None and now.job == chosen
    changes = now.changes if ran and now is not None else ()
    written = playground_script(chosen, changes)
    say = catalogue(language()).gettext  # the download is made later, outside this session
    st.caption(_("This script gives the same losses as the app, to the last digit."))
    if sum(change.what == "weight" for change in changes) > MOST_WEIGHTS:
        st.caption(_("More than {most} weights were written by hand; the script leaves them out.", most=MOST_WEIGHTS))
    with st.container(horizontal=True, gap="small"):
        _download(_("Download the script"), "dnn_script", written.encode(), "chalknet-dnn.py", "text/x-python")
        _download(
            _("Download the notebook"),
            "dnn_notebook",
            lambda: notebook(chosen, changes, say),
            "chalknet-dnn.ipynb",
            "application/x-ipynb+json",
        )
        if chosen.start is not None:
            payload = chosen.start.payload
            _download(_("Download the first weights"), "dnn_start", payload, "weights.safetensors", _BINARY)
    if chosen.start is not None:
        st.caption(_("The code reads the first weights from weights.safetensors: put that file beside it."))
    if chosen.data.table is not None and chosen.data.name == "csv":
        st.caption(_("The code reads your table from {file}: put that file beside it.", file=chosen.data.table.name))
    st.code(written, "python")


def _download(label: str, key: str, data: Any, file_name: str, mime: str) -> None:
    st.download_button(
        label, data, file_name=file_name, mime=mime, icon=":material/download:", on_click="ignore", key=key
    )


def _which(job: PlaygroundJob | None, now: Snapshot | None) -> PlaygroundJob | None:
    """Return the job whose code is wanted; ask only where run and controls differ."""
    ran: Any = now.job if now is not None else None
    if ran is None or job is None or ran == job:
        return job if job is not None else ran
    names = {"controls": _("The controls as they are"), "run": _("The run that is shown")}
    wanted = st.segmented_control(
        _("Code of"),
        list(names),
        default="controls",
        format_func=lambda name: names[name],
        key="dnn_code_of",
        required=True,
    )
    return ran if wanted == "run" else job


def weights(job: PlaygroundJob | None, now: Snapshot | None) -> None:
    """Draw the downloads of the run's weights, and the upload that puts weights into a new network."""
    if now is None or not now.weights:
        st.caption(_("No weights yet: press Train, or One update."))
    else:
        ran: Any = now.job
        held, tested = now.weights, now.evaluation if now.evaluated_at == now.weights_at else None
        st.caption(
            _(
                "The weights after update {step}. Only the safetensors file can be loaded back below: a .pth can hide "
                "code that runs when it is loaded. PyTorch reads both.",
                step=now.weights_at,
            )
        )
        with st.container(horizontal=True, gap="small"):
            _download(
                _("Download as safetensors"),
                "dnn_safetensors",
                lambda: safetensors_file(held, ran.net, tested),
                "weights.safetensors",
                _BINARY,
            )
            _download(_("Download as .pth"), "dnn_pth", lambda: pth_file(held), "weights.pth", _BINARY)
    st.file_uploader(
        _("Load weights (a .safetensors file)"),
        max_upload_size=1,
        key=_chooser(),
        on_change=_took,
        help=_("A safetensors file of at most 1 MB, saved from a network with the same layers."),
    )
    if job is not None:
        loaded(job)


def _chooser() -> str:
    return f"dnn_weights_file{recall(_TIMES, 0)}"


def _took() -> None:
    file = sent(_chooser())
    remember(KEPT, None if file is None else (file.name, file.getvalue()))


def _forget() -> None:
    remember(KEPT, None)
    remember(_TIMES, recall(_TIMES, 0) + 1)


def loaded(job: PlaygroundJob) -> None:
    """Draw what the loaded network answers on the test set, or why the file cannot be used."""
    kept = recall(KEPT)
    if kept is None:
        return
    name, payload = kept
    try:
        found = read_weights(payload, job.net)
        again = test_again(found, job)
    except InvalidInput as error:
        lesson.problem(error)
        return
    if again.confusion:
        text = _(
            "{file}: the loaded network answers {share} % of {n} test samples right.",
            file=name,
            share=f"{again.accuracy * 100:.4f}",
            n=again.samples,
        )
    else:
        text = _("{file}: the loaded network has a test loss of {loss}.", file=name, loss=f"{again.loss:.6g}")
    st.success(f"{text} {_compared(found, again.correct, again.samples)}", icon=":material/check_circle:")
    st.button(_("Forget the loaded weights"), key="dnn_forget", icon=":material/close:", on_click=_forget)


def _compared(found: Weights, correct: int, samples: int) -> str:
    said = saved_test(found)
    if said is None:
        return ""
    if (said.correct, said.samples) == (correct, samples):
        return _("The same as when it was saved, to the last digit.")
    return _("When it was saved: {correct} of {n}. The test set is another one.", correct=said.correct, n=said.samples)


def begin(job: PlaygroundJob) -> PlaygroundJob:
    """Return the job with the loaded weights as its first ones, and say so; unchanged when there are none.

    Args:
        job: as the settings describe it.
    """
    kept = recall(KEPT)
    if kept is None:
        return job
    name, payload = kept
    try:
        started = replace(job, start=read_weights(payload, job.net))
    except InvalidInput as error:
        st.caption(_("{file} is not used, and Train draws the first weights: {why}", file=name, why=explain(error)))
        return job
    st.caption(_("Train starts from the weights in {file}.", file=name))
    return started
