"""What a rerun of each page costs: ``python -m benchmarks.rerun [--only NAME …] [--rounds 15]``.

Two servers with the same libraries in memory: the app, and one of bare pages. A visitor without a browser opens a page
of the app as Streamlit's own protocol has it, brings it into use (trains, asks, draws) and reruns it; what was drawn
is written down as plain calls of Streamlit with the same widgets, texts, containers, components and data
(_bare_plan.py), and the other server draws that. Then both pages are rerun in turn, a few at a time, with the values
of all widgets as a browser sends them. Printed: milliseconds of a server's processor, all its threads, of one rerun
(medians), their ratio, and what is on the page. Exit status 1 when a ratio is above the limit.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import io
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple
from urllib.request import urlopen

from PIL import Image, ImageDraw
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Block_pb2 import Block
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection

from benchmarks import _bare_plan
from benchmarks.whole_class import PATIENCE_S, connected
from tests.browser.conftest import Server

LIMIT = 1.5
AT_ONCE = 3  # reruns of one page before the other's turn


class Case(NamedTuple):
    """A page as it is measured.

    Args:
        name: in the table.
        page: its address.
        query: its settings.
        press: keys of buttons, one after the other.
        run: whether the last one begins a training, whose end is waited for.
        drawn: whether something stands on the board.
    """

    name: str
    page: str
    query: str = ""
    press: tuple[str, ...] = ()
    run: bool = False
    drawn: bool = False


CASES = (
    Case("home", "home"),
    Case("home, drawn", "home", drawn=True),
    Case("1 split", "data_split"),
    Case("1 batches", "data_split", "split_topic=batches"),
    Case("1 overfitting", "data_split", "split_topic=overfit"),
    Case("2 new", "dnn_playground"),
    Case("2 run", "dnn_playground", "dnn_epochs=20", ("dnn_train",), run=True),
    Case("2 plane, run", "dnn_playground", "dnn_data=spiral&dnn_epochs=20", ("dnn_train",), run=True),
    Case("2 task, run", "dnn_playground", "dnn_epochs=20&dnn_goal_accuracy=90", ("dnn_train",), run=True),
    Case("2 run, code", "dnn_playground", "dnn_epochs=20&inside=take", ("dnn_train",), run=True),
    Case("3 layer", "conv_calculator"),
    Case("3 chain", "conv_calculator", "conv_mode=chain"),
    Case("3 picture", "conv_calculator", "conv_mode=picture"),
    Case("4 new", "lenet_training"),
    Case("4 run", "lenet_training", "lenet_epochs=1&lenet_samples=1000", ("lenet_train",), run=True),
    Case("4 curves", "lenet_training", "lenet_epochs=1&lenet_samples=1000&lenet_look=curves", ("lenet_train",), True),
    Case("4 run, code", "lenet_training", "lenet_epochs=1&lenet_samples=1000&inside=take", ("lenet_train",), True),
    Case("5 new", "sketch_pad"),
    Case("5 drawn", "sketch_pad", drawn=True),
    Case("5 sample", "sketch_pad", "sketch_topic=sample"),
    Case("5 several", "sketch_pad", "sketch_topic=several"),
    Case("class, new", "sketch_pad", "sketch_topic=class"),
    Case("class, in it", "sketch_pad", "sketch_topic=class", ("class_begin",)),
    Case("course", "course"),
)


@dataclass
class Visitor:
    """One page, what was drawn on it last, and the values of its widgets as a browser keeps them."""

    socket: ClientConnection
    page: str
    query: str
    states: dict[str, WidgetState] = field(default_factory=dict)
    buttons: dict[str, str] = field(default_factory=dict)
    board: str = ""  # the id of what is drawn on
    drawn: list[tuple[tuple[int, ...], Delta]] = field(default_factory=list)
    menu: list[tuple[str, str, str]] = field(default_factory=list)
    every: float = 0.0  # seconds between two redraws of its liveliest part
    bytes: int = 0

    async def rerun(self, pressed: str = "") -> None:
        """Run the page, after a click perhaps, to its end."""
        message = BackMsg()
        ask = message.rerun_script
        ask.query_string, ask.page_name = self.query, self.page
        ask.context_info.locale, ask.context_info.timezone = "en-US", "UTC"
        ask.context_info.color_scheme = "light"
        ask.widget_states.widgets.extend(self.states.values())
        if pressed:
            ask.widget_states.widgets.add(id=self.buttons[pressed], trigger_value=True)
        await self.socket.send(message.SerializeToString())
        self.drawn, self.every, self.bytes = [], 0.0, 0
        while True:
            raw = await asyncio.wait_for(self.socket.recv(decode=False), PATIENCE_S)
            self.bytes += len(raw)
            told = ForwardMsg.FromString(raw)
            kind = told.WhichOneof("type")
            if kind == "script_finished" and told.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                return
            if kind in ("script_finished", "new_session"):
                self.drawn = []
            elif kind == "auto_rerun":
                self.every = min(self.every or told.auto_rerun.interval, told.auto_rerun.interval)
            elif kind == "page_info_changed":
                self.query = told.page_info_changed.query_string
            elif kind == "navigation":
                self.menu = [(each.url_pathname, each.page_name, each.icon) for each in told.navigation.app_pages]
            elif kind == "delta":
                place = tuple(told.metadata.delta_path)
                self.drawn.append((place, told.delta))
                self._note(told.delta)

    def _note(self, delta: Delta) -> None:
        """Keep what a browser would send back of a widget that was just drawn."""
        if delta.WhichOneof("type") != "new_element":
            self._note_block(delta.add_block)
            return
        kind = delta.new_element.WhichOneof("type") or ""
        own = getattr(delta.new_element, kind, None)
        if kind == "exception":
            raise RuntimeError(f"{self.page}?{self.query}: {own}")
        name = getattr(own, "id", "")
        if not name or own is None:
            return
        state = WidgetState(id=name)
        if kind == "bidi_component" and own.component_name.endswith("chalknet_board"):
            self.board = name
        if kind == "button":
            self.buttons[name.rsplit("-", 1)[-1]] = name
            return
        told = bool(getattr(own, "set_value", False))
        if name in self.states and not told:
            return
        if kind == "button_group":
            chosen = own.raw_values if told else [own.options[at].content for at in own.default]
            state.string_array_value.data[:] = chosen
        elif kind == "selectbox":
            state.string_value = own.raw_value if told else own.options[own.default] if own.options else ""
        elif kind == "slider":
            state.double_array_value.data[:] = own.value if told else own.default
        elif kind == "number_input":
            source = "value" if told else "default"
            if own.HasField(source):
                state.double_value = getattr(own, source)
        elif kind == "checkbox":
            state.bool_value = own.value if told else own.default
        elif kind in ("text_input", "text_area"):
            state.string_value = own.value if told else own.default
        else:
            return
        self.states[name] = state

    def _note_block(self, block: Block) -> None:
        kind = block.WhichOneof("type")
        name = block.expandable.id if kind == "expandable" else ""
        if name and name not in self.states:
            self.states[name] = WidgetState(id=name, bool_value=block.expandable.expanded)


async def arrive(server: Server, page: str, query: str) -> Visitor:
    """Open a page."""
    socket, _cookie = await connected(server, page)
    visitor = Visitor(socket, page, query)
    await visitor.rerun()
    return visitor


def spent(server: Server) -> float:
    """Return the seconds of processor that a server has taken since it began, with those of threads that have ended."""
    return time.clock_gettime((~server._process.pid << 3) | 2)  # clock_getcpuclockid(3), of which Python has none


async def in_use(server: Server, case: Case) -> Visitor:
    """Open a page and bring it into use."""
    visitor = await arrive(server, case.page, case.query)
    for key in case.press:
        await visitor.rerun(key)
    if case.drawn:
        visitor.states[visitor.board] = WidgetState(id=visitor.board, json_value=json.dumps({"drawing": _one()}))
    until = time.monotonic() + PATIENCE_S
    while case.run:
        await asyncio.sleep(0.5)
        await visitor.rerun()
        if not 0 < visitor.every < 5:
            break
        if time.monotonic() > until:
            raise TimeoutError(case.name)
    for _again in range(3):
        await visitor.rerun()
    return visitor


def _one() -> dict[str, object]:
    """Return what the board sends when a 1 was drawn."""
    picture, file = Image.new("RGB", (280, 280), "#1E3A32"), io.BytesIO()  # as in ui/board.py
    ImageDraw.Draw(picture).line((140, 60, 140, 220), "#F7F5EC", 20)
    picture.save(file, "PNG")
    objects = [{"type": "path", "stroke": "1"}]
    return {"raw": {"objects": objects}, "data": f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"}


def bare(visitor: Visitor, name: str, url: str, folder: Path) -> None:
    """Write down what a page drew, for the server of bare pages."""
    media = {}
    for _place, delta in visitor.drawn:
        own = delta.new_element
        files = [each.url for each in own.imgs.imgs] + [own.download_button.url]
        for address in files:
            if address.startswith("/media/"):
                with urlopen(url + address, timeout=PATIENCE_S) as answer:
                    media[address] = answer.read()
    _bare_plan.write(name, _bare_plan.planned(visitor.drawn, media), visitor.menu, folder)


def content(visitor: Visitor) -> str:
    """Return what is on a page, counted."""
    kinds = [delta.new_element.WhichOneof("type") for _place, delta in visitor.drawn]
    widgets = sum(1 for _place, delta in visitor.drawn if _is_widget(delta))
    texts = sum(1 for kind in kinds if kind in ("markdown", "heading", "html", "alert", "code", "page_link"))
    parts = sum(1 for kind in kinds if kind in ("bidi_component", "echarts_chart", "plotly_chart", "dataframe", "imgs"))
    return f"{widgets:3} {texts:3} {parts:2} {kinds.count(None):3} {visitor.bytes / 1000:5.0f}"


def _is_widget(delta: Delta) -> bool:
    kind = delta.new_element.WhichOneof("type") or ""
    shown = ("bidi_component", "echarts_chart", "plotly_chart", "dataframe")
    return kind not in shown and bool(getattr(getattr(delta.new_element, kind, None), "id", ""))


async def compare(case: Case, app: Server, plain: Server, folder: Path, rounds: int) -> float:
    """Measure one page against its bare one, print a line and return the ratio."""
    ours = await in_use(app, case)
    name = f"case{CASES.index(case)}"
    bare(ours, name, app.url, folder)
    theirs = await arrive(plain, "", f"plan={name}")
    for _again in range(3):
        await theirs.rerun()
    assert len(theirs.drawn) >= 0.9 * len(ours.drawn), (len(theirs.drawn), len(ours.drawn))
    took: dict[str, list[float]] = {"ours": [], "theirs": []}
    for _round in range(rounds):
        for who, visitor, server in (("ours", ours, app), ("theirs", theirs, plain)):
            before = spent(server)
            for _again in range(AT_ONCE):
                await visitor.rerun()
            await asyncio.sleep(0.03)  # what is done after the answer
            took[who].append((spent(server) - before) / AT_ONCE * 1000)
    mine, other = statistics.median(took["ours"]), statistics.median(took["theirs"])
    ratio = statistics.median(a / b for a, b in zip(took["ours"], took["theirs"], strict=True))
    print(f"{case.name:14} {mine:7.1f} {other:7.1f} {ratio:6.2f}   {content(ours)}", flush=True)
    await asyncio.gather(ours.socket.close(), theirs.socket.close())
    return ratio


async def measure(app: Server, plain: Server, folder: Path, cases: Sequence[Case], rounds: int) -> int:
    """Measure all pages."""
    print("page              app    bare  ratio   widgets, texts, pictures, containers, kB", flush=True)
    ratios = [await compare(case, app, plain, folder, rounds) for case in cases]
    above = sum(ratio > LIMIT for ratio in ratios)
    print(f"above {LIMIT}: {above} of {len(ratios)}; median {statistics.median(ratios):.2f}, worst {max(ratios):.2f}")
    return 1 if above else 0


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="*", default=[], help="beginnings of names in the table (default all)")
    parser.add_argument("--rounds", type=int, default=15, help="turns of each page (default 15)")
    options = parser.parse_args()
    cases = [case for case in CASES if not options.only or case.name.startswith(tuple(options.only))]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ[_bare_plan.FOLDER] = str(folder)
        for own in ("app", "bare"):
            (folder / own).mkdir()
        os.environ["CHALKNET_DATABASE_URL"] = f"sqlite:///{folder / 'rerun.sqlite3'}"
        app = Server(folder / "app", own_data=False)
        plain = Server(folder / "bare", own_data=False, script="benchmarks/_bare_app.py")
        try:
            app.wait()
            plain.wait()
            time.sleep(10)  # what is imported later
            return asyncio.run(measure(app, plain, folder, cases, options.rounds))
        finally:
            app.stop()
            plain.stop()
            for log in (app, plain):
                if "Traceback" in log.log.read_text(errors="replace"):
                    print(log.tail(), file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
