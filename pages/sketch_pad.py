"""Lesson 5: networks read the visitor's own handwriting, and show what they see of it."""

from ui import lesson
from ui.state import Controls
from ui.text import _

lesson.header(5, _("Sketch pad"), _("Does a network read your handwriting, and what does it see of it?"))
lesson.wait_for_torch()

from ui import sketch_inside
from ui.classroom.membership import Membership
from ui.sketch import group
from ui.sketch.body import body
from ui.sketch.settings import Settings, topics

controls, member = Controls(Settings), Membership()
group.arrive(controls, member)
topics(controls)
body(controls, member)

lesson.try_this(sketch_inside.experiments(), controls)
now = controls.settings
lesson.inside(
    [
        (_("The two networks"), sketch_inside.numbers),
        (_("Why"), sketch_inside.why),
        (_("Code"), lambda: sketch_inside.code(now.index if now.topic == "sample" else None)),
    ]
)
