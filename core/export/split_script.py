"""Lesson 1's settings as PyTorch lines that give the same rows and the same counts."""

from __future__ import annotations

from core.data.batches import Batches
from core.data.splits import SplitConfig

_DATA = """\
import torch
from torch.utils.data import DataLoader, TensorDataset

inputs = torch.rand({samples}, 3, generator=torch.Generator().manual_seed({data_seed}))
total = inputs.sum(dim=1)
targets = torch.stack([total < 1, (total >= 1) & (total <= 2), total > 2], dim=1).float()
data = torch.cat([inputs, targets], dim=1)  # ({samples}, 6)
"""
_SHUFFLE = """
order = torch.randperm(len(data), generator=torch.Generator().manual_seed({seed}))
data = data[order]
"""
_SPLIT = """
train_size = int(len(data) * {ratio})
train, test = data[:train_size], data[train_size:]  # ({train}, 6), ({test}, 6)
"""
_LOADER = """
loader = DataLoader(
    TensorDataset(train[:, :3], train[:, 3:]),
    batch_size={batch_size},
    shuffle=True,
    drop_last={drop_last},
)
updates = 0
for epoch in range({epochs}):
    for x, y in loader:
        updates += 1  # forward, backward, one step of the optimiser
print(len(loader), updates)  # {updates_per_epoch} {updates}
"""


def split_script(config: SplitConfig, batches: Batches, data_seed: int = 0) -> str:
    """Return the lesson's settings as a script that runs on torch alone.

    Args:
        config: how the samples are split.
        batches: how the training set is fed; its ``samples`` are the split's training samples.
        data_seed: seed of the one-hot data.
    """
    parts = [_DATA, _SHUFFLE if config.shuffle else "", _SPLIT, _LOADER]
    return "".join(parts).format(
        samples=config.samples,
        data_seed=data_seed,
        seed=config.seed,
        ratio=config.ratio,
        train=config.train_size,
        test=config.test_size,
        batch_size=batches.batch_size,
        drop_last=batches.drop_last,
        epochs=batches.epochs,
        updates_per_epoch=batches.updates_per_epoch,
        updates=batches.updates,
    )
