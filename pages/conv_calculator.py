"""Lesson 3: the size of a convolution's output, and every product and sum behind one number."""

from core.conv.presets import PRESETS
from core.conv.sizes import trace
from ui import conv_layer, conv_view, lesson
from ui.conv_settings import Settings
from ui.state import Controls
from ui.text import _

lesson.header(
    3, _("Convolution calculator"), _("How large is the output of a convolution, and where does each number come from?")
)
controls = Controls(Settings)
stage, panel = lesson.layout()
with panel:
    conv_layer.panel(controls)
with stage:
    conv_layer.stage(controls)
lesson.try_this(conv_view.experiments(), controls)


def chain() -> None:
    """A whole network, layer by layer."""
    name = controls.select("chain", _("Network"), conv_view.networks())
    preset = PRESETS[name]
    conv_view.draw_chain(trace(preset.chain, preset.input))


lesson.inside([(_("Networks"), chain), (_("Why"), conv_view.why), (_("Code"), lambda: conv_layer.code(controls))])
