"""Data sets and models shared by all pages: loaded once, off the page's thread, and again after a clear."""

import threading
import time

import pytest
import streamlit as st
import torch

from core import cache, devices
from core.data import mnist as module
from core.data.mnist_files import GZ_BYTES


def test_mnist_is_loaded_once_on_a_thread_of_its_own(monkeypatch, digits):
    let_go, calls = threading.Event(), []

    def load(device):
        calls.append((threading.current_thread().name, device))
        let_go.wait(10)
        return digits

    monkeypatch.setattr(module, "load", load)
    started = time.monotonic()
    assert cache.mnist_loading() == cache.Loading(ready=False, done=None, total=GZ_BYTES)
    assert not cache.mnist_loading().ready
    assert time.monotonic() - started < 2  # never waits
    let_go.set()
    assert cache.mnist() is digits
    assert cache.mnist() is digits
    assert cache.mnist_loading().ready
    assert calls == [("mnist", devices.best_device())]
    data = cache.mnist_data()
    assert data.train_inputs is digits.train_images  # no copy
    assert (data.classes, data.source) == (10, digits.provenance.source)


def test_a_visitor_who_clears_the_caches_only_makes_it_load_again(monkeypatch, digits):
    calls = []
    monkeypatch.setattr(module, "load", lambda device: calls.append(device) or digits)
    assert cache.mnist() is digits
    st.cache_resource.clear()
    assert cache.mnist() is digits
    assert len(calls) == 2


def test_a_failure_is_told_and_not_kept(monkeypatch, digits):
    answers = [MemoryError("too little"), digits]

    def load(device):
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(module, "load", load)
    with pytest.raises(MemoryError, match="too little"):
        cache.mnist()
    assert cache.mnist() is digits


def test_a_pretrained_model_is_one_object_that_cannot_be_trained():
    model = cache.pretrained("lenet5")
    assert cache.pretrained("lenet5") is model
    assert cache.pretrained("mnist-dnn") is not model
    assert not model.training
    assert not any(p.requires_grad for p in model.parameters())


@pytest.mark.parametrize(
    ("cuda", "mps", "device"),
    [(True, True, "cuda"), (False, True, "mps"), (False, False, "cpu"), (True, False, "cuda")],
)
def test_the_best_device(monkeypatch, cuda, mps, device):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)
    assert devices.best_device() == torch.device(device)
