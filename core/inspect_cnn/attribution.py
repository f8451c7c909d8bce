"""Which pixels an answer hangs on: saliency and Grad-CAM, computed by autograd on a copy of the network.

A copy, because Grad-CAM hooks the layer that it looks at, and another visitor's digit may be going through a shared
network at the same moment. Written out, for Captum imports Matplotlib, 28 MB and a second; tests compare with it.
"""

import copy

import torch
import torch.nn.functional as F
from torch import nn

from core.checks import checked_whole
from core.inspect_cnn.layers import block_of
from core.inspect_cnn.maps import one_image
from core.nets.lenet import LeNet5


def saliency(model: nn.Module, image: torch.Tensor, digit: int) -> torch.Tensor:
    """Return how strongly each pixel would change one output: |∂ logit / ∂ pixel|.

    Simonyan, Vedaldi & Zisserman 2014 (arXiv 1312.6034), section 3.

    Args:
        model: a LeNet5 or the MNIST DNN, in eval mode.
        image: float32 (1, 28, 28), normalised; a step of 1 is 0.3081 of the way from black to white.
        digit: whose output, 0 … 9.

    Returns:
        float32 (28, 28), not negative, on the CPU.

    Raises:
        InvalidInput: no digit, or not one image.
    """
    own, at = _own(model), _digit(digit)
    pixels = _pixels(own, image)
    (slope,) = torch.autograd.grad(own(pixels)[0, at], pixels)
    return slope[0, 0].abs().cpu()


def grad_cam(model: nn.Module, image: torch.Tensor, digit: int) -> torch.Tensor:
    """Return where C3 sees evidence for a digit: ReLU(Σ_k α_k A^k), enlarged to the image.

    A^k is C3's k-th feature map after its activation, α_k the mean of ∂ logit / ∂ A^k over the map (Selvaraju
    et al. 2017, arXiv 1610.02391, eq. 1 and 2).

    Args:
        model: a LeNet5 in eval mode.
        image: float32 (1, 28, 28), normalised.
        digit: whose output, 0 … 9.

    Returns:
        float32 (28, 28), not negative, in units of the logit, bilinear between the map's cells, on the CPU; all zeros
        where nothing speaks for the digit.

    Raises:
        InvalidInput: no digit, not one image, or a network without C3.
    """
    own, at = _own(model), _digit(digit)
    pixels = _pixels(own, image)
    c3 = block_of(own, "c3").activation
    assert c3 is not None
    seen: list[torch.Tensor] = []
    c3.register_forward_hook(lambda _module, _given, out: seen.append(out))
    (slopes,) = torch.autograd.grad(own(pixels)[0, at], seen)
    weights = slopes.mean(dim=(2, 3), keepdim=True)
    coarse = F.relu((weights * seen[0]).sum(dim=1, keepdim=True))
    edge = own.variant.frame if isinstance(own, LeNet5) else 0
    fine = F.interpolate(coarse.detach(), size=(28 + 2 * edge, 28 + 2 * edge), mode="bilinear", align_corners=False)
    return fine[0, 0, edge : 28 + edge, edge : 28 + edge].cpu()


def _own(model: nn.Module) -> nn.Module:
    return copy.deepcopy(model).eval().requires_grad_(True)


def _pixels(model: nn.Module, image: torch.Tensor) -> torch.Tensor:
    return one_image(image).detach().to(next(model.parameters()).device, copy=True).requires_grad_(True)


def _digit(digit: int) -> int:
    return checked_whole("The digit (={value}) must be one of 0 … 9.", digit, 0, 9)
