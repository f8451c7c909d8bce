"""The LeNet-5 lesson's small parts: places of cells, what is hidden, how often the test set is looked at."""

from __future__ import annotations

import doctest
import math

import pytest
import torch

from core.nets.building import shape_only
from core.nets.networks import DIGITS
from ui.components.maps import Layer as Drawn
from ui.components.maps import _bytes, _checked, numbers
from ui.lenet import settings
from ui.lenet.feature_maps import place_of, written_place
from ui.lenet.forward import answers, silenced
from ui.lenet.grids import grid
from ui.lenet.settings import hidden_maps, looks, written_maps


def network(name: str) -> torch.nn.Module:
    torch.manual_seed(0)
    return shape_only(name).eval()


def test_doctests_of_the_settings() -> None:
    assert doctest.testmod(settings).failed == 0


@pytest.mark.parametrize("name", DIGITS)
def test_every_cell_has_a_name_that_leads_back_to_it(name: str) -> None:
    found = answers(network(name), torch.zeros(1, 1, 28, 28))
    names = list(found)
    for index, layer in enumerate(names[1:], 1):
        shape = found[layer].shape
        single = len(shape) == 1 or shape[1:] == (1, 1)
        written = f"{layer}.{shape[0]}" if single else f"{layer}.{shape[0]}.{shape[1]}.1"
        place = place_of(written, found)
        assert place is not None
        assert place[0] == index
        assert written_place(place, names, found) == written
        beyond = f"{layer}.{shape[0] + 1}" if single else f"{layer}.1.{shape[1] + 1}.1"
        assert place_of(beyond, found) is None


def test_hidden_maps_are_zero_and_nothing_else_is_touched() -> None:
    model, image = network("lenet5"), torch.randn(1, 1, 28, 28, generator=torch.Generator().manual_seed(1))
    plain, hidden = answers(model, image), answers(silenced(model, "lenet5", {"c1": (1, 99), "f6": (3,)}), image)
    assert hidden["c1"][1].abs().max() == 0
    assert torch.equal(hidden["c1"][[0, 2, 3, 4, 5]], plain["c1"][[0, 2, 3, 4, 5]])
    assert hidden["f6"][3] == 0
    assert not torch.equal(hidden["out"], plain["out"])
    assert torch.equal(answers(model, image)["out"], plain["out"])  # the network itself is as it was
    assert torch.equal(answers(silenced(model, "lenet5", {"out": (1,), "x": (0,)}), image)["out"], plain["out"])


def test_what_is_hidden_is_written_and_read_again() -> None:
    assert written_maps(hidden_maps("c1.3,c3.16,c1.1")) == "c1.1,c1.3,c3.16"
    assert hidden_maps("c1.0,c1.-1,c1,.,c1.²,") == {}


@pytest.mark.parametrize(
    ("epochs", "updates", "tests"), [(5, 235, 10_000), (50, 1, 10_000), (1, 10_000, 10), (50, 600, 1)]
)
def test_looks_are_proportional_to_epochs_and_never_too_many(epochs: int, updates: int, tests: int) -> None:
    found = looks(epochs, updates, tests)
    assert epochs <= found <= min(4 * epochs, 500)
    assert looks(2 * epochs, updates, tests) == 2 * found  # a run that goes on has the same looks


def test_numbers_that_are_none_are_drawn_as_nothing() -> None:
    values = torch.tensor([[math.nan, 1.0], [-math.inf, -0.5]])
    scale, coded = _bytes(values, "maps")
    assert scale == 1.0
    assert coded.flatten().tolist() == [128, 255, 128, 64]
    assert "NaN" in grid(values, "x")
    assert "−∞" in grid(values, "x", scale=math.nan)


def test_what_a_browser_says_was_chosen_is_believed_only_if_it_is_there() -> None:
    layers = [Drawn("In", "", torch.zeros(1, 2, 2), open=False), Drawn("C1", ""), Drawn("S2", "", torch.zeros(1, 2, 2))]
    shown = [{}, numbers(torch.zeros(3, 4, 5)), {}]
    assert _checked([1, 2, 3, 4], layers, shown) == (1, 2, 3, 4)
    assert _checked([2, 0, 1, 1], layers, shown) == (2, 0, 1, 1)
    for sent in (
        [0, 0, 0, 0],
        [1, 3, 0, 0],
        [1, 0, 4, 0],
        [1, 0, 0, 5],
        [1, 0, 0],
        [2, 1, 0, 0],
        [3, 0, 0, 0],
        "x",
        None,
        [1, True, 0, 0],
    ):
        assert _checked(sent, layers, shown) is None
