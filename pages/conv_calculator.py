"""Lesson 3: the size of a convolution's output, and every product and sum behind one number."""

from ui import conv_chain, conv_layer, conv_view, lesson
from ui.conv_settings import Settings
from ui.state import Controls
from ui.text import _

lesson.header(
    3, _("Convolution calculator"), _("How large is the output of a convolution, and where does each number come from?")
)
controls = Controls(Settings)
modes = {"layer": _("One layer"), "chain": _("A chain")}
draw = {"layer": conv_layer, "chain": conv_chain}
stage, panel = lesson.layout()
with panel:
    mode = draw[controls.segmented("mode", _("What to look at"), modes, label_visibility="collapsed")]
    mode.panel(controls)
with stage:
    mode.stage(controls)
if mode is conv_chain:
    conv_chain.table(controls)
lesson.try_this(conv_view.experiments(), controls)
lesson.inside([(_("Why"), conv_view.why), (_("Code"), lambda: mode.code(controls))])
