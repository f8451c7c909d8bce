"""InvalidInput: a sentence with its values, kept apart for translation."""

import copy
import pickle

import pytest

from core.errors import InvalidInput


class Special(InvalidInput):
    """As core.sketch has one."""


def test_the_message_is_the_template_with_its_values():
    error = InvalidInput("lr (={lr}) must be above 0; try {remedy}.", lr=-1, remedy=0.01)
    assert str(error) == "lr (=-1) must be above 0; try 0.01."
    assert error.template == "lr (={lr}) must be above 0; try {remedy}."
    assert error.values == {"lr": -1, "remedy": 0.01}
    assert isinstance(error, ValueError)


def test_values_may_be_called_template_or_hold_braces():
    error = InvalidInput("{template} and {self}", template="{not a field}", self="{0}")
    assert str(error) == "{not a field} and {0}"


def test_a_forgotten_value_is_a_mistake_of_the_program():
    with pytest.raises(KeyError):
        InvalidInput("lr (={lr}) is wrong")


@pytest.mark.parametrize("kind", [InvalidInput, Special])
@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda error: pickle.loads(pickle.dumps(error))])
def test_copies_and_pickles_are_the_same_error(kind, again):
    error = kind("{a} is not {b}", a=1, b=(2, 3))
    other = again(error)
    assert type(other) is kind
    assert (str(other), other.template, other.values) == ("1 is not (2, 3)", error.template, error.values)
