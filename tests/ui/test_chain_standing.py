"""Which edits of a chain's table are taken: what was sent before the rows were replaced is void."""

import pytest

from core.conv.layers import LAYERS
from ui.components.chain_editor import KINDS
from ui.components.chain_editor.standing import Standing


def sent(edit: str, base: str, text: object) -> dict[str, object]:
    return {"edit": edit, "base": base, "text": text}


def take(text: str) -> bool:
    return text != "refused"


def test_edits_that_did_not_wait_for_an_answer_are_taken_one_after_the_other() -> None:
    first = Standing("a")
    stands = first.now("a").edited(sent("x.1", first.base, "b"), take).now("b")
    stands = stands.edited(sent("x.3", first.base, "d"), take).now("d")  # the second never came: one rerun for both
    assert stands == Standing("d", "x.3", first.base)


def test_a_chain_from_elsewhere_is_a_new_base_and_voids_edits_of_the_old_one() -> None:
    first = Standing("a").edited(sent("x.1", "", "b"), take)
    stands = first.now("preset")
    assert stands.base != first.base
    asked: list[str] = []
    late = stands.edited(sent("x.2", first.base, "b2"), lambda text: not asked.append(text))
    assert (late.text, late.edit, late.base, asked) == ("preset", "x.2", stands.base, [])
    assert late.edited(sent("x.3", stands.base, "c"), take).text == "c"


def test_there_and_back_is_a_new_base_each_time() -> None:
    first = Standing("a")
    edited = first.edited(sent("x.1", first.base, "b"), take)
    assert len({first.base, edited.now("a").base, edited.now("a").now("b").base}) == 3
    assert edited.base == first.base


def test_a_refused_edit_is_answered_with_the_rows_that_stay() -> None:
    first = Standing("a")
    stands = first.edited(sent("x.1", first.base, "refused"), take)
    assert stands.now("a") == Standing("a", "x.1", first.base)


@pytest.mark.parametrize("nonsense", [None, 5, "text", [], {}, {"edit": 5}, {"edit": "x" * 41}, {"edit": "é"}])
def test_what_no_table_sends_changes_nothing(nonsense) -> None:
    first = Standing("a")
    assert first.edited(nonsense, lambda text: pytest.fail(text)) is first


@pytest.mark.parametrize("text", [None, 5, ["b"]])
def test_a_text_that_is_none_is_not_taken(text) -> None:
    first = Standing("a")
    assert first.edited(sent("x.1", first.base, text), lambda text: pytest.fail(text)).text == "a"


def test_every_kind_of_layer_can_be_chosen() -> None:
    assert set(KINDS) == set(LAYERS)
