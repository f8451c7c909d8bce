"""What a visitor takes away from lesson 4: the run as code, its weights as files, a link; and weights brought along."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import streamlit as st

from core import cache
from core.errors import InvalidInput
from core.export.notebook import mnist_notebook
from core.export.onnx_file import onnx_file
from core.export.train_script import mnist_script
from core.export.weights import digit_file, pth_file, saved_test
from core.nets.digit_files import model_of, network_of, read_digit_weights
from core.nets.files import Weights
from core.runs.digits_job import MnistJob
from core.runs.snapshot import Snapshot
from core.training.evaluate import Evaluation, evaluate
from ui import lesson, links
from ui.lenet.settings import Settings, course_settings, network_names
from ui.lenet.subject import mnist_run, moment_of
from ui.state.controls import Controls
from ui.state.session import memo, recall, remember, sent
from ui.text import _, catalogue, explain, language

KEPT: Final = "lenet_weights"
"""The session's uploaded file: (name, bytes)."""
_BINARY: Final = "application/octet-stream"
_TIMES: Final = "lenet_weights_times"  # a chooser with a new key is empty


def take_away(controls: Controls[Settings], job: MnistJob | None, now: Snapshot | None) -> None:
    """Draw the three things to take away, one at a time.

    Args:
        controls: of the page.
        job: what Train would start, or None when the settings cannot start.
        now: the page's run, or None.
    """
    kinds = {"code": _("Code"), "weights": _("Weights"), "link": _("Link")}
    shown = st.segmented_control(
        _("Take it away"),
        list(kinds),
        default="code",
        format_func=lambda kind: kinds[kind],
        key="lenet_take",
        required=True,
        label_visibility="collapsed",
    )
    if shown == "weights":
        weights(controls, job, mnist_run(now))
    elif shown == "link":
        links.present(controls)
    else:
        code(job, mnist_run(now))


def code(job: MnistJob | None, now: Snapshot | None) -> None:
    """Draw the script of the settings or of the run, to read and to download, and the notebook."""
    ran = now.job if now is not None and isinstance(now.job, MnistJob) else None
    chosen = job if job is not None else ran
    if chosen is None:
        st.caption(_("These settings cannot be trained, so there is no code for them; see the message above."))
        return
    changes = now.changes if now is not None and ran == chosen else ()
    written = mnist_script(chosen, changes=changes)
    say = catalogue(language()).gettext  # the download is made later, outside this session
    if not cache.mnist().provenance.full:
        st.caption(_("This script downloads all of MNIST: its losses differ from this page's smaller data set."))
    elif chosen.augment:
        st.caption(
            _("The digits are moved by other random numbers than the app's, so the losses are not quite the same.")
        )
    else:
        st.caption(_("This script gives the same losses as the app, to the last digit."))
    with st.container(horizontal=True, gap="small"):
        _download(_("Download the script"), "lenet_script", written.encode(), "chalknet-lenet.py", "text/x-python")
        _download(
            _("Download the notebook"),
            "lenet_notebook",
            lambda: mnist_notebook(chosen, changes, say),
            "chalknet-lenet.ipynb",
            "application/x-ipynb+json",
        )
    if chosen.start is not None:
        st.caption(_("The code reads the first weights from weights.safetensors: put that file beside it."))
    st.code(written, "python")


def _download(label: str, key: str, data: Any, file_name: str, mime: str) -> None:
    st.download_button(
        label, data, file_name=file_name, mime=mime, icon=":material/download:", on_click="ignore", key=key
    )


def weights(controls: Controls[Settings], job: MnistJob | None, now: Snapshot | None) -> None:
    """Draw the downloads of the run's weights, of the moment that is looked at, and the upload."""
    ran = now.job if now is not None and isinstance(now.job, MnistJob) else None
    if now is None or ran is None or not now.weights:
        st.caption(_("No weights yet: press Train, or One update."))
    else:
        moment = moment_of(now, controls.settings.at)
        held, step = (now.weights, now.weights_at) if moment is None else (dict(moment.weights), moment.step)
        tested = moment.test if moment is not None else now.evaluation if now.evaluated_at == step else None
        network = ran.network
        st.caption(
            _(
                "The weights of {network} after update {step}. This page reads safetensors, which cannot hide code as "
                "a .pth can; ONNX runs without PyTorch, also in a browser or on a phone.",
                network=network_names()[network],
                step=step,
            )
        )
        with st.container(horizontal=True, gap="small"):
            _download(
                _("Download as safetensors"),
                "lenet_safetensors",
                lambda: digit_file(held, network, tested),
                f"{network}.safetensors",
                _BINARY,
            )
            _download(_("Download as ONNX"), "lenet_onnx", lambda: onnx_file(held, network), f"{network}.onnx", _BINARY)
            _download(_("Download as .pth"), "lenet_pth", lambda: pth_file(held), f"{network}.pth", _BINARY)
    st.file_uploader(
        _("Load weights"),
        type=["safetensors", "pth", "pt"],
        max_upload_size=4,
        key=_chooser(),
        on_change=_took,
        help=_("A safetensors file of at most 1 MB (4 MB for the fully connected network), of this very network."),
    )
    if job is not None:
        loaded(controls, job)


def _chooser() -> str:
    return f"lenet_weights_file{recall(_TIMES, 0)}"


def _took() -> None:
    file = sent(_chooser())
    remember(KEPT, None if file is None else (file.name, file.getvalue()))


def _forget() -> None:
    remember(KEPT, None)
    remember(_TIMES, recall(_TIMES, 0) + 1)


def loaded(controls: Controls[Settings], job: MnistJob) -> None:
    """Draw what the loaded network answers on the test set, or why the file cannot be used."""
    kept = recall(KEPT)
    if kept is None:
        return
    name, payload = kept
    try:
        found = read_digit_weights(payload, job.network)
    except InvalidInput as error:
        lesson.problem(error)
        _other_network(controls, payload, job.network)
        return
    again = _tested(found, job)
    text = _(
        "{file}: the loaded network answers {share} % of {n} test samples right.",
        file=name,
        share=f"{again.accuracy * 100:.4f}",
        n=again.samples,
    )
    st.success(f"{text} {_compared(found, again.correct, again.samples)}", icon=":material/check_circle:")
    st.button(_("Forget the loaded weights"), key="lenet_forget", icon=":material/close:", on_click=_forget)


def _other_network(controls: Controls[Settings], payload: bytes, network: str) -> None:
    """Offer to choose the network that a file belongs to."""
    try:
        said = network_of(payload)
    except InvalidInput:
        return
    if said is not None and said != network:
        st.button(
            _("Choose {network}", network=network_names()[said]),
            key="lenet_choose_network",
            on_click=lambda: controls.change(network=said, **course_settings(said)),
        )


def _tested(found: Weights, job: MnistJob) -> Evaluation:
    """Return the loaded network's test; the one of the last redraw when it is the same file."""
    key = (found.digest, job.network, len(job.data.test_labels))

    def test() -> Evaluation:
        data = job.data
        model = model_of(found.tensors(), job.network).to(data.test_inputs.device)
        return evaluate(model, data.test_inputs, data.test_labels, data.classes, job.train.loss)

    return memo("lenet_weights_tested", key, test)


def _compared(found: Weights, correct: int, samples: int) -> str:
    said = saved_test(found)
    if said is None:
        return ""
    if (said.correct, said.samples) == (correct, samples):
        return _("The same as when it was saved, to the last digit.")
    return _("When it was saved: {correct} of {n}. The test set is another one.", correct=said.correct, n=said.samples)


def begin(job: MnistJob) -> MnistJob:
    """Return the job with the loaded weights as its first ones, and say so; unchanged when there are none.

    Args:
        job: as the settings describe it.
    """
    kept = recall(KEPT)
    if kept is None:
        return job
    name, payload = kept
    try:
        started = replace(job, start=read_digit_weights(payload, job.network))
    except InvalidInput as error:
        st.caption(_("{file} is not used, and Train draws the first weights: {why}", file=name, why=explain(error)))
        return job
    st.caption(_("Train starts from the weights in {file}.", file=name))
    return started
