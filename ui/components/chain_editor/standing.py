"""Which rows the table may change: those that the server last gave it, or its own edits of them."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace

_MAX_NAME = 40


@dataclass(frozen=True)
class Standing:
    """What the server knows of the table.

    Args:
        text: the chain, as JSON text.
        edit: the name of the last edit that arrived, taken or not; the table waits for its own last one.
        base: another one whenever the chain changed by other means than the table.
    """

    text: str
    edit: str = ""
    base: str = field(default_factory=lambda: secrets.token_hex(4))

    def now(self, text: str) -> "Standing":
        """Return what holds when this is the chain; one that no edit made is a new base."""
        return self if text == self.text else Standing(text, self.edit)

    def edited(self, sent: object, take: Callable[[str], bool]) -> "Standing":
        """Take over what the table sent, unless it is an edit of rows that were replaced since.

        Args:
            sent: from the browser, unchecked: the edit's name, its base, and the whole chain as text.
            take: takes a text over, or returns False.
        """
        if not isinstance(sent, dict):
            return self
        edit, base, text = (sent.get(name) for name in ("edit", "base", "text"))
        if not (isinstance(edit, str) and len(edit) <= _MAX_NAME and edit.isascii()):
            return self
        taken = base == self.base and isinstance(text, str) and take(text)
        return replace(self, edit=edit, text=str(text) if taken else self.text)
