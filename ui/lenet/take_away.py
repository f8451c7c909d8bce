"""What a visitor takes away from lesson 4: the run as code, its weights as files, a link; and weights brought along."""

import streamlit as st

from core import cache
from core.errors import InvalidInput
from core.exam.weights_file import fitting
from core.export.mnist_part import mnist_parts
from core.export.notebook import mnist_notebook
from core.export.notes_lines import START_FILE
from core.export.onnx_file import onnx_file
from core.export.train_script import mnist_script
from core.export.weights import course_names, digit_file, pth_file
from core.nets.digit_files import model_of, read_digit_weights
from core.nets.files import Weights
from core.nets.networks import DIGITS
from core.runs.digits_job import MnistJob
from core.runs.snapshot import Snapshot
from core.training.evaluate import Evaluation, evaluate
from ui import digit_files, links
from ui.lenet import outputs
from ui.lenet.settings import Settings, course_settings, network_names
from ui.lenet.subject import mnist_run
from ui.outputs import HEIGHT, beside
from ui.run import engine
from ui.run.rewind import moment_of
from ui.state.controls import Controls
from ui.state.session import memo
from ui.take_away import download, download_code, loaded_weights, one_at_a_time, upload_weights, with_kept_weights
from ui.text import _, aside, catalogue, language


def draw(controls: Controls[Settings], job: MnistJob | None, now: Snapshot | None) -> None:
    """Draw the three things to take away, one at a time.

    Args:
        controls: of the page.
        job: what Train would start, or None when the settings cannot start.
        now: the page's run, or None.
    """
    run = mnist_run(now)
    one_at_a_time(
        "lenet",
        {
            "code": (_("Code"), lambda: code(controls, job, run)),
            "weights": (_("Weights"), lambda: weights(controls, job, run)),
            "link": (_("Link"), lambda: links.present(controls)),
        },
    )


def code(controls: Controls[Settings], job: MnistJob | None, now: Snapshot | None) -> None:
    """Draw the script of the settings or of the run beside what it prints, and the downloads: script and notebook."""
    ran = now.job if now is not None and isinstance(now.job, MnistJob) else None
    chosen = job if job is not None else ran
    if chosen is None:
        aside("These settings cannot be trained, so there is no code for them; see the message above.")
        return
    run = now if ran == chosen else None
    changes = run.changes if run is not None else ()
    say = catalogue(language()).gettext  # the download is made later, outside this session
    mirror = digit_files.address()
    written = mnist_script(chosen, changes=changes, say=say, mirror=mirror)
    if not cache.mnist().provenance.full:
        aside("This script downloads all of MNIST: its losses differ from this page's smaller data set.")
    elif chosen.augment:
        aside("The digits are moved by other random numbers than the app's, so the losses are not quite the same.")
    else:
        st.caption(engine.promise(chosen.train.engine, now if ran == chosen else None))
    with st.container(horizontal=True, gap="small"):
        download_code("lenet", chosen.network, written, lambda: mnist_notebook(chosen, changes, say, mirror=mirror))
        if chosen.start is not None:
            first = chosen.start.tensors()
            download(
                _("Download the first weights"),
                "lenet_start",
                lambda: pth_file(course_names(first, chosen.network)),
                START_FILE,
            )
    if chosen.start is not None:
        aside("The code reads the first weights from {file}: put that file beside it.", file=START_FILE)
    cells = outputs.found(chosen, run, mnist_parts(chosen, "data"))
    beside(controls, lambda: st.code(written, "python", height=HEIGHT), cells, run)


def weights(controls: Controls[Settings], job: MnistJob | None, now: Snapshot | None) -> None:
    """Draw the downloads of the run's weights, of the moment that is looked at, and the upload."""
    ran = now.job if now is not None and isinstance(now.job, MnistJob) else None
    if now is None or ran is None or not now.weights:
        aside("No weights yet: press Train, or One update.")
    else:
        moment = moment_of(now, controls.settings.at)
        held, step = (now.weights, now.weights_at) if moment is None else (dict(moment.weights), moment.step)
        tested = moment.test if moment is not None else now.evaluation if now.evaluated_at == step else None
        network = ran.network
        aside(
            "The weights of {network} after update {step}, under the names of the course's class. This page reads "
            "safetensors and .pth, numbers only; ONNX runs without PyTorch, also in a browser or on a phone.",
            network=network_names()[network],
            step=step,
        )
        with st.container(horizontal=True, gap="small"):
            download(
                _("Download as safetensors"),
                "lenet_safetensors",
                lambda: digit_file(held, network, tested),
                f"{network}.safetensors",
            )
            download(_("Download as ONNX"), "lenet_onnx", lambda: onnx_file(held, network), f"{network}.onnx")
            download(
                _("Download as .pth"), "lenet_pth", lambda: pth_file(course_names(held, network)), f"{network}.pth"
            )
    rule = _(
        "A safetensors file, or a .pth of a state_dict, of at most 1 MB (4 MB for the fully connected network), with "
        "this network's layers, whatever their names."
    )
    upload_weights("lenet", _("Load weights"), ["safetensors", "pth", "pt"], 4, rule)
    if job is not None:
        loaded_weights(
            "lenet",
            lambda payload: _tested(payload, job),
            lambda payload: _other_network(controls, payload, job.network),
        )


def _other_network(controls: Controls[Settings], payload: bytes, network: str) -> None:
    """Offer to choose the network that a file names, or whose layers it has."""
    try:
        said, _weights = fitting(payload)
    except InvalidInput:
        return
    if said in DIGITS and said != network:
        st.button(
            _("Choose {network}", network=network_names()[said]),
            key="lenet_choose_network",
            on_click=lambda: controls.change(network=said, **course_settings(said)),
        )


def _tested(payload: bytes, job: MnistJob) -> tuple[Weights, Evaluation]:
    """Return a file's weights and their test; the one of the last redraw when it is the same file."""
    found = read_digit_weights(payload, job.network)

    def test() -> Evaluation:
        data = job.data
        model = model_of(found.tensors(), job.network).to(data.test_inputs.device)
        return evaluate(model, data.test_inputs, data.test_labels, data.classes, job.train.loss)

    return found, memo("lenet_weights_tested", (found.digest, job.network, len(job.data.test_labels)), test)


def begin(job: MnistJob) -> MnistJob:
    """Return the job with the loaded weights as its first ones, and say so; unchanged when there are none.

    Args:
        job: as the settings describe it.
    """
    return with_kept_weights("lenet", job, lambda payload: read_digit_weights(payload, job.network))
