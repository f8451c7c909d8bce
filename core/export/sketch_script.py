"""Lesson 5 as a PyTorch script: a picture brought into MNIST's form step by step, and read by both networks.

The script does what core.sketch does, number by number. Where the page finds or moves the ink in ways that would be
too long to write out (a photo's light, a dragged digit, the parts of a number), it hands over what it has found.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from core.data.grey import MEAN, STD
from core.export.mnist_net import class_part
from core.export.notes_lines import mnist_mirrors
from core.export.parts import N_, Part, Say, device_part, script
from core.nets.networks import SHIPPED
from core.sketch.form import BOX, FAINT, SIDE
from core.sketch.ink import NOISE_FLOOR
from core.sketch.preprocess import Steps

From = Literal["board", "ink", "sample", "number"]
FILES: Final[dict[From, str]] = {"board": "digit.png", "ink": "ink.tiff", "number": "number.png"}
"""What a script reads beside itself: a picture of the board; ink, float32 from 0 to 1; digits in MNIST's form."""

_LOAD: Final = """\
models = {networks}
for name, model in models.items():
    model.load_state_dict(torch.load(f"{{name}}.pth", weights_only=True))
    model.to(device).eval()
"""
_BOARD: Final = """\
paper = np.array({paper}, dtype=np.float32) / 255  # the board's colour; white paper is (255, 255, 255)
picture = np.asarray(Image.open("digit.png").convert("RGB"), dtype=np.float32) / 255
away = picture - paper  # how far each pixel is from the paper
if not away.any():
    raise SystemExit("digit.png is empty: nothing is drawn on it")
length = np.sqrt((away**2).sum(axis=2, keepdims=True))
direction = (away * length).sum(axis=(0, 1))  # in which red, green and blue differ most
ink = away @ (direction / float(np.sqrt((direction**2).sum())))
floor = {floor} * 1.4826 / 2**0.5 * float(np.median(np.abs(np.diff(ink, axis=1))))  # the paper's own noise
full = float(np.percentile(ink[ink > ink.max() / 2], 75))  # a whole stroke
ink = np.clip((ink - floor) / (full - floor), 0, 1)
"""
_INK: Final = """\
ink = np.asarray(Image.open("ink.tiff"))  # 0: paper, 1: a whole stroke; as the page has found it
if not ink.any():
    raise SystemExit("ink.tiff is empty: nothing is drawn on it")
"""
_SAMPLE: Final = """\
test_Data = datasets.MNIST("data", train=False, download=True)
ink = test_Data.data[{index}].numpy().astype(np.float32) / 255
print("label", test_Data.targets[{index}].item())
"""
_CROP: Final = """\
inked = ink > {faint}
rows, columns = np.flatnonzero(inked.any(axis=1)), np.flatnonzero(inked.any(axis=0))
box = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]  # crop
"""
_FIT: Final = """\
scale = {side} / max(box.shape)  # fit: the longer side gets so many pixels
size = max(1, round(box.shape[1] * scale)), max(1, round(box.shape[0] * scale))
how = Image.Resampling.BOX if scale <= 1 else Image.Resampling.BICUBIC
small = np.asarray(Image.fromarray(box).resize(size, how), dtype=np.float32).clip(0, 1)
small = small / max(float(small.max()), 1e-6)  # MNIST's strokes reach full white
"""
_CENTRE: Final = """\
places = []
for axis in (0, 1):  # centre: the centre of mass comes to pixel (14, 14)
    along = small.sum(axis=1 - axis)
    mean = float((along * np.arange(len(along))).sum()) / float(small.sum())
    inked = np.flatnonzero((small > 0).any(axis=1 - axis))
    places.append(min(max(round({middle} - mean), -int(inked[0])), {last} - int(inked[-1])))
top, left = places
"""
_MIDDLE: Final = (
    "top, left = ({side} - small.shape[0]) // 2, ({side} - small.shape[1]) // 2  # not centred by its mass\n"
)
_LAID: Final = """\
large = np.zeros((3 * {side}, 3 * {side}), dtype=np.float32)
large[{side} + top :, {side} + left :][: small.shape[0], : small.shape[1]] = small
pixels = (large[{side} : 2 * {side}, {side} : 2 * {side}] * 255).round().astype(np.uint8)
"""
_ASK: Final = """\
for name, model in models.items():
    with torch.no_grad():
        Pred = model(transform(pixels)[None].to(device))
    shares = torch.softmax(Pred, dim=1)[0]
    print(name, shares.argmax().item(), shares.tolist())
"""
_NUMBER: Final = """\
strip = np.array(Image.open("number.png"))  # one digit beside the other, as the page has cut them out
for left in range(0, strip.shape[1], {side}):
    pixels = strip[:, left : left + {side}]
"""


def sketch_script(
    source: From,
    steps: Steps | None = None,
    *,
    paper: tuple[int, int, int] = (255, 255, 255),
    index: int = 0,
    mirror: str = "",
    say: Say = str,
) -> str:
    """Return a script that prints both shipped networks' probabilities for one picture.

    It reads FILES[source] and each network's weights, ``lenet5.pth`` and ``mnist-dnn.pth``, beside itself.

    Args:
        source: a picture of the board; ink; a sample of MNIST's test set; a number's digits in MNIST's form.
        steps: of the preprocessing; all when left out.
        paper: the board's red, green and blue.
        index: of the sample.
        mirror: see core.export.train_script.mnist_script.
        say: translates its comments.
    """
    steps = steps or Steps()
    transform = _transform(steps.normalise)
    read: tuple[Part, ...]
    if source == "number":
        asked = "".join(f"    {line}\n" for line in _ASK.splitlines())
        code = transform + _NUMBER.format(side=SIDE) + asked
        read = (Part(N_("Each digit of the number, read by both networks"), "", code),)
    else:
        code = {
            "board": _BOARD.format(paper=paper, floor=NOISE_FLOOR),
            "ink": _INK,
            "sample": mnist_mirrors(mirror) + _SAMPLE.format(index=index),
        }[source]
        read = (
            Part(N_("The ink: 0 is paper, 1 is a whole stroke"), "", code),
            Part(N_("Into MNIST's form: 28×28 grey values"), "", _form(steps)),
            Part(N_("What both networks answer: the largest of ten probabilities"), "", transform + _ASK),
        )
    return script((device_part(), *_networks(), *read), say)


def strip(digits: Sequence[npt.NDArray[np.uint8]]) -> npt.NDArray[np.uint8]:
    """Return a number's digits, each uint8 (28, 28), side by side; a black one where there is none."""
    return np.concatenate([*digits] or [np.zeros((SIDE, SIDE), np.uint8)], axis=1)


def _networks() -> tuple[Part, ...]:
    made = {name: "CNN()" if name == "lenet5" else "DNN()" for name in SHIPPED}
    listed = "{" + ", ".join(f'"{name}": {new}' for name, new in made.items()) + "}"
    load = Part(N_("The app's own weights, in the files beside this script"), "", _LOAD.format(networks=listed))
    parts = {"lenet5": "CNN 二", "mnist-dnn": "DNN 六"}  # each has its class in In [5]
    return (*(replace(class_part(name), cells=f"{part} In [5]") for name, part in parts.items()), load)


def _transform(normalise: bool) -> str:
    if not normalise:
        return "transform = transforms.ToTensor()  # not normalised\n"
    return f"transform = transforms.Compose([transforms.ToTensor(), transforms.Normalize({MEAN}, {STD})])\n"


def _form(steps: Steps) -> str:
    code = _CROP.format(faint=FAINT) if steps.crop else "box = ink  # not cropped\n"
    code += _FIT.format(side=BOX if steps.fit else SIDE)
    code += _CENTRE.format(middle=SIDE // 2, last=SIDE - 1) if steps.centre else _MIDDLE.format(side=SIDE)
    return code + _LAID.format(side=SIDE)
