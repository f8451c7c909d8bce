"""Settings that several experiments of the playground share."""

from __future__ import annotations

from typing import Final

LEARNS: Final = {"loss": "cross_entropy", "optimiser": "adam"}
DEAD: Final = {**LEARNS, "seed": 2}
SLOPE: Final = {"loss": "cross_entropy", "view": "curves"}
DEEP: Final = {"loss": "cross_entropy", "layers": 8, "lr": 0.1, "view": "histograms"}
PLAYED: Final = {"activation": "tanh", "loss": "cross_entropy", "optimiser": "adam", "batch": 32, "epochs": 100}
FEW: Final = {**PLAYED, "data": "moons", "noise": 0.35, "samples": 400, "share": 0.1, "batch": 0, "epochs": 1500}
LARGE: Final = {**FEW, "layers": 2, "width": 32}
BATCHES: Final = {"loss": "cross_entropy", "lr": 0.1, "epochs": 20, "activation": "leaky_relu", "samples": 2000}
