"""A scratch page around the network's picture, for test_network.py: a real run of the real scheduler, or none yet.

The address says what: widths (hidden), data, act, seed, updates (done before the first look; 0: no run), live.
"""

import streamlit as st
import torch

from core.data.playground import DataConfig, shape_of
from core.nets.mlp import MlpConfig
from core.runs.playground_job import PlaygroundJob
from core.runs.scheduler import SCHEDULER
from core.training.config import TrainConfig
from ui import design
from ui.dnn import diagram, neuron
from ui.state import session

st.set_page_config(layout="wide")
design.apply()
torch.set_num_threads(1)
SCHEDULER.start()
asked = st.query_params
running = "live" in asked
data = DataConfig(asked.get("data", "onehot"), samples=500)
inputs, outputs = shape_of(data)
hidden = tuple(int(part) for part in asked.get("widths", "5-5-5").split("-"))
job = PlaygroundJob(
    MlpConfig((inputs, *hidden, outputs), asked.get("act", "relu"), seed=int(asked.get("seed", "0"))),
    TrainConfig(loss="cross_entropy", optimiser="adam", lr=0.003, batch_size=32 if running else 0, epochs=10_000),
    data,
)
updates = int(asked.get("updates", "0"))
if (updates or running) and session.recall("scratch") is None:
    run_id = SCHEDULER.submit(job, session.owner(), updates, speed=20.0 if running else None)
    session.remember("scratch", run_id)
    SCHEDULER.settle(run_id, 30 if updates else 0)

run_id = session.recall("scratch")
now = SCHEDULER.snapshot(run_id, session.owner()) if run_id else None
left, _right = st.columns([0.62, 0.38])
with left:
    seen = diagram.subject(now, job)
    diagram.draw(seen)
    neuron.draw(seen)
