"""Data sets and models that all pages share: loaded once per process, on the best device, read-only.

The only module of core that knows Streamlit. A visitor may clear Streamlit's caches: then things are loaded
again, and nothing that is being trained is lost (the scheduler is not in a cache).
"""

from __future__ import annotations

import threading
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from torch import nn

    from core.data.mnist import Mnist
    from core.data.problem import ClassData


@dataclass(frozen=True)
class Loading:
    """How far MNIST is.

    Attributes:
        ready: it is in memory.
        done: bytes downloaded so far, None when nothing is being downloaded.
        total: bytes of the whole download.
    """

    ready: bool
    done: int | None
    total: int


@st.cache_resource(show_spinner=False)
def _mnist_future() -> Future[Mnist]:
    """Start loading on a thread of its own, so that no page waits for a network."""
    future: Future[Mnist] = Future()

    def load() -> None:
        try:
            from core.data import mnist
            from core.devices import best_device

            future.set_result(mnist.load(device=best_device()))
        except BaseException as error:
            future.set_exception(error)

    threading.Thread(target=load, name="mnist", daemon=True).start()
    return future


def mnist_loading() -> Loading:
    """Return how far MNIST is, and start loading it if nobody has; never waits."""
    from core.data.mnist_download import downloaded_bytes
    from core.data.mnist_files import GZ_BYTES

    return Loading(_mnist_future().done(), downloaded_bytes(), GZ_BYTES)


def mnist() -> Mnist:
    """Return MNIST, waiting for it if need be."""
    try:
        return _mnist_future().result()
    except BaseException:
        _mnist_future.clear()  # who asks next tries again
        raise


def mnist_data() -> ClassData:
    """Return MNIST as a classification problem on the shared tensors."""
    from core.data.problem import from_mnist

    return from_mnist(mnist())


@st.cache_resource(show_spinner=False)
def pretrained(name: str) -> nn.Module:
    """Return the shipped "lenet5" or "mnist-dnn" on the best device, in eval mode, its parameters frozen."""
    from core.devices import best_device
    from core.nets.pretrained import pretrained as load

    return load(name, best_device())
