"""Lesson 3: the size of a convolution's output, and every product and sum behind one number."""

import importlib

from ui import lesson
from ui.conv import experiments, why
from ui.conv.settings import Settings
from ui.course import here
from ui.state.controls import Controls
from ui.text import _

place = lesson.header(3, _("How large is the output of a convolution, and where does each number come from?"))
controls = Controls(Settings)
modes = {"layer": _("One layer"), "chain": _("A chain"), "picture": _("On a picture")}
before, beside = lesson.layout()
with beside:
    chosen = controls.segmented("mode", _("What to look at"), modes, label_visibility="collapsed")
if chosen == "picture":
    with before:
        lesson.wait_for_torch()
mode = importlib.import_module(f"ui.conv.{chosen}")  # not before: a picture's imports torch, which takes seconds
with beside:
    mode.panel(controls)
with before:
    mode.stage(controls)
if chosen == "chain":
    mode.table(controls)
lesson.try_this(experiments.first(chosen), controls)
lesson.inside({"why": (_("Why"), why.draw), "code": (_("Code"), lambda: mode.code(controls))})
with place:
    here.draw()
