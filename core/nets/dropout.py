"""Dropout from a local generator: the masks of plain ``nn.Dropout`` after ``torch.manual_seed``, and no other's.

torch's own layer draws from the one global generator of the process, which every other training would disturb.
"""

from collections.abc import Iterable

import torch
from torch import nn


class Dropout(nn.Module):
    """Sets each answer to 0 with probability p and divides the others by 1 − p, in training only.

    Srivastava et al. 2014, in the "inverted" form that torch uses.

    Args:
        p: 0 ≤ p < 1.
        width: neurons whose answers come in.
    """

    def __init__(self, p: float, width: int) -> None:
        super().__init__()
        self.p, self.width = p, width
        self.generator: torch.Generator | None = None

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """Return the inputs, float32 (B, width), partly set to 0.

        Raises:
            RuntimeError: training before ``seed_dropout``.
        """
        if not self.training or self.p == 0:
            return inputs
        if self.generator is None:
            raise RuntimeError("seed_dropout comes before training")
        # the same calls in the same order as ATen/native/Dropout.cpp, which takes the global generator
        noise = torch.empty_like(inputs).bernoulli_(1 - self.p, generator=self.generator)
        return inputs * noise.div_(1 - self.p)


def seed_dropout(model: nn.Module, seed: int, drawn: Iterable[tuple[int, int]] = ()) -> torch.Generator | None:
    """Give all dropout layers of a model one new generator.

    Args:
        model: its parameters lie on one device.
        seed: of the generator.
        drawn: (updates, samples in each) that a run did before, in their order: their masks are drawn again and
            thrown away. A generator's own state would be quicker, but torch does not check one well enough to take it
            from a file.

    Returns:
        The generator, or None for a model without dropout.
    """
    layers = [layer for layer in model.modules() if isinstance(layer, Dropout) and layer.p > 0]
    if not layers:
        return None
    device = next(model.parameters()).device
    generator = torch.Generator(device).manual_seed(seed)
    for layer in layers:
        layer.generator = generator
    for updates, samples in drawn:
        for _ in range(updates):
            for layer in layers:
                torch.empty(samples, layer.width, device=device).bernoulli_(1 - layer.p, generator=generator)
    return generator
