"""Train what doubts: `python -m core.pretraining.doubter [--epochs N] [--seed N] [--data DIR] [--out DIR]`.

About five minutes on one core. Digits are MNIST's training set without its last 5 000, and an eighth as many drawn ones
(drawn_digits.py), all written again by other pens at every epoch; against them stand as many pictures that are no
digits (not_digits.py). The limit is then set on the 5 000 digits left out, written again too: 2 % of them are doubted.
"""

import argparse
from collections.abc import Callable
from pathlib import Path

import torch
import torch.nn.functional as F

from core.data import grey, mnist
from core.data.augment import Pens, augment
from core.errors import InvalidInput
from core.nets.doubter import Doubter, doubter
from core.nets.pretrained import WEIGHTS
from core.pretraining.drawn_digits import drawn_digits
from core.pretraining.networks import write
from core.pretraining.not_digits import not_digits
from core.sketch.doubt import read_doubter, scores

HELD_OUT, BATCH, LR, WEIGHT_DECAY = 5_000, 128, 0.003, 0.02
DOUBTED = 0.02
"""Share of the digits left out that is doubted once they are written again; of MNIST's own and of UCI's it is less."""


def train_doubter(
    digits: mnist.Mnist, epochs: int, seed: int, progress: Callable[[int, float], None]
) -> tuple[Doubter, float]:
    """Train the network and set its limit; the same seed and data give the same numbers on the same machine.

    Args:
        digits: MNIST; only its training set is used.
        epochs: passes over the digits.
        seed: of first weights, order, pens and of the pictures that are no digits.
        progress: called after every epoch with its number and mean loss.

    Returns:
        The network in eval mode, and the score from which it doubts.
    """
    held = min(HELD_OUT, len(digits.train_images) // 10)
    images, labels = digits.train_images[:-held], digits.train_labels[:-held]
    pixels = grey.denormalise(images[:, 0]).numpy()
    drawn, their_labels = drawn_digits(len(images) // 8, seed)
    images = torch.cat([images, grey.normalise(torch.from_numpy(drawn)[:, None])])
    own_labels, labels = labels, torch.cat([labels, torch.from_numpy(their_labels)])
    others = grey.normalise(torch.from_numpy(not_digits(len(images), pixels, own_labels.numpy(), seed))[:, None])
    generator = torch.Generator().manual_seed(seed)
    model = doubter(seed).train()
    optimiser = torch.optim.AdamW(model.parameters(), lr=LR, weight_decay=WEIGHT_DECAY)
    updates = len(images) // BATCH
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, LR, total_steps=epochs * updates, pct_start=0.15, cycle_momentum=False
    )
    for epoch in range(1, epochs + 1):
        yes = torch.randperm(len(images), generator=generator)[: updates * BATCH].reshape(updates, BATCH)
        no = torch.randperm(len(others), generator=generator)[: updates * BATCH].reshape(updates, BATCH)
        total = 0.0
        for some, none in zip(yes, no, strict=True):
            inputs = written_again(torch.cat([images[some], others[none]]), generator)
            wanted = torch.cat([F.one_hot(labels[some], 10), torch.zeros(BATCH, 10)]).to(torch.float32)
            loss = F.binary_cross_entropy_with_logits(model(inputs), wanted) * 10
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            schedule.step()
            total += float(loss.detach())
        progress(epoch, total / updates)
    return model.eval(), set_limit(model, digits.train_images[-held:], seed)


def set_limit(model: Doubter, images: torch.Tensor, seed: int) -> float:
    """Return the score that DOUBTED of these digits, written again, lie above.

    Args:
        model: in eval mode.
        images: float32 (n, 1, 28, 28), normalised, which it was not trained on.
        seed: of the pens.
    """
    again = written_again(images, torch.Generator().manual_seed(seed))
    return float(scores(model, again).quantile(1 - DOUBTED))


def written_again(images: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Write pictures again with other pens; a third is left as it is, a sixth goes through a coarse picture."""
    changed = augment(images, generator, Pens(rotation=15.0, shift=1.0))
    lot = torch.rand(len(images), generator=generator)
    side = int(torch.randint(9, 15, (), generator=generator))
    coarse = F.interpolate(F.interpolate(changed, size=side, mode="area"), size=28, mode="bicubic", align_corners=False)
    light = (coarse * grey.STD + grey.MEAN).clamp(0, 1)
    light = light / light.amax(dim=(1, 2, 3), keepdim=True).clamp(min=1e-3)
    coarse = grey.normalise((light * 255).round().to(torch.uint8))
    lot = lot.reshape(-1, 1, 1, 1)
    return torch.where(lot < 1 / 3, images, torch.where(lot < 1 / 2, coarse, changed))


def main() -> None:
    """Train on all of MNIST and write doubt.safetensors, whose header says how it came to be."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--data", type=Path, help="folder with MNIST's files")
    parser.add_argument("--out", type=Path, default=WEIGHTS, help="default: where the app reads its weights")
    options = parser.parse_args()
    torch.set_num_threads(1)
    digits = mnist.load(options.data)
    if not digits.provenance.full:
        raise InvalidInput("Pretraining needs all of MNIST; put it in place with `python -m core fetch`.")

    def tell(epoch: int, loss: float) -> None:
        print(f"epoch {epoch}: loss {loss:.4f}", flush=True)

    model, limit = train_doubter(digits, options.epochs, options.seed, tell)
    about = {
        "model": "doubt",
        "limit": repr(limit),
        "data": f"MNIST, {len(digits.train_images) - HELD_OUT} training images; drawn digits; what is none",
        "data_checksum": digits.provenance.checksum,
        "seed": str(options.seed),
        "epochs": str(options.epochs),
        "torch": torch.__version__,
    }
    write(options.out / "doubt.safetensors", model.state_dict(), about)
    print(f"limit {read_doubter(options.out)[1]:.6f}")


if __name__ == "__main__":
    main()
