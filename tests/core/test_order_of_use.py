"""The order of use is what a DataLoader really does."""

import numpy as np
import pytest

from core.data.batches import Batches
from core.data.order_of_use import order_of_use


@pytest.mark.parametrize("reshuffle", [False, True])
@pytest.mark.parametrize("drop_last", [False, True])
@pytest.mark.parametrize("batch_size", [1, 4, 5, 23])
def test_it_is_the_data_loader_s_order(batch_size: int, drop_last: bool, reshuffle: bool) -> None:
    import torch
    from torch.utils.data import DataLoader

    train = np.arange(101, 124)
    batches = Batches(23, batch_size, 3, drop_last)
    planned = order_of_use(batches, train, 7, reshuffle)
    loader = DataLoader(
        train.tolist(),
        batch_size=batch_size,
        shuffle=reshuffle,
        drop_last=drop_last,
        generator=torch.Generator().manual_seed(7),
    )
    for epoch in range(3):
        real = [batch.tolist() for batch in loader]
        assert [planned.update(epoch, place).tolist() for place in range(batches.updates_per_epoch)] == real
        for sample in (101, 110, 123):
            where = [place for place, batch in enumerate(real) if sample in batch]
            assert planned.place_of(sample, epoch) == (where[0] if where else None)
    assert planned.place_of(1, 0) is None
