"""A training of lesson 4 in parts: MNIST through torchvision, the network, the loop, the test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from core.data.mnist import MEAN, STD
from core.export.loop_part import Loop, loop_part, rule_part
from core.export.mnist_net import RBF_LOSS, network_part
from core.export.parts import N_, Part
from core.nets.networks import VARIANTS, variant_of
from core.training.digit_engine import MOVED

if TYPE_CHECKING:
    from core.runs.digits_job import MnistJob
    from core.training.changes import Change

_WHOLE: Final = """\
images = torch.stack([image for image, _ in train])
labels = torch.tensor([label for _, label in train])
"""
_TEST: Final = """\
with torch.no_grad():
    right = sum((net(x).argmax(dim=1) == y).sum().item() for x, y in DataLoader(test, batch_size=1000))
print(f"{right} of {len(test)} test samples right: {right / len(test):.4%}")
"""
_SAVE: Final = """\
torch.save(net.state_dict(), "weights.pth")
net.load_state_dict(torch.load("weights.pth", weights_only=True))
"""


def mnist_parts(job: MnistJob, folder: str, changes: Sequence[Change] = ()) -> tuple[Part, ...]:
    """Return a run's steps, from the download to the saved weights.

    Args:
        job: the run.
        folder: where torchvision keeps its files.
        changes: of learning rate and batch size, made by hand while it was under way.
    """
    train = job.train
    rule = rule_part(train if train.loss != "rbf" else replace(train, loss="cross_entropy"))
    if train.loss == "rbf":
        rule = replace(rule, code=RBF_LOSS + rule.code.split("\n", 1)[1])
    loop = Loop(train, job.samples_used, dataset="train", whole=("images", "labels"))
    return (
        _data_part(job, folder),
        network_part(job.network, job.seed, loaded=job.start is not None),
        rule,
        loop_part(loop, changes),
        Part(
            N_("Test on images that the network has never seen"),
            N_("An image is read right when the largest of the ten outputs is at its digit. No gradients needed."),
            _TEST,
        ),
        Part(
            N_("Save the weights and load them again"),
            N_("Only the numbers are saved, and `weights_only=True` reads nothing else: no code runs from the file."),
            _SAVE,
        ),
    )


def _data_part(job: MnistJob, folder: str) -> Part:
    frame = variant_of(job.network).frame if job.network in VARIANTS else 0
    steps = [f"transforms.Pad({frame})"] if frame else []
    steps += ["transforms.ToTensor()", f"transforms.Normalize(({MEAN},), ({STD},))"]
    code = f"transform = transforms.Compose([{', '.join(steps)}])\n"
    name = "transform"
    if job.augment:
        shift, size = f"{MOVED.shift:g} / 28", MOVED.scale
        code += f"""# The app moves its digits with other random numbers, so that its losses are not quite the same.
moved = transforms.RandomAffine({MOVED.rotation:g}, translate=({shift}, {shift}), scale=({1 - size}, {1 + size}))
moving = transforms.Compose([moved, transform])
"""
        name = "moving"
    code += f"""train = datasets.MNIST({folder!r}, train=True, download=True, transform={name})
test = datasets.MNIST({folder!r}, train=False, download=True, transform=transform)
"""
    if job.chosen() is not None:
        code += f"""order = torch.randperm(len(train), generator=torch.Generator().manual_seed({job.data_seed}))
train = Subset(train, order[:{job.samples}].tolist())
"""
    return Part(
        N_("MNIST, normalised with the training set's mean and standard deviation"),
        N_(
            "60,000 training and 10,000 test images of 28×28 grey values, downloaded once. `ToTensor` brings them to "
            "0 … 1, `Normalize` to mean 0 and standard deviation 1."
        ),
        code + ("" if job.train.batch_size else _WHOLE),
    )
