"""Typed page settings bound to the URL; with ui.state.session the only place that knows session keys.

Why not ``bind="query-params"``: it writes a select's *shown label* into the URL, so a Chinese session's link would not
open in an English one, and it drops the parameter of a widget that is not drawn right now. Here the URL always
carries language-neutral values of every field that differs from its default.

Who wins, URL or widget: the URL when a page is entered, on Back and Forward, and when a link asks for it (the one-shot
parameter ``set``); the widget at every other rerun. Never "the URL changed": a quick second click arrives with the
URL from before the first one's answer.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core.errors import InvalidInput
from ui.state import address, fields
from ui.state.session import is_history_navigation, keep_labels, labels_of, this_run

S = TypeVar("S")

# One-shot: the URL wins over the widgets of the page that is already open. Its value is never the last one used, so
# that a click made before the answer to the link arrived is not taken for the link again.
_SET = "set"
_RUN = fields.Text(64)
_MISSING = object()


@dataclass
class _Known:
    """What is known of a page's fields in the present run.

    Attributes:
        values: of each field.
        settings: made of them, when somebody has asked.
        written: whether they stand in the address.
    """

    values: dict[str, Any]
    settings: Any = None
    written: bool = False


class Controls(Generic[S]):
    """The widgets of one page and its settings, kept equal to the URL.

    Make it once at the top of the page. Every widget method returns the field's value and passes further keyword
    arguments on to the Streamlit widget; ``settings`` has every field, drawn or not.

    Args:
        settings: a frozen dataclass with ``PREFIX: ClassVar[str]`` and fields from ui.state.fields.
    """

    def __init__(self, settings: type[S]) -> None:
        self._type = settings
        self.prefix: str = getattr(settings, "PREFIX", "")
        self._rules = fields.rules(settings)
        self._run_key = f"{self.prefix}run"
        self._read_url(*_url_wins(self.prefix))
        self._write_url()
        address.notice(self.prefix)

    # -- widgets ----------------------------------------------------------------------------------------------

    def number(self, name: str, label: str, zero: str | None = None, **kwargs: Any) -> Any:
        """Draw a number input with the field's limits and return its value.

        Args:
            name: of the field.
            label: of the input.
            zero: what 0 stands for, such as "never"; the input is then empty and shows these words.
            **kwargs: for st.number_input.
        """
        if zero is not None:
            kwargs |= {"value": None, "placeholder": zero}
            if st.session_state[self.key(name)] == 0:
                st.session_state[self.key(name)] = None
        return self._draw(st.number_input, name, label, self._limits(name) | kwargs)

    def slider(self, name: str, label: str, **kwargs: Any) -> Any:
        """Draw a slider with the field's limits and return its value."""
        return self._draw(st.slider, name, label, self._limits(name) | kwargs)

    def select(self, name: str, label: str, labels: Mapping[Any, str] | None = None, **kwargs: Any) -> Any:
        """Draw a select box that shows ``labels`` and return the chosen option."""
        options = self._options(name, labels)
        key, rule = self.key(name), self._rule(name)
        told = {options["format_func"](option): option for option in rule.options}
        if act := kwargs.get("on_change"):
            kwargs["on_change"] = lambda: act() if self._value(name) != labels_of(key).last else None
        value = self._draw(st.selectbox, name, label, options | kwargs)
        keep_labels(key, told, value)
        return value

    def segmented(self, name: str, label: str, labels: Mapping[Any, str] | None = None, **kwargs: Any) -> Any:
        """Draw a segmented control (always one chosen) that shows ``labels`` and return the chosen option."""
        options = self._options(name, labels) | {"required": True}
        return self._draw(st.segmented_control, name, label, options | kwargs)

    def first_level(
        self, name: str, label: str, labels: Mapping[Any, str], shown: Any, choose: Callable[[Any], None]
    ) -> None:
        """Draw a choice between some of a field's options beside the widget that has them all.

        Args:
            name: of the field.
            label: for screen readers; what is chosen explains itself.
            labels: option → what it is called.
            shown: which of them is shown as chosen.
            choose: told the option that was clicked.
        """
        key = f"{self.key(name)}_first"
        st.session_state[key] = shown
        st.segmented_control(
            label,
            list(labels),
            format_func=labels.__getitem__,
            key=key,
            required=True,
            on_change=lambda: choose(st.session_state[key]),
            label_visibility="collapsed",
        )

    def toggle(self, name: str, label: str, **kwargs: Any) -> Any:
        """Draw a toggle and return whether it is on."""
        return self._draw(st.toggle, name, label, kwargs)

    def pills(self, name: str, label: str, labels: Mapping[Any, str] | None = None, **kwargs: Any) -> Any:
        """Draw pills of which any number may be on and return the chosen options, as a tuple."""
        shown, rule = labels or {}, self._rule(name, fields.Many)
        options = {"options": rule.options, "format_func": lambda option: shown.get(option, option)}
        return self._draw(st.pills, name, label, options | {"selection_mode": "multi"} | kwargs)

    def text(self, name: str, label: str, **kwargs: Any) -> Any:
        """Draw a text input of limited length and return its text."""
        rule = self._rule(name, fields.Text)
        return self._draw(st.text_input, name, label, {"max_chars": rule.max_chars} | kwargs)

    # -- values -----------------------------------------------------------------------------------------------

    @property
    def settings(self) -> S:
        """Every field's present value, checked; what breaks a rule has become its default."""
        known = self._known()
        if known.settings is None:
            known.settings = self._type(**known.values)
        found: S = known.settings
        return found

    def key(self, name: str) -> str:
        """Return a field's session key, which is also its URL parameter."""
        return self.prefix + name

    def set(self, **changes: Any) -> None:
        """Set every field: those named to their new value, all others to their default. For callbacks of buttons.

        Raises:
            TypeError: no such field.
            ValueError: the value breaks the field's rule.
        """
        self._change(self._with_defaults(changes))

    def change(self, **changes: Any) -> None:
        """Set the named fields and leave the others; raises what ``set`` does. For callbacks of buttons."""
        self._change(self._checked(changes))

    def link(self, **changes: Any) -> dict[str, str]:
        """Return the query parameters of the present settings with changes; defaults left out, language kept."""
        return self._parameters(self._known().values | self._checked(changes))

    def preset(self, **changes: Any) -> dict[str, str]:
        """Return the query parameters of the default settings with changes; they win on an open page, too.

        The fields that the settings' ``KEPT: ClassVar[tuple[str, ...]]`` names, a class's task, stay as they are.
        """
        kept = {name: self._known().values[name] for name in getattr(self._type, "KEPT", ())}
        return self._parameters(self._checked(kept | changes)) | once(self.prefix)

    def stands_at(self, changes: Mapping[str, Any], ignored: Iterable[str] = ()) -> bool:
        """Return whether every field has the value of ``changes``, or its default; ``ignored`` fields do not count."""
        wanted, values, free = self._checked(changes), self._known().values, frozenset(ignored)
        if any(values[name] != value for name, value in wanted.items() if name not in free):
            return False
        others = self._rules.keys() - wanted.keys() - free
        return all(values[name] == self._rules[name][1] for name in others)

    @property
    def run_id(self) -> str | None:
        """The id of this page's training run, in the URL as ``<prefix>run``, or None."""
        return st.session_state.get(self._run_key) or None

    @run_id.setter
    def run_id(self, value: str | None) -> None:
        st.session_state[self._run_key] = value or ""
        self._write_url()

    # -- inside -----------------------------------------------------------------------------------------------

    def _draw(self, widget: Callable[..., Any], name: str, label: str, kwargs: dict[str, Any]) -> Any:
        self._rule(name)
        shown = widget(label, key=self.key(name), persist_state="session", **kwargs)
        known, value = self._known(), self._plain(name, shown)
        if known.values[name] != value:
            known.values[name], known.settings, known.written = value, None, False
        if not known.written and get_script_run_ctx(suppress_warning=True) is not None:
            self._write_url()
        return value

    def _known(self) -> "_Known":
        """Return what the fields are, read once in a run of the page or a part of it: each read takes its time."""
        run = this_run()
        if self._type not in run:
            run[self._type] = _Known({name: self._value(name) for name in self._rules})
        found: _Known = run[self._type]
        return found

    def _change(self, changes: Mapping[str, Any]) -> None:
        for name, value in changes.items():
            st.session_state[self.key(name)] = value
        this_run().pop(self._type, None)

    def _limits(self, name: str) -> dict[str, Any]:
        rule = self._rule(name, (fields.Number, fields.Span))
        limits: dict[str, Any] = {"min_value": rule.low, "max_value": rule.high}
        if rule.step is not None:
            limits["step"] = rule.step
        return limits

    def _options(self, name: str, labels: Mapping[Any, str] | None) -> dict[str, Any]:
        shown = labels or {}
        options = self._rule(name, fields.Choice).options
        return {"options": options, "format_func": lambda option: shown.get(option, str(option))}

    def _rule(self, name: str, kind: type[Any] | tuple[type[Any], ...] = object) -> Any:
        if name not in self._rules:
            raise TypeError(f"{self._type.__name__} has no field {name!r}")
        rule = self._rules[name][0]
        if not isinstance(rule, kind):
            raise TypeError(f"{self._type.__name__}.{name} is declared as {type(rule).__name__}, not {kind}")
        return rule

    def _value(self, name: str) -> Any:
        return self._plain(name, st.session_state.get(self.key(name), self._rules[name][1]))

    def _plain(self, name: str, value: Any) -> Any:
        """Return what a field is when its widget says this."""
        rule, default = self._rules[name]
        if value is None and isinstance(rule, fields.Number):  # an input that was left empty: see number
            value = type(rule.low)(0)
        if isinstance(rule, fields.Many) and rule.valid(value):  # st.pills keeps a list, in the order of the clicks
            value = tuple(option for option in rule.options if option in value)
        if isinstance(rule, fields.Choice) and isinstance(value, str) and not rule.valid(value):
            value = labels_of(self.key(name)).options.get(value, default)
        return value if rule.valid(value) else default

    def _checked(self, changes: Mapping[str, Any]) -> dict[str, Any]:
        for name, value in changes.items():
            if not self._rule(name).valid(value):
                raise ValueError(f"{self._type.__name__}.{name} cannot be {value!r}")
        return dict(changes)

    def _with_defaults(self, changes: Mapping[str, Any]) -> dict[str, Any]:
        return {name: default for name, (_, default) in self._rules.items()} | self._checked(changes)

    def _parameters(self, values: Mapping[str, Any]) -> dict[str, str]:
        """Return the query parameters of some fields' values; the others are at their default."""
        wanted = {
            self.key(name): rule.show(values[name])
            for name, (rule, default) in ((name, self._rules[name]) for name in values)
            if values[name] != default
        }
        kept: dict[str, str] | None = this_run().get("kept")
        if kept is None:
            present = st.query_params.to_dict()
            this_run()["kept"] = kept = {name: present[name] for name in ("lang", "hide") if name in present}
        return wanted | kept

    def _read_url(self, present_wins: bool, all_win: bool) -> None:
        if present_wins or all_win:
            address.keep(self.prefix, self._refused())
        present, values = st.query_params.to_dict(), {}
        for name, (rule, default) in self._rules.items():
            key = self.key(name)
            raw, held = present.get(key), st.session_state.get(key, _MISSING)
            if all_win or (present_wins and raw is not None) or held is _MISSING:
                st.session_state[key] = values[name] = fields.read(rule, raw, default)
                continue
            values[name] = self._plain(name, held)
            if not rule.valid(held) and not (held is None and isinstance(rule, fields.Number)):
                st.session_state[key] = values[name]
        this_run()[self._type] = _Known(values)
        raw = present.get(self._run_key)
        if all_win or (present_wins and raw is not None) or self._run_key not in st.session_state:
            st.session_state[self._run_key] = fields.read(_RUN, raw, "")

    def _refused(self) -> list[InvalidInput]:
        """Return what is to be said of the parameters that cannot be used."""
        present = st.query_params.to_dict()
        rules = {self.key(name): rule for name, rule in self._rules.items()}
        found = [address.refused(rule, key, present.get(key), default) for key, (rule, default) in rules.items()]
        strange = [key for key in present if key.startswith(self.prefix) and not self._owns(key)]
        found += [address.unknown(key, present[key], rules) for key in strange if self.prefix]
        return [problem for problem in found if problem is not None]

    def _write_url(self) -> None:
        known = self._known()
        known.written = True
        wanted = self._parameters(known.values)
        if self.run_id:
            wanted[self._run_key] = self.run_id
        present = st.query_params.to_dict()
        foreign = {key: value for key, value in present.items() if key != _SET and not self._owns(key)}
        if present != foreign | wanted:
            st.query_params.from_dict(foreign | wanted)

    def _owns(self, key: str) -> bool:
        return key == self._run_key or (key.startswith(self.prefix) and key[len(self.prefix) :] in self._rules)


def once(prefix: str) -> dict[str, str]:
    """Return the one-shot parameter with which a link sets every field of a page, those that it leaves out, too."""
    run, name = this_run(), f"_{_SET}_{prefix}"
    if name not in run:
        run[name] = {_SET: "2" if st.session_state.get(name) == "1" else "1"}
    found: dict[str, str] = run[name]
    return found


def _url_wins(prefix: str) -> tuple[bool, bool]:
    """Return whether the parameters in the URL win over the session, and whether absent ones mean the default, too."""
    visit = st.session_state.get("_visit", 0)
    entered = st.session_state.get(f"_visit_{prefix}") != visit
    st.session_state[f"_visit_{prefix}"] = visit
    once = st.query_params.get(_SET)
    asked = once is not None and once != st.session_state.get(f"_{_SET}_{prefix}")
    if asked:
        st.session_state[f"_{_SET}_{prefix}"] = once
        this_run().pop(f"_{_SET}_{prefix}", None)
    history = is_history_navigation()
    # Streamlit's history entry of a page that was left has lost its parameters: there the session's values stay.
    return entered or asked or history, asked or (history and not entered)
