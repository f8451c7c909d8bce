"""The training loop as the course writes it: forward → loss → zero_grad → backward → step."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from core.export.final_part import TEST_LOSS
from core.export.hand_part import Hand, changed
from core.export.parts import N_, Part
from core.training.changes import Change
from core.training.config import TrainConfig
from core.training.optimisers import WITH_MOMENTUM

LOSS: Final = {
    "mse": "nn.MSELoss()",
    "cross_entropy": "nn.CrossEntropyLoss()",
    "l1": "nn.L1Loss()",
    "smooth_l1": "nn.SmoothL1Loss()",
}
_OPTIMISER: Final = {"sgd": "SGD", "nesterov": "SGD", "adam": "Adam", "adamw": "AdamW", "rmsprop": "RMSprop"}


@dataclass(frozen=True)
class Loop:
    """What a training loop depends on.

    Attributes:
        train: hyperparameters.
        samples: in the training set.
        given: the lines that make X and Y, the inputs and targets of the whole training set.
        test: the expression for the test set's inputs and targets.
        dropout: whether the network draws masks.
        two_modes: whether it computes otherwise in training than in testing (dropout, batch norm).
        digits: whether the samples are MNIST's, which lie in a Dataset of torchvision's.
        cells: of the notes: loss function and optimizer, and the loop.
    """

    train: TrainConfig
    samples: int
    given: str = ""
    test: str = ""
    dropout: bool = False
    two_modes: bool = False
    digits: bool = False
    cells: tuple[str, str] = ("In [8]-[9]", "In [10]")


def rule_part(train: TrainConfig, cells: str = "In [8]-[9]") -> Part:
    """Return the part with loss function, optimizer and schedule."""
    schedules = {
        "step": f"StepLR(optimizer, step_size={max(1, train.epochs // 4)}, gamma=0.5)",
        "exponential": f"ExponentialLR(optimizer, gamma=0.01 ** (1 / {train.epochs}))",
        "cosine": f"CosineAnnealingLR(optimizer, T_max={train.epochs})",
    }
    lines = [
        f"loss_fn = {LOSS[train.loss]}" + ("  # softmax is part of it" if train.loss == "cross_entropy" else ""),
        f"learning_rate = {train.lr}",
        f"optimizer = {_optimiser(train)}",
    ]
    if train.schedule != "constant":
        lines.append(f"scheduler = torch.optim.lr_scheduler.{schedules[train.schedule]}")
    return Part(
        N_("Loss function and optimizer"),
        N_(
            "The loss measures how far the answers are from the truth; the optimizer turns its gradients into steps, "
            "and the learning rate scales them."
        ),
        "\n".join(lines),
        cells,
    )


def loop_part(loop: Loop, changes: Sequence[Change] = ()) -> Part:
    """Return the part that trains and keeps each update's loss in ``losses``.

    Args:
        loop: what it depends on.
        changes: made by hand while the run was under way.
    """
    train, hand = loop.train, changed(loop.train, loop.samples, changes)
    stops = train.patience > 0
    sized = len(hand.sizes) > 1
    batched = sized or train.batch_size > 0
    inner = "        " if batched else "    "
    code = _before(loop, hand)
    code += "for epoch in range(epochs):\n"
    if sized:
        code += "    train_loader = batches(sizes[epoch]) if epoch in sizes else train_loader\n"
    if batched:
        code += "    for x, y in train_loader:\n"
        if loop.digits:
            code += f"{inner}x, y = x.to(device), y.to(device)\n"
    code += "".join(f"{inner}{line}\n" for line in _update(loop, hand, batched))
    if stops and batched:
        code += f"    if waited == {train.patience}:\n        break\n"
    if train.schedule != "constant":
        code += "    scheduler.step()\n"
    every = max(1, train.epochs // 10)
    show = 'print(f"epoch {epoch + 1}: loss {losses[-1]:.6f}")'
    code += f"    {show}\n" if every == 1 else f"    if (epoch + 1) % {every} == 0:\n        {show}\n"
    code += 'print(f"{len(losses)} updates, last loss {losses[-1]:.9g}")\n'
    return Part(
        N_("Train"),
        N_(
            "Forward, loss, zero the gradients, backward, step. `loss.backward()` computes every parameter's gradient, "
            "and `optimizer.step()` changes the parameters against it."
        ),
        code.strip(),
        loop.cells[1],
    )


def curve_part(batched: bool) -> Part:
    """Return the part that draws the loss of every update, as the notes' training cell does at its end.

    Args:
        batched: whether an epoch has more than one update.
    """
    axis = "update" if batched else "epoch"
    return Part(
        N_("The loss at each update"),
        N_(
            "A loss that falls steeply and then flattens has found a valley; one that jumps has too large a learning "
            "rate."
        ),
        f'plt.plot(range(len(losses)), losses)\nplt.xlabel("{axis}"), plt.ylabel("loss")\nplt.show()',
    )


def _before(loop: Loop, hand: Hand) -> str:
    """Return the lines above the loop."""
    train = loop.train
    code = TEST_LOSS.format(test=loop.test) if train.patience else ""
    code += f"epochs = {train.epochs}\nlosses = []\n"
    if not loop.digits:
        code += loop.given
    if train.reshuffle and any(hand.sizes.values()):
        code += f"shuffler = torch.Generator().manual_seed({train.seed})  # decides the batches\n"
        order = ", shuffle=True, generator=shuffler"
    else:  # a DataLoader draws a number per epoch, which would move the masks
        order = ", generator=torch.Generator()" if loop.dropout else ""
    if loop.digits and 0 in hand.sizes.values():
        code += loop.given
    samples = "train_Data" if loop.digits else "TensorDataset(X, Y)"
    if len(hand.sizes) > 1:
        code += f"""

def batches(size):  # 0: the whole training set at once
    if size == 0:
        return [(X, Y)]
    return DataLoader({samples}, batch_size=size{order})


sizes = {hand.sizes}  # epoch: batch size, as changed by hand
"""
    elif train.batch_size:
        code += f"train_loader = DataLoader({samples}, batch_size={train.batch_size}{order})\n"
    code += hand.tables
    if train.l1 or train.l2:
        code += "weights = [p for p in model.parameters() if p.ndim > 1]  # without the biases\n"
    if train.patience:
        code += f"""updates = {hand.updates}  # in all
looks = {hand.looks}  # after these the test set is looked at
best, waited = test_loss(model), 0
"""
    if loop.dropout:
        code += f"torch.manual_seed({train.seed})  # decides which neurons drop out\n"
    if loop.two_modes:
        code += "model.train()\n"
    return code


def _update(loop: Loop, hand: Hand, batched: bool) -> list[str]:
    """Return the lines of one update."""
    train = loop.train
    x, y = ("x", "y") if batched else ("X", "Y")
    lines = [
        *hand.lines,
        f"Pred = model({x})  # forward",
        f"loss = loss_fn(Pred, {y})",
        "losses.append(loss.item())",
    ]
    if train.l1 or train.l2:
        l1 = f"{train.l1} * sum(w.abs().sum() for w in weights)"
        l2 = f"{train.l2} * sum(w.square().sum() for w in weights)"
        lines.append("penalty = " + " + ".join([l1] * bool(train.l1) + [l2] * bool(train.l2)))
    lines += [
        "optimizer.zero_grad()  # else the new gradients are added to the old ones",
        ("(loss + penalty).backward()" if train.l1 or train.l2 else "loss.backward()") + "  # backward",
        "optimizer.step()  # the parameters change",
    ]
    if train.patience:
        lines += ["if len(losses) in looks:  # early stopping", "    now = test_loss(model)"]
        lines += ["    model.train()"] if loop.two_modes else []
        lines += ["    best, waited = (now, 0) if now < best else (best, waited + 1)"]
        lines += [f"if waited == {train.patience}:", "    break"]
    return lines


def _optimiser(train: TrainConfig) -> str:
    given = "model.parameters(), lr=learning_rate"
    if train.momentum and train.optimiser in WITH_MOMENTUM:
        given += f", momentum={train.momentum}"
    if train.optimiser == "nesterov":
        given += ", nesterov=True"
    return f"torch.optim.{_OPTIMISER[train.optimiser]}({given})"
