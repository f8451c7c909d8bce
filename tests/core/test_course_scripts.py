"""The code tab of every lesson at the course's settings: run in a process of its own, it prints what the page shows."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import nbformat
import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw

from core.conv.example import Example
from core.conv.filters import kernel
from core.conv.presets import PRESETS
from core.data.batches import Batches
from core.data.grey import denormalise
from core.data.overfitting import FitConfig
from core.data.playground import DataConfig
from core.data.problem import ClassData, from_mnist
from core.data.splits import SplitConfig
from core.export.layer_script import layer_script
from core.export.notebook import notebook
from core.export.parts import LAYOUT
from core.export.picture_script import picture_script, trained_script
from core.export.sequential_script import sequential_script
from core.export.sketch_script import FILES, sketch_script, strip
from core.export.split_script import Source, fit_script, split_script
from core.export.train_script import mnist_script, playground_script
from core.export.weights import course_names, pth_file
from core.nets.mlp import MlpConfig
from core.nets.networks import SHIPPED
from core.nets.pretrained import pretrained
from core.runs.digits_job import MnistJob
from core.runs.playground_job import PlaygroundJob
from core.sketch.preprocess import Steps
from core.sketch.reading import Sheet, digit_sheet, moved, read, sheet
from core.sketch.transform import Change
from core.training.courses import COURSES
from tests.core.fresh import fresh
from ui.text import catalogue

PAPER = (30, 58, 50)
SPLIT = SplitConfig(10_000, 0.7, "random")
FOURTHS = SplitConfig(1_000, 0.5, "stratified", validation=0.25)
BATCHES = Batches(SPLIT.train_size, 64, 5)
ONE_HOT = PlaygroundJob(MlpConfig(), replace(COURSES["one-hot"], evaluations=1), DataConfig())


def app(job) -> tuple[list[float], str, str]:
    """Return a run's losses, and what a script says of its training and its test."""
    losses: list[float] = []
    evaluation = None
    for progress in job.make():
        losses += progress.losses
        evaluation = progress.evaluation or evaluation
    right = f"{100 * evaluation.correct / evaluation.samples} %"
    return (
        losses,
        f"{len(losses)} updates, last loss {losses[-1]:.9g}\n",
        f"test accuracy: {right} ({evaluation.correct} / {evaluation.samples})\nthe new network: {right}\n",
    )


@pytest.fixture
def with_mnist(tmp_path, digits) -> Path:
    """Return a folder whose ./data has MNIST as torchvision unpacks it, but less of it."""
    raw = tmp_path / "data" / "MNIST" / "raw"
    raw.mkdir(parents=True)
    few = of(digits)
    for part, images, labels in (
        ("train", few.train_inputs, few.train_labels),
        ("t10k", few.test_inputs, few.test_labels),
    ):
        pixels = denormalise(images).squeeze(1).numpy()
        for kind, array in (("images-idx3", pixels), ("labels-idx1", labels.to(torch.uint8).numpy())):
            head = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">i4").tobytes()
            (raw / f"{part}-{kind}-ubyte").write_bytes(head + array.tobytes())
    return tmp_path


def of(digits) -> ClassData:
    data = from_mnist(digits)
    return replace(
        data,
        train_inputs=data.train_inputs[:1_000],
        train_labels=data.train_labels[:1_000],
        test_inputs=data.test_inputs[:300],
        test_labels=data.test_labels[:300],
    )


def weights_beside(folder: Path) -> None:
    for name in SHIPPED:
        (folder / f"{name}.pth").write_bytes(pth_file(course_names(pretrained(name).state_dict(), name)))


def test_lesson_1(tmp_path) -> None:
    printed = fresh(split_script(SPLIT, BATCHES), tmp_path).splitlines()
    assert printed == [
        "torch.Size([10000, 6])",
        "torch.Size([7000, 6]) torch.Size([3000, 6])",
        f"{BATCHES.updates_per_epoch} updates an epoch, {BATCHES.updates} in all",
    ]


def test_lesson_2(tmp_path) -> None:
    printed = fresh(playground_script(ONE_HOT), tmp_path)
    _losses, trained, tested = app(ONE_HOT)
    assert trained in printed
    assert printed.endswith(tested)
    assert "parameter: net.0.weight\nshape: torch.Size([5, 3])\nvalues: Parameter containing:\n" in printed


def test_lesson_2_as_a_notebook(tmp_path) -> None:
    """Its code cells one after the other, each by itself; the loss is drawn."""
    job = replace(ONE_HOT, train=replace(ONE_HOT.train, epochs=50))
    book = nbformat.reads(notebook(job).decode(), as_version=4)
    cells = [cell.source for cell in book.cells if cell.cell_type == "code"]
    by_cell = f"names = {{}}\nfor cell in {cells!r}:\n    exec(cell, names)\n"
    printed = fresh(
        by_cell + "figure = names['plt'].gcf()\nprint(figure.axes[0].lines[0].get_ydata().tolist())", tmp_path
    )
    losses, trained, tested = app(job)
    assert trained in printed
    assert tested in printed
    assert ast.literal_eval(printed.splitlines()[-1]) == losses


def test_lesson_3(tmp_path) -> None:
    """Both of its scripts in one process, as cells of one notebook would be."""
    lenet = PRESETS["lenet5"]
    printed = fresh(layer_script(Example()) + sequential_script(lenet.chain, lenet.input), tmp_path).splitlines()
    assert printed[:3] == [
        "Conv2d output shape:\t torch.Size([1, 1, 2, 2])",
        "tensor([[[[15., 16.],",
        "          [ 6., 15.]]]], grad_fn=<ConvolutionBackward0>)",
    ]
    shapes = [(1, 6, 28, 28)] * 2 + [(1, 6, 14, 14)] + [(1, 16, 10, 10)] * 2 + [(1, 16, 5, 5)]
    shapes += [(1, 120, 1, 1)] * 2 + [(1, 120)] + [(1, 84)] * 2 + [(1, 10)]
    assert [line.split("\t ")[1] for line in printed[3:15]] == [f"torch.Size({[*shape]})" for shape in shapes]
    assert printed[-1] == "61706 parameters"


@pytest.mark.parametrize("network", ["lenet5", "mnist-dnn"])
def test_lesson_4(network, with_mnist, digits) -> None:
    """With fewer digits, so that it is short; all else is the course's."""
    job = MnistJob(network, 0, COURSES[network], of(digits))
    printed = fresh(mnist_script(job), with_mnist)
    _losses, trained, tested = app(job)
    assert trained in printed
    assert printed.endswith(tested)


def sketch() -> Image.Image:
    """A seven in chalk on the board, as the browser sends it: soft edges, an alpha channel."""
    large = Image.new("RGBA", (1120, 1120), (*PAPER, 255))
    ImageDraw.Draw(large).line([(280, 240), (840, 240), (520, 960)], (247, 245, 236, 255), 80, "curve")
    return large.resize((280, 280), Image.Resampling.BOX)


def probabilities(printed: str) -> dict[str, list[float]]:
    found = {}
    for line in printed.splitlines():
        name, _digit, shares = line.split(" ", 2)
        found[name] = ast.literal_eval(shares)
    return found


def agrees(printed: str, page: Sheet, steps: Steps | None = None, change: Change | None = None) -> None:
    """The script prints the page's probabilities."""
    answers = read(page, [pretrained(name) for name in SHIPPED], steps, change).answers
    found = probabilities(printed)
    for name, answer in zip(SHIPPED, answers, strict=True):
        assert found[name] == pytest.approx(answer.probabilities, abs=1e-5)


def test_lesson_5_a_sketch(tmp_path) -> None:
    page = sheet(sketch(), PAPER)
    weights_beside(tmp_path)
    Image.fromarray(page.raw).save(tmp_path / "digit.png")
    agrees(fresh(sketch_script("board", paper=PAPER), tmp_path), page)


def test_lesson_5_a_sample(with_mnist, digits) -> None:
    weights_beside(with_mnist)
    label, printed = fresh(sketch_script("sample", index=3), with_mnist).split("\n", 1)
    assert label == f"label {int(digits.test_labels[3])}"
    agrees(printed, digit_sheet(denormalise(digits.test_images[3, 0]).numpy()))


@pytest.fixture
def here(tmp_path, monkeypatch, capsys) -> Callable[[str], str]:
    """Return what runs a script in this process, beside the shipped weights, and gives what it prints."""
    monkeypatch.chdir(tmp_path)
    weights_beside(tmp_path)

    def run(script: str) -> str:
        exec(script, {})
        return capsys.readouterr().out

    return run


STEPS = [Steps(**{name: False}) for name in ("crop", "fit", "centre", "normalise")]


@pytest.mark.parametrize("steps", [Steps(), *STEPS, Steps(False, False, False, False)], ids=str)
def test_steps_left_out_and_digits_moved(steps, here) -> None:
    page, change = sheet(sketch(), PAPER), Change(right=-3.0, down=2.5, turn=20.0, size=0.8, thickness=0.5)
    Image.fromarray(page.raw).save("digit.png")
    agrees(here(sketch_script("board", steps, paper=PAPER)), page, steps)
    Image.fromarray(moved(page, change).ink).save("ink.tiff")
    agrees(here(sketch_script("ink", steps)), page, steps, change)


def test_a_number(here) -> None:
    pages = [sheet(sketch(), PAPER), sheet(sketch().rotate(90), PAPER)]
    centred = [read(page, []).stages.centred for page in pages]
    Image.fromarray(strip(centred)).save("number.png")
    printed = here(sketch_script("number")).splitlines()
    for place, page in enumerate(pages):
        agrees("\n".join(printed[2 * place : 2 * place + 2]), page)
    assert strip([]).shape == (28, 28)


# -- names, comments, tidiness --------------------------------------------------------------------------------------

NET = {"model", "X", "device"}
TRAINED = {*NET, "train_Data", "test_Data", "Pred", "loss_fn", "optimizer", "losses"}
TABLE = {"Data", "train_Data", "test_Data", "X1", "X2", "X3", "Y1", "Y2", "Y3", "X", "Y"}


def digits_job(network: str) -> MnistJob:
    images, labels = torch.zeros(10, 1, 28, 28), torch.arange(10)
    return MnistJob(network, 0, COURSES[network], ClassData(images, labels, images, labels, 10, "ten"))


def lesson(name: str, say=str, **more) -> str:
    """Return a lesson's script at the course's settings."""
    lenet, dnn = PRESETS["lenet5"], PRESETS["mnist-dnn"]
    kernels = {"blur": kernel("blur", 3), "edge": kernel("edge", 3)}
    mirror = more.get("mirror", "")
    mnist = Source("mnist", mirror=mirror)
    made = {
        "1": lambda: split_script(SPLIT, BATCHES, say=say),
        "1 MNIST": lambda: split_script(SPLIT, BATCHES, mnist, features=784, outputs=1, say=say),
        "1 sorted": lambda: split_script(FOURTHS, BATCHES, Source("onehot", True, 20), say=say),
        "1 sklearn": lambda: split_script(FOURTHS, BATCHES, style="sklearn", say=say),
        "1 loader": lambda: split_script(SPLIT, BATCHES, style="loader", say=say),
        "1 fit": lambda: fit_script(FitConfig(ridge=0.1), say),
        "2": lambda: playground_script(ONE_HOT, say=say),
        "3 layer": lambda: layer_script(Example(), say),
        "3 chain": lambda: sequential_script(lenet.chain, lenet.input, say),
        "3 DNN": lambda: sequential_script(dnn.chain, dnn.input, say),
        "3 picture": lambda: picture_script(kernels, 1, 0, 1.0, say=say),
        "3 colours": lambda: picture_script(kernels, 1, 0, colour=True, say=say),
        "3 C1": lambda: trained_script(say),
        "4": lambda: mnist_script(digits_job("lenet5"), say=say, mirror=mirror),
        "4 DNN": lambda: mnist_script(digits_job("mnist-dnn"), say=say, mirror=mirror),
        **{f"5 {source}": lambda source=source: sketch_script(source, paper=PAPER, say=say) for source in FILES},
        "5 sample": lambda: sketch_script("sample", mirror=mirror, say=say),
        "5 no steps": lambda: sketch_script("ink", Steps(False, False, False, False), say=say),
    }
    return made[name]()


LESSONS = {
    "1": (TABLE, ["In [3]", "In [4]"]),
    "1 MNIST": ({"Data", "train_Data", "test_Data", "X", "Y"}, ["In [3]", "In [4]"]),
    "1 loader": (TABLE, ["In [3]", "In [4]"]),
    "1 sorted": (TABLE | {"validation_Data"}, ["In [3]", "In [4]"]),
    "1 sklearn": (TABLE | {"validation_Data"}, ["In [3]", "In [4]"]),
    "1 fit": (set(), []),
    "2": (
        {*TRAINED, *TABLE, "DNN"},
        ["In [3]", "In [4]", "In [5]-[6]", "In [7]", "In [8]-[9]", "In [10]", "In [11]", "In [12]-[14]"],
    ),
    "3 layer": ({"X", "Y"}, []),
    "3 chain": ({*NET, "CNN"}, ["In [5]", "In [6]", "In [7]"]),
    "3 DNN": ({*NET, "DNN"}, ["In [5]", "In [6]"]),
    "3 picture": ({"X", "Y"}, []),
    "3 colours": ({"X", "Y"}, []),
    "3 C1": ({*NET, "Y", "CNN"}, ["In [5]"]),
    "4": ({*TRAINED, "CNN"}, [f"In [{n}]" for n in (3, 4, 5, 6, 7)] + ["In [8]-[9]", "In [10]", "In [11]"]),
    "4 DNN": ({*TRAINED, "DNN"} - {"X"}, [f"In [{n}]" for n in (3, 4, 5, 6)] + ["In [7]-[8]", "In [9]", "In [10]"]),
    "5 board": ({"model", "device", "Pred", "CNN", "DNN"}, ["CNN 二 In [5]", "DNN 六 In [5]"]),
    "5 ink": ({"model", "device", "Pred", "CNN", "DNN"}, ["CNN 二 In [5]", "DNN 六 In [5]"]),
    "5 number": ({"model", "device", "Pred", "CNN", "DNN"}, ["CNN 二 In [5]", "DNN 六 In [5]"]),
    "5 sample": ({"test_Data", "model", "device", "Pred", "CNN", "DNN"}, ["CNN 二 In [5]", "DNN 六 In [5]"]),
    "5 no steps": ({"model", "device", "Pred", "CNN", "DNN"}, ["CNN 二 In [5]", "DNN 六 In [5]"]),
}


@pytest.mark.parametrize("name", LESSONS)
def test_it_speaks_the_notes_names_and_numbers(name) -> None:
    text = lesson(name)
    names, cells = LESSONS[name]
    tree = ast.parse(text)
    made = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    made |= {node.name for node in tree.body if isinstance(node, ast.ClassDef)}
    assert names <= made, names - made
    assert re.findall(r"^# ((?:\w+ [二六] )?In \[[^:]*):", text, re.MULTILINE) == cells
    assert "optimiser" not in text
    for module in ("core", "ui", "pandas", "safetensors", "scipy"):
        assert not re.search(rf"^\s*(from|import) {module}\b", text, re.MULTILINE)


@pytest.mark.parametrize("name", LESSONS)
def test_its_comments_are_in_the_page_s_language(name) -> None:
    said: set[str] = set()
    text, chinese = lesson(name, lambda words: said.add(words) or words), catalogue("zh").gettext
    own = re.compile(r"[A-Z][0-9]|Out|\w+: [×\d]+|blur|edge")  # a layer's or a kernel's name
    assert not {words for words in said if chinese(words) == words and not own.fullmatch(words)}
    same = text.replace(LAYOUT, chinese(LAYOUT))  # the notes print a parameter in their language
    assert ast.dump(ast.parse(lesson(name, chinese))) == ast.dump(ast.parse(same))


def test_they_are_tidy(tmp_path) -> None:
    """Nothing imported or assigned in vain, no line too long."""
    for number, name in enumerate(LESSONS):
        (tmp_path / f"script{number}.py").write_text(lesson(name), "utf-8")
    rules = "--select=E,F,W,I,C4,SIM,UP"
    ruff = [sys.executable, "-m", "ruff", "check", "--isolated", "--line-length=120", rules, str(tmp_path)]
    done = subprocess.run(ruff, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", ["1 MNIST", "4", "5 sample"])
def test_the_classroom_s_address_is_asked_before_torchvision_s_own(name) -> None:
    at_hand = lesson(name, mirror="http://10.0.0.7:8501/mnist/")
    assert "datasets.MNIST.mirrors.insert(0, 'http://10.0.0.7:8501/mnist/')" in at_hand
    unknown = lesson(name)
    assert "http" not in unknown
    assert "# No copy in the classroom is known here" in unknown
    for text in (at_hand, unknown):
        assert 'os.environ["CHALKNET_DATA"]' in text


def test_an_empty_board_is_told_of(here) -> None:
    Image.new("RGB", (100, 100), PAPER).save("digit.png")
    Image.fromarray(np.zeros((28, 28), np.float32)).save("ink.tiff")
    for source in ("board", "ink"):
        with pytest.raises(SystemExit, match="nothing is drawn on it"):
            here(sketch_script(source, paper=PAPER))
