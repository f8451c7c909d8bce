"""LeNet-5 trained on with the class's handwriting: what it learns, and what it forgets of MNIST."""

import streamlit as st

from core import cache
from core.classroom.finetune import SETTINGS, FineTuneJob, Parts, fine_tuning
from core.classroom.forgetting import FORGETTING, SAMPLE
from core.classroom.report import mnist_score_once
from core.classroom.store import LOOKS
from core.runs.snapshot import Snapshot, State
from core.score import Score
from ui import charts, lesson
from ui.classroom.accuracy import between, percent
from ui.classroom.membership import Membership
from ui.digits import wait_for_digits
from ui.run.stage import follow
from ui.text import _, aside, paragraph, together


def draw(member: Membership, code: str) -> None:
    """Draw the fine-tuning: its one control, its run, accuracy before and after."""
    if not wait_for_digits():
        return
    paragraph(
        "The shipped LeNet-5 goes on learning with a part of the class's digits; the rest is held out to test "
        "it. Does it come to read your hands? And does it still read MNIST's?"
    )
    member.toggle(
        "rehearse",
        _("Mix MNIST digits in"),
        help=_(
            "As many of MNIST's training digits as the class gave, so that the network goes on practising what it "
            "knew. Without them it forgets: train with and without, and compare."
        ),
    )
    job: FineTuneJob | None = None
    with lesson.problems():
        job = fine_tuning(LOOKS.look(code), cache.mnist(), member.settings.rehearse)
        st.caption(_plan(job, job.parts))
    follow(member, job, _draw)


def _plan(job: FineTuneJob, parts: Parts) -> str:
    words = _(
        "{train} digits to learn from, {held} held out; {epochs} epochs in batches of {batch}, SGD with learning rate "
        "{lr} and momentum {momentum}.",
        train=len(parts.train),
        held=len(parts.held),
        epochs=SETTINGS.epochs,
        batch=SETTINGS.batch_size,
        lr=SETTINGS.lr,
        momentum=SETTINGS.momentum,
    )
    if parts.hands:
        hands = _("Held out is everything from {n} of the hands, so that they are new to it.", n=parts.hands)
    else:
        hands = _("The same hands are in both parts, so the test is a mild one; more hands make it harder.")
    return together(words, hands)


def _draw(now: Snapshot | None) -> None:
    """Draw a run: the two accuracies against updates, and the table of before and after."""
    if now is None or not isinstance(now.job, FineTuneJob):
        return
    digits = now.job.digits
    if now.weights:
        FORGETTING.look(now.run_id, now.weights_at, now.weights, digits)
    charts.curves(
        [
            (_("held-out digits of the class"), "test", "solid", [(at, share) for at, share, _loss in now.evaluations]),
            (
                _("MNIST, {n} of its test digits", n=min(SAMPLE, len(digits.test_labels))),
                "test",
                "dashed",
                FORGETTING.points(now.run_id),
            ),
        ],
        x=_("update"),
        x_max=now.steps or None,
        key="class_accuracy",
        alt=_("Accuracy on the class's held-out digits and on MNIST against updates."),
        percent=True,
    )
    _before_and_after(now, now.job)


def _before_and_after(now: Snapshot, job: FineTuneJob) -> None:
    tested = now.evaluation
    if tested is None or not now.evaluations:
        return
    at, first, _loss = now.evaluations[0]
    before = {
        _("held-out digits of the class"): Score(round(first * tested.samples), tested.samples) if at == 0 else None
    }
    before[_("MNIST's test set")] = mnist_score_once("lenet5", cache.pretrained("lenet5"), job.digits)
    after: list[Score | None] = [Score(tested.correct, tested.samples) if now.evaluated_at else None, None]
    if now.weights and now.state is not State.RUNNING and now.weights_at == now.step and now.step:
        after[1] = FORGETTING.in_full(now.run_id, now.weights_at, now.weights, job.digits)
    rows = [
        {
            _("Digits"): where,
            _("before"): percent(one) if one else "–",
            _("95 % before"): between(one) if one else "–",
            _("now"): percent(two) if two else "–",
            _("95 % now"): between(two) if two else "–",
            _("of"): f"{(one or two or Score(0, 1)).samples:,}",
        }
        for (where, one), two in zip(before.items(), after, strict=True)
    ]
    st.dataframe(rows, hide_index=True, alt=_("Accuracy before and after"))
    if after[1] is None:
        aside("All of MNIST's test set is read when the run pauses or is over.")
        return
    (own, mnist), now_own = before.values(), after[0]
    if own and mnist and now_own:
        st.caption(f"{_gain(own, now_own)} {_forgotten(mnist, after[1])}")


def _gain(before: Score, after: Score) -> str:
    """Say whether it has come to read the class's hands."""
    if after.interval[0] > before.interval[1]:
        return _("**The class:** read better than before; the intervals lie apart.")
    if after.interval[1] < before.interval[0]:
        return _("**The class:** read worse than before; the intervals lie apart.")
    return _(
        "**The class:** {before} right before, {after} now, of {n}; the intervals overlap, so that may be chance.",
        before=before.correct,
        after=after.correct,
        n=after.samples,
    )


def _forgotten(before: Score, after: Score) -> str:
    """Say what it has forgotten of MNIST."""
    gone = before.correct - after.correct
    if after.interval[1] < before.interval[0]:
        return _("**MNIST:** {n} fewer are read right, more than chance: it has forgotten some of it.", n=f"{gone:,}")
    return _("**MNIST:** read as before, within what chance may do.")
