"""Lesson 4: LeNet-5 learns real handwriting while the class watches, and shows what it sees."""

from core.errors import InvalidInput
from ui import lesson
from ui.state.controls import Controls
from ui.text import _

lesson.header(4, _("How well does a network read handwriting that it has never seen?"), _("LeNet-5 on MNIST"))
lesson.wait_for_torch()

from core import cache
from core.runs.digits_job import MnistJob
from ui import digits as waiting
from ui.lenet import experiments, inside, settings, take_away
from ui.lenet.controls import controls as draw_controls
from ui.lenet.stage import stage as draw_stage
from ui.run.stage import Extras, follow, newest_snapshot

controls = Controls(settings.Settings)
every = (first := experiments.first()) + (others := experiments.others())
lesson.guide(every, controls, settings.LOOKED_AT)
stage, panel = lesson.layout(0.7)
job: MnistJob | None = None
with panel:
    draw_controls(controls, lesson.more)
with stage:
    if waiting.wait_for_digits():
        try:
            job = take_away.begin(settings.job(controls.settings))
        except InvalidInput as error:
            lesson.problem(error)
        follow(controls, job, lambda now: draw_stage(controls, now, job), Extras(speed=False))
        waiting.source(cache.mnist().provenance)

lesson.try_this(first, controls, others)
lesson.inside(
    [
        *inside.tabs(controls, job),
        (_("Take it away"), lambda: take_away.take_away(controls, job, newest_snapshot(controls))),
    ]
)
