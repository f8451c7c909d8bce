"""A scratch page around the plane, for test_plane.py: a real network that trains on at every look.

The address says what: data, noise, loss, columns, axis, level, slices (of training at each look), live, pick.
"""

from types import SimpleNamespace
from typing import Any

import streamlit as st
import torch

from core.data import tables
from core.data.number_table import number_table
from core.data.playground import DataConfig, shape_of
from core.nets.mlp import MlpConfig
from core.runs.playground_job import PlaygroundJob
from core.runs.snapshot import State
from core.training.config import TrainConfig
from ui import design
from ui.dnn import answer
from ui.dnn.diagram import subject

st.set_page_config(layout="wide")
design.apply()
torch.set_num_threads(1)
asked = st.query_params
name = asked.get("data", "circle")
table = None
if name == "csv":
    rows = torch.rand(80, 3, generator=torch.Generator().manual_seed(0))
    lines = [f"{a:.3f},{b:.3f},{c:.3f},{a * b + c:.3f},{'yes' if a + b > 1 else 'no'}" for a, b, c in rows.tolist()]
    text = "\n".join(["width,height,a rather long name,area,large", *lines]) + "\n"
    columns = [int(part) for part in asked.get("columns", "0.1.2.3").split(".")]
    table = number_table(tables.read(text.encode()), columns[:-1], columns[-1:])
noise = float(asked.get("noise", "0"))
data = DataConfig(name, samples=10_000 if name == "onehot" else 500, noise=noise, table=table)
inputs, outputs = shape_of(data)
loss = "mse" if asked.get("loss") == "mse" or name in ("plane", "hills") or (table and not table.class_names) else ""
job = PlaygroundJob(
    MlpConfig((inputs, 8, 8, outputs), "tanh"),
    TrainConfig(loss=loss or "cross_entropy", optimiser="adam", lr=0.01, batch_size=50, epochs=400),
    data,
)


@st.cache_resource
def training(visit: str, _job: PlaygroundJob) -> Any:
    run = _job.make()
    return run.model, run


def picked(test: bool, row: int) -> None:
    st.session_state["picked"] = f"picked {'test' if test else 'train'} {row}"


@st.fragment(run_every=0.25 if "live" in asked else None)
def live() -> None:
    model, progress = training(repr(sorted(asked.items())) + asked.get("visit", ""), job)
    for _slice in range(int(asked.get("slices", "1"))):
        next(progress, None)
    model.eval()
    weights = {key: value.clone() for key, value in model.state_dict().items()}
    now: Any = SimpleNamespace(job=job, weights=weights, state=State.STOPPED)
    settings: Any = SimpleNamespace(axis=asked.get("axis", "s"), level=float(asked.get("level", "0.5")), cube="slice")
    controls: Any = SimpleNamespace(
        settings=settings, segmented=lambda *_a, **_more: "slice", slider=lambda *_a, **_m: 0
    )
    answer.draw(subject(now, job), controls, key="scratch", on_pick=picked if "pick" in asked else None)
    st.write(st.session_state.get("picked", ""))


left, _right = st.columns([0.62, 0.38])
with left:
    live()
