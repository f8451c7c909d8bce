"""What the network answered to the chosen digit at each kept moment of its training."""

from typing import Final

import torch

from core import cache
from core.nets.digit_files import model_of
from core.runs.digits_job import MnistJob
from core.runs.snapshot import Snapshot
from ui import charts
from ui.lenet.settings import Settings
from ui.state import session
from ui.state.controls import Controls
from ui.text import _, aside

KEPT: Final = "lenet_digit_curve"
AT_ONCE: Final = 6  # moments that are asked in one redraw; each takes 2 ms


def draw(controls: Controls[Settings], now: Snapshot) -> None:
    """Draw the probability of the right digit and of the strongest other one, moment by moment.

    Args:
        controls: of the page.
        now: the run.
    """
    job = now.job
    if not isinstance(job, MnistJob) or len(now.kept.moments) < 2:
        return
    data = cache.mnist()
    row = min(controls.settings.digit, len(data.test_labels)) - 1
    image, label = data.test_images[row : row + 1].cpu(), int(data.test_labels[row])
    known: dict[int, list[float]] = session.memo(KEPT, (now.run_id, row), dict)
    missing = [moment for moment in now.kept.moments if moment.step not in known]
    for moment in missing[:AT_ONCE] if now.state.alive else missing:
        with torch.inference_mode():
            shares = model_of(moment.weights, job.network)(image)[0].softmax(dim=0)
        known[moment.step] = torch.nan_to_num(shares).tolist()
    steps = sorted(moment.step for moment in now.kept.moments if moment.step in known)
    others = [max(share for digit, share in enumerate(known[step]) if digit != label) for step in steps]
    charts.curves(
        [
            (_("{digit}, the truth", digit=label), "positive", "solid", [(step, known[step][label]) for step in steps]),
            (_("the strongest other"), "negative", "dashed", list(zip(steps, others, strict=True))),
        ],
        x=_("update"),
        x_max=now.steps or None,
        height=220,
        title=_("Test digit {n}: probability in %", n=row + 1),
        key="chart_lenet_digit",
        alt=_("Probability of the right digit and of the strongest other one against updates."),
        percent=True,
    )
    aside("At the kept moments of this run, to which the slider under the maps goes back.")
