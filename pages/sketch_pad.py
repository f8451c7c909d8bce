"""Lesson 5: networks read the visitor's own handwriting, and show what they see of it."""

from ui import lesson
from ui.course import here
from ui.state.controls import Controls
from ui.text import _

place = lesson.header(5, _("Does a network read your handwriting, and what does it see of it?"))
lesson.wait_for_torch()

from ui.classroom.membership import Membership
from ui.sketch import code, experiments, group, inside, stage
from ui.sketch.settings import Settings, topics

controls, member = Controls(Settings), Membership()
group.arrive(controls, member)
first, others = experiments.first(), experiments.others()
experiments.guide(controls, [*first, *others])
topics(controls)
stage.draw(controls, member)

lesson.try_this(first, controls, others)
lesson.inside(
    {
        "networks": (_("The two networks"), inside.numbers),
        "why": (_("Why"), inside.why),
        "doubt": (_("A digit at all?"), inside.doubt),
        "code": (_("Code"), lambda: code.draw(controls.settings)),
    }
)
with place:
    here.draw()
