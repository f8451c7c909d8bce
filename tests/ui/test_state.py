"""Page settings, their address, and the other session values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.runtime.state.query_params_proxy import QueryParamsProxy
from streamlit.runtime.state.session_state_proxy import SessionStateProxy
from streamlit.testing.v1 import AppTest

from ui.state import fields

SCRIPT = """
from dataclasses import dataclass
from typing import ClassVar
import streamlit as st
from ui.state.controls import Controls
from ui.state.fields import choice, flag, number, text
from ui.state.session import owner, recall, remember

@dataclass(frozen=True)
class Settings:
    PREFIX: ClassVar[str] = "t_"
    n: int = number(5, 1, 100)
    lr: float = number(0.01, 1e-6, 10.0)
    kind: str = choice("full", ("full", "mini"))
    size: int = choice(28, (28, 32))
    on: bool = flag(True)
    name: str = text("", 8)
    hidden: int = number(3, 1, 9)

c = Controls(Settings)
c.number("n", "N")
c.slider("lr", "LR")
c.select("kind", "Kind", labels={"full": "整批", "mini": "小批"})
c.segmented("size", "Size")
c.toggle("on", "On")
c.text("name", "Name")
st.button("preset", on_click=c.set, kwargs={"n": 42})
st.button("change", on_click=c.change, kwargs={"hidden": 7})
if st.button("run"):
    c.run_id = "r" * 22
if st.button("forget"):
    c.run_id = None
if st.button("forge"):
    st.session_state["t_hidden"] = 10**6  # as a fragment's rerun could bring it, after the check at the top
remember("drawing", recall("drawing", 0) + 1)
st.text(repr(c.settings))
st.text(repr((c.run_id, recall("drawing"), len(owner()), c.link(n=6), c.preset(on=False))))
"""
DEFAULTS = "Settings(n=5, lr=0.01, kind='full', size=28, on=True, name='', hidden=3)"


def opened(**parameters: str) -> AppTest:
    at = AppTest.from_string(SCRIPT, default_timeout=30)
    for key, value in parameters.items():
        at.query_params[key] = value
    at.run()
    assert not at.exception
    return at


def address(at: AppTest) -> dict[str, str]:
    return {key: value[0] if isinstance(value, list) else value for key, value in at.query_params.items()}


def test_without_parameters_everything_is_default_and_the_address_stays_empty() -> None:
    at = opened()
    assert at.text[0].value == DEFAULTS
    assert address(at) == {}


def test_a_link_sets_every_field_drawn_or_not() -> None:
    at = opened(t_n="9", t_lr="0.5", t_kind="mini", t_size="32", t_on="0", t_name="8-4", t_hidden="9")
    assert at.text[0].value == ("Settings(n=9, lr=0.5, kind='mini', size=32, on=False, name='8-4', hidden=9)")
    assert at.number_input[0].value == 9
    assert at.selectbox[0].value == "mini"
    assert at.toggle[0].value is False


def test_the_address_is_language_neutral_and_leaves_defaults_out() -> None:
    at = opened()
    at.selectbox[0].select("mini").run()
    at.slider[0].set_value(0.25).run()
    assert address(at) == {"t_kind": "mini", "t_lr": "0.25"}
    at.selectbox[0].select("full").run()
    assert address(at) == {"t_lr": "0.25"}


def test_a_widget_wins_over_the_address_that_came_with_its_click() -> None:
    at = opened(t_n="9")
    at.number_input[0].set_value(12)
    at.query_params["t_n"] = "9"  # the browser had not seen the last answer yet
    at.run()
    assert "n=12" in at.text[0].value
    assert address(at) == {"t_n": "12"}


def test_set_starts_from_the_defaults_and_change_keeps_the_rest() -> None:
    at = opened(t_lr="0.5")
    at.button[1].click().run()
    assert "lr=0.5" in at.text[0].value
    assert "hidden=7" in at.text[0].value
    at.button[0].click().run()
    assert at.text[0].value == DEFAULTS.replace("n=5", "n=42")
    assert address(at) == {"t_n": "42"}


def test_a_preset_link_wins_once_on_an_open_page() -> None:
    at = opened(t_lr="0.5")
    at.query_params.clear()
    at.query_params["t_n"] = "77"
    at.query_params["set"] = "1"
    at.run()
    assert at.text[0].value == DEFAULTS.replace("n=5", "n=77")
    assert "'set': '2'" in at.text[1].value  # the next link is another one
    at.number_input[0].set_value(8)
    at.query_params["set"] = "1"  # a click before the answer arrived
    at.query_params["t_n"] = "77"
    at.run()
    assert "n=8" in at.text[0].value


def test_links_hold_what_differs_from_the_defaults_and_the_language() -> None:
    at = opened(t_lr="0.5", lang="zh")
    assert "{'t_n': '6', 't_lr': '0.5', 'lang': 'zh'}" in at.text[1].value
    assert "{'t_on': '0', 'lang': 'zh', 'set': '1'}" in at.text[1].value


def test_the_run_id_lives_in_the_address() -> None:
    at = opened()
    at.button[2].click().run()
    assert address(at) == {"t_run": "r" * 22}
    at.number_input[0].set_value(6).run()
    assert "r" * 22 in at.text[1].value
    assert "r" * 22 in opened(t_run="r" * 22).text[1].value  # a reload, a second tab
    at.button[3].click().run()
    assert address(at) == {"t_n": "6"}


def test_values_are_remembered_and_the_owner_has_a_token() -> None:
    at = opened()
    at.run()
    assert at.text[1].value.startswith("(None, 2, 32")


@pytest.mark.parametrize(
    "hostile",
    [
        {"t_n": "1e3"},
        {"t_n": "101"},
        {"t_n": "9" * 10_000},
        {"t_n": "٣"},  # an Arabic digit is a digit to int(); within limits it is simply 3
        {"t_lr": "nan"},
        {"t_lr": "inf"},
        {"t_lr": "1e999"},
        {"t_lr": "0x10"},
        {"t_kind": "整批"},
        {"t_kind": "full\u0000"},
        {"t_size": "28.0"},
        {"t_on": "yes"},
        {"t_name": "x" * 9},
        {"t_name": "a\nb"},
        {"t_run": "x" * 65},
        {"t_run": "\u202e"},
        {"set": "'; DROP TABLE"},
        {"other_n": "9"},
    ],
    ids=str,
)
def test_hostile_parameters_fall_back_to_the_default(hostile: dict[str, str]) -> None:
    at = opened(**hostile)
    shown = at.text[0].value
    assert shown == (DEFAULTS.replace("n=5", "n=3") if hostile == {"t_n": "٣"} else DEFAULTS)
    assert "None" in at.text[1].value


def test_a_forged_session_value_is_not_used() -> None:
    at = opened()
    at.session_state["t_hidden"] = 10**6
    at.run()
    assert at.text[0].value == DEFAULTS


def test_a_value_forged_after_the_start_of_the_run_is_not_used() -> None:
    at = opened()
    at.button[4].click().run()
    assert at.text[0].value == DEFAULTS


@given(st.text(max_size=40))
def test_reading_any_text_never_raises_and_gives_a_valid_value(raw: str) -> None:
    rules = [
        (fields.Number(1, 100, None), 5),
        (fields.Number(1e-6, 10.0, None), 0.01),
        (fields.Choice(("a", "b")), "a"),
        (fields.Flag(), True),
        (fields.Text(8), ""),
    ]
    for rule, default in rules:
        assert rule.valid(fields.read(rule, raw, default))


@given(st.floats(1e-6, 10.0))
def test_a_float_survives_its_address_to_ten_digits(value: float) -> None:
    rule = fields.Number(1e-6, 10.0, None)
    assert fields.read(rule, rule.show(value), 0.0) == pytest.approx(value, rel=1e-9)


def test_a_default_that_breaks_its_own_rule_is_noticed() -> None:
    with pytest.raises(ValueError, match="breaks its own rule"):
        fields.number(5, 10, 20)
    with pytest.raises(ValueError, match="breaks its own rule"):
        fields.choice("c", ("a", "b"))


def test_several_of_a_few_options_are_kept_in_their_own_order_and_come_back_from_the_url() -> None:
    def page() -> None:
        from dataclasses import dataclass
        from typing import ClassVar

        import streamlit as st

        from ui.state.controls import Controls
        from ui.state.fields import many

        @dataclass(frozen=True)
        class Settings:
            PREFIX: ClassVar[str] = "m_"
            features: tuple[str, ...] = many(("a", "b"), ("a", "b", "c"))

        controls = Controls(Settings)
        controls.pills("features", "Features", {"a": "A"})
        st.text(repr(controls.settings.features))
        st.text(str(st.query_params.to_dict()))

    def shown(**query: str) -> tuple[str, str]:
        at = AppTest.from_function(page)
        for key, value in query.items():
            at.query_params[key] = value
        at.run()
        assert not at.exception
        return at.text[0].value, at.text[1].value

    assert shown() == ("('a', 'b')", "{}")
    assert shown(m_features="c.a") == ("('a', 'c')", "{'m_features': 'a.c'}")
    assert shown(m_features="-") == ("()", "{'m_features': '-'}")
    assert shown(m_features="a.<script>") == ("('a', 'b')", "{}")
    at = AppTest.from_function(page).run()
    at.pills[0].set_value(["c", "a"]).run()
    assert (at.text[0].value, at.query_params["m_features"]) == ("('a', 'c')", "a.c")


def test_a_rerun_reads_each_field_once_and_writes_the_address_when_something_changes(monkeypatch) -> None:
    reads: list[str] = []
    written: list[object] = []
    read, write = SessionStateProxy.__getitem__, QueryParamsProxy.from_dict
    monkeypatch.setattr(SessionStateProxy, "__getitem__", lambda self, key: reads.append(key) or read(self, key))
    monkeypatch.setattr(QueryParamsProxy, "from_dict", lambda self, now: written.append(now) or write(self, now))
    at = opened(t_n="9")
    reads.clear(), written.clear()
    at.run()
    assert {key: reads.count(key) for key in ("t_n", "t_lr", "t_on", "t_name", "t_hidden")} == dict.fromkeys(
        ("t_n", "t_lr", "t_on", "t_name", "t_hidden"), 1
    )
    assert written == []
    at.number_input[0].set_value(11).run()
    assert written == [{"t_n": "11"}]
    assert at.text[0].value.startswith("Settings(n=11,")


FRAGMENT = """
import streamlit as st
from ui.state.controls import Controls
from ui.state.fields import number
from dataclasses import dataclass
from typing import ClassVar

@dataclass(frozen=True)
class Settings:
    PREFIX: ClassVar[str] = "t_"
    n: int = number(5, 1, 100)
    m: int = number(6, 1, 100)

c = Controls(Settings)
st.text(f"page {c.settings.n} {c.settings.m}")

@st.fragment
def part():
    st.button("more", on_click=lambda: c.change(n=c.settings.n + 1))
    st.button("both", on_click=lambda: (c.change(n=c.settings.m), c.change(m=c.settings.n + 1)))
    c.number("m", "M")
    st.text(f"part {c.settings.n} {c.settings.m}")

part()
"""


def test_a_part_of_a_page_and_its_callbacks_see_what_the_last_of_them_set() -> None:
    at = AppTest.from_string(FRAGMENT, default_timeout=30).run()
    for n in (6, 7):
        at.button[0].click().run()
        assert at.text[-1].value == f"part {n} 6"
        assert address(at) == {"t_n": str(n)}
    at.button[1].click().run()
    assert at.text[-1].value == "part 6 7"
    assert address(at) == {"t_n": "6", "t_m": "7"}
    at.number_input[0].set_value(50).run()
    assert at.text[-1].value == "part 6 50"
    assert address(at) == {"t_n": "6", "t_m": "50"}
