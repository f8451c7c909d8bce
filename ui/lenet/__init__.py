"""What the LeNet-5 lesson is made of; each module is one thing that its page shows."""

from ui.digits import wait_for_digits

__all__ = ["wait_for_digits"]
