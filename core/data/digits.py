"""Digits as bytes, which become numbers where they are used: 55 MB for MNIST instead of 220."""

from __future__ import annotations

from typing import Any

import torch
from torch.utils._pytree import tree_map

from core.data.grey import normalise


class Digits(torch.Tensor):
    """A float32 tensor of normalised images that keeps their bytes; never written to.

    Whatever is asked of it is computed from the bytes that it needs: ``digits[rows]`` are those rows, an ordinary
    float32 tensor, and an operation on all of it makes all of it anew for as long as it is wanted.

    Args:
        pixels: uint8, 0 … 255, not copied.
    """

    pixels: torch.Tensor

    @staticmethod
    def __new__(cls, pixels: torch.Tensor) -> Digits:
        """Return a tensor without numbers of its own."""
        made: Digits = torch.Tensor._make_wrapper_subclass(cls, pixels.shape, dtype=torch.float32, device=pixels.device)
        made.pixels = pixels
        return made

    def __getitem__(self, key: Any) -> torch.Tensor:
        """Return some of the images, normalised."""
        return normalise(self.pixels[key])

    def __repr__(self) -> str:  # type: ignore[override]
        """Say what it is; the numbers would be long."""
        return f"Digits{tuple(self.shape)}"

    @classmethod
    def __torch_dispatch__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:  # type: ignore[override]
        """Do an operation; moved to a device, and seen without gradients, they are bytes still."""
        kwargs = kwargs or {}
        if func is torch.ops.aten.detach.default or (
            func is torch.ops.aten._to_copy.default and not kwargs.keys() - {"device", "non_blocking"}
        ):
            return cls(func(args[0].pixels, *args[1:], **kwargs))

        def numbers(value: Any) -> Any:
            return normalise(value.pixels) if isinstance(value, Digits) else value

        with torch.inference_mode(False):  # else a view in that mode would be of another kind than what it is of
            return func(*tree_map(numbers, args), **tree_map(numbers, kwargs))


def part(images: torch.Tensor, rows: slice | torch.Tensor) -> torch.Tensor:
    """Return some rows, of Digits as Digits: a slice shares their memory."""
    return Digits(images.pixels[rows]) if isinstance(images, Digits) else images[rows]
