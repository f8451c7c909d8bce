"""Lesson 2: a real network on the one-hot data and on the plane, with every hyperparameter within reach."""

from ui import lesson
from ui.course import here
from ui.state.controls import Controls
from ui.text import _

place = lesson.header(2, _("What has a network learned when two out of three answers are right?"))
lesson.wait_for_torch()

from core.runs.playground_job import PlaygroundJob
from ui.dnn import control_panel, experiments, inside, runs, settings, stage, take_away, task
from ui.dnn.own_data import table as own_table
from ui.run.stage import follow, newest_snapshot

controls = Controls(settings.Settings)
every = (first := experiments.first()) + (others := experiments.others())
lesson.guide(every, controls, experiments.LOOKED_AT)
before, beside = lesson.layout(0.7)
job: PlaygroundJob | None = None
with beside:
    control_panel.draw(controls, hidden := task.hides(controls), lesson.more)
with before:
    with lesson.problems():
        table = own_table(controls)
        if controls.settings.data != "csv" or table is not None:
            job = take_away.begin(settings.job(controls.settings, table))
    task.draw(controls, job)
    follow(controls, job, lambda now: stage.draw(controls, now, job), full=True, speed=True)

if first := task.offered(first, controls, hidden):
    lesson.try_this(first, controls, task.offered(others, controls, hidden))
lesson.inside(
    {
        **inside.tabs(controls, job),
        "runs": (_("Runs"), lambda: runs.draw(controls)),
        "take": (_("Take it away"), lambda: take_away.draw(controls, job, newest_snapshot(controls))),
    }
)
with place:
    here.draw()
