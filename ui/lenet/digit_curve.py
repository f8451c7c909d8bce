"""What the network answered to the chosen digit at each kept moment of its training."""

from typing import Any, Final
from weakref import WeakKeyDictionary

import torch

from core import cache
from core.nets.digit_files import model_of
from core.runs.digits_job import MnistJob
from core.runs.history import Moment
from core.runs.snapshot import Snapshot
from ui import charts
from ui.components.curves import grown
from ui.lenet.settings import Settings
from ui.live.hub import part
from ui.state.controls import Controls
from ui.text import _, aside

MOST: Final = 20  # digits whose answers are kept of a moment


def draw(controls: Controls[Settings], now: Snapshot) -> None:
    """Draw the probability of the right digit and of the strongest other one, moment by moment.

    Args:
        controls: of the page.
        now: the run.
    """
    job = now.job
    if not isinstance(job, MnistJob):
        return
    data = cache.mnist()
    row = min(controls.settings.digit, len(data.test_labels)) - 1
    image, label = data.test_images[row : row + 1].cpu(), int(data.test_labels[row])
    charts.curves(
        [
            (_("{digit}, the truth", digit=label), "positive", "solid", ()),
            (_("the strongest other"), "negative", "dashed", ()),
        ],
        x=_("update"),
        x_max=None,
        height=220,
        title=_("Test digit {n}: probability in %", n=row + 1),
        key="chart_lenet_digit",
        alt=_("Probability of the right digit and of the strongest other one against updates."),
        percent=True,
        live=part(now, ("digit", row), lambda now: followed(now, image, label, row), weights=True),
    )
    aside("At the kept moments of this run, to which the slider under the maps goes back.")


def followed(now: Snapshot | None, image: torch.Tensor, label: int, row: int) -> dict[str, Any]:
    """Return the points of both curves, without words.

    Args:
        now: the run.
        image: float32 (1, 1, 28, 28), normalised, on the CPU.
        label: the true digit.
        row: of the digit in the test set.
    """
    if now is None or not isinstance(now.job, MnistJob):
        return {"points": [grown(()), grown(())], "end": None}
    shares = {moment.step: _shares(moment, now.job.network, image, row) for moment in now.kept.moments}
    others = {step: max(share for digit, share in enumerate(of) if digit != label) for step, of in shares.items()}
    truth = [(step, of[label]) for step, of in shares.items()]
    return {"points": [grown(truth), grown(list(others.items()))], "end": now.steps or None}


_KNOWN: Final[WeakKeyDictionary[Moment, dict[int, list[float]]]] = WeakKeyDictionary()


def _shares(moment: Moment, network: str, image: torch.Tensor, row: int) -> list[float]:
    """Return what the network answered at a moment, asked once (it takes 2 ms) for all who look at this digit."""
    known = _KNOWN.setdefault(moment, {})
    found = known.get(row)
    if found is None:
        with torch.inference_mode():
            outputs = model_of(moment.weights, network)(image)[0]
        found = torch.nan_to_num(outputs.softmax(dim=0)).tolist()
        if len(known) >= MOST:
            known.clear()
        known[row] = found
    return found
