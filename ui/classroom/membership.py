"""Which class a visitor is in: the code in the address (``?class=``), kept through page changes until they leave."""

from dataclasses import dataclass
from typing import ClassVar

from core.classroom import codes
from core.errors import InvalidInput
from ui.state.controls import Controls
from ui.state.fields import choice, flag, text
from ui.state.session import recall, remember

KEPT = "class_code"
OPEN = ("wall", "numbers", "train", "invite", "download", "teacher")
"""The tabs of a class, in their order."""


@dataclass(frozen=True)
class Settings:
    """What a link into a class sets."""

    PREFIX: ClassVar[str] = "class_"
    code: str = text("", 24)
    tab: str = choice("wall", OPEN)
    show: str = choice("new", ("new", "digit", "misread"))
    network: str = choice("lenet5", ("lenet5", "mnist-dnn"))
    rehearse: bool = flag(True)


class Membership(Controls[Settings]):
    """The settings of the class's parts of a page. Its code is the parameter ``class``; make it once a run."""

    def __init__(self) -> None:
        super().__init__(Settings)
        if self.code is not None:
            remember(KEPT, self.code)
        elif kept := recall(KEPT):
            # A link to an experiment sets everything but its own to the default; nobody leaves the class by that.
            self.change(code=kept)
            self._write_url()

    @property
    def code(self) -> str | None:
        """The class's code as it is shown, or None; whether there is such a class is not looked up."""
        try:
            return codes.grouped(codes.read_code(self.settings.code))
        except InvalidInput:
            return None

    def join(self, code: str) -> None:
        """Enter a class; for callbacks.

        Args:
            code: one that there is.
        """
        shown = codes.grouped(codes.read_code(code))
        remember(KEPT, shown)
        self.change(code=shown)

    def leave(self) -> None:
        """Leave the class; for callbacks."""
        remember(KEPT, None)
        self.change(code="")

    def show(self) -> None:
        """Have the address say how the page stands, where no widget of these settings does it."""
        self._write_url()

    def key(self, name: str) -> str:
        """Return a field's session key and URL parameter."""
        return "class" if name == "code" else super().key(name)

    def _owns(self, key: str) -> bool:
        return key == "class" or super()._owns(key)
