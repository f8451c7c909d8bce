"""The code of lesson 1 runs on torch alone and says what the page says."""

import pytest

from core.data.batches import Batches
from core.data.splits import SplitConfig, split
from core.data.synthetic import one_hot
from core.export.split_script import split_script


@pytest.mark.parametrize(
    ("config", "batch_size", "epochs", "drop_last"),
    [
        (SplitConfig(), 64, 5, False),
        (SplitConfig(12_800, 0.8), 1_024, 5, False),
        (SplitConfig(997, 0.35, shuffle=True, seed=9), 32, 2, True),
        (SplitConfig(60, 0.5, shuffle=True, seed=3), 1, 1, False),
    ],
)
def test_the_script_gives_the_page_s_rows_and_counts(
    config: SplitConfig, batch_size: int, epochs: int, drop_last: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    import torch

    batches = Batches(config.train_size, batch_size, epochs, drop_last)
    names: dict[str, torch.Tensor] = {}
    exec(split_script(config, batches), names)
    result, data = split(config), one_hot(config.samples)
    assert torch.equal(names["train"], data.table[[n - 1 for n in result.train]])
    assert torch.equal(names["test"], data.table[[n - 1 for n in result.test]])
    assert capsys.readouterr().out.split() == [str(batches.updates_per_epoch), str(batches.updates)]
