"""What a visitor takes away from the playground: code, a notebook, weights, a link, a task for the class."""

from typing import Any

import streamlit as st

from core.export.hand_part import MOST_WEIGHTS
from core.export.notebook import notebook
from core.export.notes_lines import START_FILE
from core.export.parts import script
from core.export.train_script import playground_parts
from core.export.weights import pth_file, safetensors_file, test_again
from core.nets.files import Weights, read_weights
from core.runs.playground_job import PlaygroundJob
from core.runs.snapshot import Snapshot
from core.training.evaluate import Evaluation
from ui import lesson, links
from ui.dnn import outputs, task
from ui.outputs import HEIGHT, beside
from ui.run import engine
from ui.state.controls import Controls
from ui.take_away import download, download_code, loaded_weights, one_at_a_time, upload_weights, with_kept_weights
from ui.text import _, aside, catalogue, language


def draw(controls: Controls[Any], job: PlaygroundJob | None, now: Snapshot | None) -> None:
    """Draw the four things to take away, one at a time.

    Args:
        controls: of the page.
        job: what Train would start, or None when the settings cannot start.
        now: the page's run, or None.
    """
    one_at_a_time(
        "dnn",
        {
            "code": (_("Code"), lambda: code(controls, job, now)),
            "weights": (_("Weights"), lambda: weights(job, now)),
            "link": (_("Link"), lambda: links.present(controls)),
            "task": (_("A task for the class"), lambda: task.builder(controls)),
        },
    )


def code(controls: Controls[Any], job: PlaygroundJob | None, now: Snapshot | None) -> None:
    """Draw the script of the settings or of the run beside what it prints, and the downloads: script and notebook."""
    chosen = _which(job, now)
    if chosen is None:
        aside("These settings cannot be trained, so there is no code for them; see the message above.")
        return
    run = now if now is not None and now.job == chosen else None
    changes = run.changes if run is not None else ()
    say = catalogue(language()).gettext  # the download is made later, outside this session
    parts = playground_parts(chosen, changes)
    written = script(parts, say)
    st.caption(engine.promise(chosen.train.engine, run))
    if sum(change.what == "weight" for change in changes) > MOST_WEIGHTS:
        aside("More than {most} weights were written by hand; the script leaves them out.", most=MOST_WEIGHTS)
    with st.container(horizontal=True, gap="small"):
        download_code("dnn", f"dnn-{chosen.data.name}", written, lambda: notebook(chosen, changes, say))
        if chosen.start is not None:
            first = chosen.start.tensors()
            download(_("Download the first weights"), "dnn_start", lambda: pth_file(first), START_FILE)
    if chosen.start is not None:
        aside("The code reads the first weights from {file}: put that file beside it.", file=START_FILE)
    if chosen.data.table is not None and chosen.data.name == "csv":
        aside("The code reads your table from {file}: put that file beside it.", file=chosen.data.table.name)
    beside(controls, lambda: st.code(written, "python", height=HEIGHT), outputs.found(chosen, run, parts), run)


def _which(job: PlaygroundJob | None, now: Snapshot | None) -> PlaygroundJob | None:
    """Return the job whose code is wanted; ask only where run and controls differ."""
    ran = now.job if now is not None and isinstance(now.job, PlaygroundJob) else None
    if ran is None or job is None or ran == job:
        return job if job is not None else ran
    names = {"controls": _("The controls as they are"), "run": _("The run that is shown")}
    return ran if lesson.one_of(_("Code of"), names, "dnn_code_of") == "run" else job


def weights(job: PlaygroundJob | None, now: Snapshot | None) -> None:
    """Draw the downloads of the run's weights, and the upload that puts weights into a new network."""
    ran = now.job if now is not None and isinstance(now.job, PlaygroundJob) else None
    if now is None or ran is None or not now.weights:
        aside("No weights yet: press Train, or One update.")
    else:
        net, name = ran.net, "dnn-" + "-".join(map(str, ran.net.widths))
        held, tested = now.weights, now.evaluation if now.evaluated_at == now.weights_at else None
        aside(
            "The weights after update {step}. Both files can be loaded back below, where only numbers are read: "
            "safetensors has nothing else, and a .pth that holds code is refused.",
            step=now.weights_at,
        )
        with st.container(horizontal=True, gap="small"):
            download(
                _("Download as safetensors"),
                "dnn_safetensors",
                lambda: safetensors_file(held, net, tested),
                f"{name}.safetensors",
            )
            download(_("Download as .pth"), "dnn_pth", lambda: pth_file(held), f"{name}.pth")
    rule = _(
        "A safetensors file, or a .pth of a state_dict, of at most 1 MB, with the same layers, whatever their names."
    )
    upload_weights("dnn", _("Load weights"), None, 1, rule)
    if job is not None:
        loaded_weights("dnn", lambda payload: _tested(payload, job))


def _tested(payload: bytes, job: PlaygroundJob) -> tuple[Weights, Evaluation]:
    found = read_weights(payload, job.net)
    return found, test_again(found, job)


def begin(job: PlaygroundJob) -> PlaygroundJob:
    """Return the job with the loaded weights as its first ones, and say so; unchanged when there are none.

    Args:
        job: as the settings describe it.
    """
    return with_kept_weights("dnn", job, lambda payload: read_weights(payload, job.net))
