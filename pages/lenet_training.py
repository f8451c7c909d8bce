"""Lesson 4: a network learns real handwriting while the class watches, and shows what it sees."""

from ui import lesson
from ui.course import here
from ui.state.controls import Controls
from ui.text import _

question = _("How well does a network read handwriting that it has never seen?")
place = lesson.header(4, question, _("Handwritten digits (MNIST)"))
lesson.wait_for_torch()

from core import cache
from core.runs.digits_job import MnistJob
from ui import digits
from ui.lenet import control_panel, experiments, inside, settings, stage, take_away
from ui.run.stage import follow, newest_snapshot

controls = Controls(settings.Settings)
with place:
    control_panel.head(controls)
every = (first := experiments.first()) + (others := experiments.others())
lesson.guide(every, controls, settings.LOOKED_AT)
before, beside = lesson.layout(0.7)
job: MnistJob | None = None
with beside:
    control_panel.draw(controls, lesson.more)
with before:
    if digits.wait_for_digits():
        with lesson.problems():
            job = take_away.begin(settings.job(controls.settings))
        follow(controls, job, lambda now: stage.draw(controls, now, job), full=True)
        digits.source(cache.mnist().provenance)

lesson.try_this(first, controls, others)
lesson.inside(
    {
        **inside.tabs(controls, job),
        "take": (_("Take it away"), lambda: take_away.draw(controls, job, newest_snapshot(controls))),
    }
)
with place:
    here.draw()
