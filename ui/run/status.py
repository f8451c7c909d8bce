"""What is said about a run: how far it is, what went wrong, what may help."""

import math
from typing import Any, Final

import streamlit as st

from core.runs import causes
from core.runs.job import Job
from core.runs.orders import could_take_over
from core.runs.snapshot import Snapshot, State
from core.training.health import MARGIN
from ui.components import progress as bar
from ui.components import said as said_line
from ui.components.said import Said
from ui.live.hub import part
from ui.state.controls import Controls
from ui.text import _, explain, listed

MOST_CHANGES = 1  # that are named; the rest is counted
ORDERS: Final = ("pause", "resume", "step", "epoch")  # which go to the run without a script run


def progress(controls: Controls[Any], job: Job | None, now: Snapshot | None) -> None:
    """Draw how far a run is, or what to do first; the page runs when the run has come to rest at another moment."""
    if now is None and controls.run_id:
        st.caption(_("There is no such run any more: a newer one took its place, or it was left for ten minutes."))
    ready = "train" if job is not None else "wait"

    def shown(now: Snapshot | None) -> dict[str, Any]:
        if now is None:
            return {"share": 0.0, "said": (ready, {})}
        share = min(1.0, now.step / now.steps) if now.steps else 0.0
        return {"share": share, "said": said(now), "moment": moment(now), "rests": rests(now)}

    prefix = controls.prefix
    bar.progress(
        part(now, "progress", shown, always=True),
        words=templates(),
        run_id=controls.run_id or "",
        orders={f"{prefix}{name}": name for name in ORDERS} if now is not None and now.mine else {},
        key=f"{prefix}progress",
    )


def moment(now: Snapshot) -> str:
    """Return what is another text whenever more of the page is to be drawn anew than its pictures."""
    still = () if now.state is State.RUNNING else (now.step, now.weights_copy, now.evaluated_at)
    looked = now.evaluation is not None
    return " ".join(
        map(str, (now.state, now.playing, looked, now.not_learning, len(now.changes), now.refused is not None, *still))
    )


def rests(now: Snapshot) -> bool:
    """Return whether the page can be drawn anew now: what was asked for has happened."""
    return now.state is State.RUNNING or not now.busy


def remark(controls: Controls[Any], job: Job | None, now: Snapshot | None) -> None:
    """Draw one line: whose run it is, whether it differs from the controls, or else what was changed by hand.

    There always is such a line, of one length or so: nothing below it moves while a control is dragged.
    """
    line = _standing(job, now)
    if line is None and now is not None and not now.changes:  # others may come while it goes on
        shown = part(now, "same", lambda now: {"parts": [same(now)] if now else []})
        said_line.said(shown, same_templates(), key=f"{controls.prefix}same", quiet=True)
    else:
        line = changes(now) if line is None and now is not None else line
        st.caption(line or "\u00a0", width="content")


def _standing(job: Job | None, now: Snapshot | None) -> str | None:
    """Return whose run it is or how it differs from the controls; None: it is the visitor's and as they say."""
    if now is None:
        return _("Train takes the controls as they are.") if job is not None else ""
    if not now.mine:
        if job is None:
            return _("You are watching another visitor's run.")
        return _("You are watching another visitor's run; Train starts your own.")
    if job is None:
        return ""
    if _as_the_controls_say(now, job):
        return None
    if not now.state.alive:
        return _("The controls have changed since this run began: they take effect when you next press Train.")
    if could_take_over(now.job, job, now.changes):
        return _("This run is not as the controls say:")
    return _("The controls have changed; this run goes on as it was. Reset begins with them.")


def same(now: Snapshot) -> Said:
    """Return which sentence says with how many others a run was computed, and its fields."""
    name = "alone" if not now.shared else "one" if now.shared == 1 else "many"
    return name, {"n": str(now.shared), "seconds": f"{now.seconds:.1f}"}


def same_templates() -> dict[str, str]:
    """Return the sentences of that line."""
    return {
        "alone": _("This run is as the controls say."),
        "one": _("The same training as 1 other, computed once, in {seconds} s."),
        "many": _("The same training as {n} others, computed once, in {seconds} s."),
    }


def _as_the_controls_say(now: Snapshot, job: Job) -> bool:
    """Return whether the controls say what the run does, with what was changed while it ran."""
    changes = could_take_over(now.job, job, now.changes)
    return now.job == job if changes is None else not changes


def changes(now: Snapshot) -> str:
    """Return what was changed by hand, the newest last."""
    names = {"lr": _("learning rate"), "batch_size": _("batch size")}
    named = [
        _(
            "{what} = {value} after update {step}",
            what=names.get(change.what, change.place),
            value=f"{change.value:.6g}",
            step=change.step,
        )
        for change in now.changes[-MOST_CHANGES:]
    ]
    if earlier := len(now.changes) - len(named):
        named.insert(0, _("{n} earlier ones", n=earlier) if earlier > 1 else _("1 earlier one"))
    return _("Changed by hand: {changes}", changes=listed(named))


def verdict(now: Snapshot | None) -> None:
    """Say what went wrong, if something did; below the picture, so that nothing that is looked at moves."""
    if now is None:
        return
    if now.state is State.DIVERGED:
        st.error(_diverged(now), icon=":material/error:")
    elif now.error is not None:
        st.error(explain(now.error), icon=":material/error:")
    elif now.refused is not None:
        st.error(explain(now.refused), icon=":material/error:")
    elif now.not_learning and now.evaluation is not None:
        st.warning(_not_learning(now), icon=":material/trending_flat:")
    elif now.state is State.FINISHED and now.evaluation is not None and same_answer(now):
        st.info(
            _(
                "The loss is below that of a network which ignores its inputs, yet every test sample still gets the "
                "same answer: the test accuracy, {accuracy}, is the share of that class.",
                accuracy=f"{now.evaluation.accuracy:.2%}",
            ),
            icon=":material/trending_flat:",
        )


def _diverged(now: Snapshot) -> str:
    at = causes.diverged_at(now)
    why, change = causes.cause(now)
    if why is causes.Cause.START:
        return _(
            "Not finite from the start: with its first weights the network's loss is not a finite number, before any "
            "step was made. The weights, or the numbers in the data, are too large; start from smaller ones."
        )
    if change is not None:
        return _(
            "Diverged at update {at}: the loss is not a finite number any more, soon after {what} was set to {value} "
            "by hand at update {step}. Such a number makes the gradients too large; press Train to start anew.",
            at=at,
            what=change.place,
            value=f"{change.value:.6g}",
            step=change.step,
        )
    return _(
        "Diverged at update {step}: the loss is not a finite number any more. The steps were too large and "
        "jumped out of the valley; choose a smaller learning rate and train again.",
        step=at,
    )


def _not_learning(now: Snapshot) -> str:
    """Say that the loss is about that of a constant answer; accuracy and share are of the test set."""
    assert now.evaluation is not None
    tested = now.evaluation
    numbers = {
        "step": now.step,
        "gap": f"{1 - MARGIN:.0%}",
        "accuracy": f"{tested.accuracy:.2%}",
        "share": f"{tested.majority:.2%}",
    }
    largest = causes.largest_weight(now.weights)
    if largest > causes.HUGE:
        return _(
            "Not learning so far: the largest weight is {largest}, so large that no step of ordinary size changes "
            "what the network answers. Start from smaller first weights.",
            largest=f"{largest:.3g}",
        )
    if math.isnan(tested.majority):
        return _(
            "Not learning so far: after {step} updates the training loss is not even {gap} lower than that of a "
            "network which ignores its inputs and always answers the mean. What may help: more updates, another "
            "learning rate, loss function or optimiser, or, if ReLUs have died, LeakyReLU or another seed.",
            **numbers,
        )
    if tested.accuracy > tested.majority:
        return _(
            "Hardly learning so far: after {step} updates the training loss is not even {gap} lower than that of a "
            "network which ignores its inputs; the test accuracy, {accuracy}, is above the share of the test set's "
            "most frequent class, {share}. What may help: more updates, or another network, learning rate, loss "
            "function or optimiser.",
            **numbers,
        )
    return _(
        "Not learning so far: after {step} updates the training loss is not even {gap} lower than that of a network "
        "which ignores its inputs, and the test accuracy, {accuracy}, is no higher than the share of the test set's "
        "most frequent class, {share}. What may help: more updates, another learning rate, loss function or "
        "optimiser, or, if ReLUs have died, LeakyReLU or another seed.",
        **numbers,
    )


def same_answer(now: Snapshot) -> bool:
    """Return whether the network gives every test sample the same answer, though there are several classes."""
    table = () if now.evaluation is None else now.evaluation.confusion
    answered = sum(1 for column in zip(*table, strict=True) if any(column))
    return answered == 1 and sum(1 for row in table if any(row)) > 1


def sentence(now: Snapshot) -> str:
    """Return how far a run is, in one line."""
    name, values = said(now)
    return templates()[name].format(**values)


def said(now: Snapshot) -> Said:
    """Return which of the templates says how far a run is, and its fields."""
    values = {"step": str(now.step), "steps": str(now.steps), "epoch": f"{now.epoch:.2f}".removesuffix(".00")}
    if now.state is State.RUNNING:
        return _going(now, values)
    name = "early" if now.early else "replaced" if now.state is State.STOPPED and now.replaced else now.state.value
    return name, values | {"seconds": f"{now.seconds:.1f}"}


def _going(now: Snapshot, values: dict[str, str]) -> Said:
    """Return which of the templates says how far a run is that goes on, and its fields."""
    values, cores = values | {"trainings": str(now.trainings)}, min(2, now.workers)
    if now.playing:
        return "playing", values
    if not now.steps or now.eta_s is None or not now.updates_per_second:
        return "starting" if now.trainings == 1 else f"starting {cores}", values
    if now.trainings == 1:
        speed = f"{now.updates_per_second:.0f}" if now.updates_per_second >= 10 else f"{now.updates_per_second:.1f}"
        return "running", values | {"speed": speed, "eta": f"{now.eta_s:.0f}"}
    unit, length = ("minutes", 60) if now.eta_s >= 90 else ("seconds", 1)
    return f"{unit} {cores}", values | {"eta": f"{now.eta_s / length:.0f}"}


def templates() -> dict[str, str]:
    """Return the sentences of the line, with their fields."""
    done = _("update {step} of {steps}, epoch {epoch}")
    found = {
        "train": _("No run yet: press Train."),
        "wait": _("No run yet: see the message above."),
        "starting": _("Starting …"),
        "playing": _("Playing what was computed before: {done}"),
        "running": _("Training: {done}; {speed} updates a second, {eta} s to go"),
        "early": _("Stopped early, as the test loss fell no more: {done}; {seconds} s of computing"),
        "paused": _("Paused: {done}"),
        "finished": _("Finished: {done}; {seconds} s of computing"),
        "diverged": _("Diverged: {done}"),
        "replaced": _("Stopped, because you started another run: {done}"),
        "stopped": _("Stopped: {done}"),
        "failed": _("Failed: {done}"),
    }
    crowds = {1: _("{trainings} trainings share one core"), 2: _("{trainings} trainings share two cores")}
    for cores, crowd in crowds.items():
        found[f"starting {cores}"] = _("Starting: {crowd}").replace("{crowd}", crowd)
        found[f"minutes {cores}"] = _("Training: {done}; about {eta} minutes to go: {crowd}").replace("{crowd}", crowd)
        found[f"seconds {cores}"] = _("Training: {done}; about {eta} s to go: {crowd}").replace("{crowd}", crowd)
    return {name: text.replace("{done}", done) for name, text in found.items()}
