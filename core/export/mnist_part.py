"""A training of lesson 4 in parts: MNIST through torchvision, the network, the loop, the test."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from core.data.grey import MEAN, STD
from core.export.final_part import SAVE
from core.export.loop_part import Loop, curve_part, loop_part, rule_part
from core.export.mnist_net import RBF_LOSS, class_name, class_part, network_part
from core.export.notes_lines import SHAPES, mnist_mirrors
from core.export.parts import N_, Part, device_part
from core.nets.networks import VARIANTS, variant_of
from core.runs.digits_job import MnistJob
from core.training.changes import Change
from core.training.digit_engine import MOVED

_GIVEN: Final = """\
X = torch.stack([x for x, _ in train_Data]).to(device)
Y = torch.tensor([y for _, y in train_Data]).to(device)
"""
_TEST: Final = """\
def test(model):
    correct, total = 0, 0
    with torch.no_grad():
        for x, y in test_loader:
            x, y = x.to(device), y.to(device)
            Pred = model(x)
            _, predicted = torch.max(Pred, dim=1)  # the place of the largest of the ten numbers
            correct += (predicted == y).sum().item()
            total += y.size(0)
    return correct, total


correct, total = test(model)
print(f"test accuracy: {100 * correct / total} % ({correct} / {total})")
"""
_AGAIN: Final = """\
correct, total = test(new_model)
print(f"the new network: {100 * correct / total} %")\
"""


def mnist_parts(job: MnistJob, folder: str, changes: Sequence[Change] = (), mirror: str = "") -> tuple[Part, ...]:
    """Return a run's steps, from the download to the saved weights, in the notes' order.

    Args:
        job: the run.
        folder: where torchvision keeps its files.
        changes: of learning rate and batch size, made by hand while it was under way.
        mirror: an address that has MNIST's four files, asked first; empty: torchvision's own.
    """
    train, lenet = job.train, job.network in VARIANTS
    cells = ("In [8]-[9]", "In [10]", "In [11]") if lenet else ("In [7]-[8]", "In [9]", "In [10]")
    rule = rule_part(train if train.loss != "rbf" else replace(train, loss="cross_entropy"), cells[0])
    if train.loss == "rbf":
        rule = replace(rule, code=RBF_LOSS + rule.code.split("\n", 1)[1])
    loop = Loop(train, job.samples_used, _GIVEN, digits=True, cells=cells[:2])
    return (
        device_part(),
        _data_part(job, folder, mirror),
        Part(
            N_("The test set in batches"),
            N_("Nothing is learned from the test set, so it is not shuffled. The training set's batches come below."),
            f"test_loader = DataLoader(test_Data, shuffle=False, batch_size={train.batch_size or 1000})",
            "In [4]",
        ),
        class_part(job.network),
        *([_shapes_part(job.network)] if lenet else []),
        network_part(job.network, job.seed, loaded=job.start is not None),
        rule,
        loop_part(loop, changes),
        curve_part(batched=True),
        Part(
            N_("Test on images that the network has never seen"),
            N_("An image is read right when the largest of the ten outputs is at its digit. No gradients needed."),
            _TEST,
            cells[2],
        ),
        Part(
            N_("Save the weights, load them into a new network, test again: the same to the last digit"),
            N_("Only the numbers are saved, and `weights_only=True` reads nothing else: no code runs from the file."),
            SAVE.format(network=f"{class_name(job.network)}()", again=_AGAIN),
        ),
    )


def _shapes_part(network: str) -> Part:
    side = 28 + 2 * variant_of(network).frame
    return Part(
        N_("The output's shape after each layer, of one image of random numbers"),
        N_("(samples, channels, rows, columns): the first number is the batch, which no layer changes."),
        SHAPES.format(size=(1, 1, side, side), name=class_name(network)),
        "In [6]",
    )


def _data_part(job: MnistJob, folder: str, mirror: str) -> Part:
    frame = variant_of(job.network).frame if job.network in VARIANTS else 0
    steps = [f"    transforms.Pad({frame}),\n"] if frame else []
    steps += ["    transforms.ToTensor(),\n", f"    transforms.Normalize({MEAN}, {STD}),\n"]
    code = f"transform = transforms.Compose([\n{''.join(steps)}])\n"
    name = "transform"
    if job.augment:
        shift, size = f"{MOVED.shift:g} / 28", MOVED.scale
        code += f"""# The app moves its digits with other random numbers, so that its losses are not quite the same.
moved = transforms.RandomAffine({MOVED.rotation:g}, translate=({shift}, {shift}), scale=({1 - size}, {1 + size}))
moving = transforms.Compose([moved, transform])
"""
        name = "moving"
    code += mnist_mirrors(mirror, folder)
    code += f"""train_Data = datasets.MNIST({folder!r}, train=True, download=True, transform={name})
test_Data = datasets.MNIST({folder!r}, train=False, download=True, transform=transform)
"""
    if job.chosen() is not None:
        code += f"""order = torch.randperm(len(train_Data), generator=torch.Generator().manual_seed({job.data_seed}))
train_Data = Subset(train_Data, order[:{job.samples}].tolist())
"""
    return Part(
        N_("MNIST, normalised with the training set's mean and standard deviation"),
        N_(
            "60,000 training and 10,000 test images of 28×28 grey values, downloaded once. `ToTensor` brings them to "
            "0 … 1, `Normalize` to mean 0 and standard deviation 1."
        ),
        code,
        "In [3]",
    )
