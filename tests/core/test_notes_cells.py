"""What the notes' cells print, against the exported script run as a pupil would; and the notes' 3.7, really done."""

from __future__ import annotations

import io
import pickle
import time
from contextlib import redirect_stdout
from dataclasses import replace
from typing import Any

import pytest
import torch
from torch import nn

from core.data.playground import DataConfig
from core.data.problem import from_mnist
from core.export.outputs import last_line, on_cuda, part_of, printed
from core.export.parts import LAYOUT, in_language, script
from core.export.saving import save_and_load
from core.export.train_script import mnist_script, playground_parts
from core.inspect.model import model_of
from core.nets import course
from core.nets.building import build
from core.nets.mlp import MlpConfig, mlp
from core.nets.networks import DIGITS, VARIANTS
from core.runs.digits_job import MnistJob
from core.runs.history import MAX_EACH, Record
from core.runs.playground_job import PlaygroundJob
from core.runs.scheduler import Scheduler
from core.training.config import TrainConfig
from core.training.courses import COURSES
from core.training.evaluate import evaluate

SMALL = PlaygroundJob(
    MlpConfig(), TrainConfig("mse", lr=0.01, batch_size=0, epochs=12, evaluations=2), DataConfig(samples=300)
)


def run(text: str) -> tuple[str, dict[str, Any]]:
    """Run a script and return what it prints, and its names."""
    names: dict[str, Any] = {}
    said = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(said):
        patch.setattr("matplotlib.pyplot.show", lambda: None)
        exec(compile(text, "script.py", "exec"), names)
    return said.getvalue(), names


@pytest.mark.parametrize(
    "net",
    [
        MlpConfig(),
        MlpConfig((3, 4, 6, 3), "tanh", seed=3, batch_norm=True, dropout=0.2),
        MlpConfig((3, 8, 3), activation="gelu", initialisation="he"),
    ],
)
def test_the_script_prints_what_is_said_of_the_first_weights_and_of_the_last(net, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    job = replace(SMALL, net=net)
    parts = playground_parts(job)
    said, names = run(script(parts))
    begun = course.in_course_class(mlp(net)).requires_grad_(True)
    shown = {6: last_line(part_of(parts, 6)), 7: part_of(parts, 7).code, 11: part_of(parts, 11).code}
    for cell in (6, 7):
        assert printed(shown[cell], model=begun) in said
    *_others, last = job.make()
    fit = job.make()
    while not fit.take(10**6).done:
        pass
    trained = course.in_course_class(model_of(fit.model.state_dict(), net)).requires_grad_(True)
    test = printed(shown[11], model=trained, test_Data=names["test_Data"])
    assert test in said
    assert f"({last.evaluation.correct} / {last.evaluation.samples})" in test
    assert printed(last_line(part_of(parts, 3)), Data=names["Data"]) == "torch.Size([300, 6])"


@pytest.mark.parametrize("network", DIGITS)
def test_a_network_of_digits_in_the_notes_class_answers_alike_and_prints_as_the_script_s(network, digits) -> None:
    model = build(network, 1).eval()
    found = course.in_course_class(model, images=True)
    assert type(found).__name__ == ("CNN" if network in VARIANTS else "DNN")
    images = digits.test_images[:20]
    given = model.framed(images) if network in VARIANTS else images
    assert torch.equal(found(given), model(images))
    job = MnistJob(network, 1, COURSES[network], from_mnist(digits))
    text = mnist_script(job)
    start = text.index("# In [5]")
    names: dict[str, Any] = {"torch": torch, "nn": nn, "device": "cpu"}
    exec(text[start : text.index("# In [6]") if network in VARIANTS else text.index("# In [7]")], names)
    own = names[type(found).__name__]()
    assert str(own) == str(found)
    assert list(own.state_dict()) == [name for name in found.state_dict() if name in own.state_dict()]


def test_the_notes_load_is_refused_by_the_torch_that_is_installed_and_both_cures_work() -> None:
    job = SMALL
    data = job.playground().data
    model = course.in_course_class(mlp(job.net))
    other = course.in_course_class(mlp(replace(job.net, seed=7)))

    def test(network: course.DNN):
        return evaluate(network, data.test_inputs, data.test_labels, data.classes, "mse")

    before, new = test(model), test(other)
    found = save_and_load(model, other, test)
    file = io.BytesIO()
    torch.save(model, file)
    file.seek(0)
    with pytest.raises(pickle.UnpicklingError) as refused:
        torch.load(file)
    assert found.error.startswith("UnpicklingError: Weights only load failed.")
    assert "core.nets.course.DNN" in found.error
    assert "\x1b" not in found.error
    assert found.error.split()[-1] == str(refused.value).split()[-1]
    assert found.before == found.whole == found.loaded == before
    assert found.new == new != before
    assert found.whole_bytes == len(file.getvalue()) > found.number_bytes > 98 * 4
    assert all(torch.equal(a, b) for a, b in zip(model.parameters(), other.parameters(), strict=True))


def test_a_parameter_is_printed_in_the_page_s_language() -> None:
    from ui.text import catalogue

    code = part_of(playground_parts(SMALL), 7).code
    assert LAYOUT in code
    said = printed(in_language(code, catalogue("zh").gettext), model=course.in_course_class(mlp(SMALL.net)))
    assert said.startswith("参数：net.0.weight\n形状：torch.Size([5, 3])\n数值：Parameter containing:\ntensor([[")
    assert said.count("torch.Size") == 8


def test_cuda_is_asked_and_its_answer_is_one_line() -> None:
    said = on_cuda()
    assert "\n" not in said
    assert said == "cuda:0" if torch.cuda.is_available() else "Error: " in said


def test_every_loss_is_kept_beside_the_thinned_curve() -> None:
    job = replace(SMALL, train=replace(SMALL.train, epochs=1_300))
    wanted = [loss for progress in job.make() for loss in progress.losses]
    scheduler = Scheduler(workers=1)
    scheduler.start()
    try:
        run_id = scheduler.submit(job, "somebody-somebody")
        while (now := scheduler.snapshot(run_id)).state.alive:
            time.sleep(0.01)
    finally:
        scheduler.stop()
    assert list(scheduler.losses(run_id)) == wanted
    assert len(now.losses) <= 500 < len(wanted)
    assert scheduler.losses("no such run") == ()


def test_a_very_long_run_keeps_its_first_losses() -> None:
    fit = SMALL.make()
    progress = fit.take(1)
    record = Record()
    for first in range(1, MAX_EACH + 2_002, 1_000):
        record.add(fit, replace(progress, step=first + 999, losses=(0.5,) * 1_000))
    assert MAX_EACH <= len(record.each_loss) < MAX_EACH + 1_000
