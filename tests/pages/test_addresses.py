"""What an address asks for and no page can give: a sentence on every page, and the rest of the address is kept."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest

from core.errors import InvalidInput
from tools.screenshots import SHOTS
from ui.state import address, fields

# page: (what cannot be, as the address writes it, and the rule; what is kept)
PAGES = {
    "data_split": ({"split_cuts": "70-200"}, "from 5 to 95", {"split_seed": "7"}),
    "dnn_playground": ({"dnn_epochs": "-5"}, "a whole number from 1 to 10000, such as 1000", {"dnn_lr": "0.5"}),
    "conv_calculator": ({"conv_kernel": "foo"}, "one of counting", {"conv_height": "9"}),
    "lenet_training": ({"lenet_lr": "abc"}, "a number from 1e-05 to 100, such as 0.9", {"lenet_epochs": "2"}),
    "sketch_pad": ({"sketch_steps": "grey"}, "some of crop, fit", {"sketch_pen": "30"}),
}


@pytest.mark.parametrize("page", PAGES)
def test_a_value_that_cannot_be_is_named_with_its_rule_on_every_page(open_page, page) -> None:
    wrong, rule, right = PAGES[page]
    at = open_page(page, **wrong, **right)
    said = [str(box.value) for box in at.warning]
    (parameter, value), *_others = wrong.items()
    assert len([each for each in said if f"`{parameter}={value}`" in each]) == 1, said
    assert rule in said[0]
    assert right.items() <= at.query_params.items()
    assert parameter not in at.query_params
    at.run()
    assert len(at.warning) == len(said)  # it stays until it is closed
    at.button(key=f"{parameter.split('_')[0]}_address_close").click().run()
    assert len(at.warning) == len(said) - 1


def test_several_and_a_name_that_no_setting_has(open_page) -> None:
    at = open_page("dnn_playground", dnn_lr="abc", dnn_data="foo", dnn_norm="maybe", dnn_epoch="3", dnn_width="7")
    (said,) = [str(box.value) for box in at.warning]
    assert said.count("in the address is not used") == 4
    for part in ("`dnn_lr=abc`", "`dnn_data=foo`", "one of onehot, circle", "one of 1, 0", "dnn_epochs is the nearest"):
        assert part in said
    assert at.query_params["dnn_width"] == "7"
    assert not open_page("dnn_playground", dnn_width="7").warning


@pytest.mark.parametrize(
    ("rule", "raw", "default"),
    [
        (fields.Number(1, 9, None), "10", 3),
        (fields.Number(0.5, 9.0, None), "nan", 1.0),
        (fields.Span(5, 95, 5), "5", (10, 20)),
        (fields.Choice(("a", "b")), "c", "a"),
        (fields.Many(("a", "b")), "a.c", ("a",)),
        (fields.Flag(), "2", True),
        (fields.Text(4), "12345", ""),
        (fields.Text(4), "x" * 5000, ""),
    ],
)
def test_each_kind_of_field_says_its_rule(rule, raw, default) -> None:
    assert address.refused(rule, "t_x", None, default) is None
    assert address.refused(rule, "t_x", rule.show(default), default) is None
    problem = address.refused(rule, "t_x", raw, default)
    assert isinstance(problem, InvalidInput)
    assert "`t_x=" in str(problem)
    assert len(str(problem)) < 250


def test_nothing_in_an_address_becomes_markup() -> None:
    hostile = "`<b>\u202e](x)\n"
    assert address.written("t_x", hostile) == "`t_x=\ufffd<b>\ufffd](x)\ufffd`"


@pytest.mark.parametrize("name", SHOTS)
def test_the_pictures_are_taken_of_pages_that_have_nothing_to_complain_of(open_page, name) -> None:
    asked = urlsplit(SHOTS[name][0])
    at = open_page(asked.path or "home", **dict(parse_qsl(asked.query)))
    assert not at.warning
    assert not at.error
