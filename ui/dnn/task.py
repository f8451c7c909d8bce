"""A teacher's task: a link that hides controls and poses a question, and whether it is met."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import fields
from typing import Any, Final

import streamlit as st

from core.runs.goals import Goal, Verdict
from core.runs.playground_job import PlaygroundJob
from core.runs.snapshot import Snapshot
from ui import lesson, links
from ui.dnn.settings import control_names
from ui.lesson import Experiment
from ui.run.stage import alongside
from ui.state import session
from ui.state.controls import Controls
from ui.text import _, aside, together

EVERY_S: Final = 0.5  # between two judgements of a run that goes on


def hidden(written: str) -> frozenset[str]:
    """Return the controls that a link hides; what is no control is ignored, so that Train is always there.

    Args:
        written: names of fields, separated by commas.
    """
    wanted = {part.strip() for part in written.split(",")}
    return frozenset(wanted & control_names().keys())


def hides(controls: Controls[Any]) -> frozenset[str]:
    """Return the controls that the page's link hides."""
    return hidden(controls.settings.hide or session.parameter("hide"))


def leaves(controls: Controls[Any], changes: Mapping[str, Any], hidden: Collection[str]) -> bool:
    """Return whether a link with these settings leaves every hidden control as it is.

    Args:
        controls: of the page.
        changes: field names and values; the link sets every other field to its default.
        hidden: names of fields.
    """
    return controls.stands_at(changes, {field.name for field in fields(controls.settings)} - set(hidden))


def offered(experiments: Iterable[Experiment], controls: Controls[Any], hidden: Collection[str]) -> list[Experiment]:
    """Return the experiments that a task leaves room for: they change no control that it hides."""
    if not hidden:
        return list(experiments)
    return [
        Experiment(
            each.label,
            each.watch,
            each.changes,
            each.guide,
            *(variant for variant in each.variants if leaves(controls, variant.changes, hidden)),
        )
        for each in experiments
        if leaves(controls, each.changes, hidden)
    ]


def goal(settings: Any) -> Goal:
    """Return what a link asks for; 0 means that something is not asked for.

    Args:
        settings: of the page, with goal_accuracy in %, goal_loss, goal_parameters and goal_updates.
    """
    accuracy, loss = settings.goal_accuracy, settings.goal_loss
    return Goal(
        accuracy=accuracy / 100 if accuracy > 0 else None,
        loss=loss if loss > 0 else None,
        parameters=settings.goal_parameters or None,
        updates=settings.goal_updates or None,
    )


def question(asked: Goal) -> str:
    """Return a task in words, such as “Reach 95 % test accuracy with at most 20 parameters.”"""
    values = {
        "small": _small(asked.parameters),
        "soon": _soon(asked.updates),
        "accuracy": f"{100 * (asked.accuracy or 0):.10g}",
        "loss": f"{asked.loss or 0:.6g}",
    }
    if asked.accuracy is not None and asked.loss is not None:
        return _("Reach {accuracy} % test accuracy and a test loss of at most {loss}{small}{soon}.", **values)
    if asked.accuracy is not None:
        return _("Reach {accuracy} % test accuracy{small}{soon}.", **values)
    if asked.loss is not None:
        return _("Reach a test loss of at most {loss}{small}{soon}.", **values)
    return _("Train a network{small}{soon}.", **values)


def _small(count: int | None) -> str:
    if count == 1:
        return _(" with at most 1 parameter")
    # Translators: put together with the next into "Reach … with at most … within …."
    return _(" with at most {count} parameters", count=count) if count else ""


def _soon(count: int | None) -> str:
    if count == 1:
        return _(" within 1 update")
    return _(" within {count} updates", count=count) if count else ""


def posed(asked: Goal) -> str:
    """Return a task as Markdown."""
    return _("**Task:** {question}", question=question(asked))


def draw(controls: Controls[Any], planned: PlaygroundJob | None) -> None:
    """Draw the task of the page's link, if it poses one, and how the run stands before it, while it goes on.

    Args:
        controls: of the page.
        planned: what Train would start: its size is judged before there is a run.
    """
    asked = goal(controls.settings)
    if asked:
        alongside(controls, "task", EVERY_S, lambda now: state(asked, now, planned))


def state(asked: Goal, now: Snapshot | None, planned: PlaygroundJob | None) -> None:
    """Draw a task in words, and how the run stands before it; see task."""
    text = posed(asked)
    job = planned if now is None else now.job
    size = job.net.parameters if isinstance(job, PlaygroundJob) else 0
    if now is None:
        if asked.parameters is not None and size > asked.parameters:
            text = together(text, _too_large(size, asked.parameters))
        st.info(text, icon=":material/flag:")
        return
    verdict = asked.judge(size, now)
    if verdict.met:
        st.success(together(text, _said(verdict, now)), icon=":material/check_circle:")
    else:
        st.info(together(text, _missing(asked, verdict, size, now)), icon=":material/flag:")


def _too_large(size: int, most: int) -> str:
    return _("This network has {count} parameters: {more} too many.", count=size, more=size - most)


def _said(verdict: Verdict, now: Snapshot) -> str:
    done = _("Met before the first update.")
    if verdict.at:
        done = _("Met after {step} updates.", step=verdict.at) if verdict.at > 1 else _("Met after the first update.")
    if isinstance(now.job, PlaygroundJob) and now.job.start is not None:
        return together(done, _("The first weights came from a file."))
    if any(change.what == "weight" and change.step <= (verdict.at or 0) for change in now.changes):
        return together(done, _("Weights were written by hand."))
    return done


def _missing(asked: Goal, verdict: Verdict, size: int, now: Snapshot) -> str:
    """Say what is still missing, the one thing that matters most first."""
    if verdict.parameters is False:
        return _too_large(size, asked.parameters or 0)
    if verdict.updates is False and asked.updates == 1:
        return _("Not met: the one update is used up. Train again with other settings.")
    if verdict.updates is False:
        return _("Not met: the {count} updates are used up. Train again with other settings.", count=asked.updates)
    tested = now.evaluation
    if tested is None or not now.state.alive:
        return _("Not met yet: train again with other settings.") if tested is not None else _("Not met yet.")
    if verdict.accuracy is False:
        return _("Not met yet: {accuracy} of the test samples.", accuracy=f"{tested.accuracy:.2%}")
    if verdict.loss is False:
        return _("Not met yet: the test loss is {loss}.", loss=f"{tested.loss:.4g}")
    return _("Not met yet.")


@lesson.problems()
def builder(controls: Controls[Any]) -> None:
    """Draw the choice of hidden controls and of a goal, and the link that sets this task."""
    names = control_names()
    hidden = st.multiselect(
        _("Hide these controls"),
        list(names),
        format_func=lambda name: names[name],
        key="dnn_task_hide",
        placeholder=_("None is hidden"),
        help=_("They keep the values that they have now. Train is always there."),
    )
    left, right = st.columns(2)
    empty = _("not asked for")
    with left:
        accuracy = _wanted("accuracy", _("Test accuracy in %, at least"), empty, step=1.0, format="%.10g")
        loss = _wanted("loss", _("Test loss, at most"), empty, step=0.01, format="%.10g")
    with right:
        most = _wanted("parameters", _("Parameters, at most"), empty, step=1)
        updates = _wanted("updates", _("Updates, at most"), empty, step=1)
    aside("The link carries the settings of this page as they are now.")
    asked = Goal(None if accuracy is None else accuracy / 100, most, updates, loss)
    changes = {
        "hide": ",".join(hidden),
        "goal_accuracy": accuracy or 0.0,
        "goal_loss": loss or 0.0,
        "goal_parameters": most or 0,
        "goal_updates": updates or 0,
    }
    if asked:
        st.markdown(posed(asked))
    parameters = controls.link(**changes)
    parameters.pop("hide", None)  # of the task that the page itself was opened with
    links.show(parameters, _("QR code of the link that sets this task"), "dnn_task_link")


def _wanted(name: str, label: str, empty: str, **options: Any) -> Any:
    """Draw a number field that may stay empty and return its number or None; Goal says which numbers can be."""
    return st.number_input(label, value=None, placeholder=empty, key=f"dnn_task_{name}", **options)
