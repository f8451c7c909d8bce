"""Ways to draw a network's first weights, each from a local generator.

``default`` draws exactly what ``torch.manual_seed(seed)`` followed by building the layers draws, in the same
order, so that a notebook with the same seed starts from the same numbers.
"""

import math
from collections.abc import Callable
from typing import TypeVar

import torch
from torch import nn

from core.checks import checked_choice, checked_seed

M = TypeVar("M", bound=nn.Module)
LARGE_STD = 3.0  # far too large for a layer of a few neurons: tanh and sigmoid saturate at once
INITIALISATIONS: dict[str, Callable[[torch.Tensor, torch.Generator], torch.Tensor]] = {
    # torch.nn.Linear.reset_parameters and _ConvNd.reset_parameters: U(±1/√fan_in), for the biases as well.
    "default": lambda weight, generator: nn.init.kaiming_uniform_(weight, a=math.sqrt(5), generator=generator),
    # Glorot & Bengio 2010, eq. 16: U(±√(6/(fan_in + fan_out))).
    "xavier": lambda weight, generator: nn.init.xavier_uniform_(weight, generator=generator),
    # He et al. 2015, section 2.2: N(0, 2/fan_in), made for ReLU.
    "he": lambda weight, generator: nn.init.kaiming_normal_(weight, nonlinearity="relu", generator=generator),
    "zeros": lambda weight, _generator: nn.init.zeros_(weight),
    "large": lambda weight, generator: nn.init.normal_(weight, 0.0, LARGE_STD, generator=generator),
}
"""Name → fills a weight in place, (out, in) or (out, in, height, width); biases begin at 0, but for the default's."""


def initialise(model: nn.Module, seed: int, name: str = "default") -> None:
    """Fill every Linear and Conv2d of a model, in the order of its modules, and reset batch norm.

    Args:
        model: built on the CPU, or by ``undrawn``.
        seed: 0 … 2**63 − 1 for a local generator; torch's global generator is left alone.
        name: a key of INITIALISATIONS.

    Raises:
        InvalidInput: unknown name or seed out of range.
    """
    fill = INITIALISATIONS[checked_initialisation(name)]
    generator = torch.Generator().manual_seed(checked_seed(seed))
    with torch.no_grad():
        for module in model.modules():
            if isinstance(module, nn.Linear | nn.Conv2d) and module.bias is not None:
                fill(module.weight, generator)
                bound = 1 / math.sqrt(module.weight[0].numel())
                if name == "default":
                    nn.init.uniform_(module.bias, -bound, bound, generator=generator)
                else:
                    nn.init.zeros_(module.bias)
            elif isinstance(module, nn.BatchNorm1d):
                module.reset_parameters()  # 1 and 0, running mean 0 and variance 1: nothing is drawn


def checked_initialisation(name: str) -> str:
    """Return the name of an initialisation, or say which ones there are.

    Raises:
        InvalidInput: not a key of INITIALISATIONS.
    """
    return checked_choice("initialisation (={value}) is not known; choose one of {names}.", name, INITIALISATIONS)


def built(build: Callable[[], M], seed: int, initialisation: str = "default") -> M:
    """Build a model on the CPU with its first weights, all of them from a local generator; see initialise."""
    model = undrawn(build)
    initialise(model, seed, initialisation)
    return model


def undrawn(build: Callable[[], M]) -> M:
    """Build a model on the CPU whose numbers are whatever lies in memory: nothing is drawn from a global generator."""
    with torch.device("meta"):
        return onto_cpu(build())


def onto_cpu(model: M) -> M:
    """Give a model of the meta device numbers, whatever lies in memory.

    ``to_empty`` would do the same, but makes torch import its compiler: a second, and 160 MB.
    """
    for module in model.modules():
        for name, value in [*module.named_parameters(recurse=False)]:
            module.register_parameter(name, nn.Parameter(torch.empty(value.shape, device="cpu"), value.requires_grad))
        for name, buffer in [*module.named_buffers(recurse=False)]:
            module.register_buffer(name, torch.empty(buffer.shape, dtype=buffer.dtype, device="cpu"))
    return model
