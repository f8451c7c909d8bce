"""2 000 random chains, the same in every run: `sizes` says what torch does, layer by layer, refusals included."""

import json
import random

import pytest

from core.cli import main
from core.conv.parsing import parse_chain
from core.conv.sizes import Shape, trace
from core.errors import InvalidInput

torch = pytest.importorskip("torch")
from torch import nn  # noqa: E402

CHAINS, SEED = 2_000, 20_240_601


def random_chain(draw: random.Random) -> tuple[list[dict], Shape]:
    """Return one to seven layers as JSON has them, often impossible, and an input."""
    shape = (draw.choice((1, 1, 3, 4)), draw.randint(4, 40), draw.randint(4, 40))
    rows: list[dict] = []
    for _ in range(draw.randint(1, 5)):
        rows.append(_windowed(draw))
        if draw.random() < 0.1:
            rows.append({"type": "activation", "activation": "relu"})
    if draw.random() < 0.4:
        rows += [{"type": "flatten"}] if draw.random() < 0.8 else []
        rows += [{"type": "linear", "features": draw.randint(1, 20)}]
        rows += [_windowed(draw)] if draw.random() < 0.1 else []
    return rows, shape


def _windowed(draw: random.Random) -> dict:
    def size(low: int, high: int) -> int | list[int]:
        return draw.randint(low, high) if draw.random() < 0.7 else [draw.randint(low, high), draw.randint(low, high)]

    kind = draw.choice(("conv", "conv", "avgpool", "maxpool"))
    if kind == "conv":
        row = {"type": kind, "filters": draw.choice((1, 2, 4, 6, 8)), "kernel_size": size(1, 5)}
        row |= {"stride": size(1, 3), "padding": size(0, 3), "dilation": size(1, 2)}
        return row | {"groups": draw.choice((1, 1, 1, 2, 3, 4)), "bias": draw.random() < 0.8}
    row = {"type": kind, "kernel_size": size(1, 4), "padding": size(0, 2), "ceil_mode": draw.random() < 0.4}
    row |= {"stride": size(1, 4)} if draw.random() < 0.6 else {}
    return row | ({"dilation": size(1, 2)} if kind == "maxpool" else {"count_include_pad": draw.random() < 0.5})


def torch_walk(rows: list[dict], shape: Shape) -> tuple[list[tuple[list[int], int]], int | None]:
    """Return torch's (output, parameters) per layer, and the number of the first that it refuses."""
    x, found = torch.empty(1, *shape, device="meta"), []
    for number, row in enumerate(rows, 1):
        try:
            module = torch_module(dict(row), x)
            x = module(x)
        except (RuntimeError, ValueError):
            return found, number
        sizes = [*x.shape[1:], 1, 1][:3]
        found.append((sizes, sum(p.numel() for p in module.parameters())))
    return found, None


def torch_module(row: dict, x) -> nn.Module:
    """Make torch's module from the JSON row alone, so that our own layers and their checks take no part."""
    kind = row.pop("type")
    if kind == "activation":
        return nn.ReLU()
    if kind == "flatten":
        return nn.Flatten()
    if kind == "linear":
        # Ours and torch's differ by intent: torch would multiply an image's last axis alone.
        if x.dim() == 4 and tuple(x.shape[2:]) != (1, 1):
            raise ValueError("not flat")
        flat = nn.Flatten() if x.dim() == 4 else nn.Identity()
        return nn.Sequential(flat, nn.Linear(x.shape[1], row["features"], device="meta"))
    if x.dim() == 2:
        raise ValueError("already flat")  # torch's pools would take (batch, features) for one unbatched row
    row = {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
    if kind == "conv":
        return nn.Conv2d(x.shape[1], row.pop("filters"), device="meta", **row)
    return (nn.AvgPool2d if kind == "avgpool" else nn.MaxPool2d)(**row)


def test_two_thousand_random_chains_agree_with_torch() -> None:
    draw = random.Random(SEED)
    possible = refused = 0
    for _ in range(CHAINS):
        rows, shape = random_chain(draw)
        wanted, stopped = torch_walk(rows, shape)
        found, named, message = ours(rows, shape)
        about = (rows, shape, message)
        if found is not None:
            assert stopped is None, about
            assert found == wanted, about
            possible += 1
            continue
        assert stopped is not None, about
        refused += 1
        if named != stopped:
            # A layer with values that none can have is refused when it is read, so before an earlier impossible one.
            assert named > stopped, about
            assert refused_whatever_comes(rows[named - 1]), about
    assert possible + refused == CHAINS
    assert min(possible, refused) > CHAINS // 5, (possible, refused)  # both sides were really asked


def ours(rows: list[dict], shape: Shape) -> tuple[list[tuple[list[int], int]] | None, int, str]:
    """Return our (output, parameters) per layer; or None, the number of the refused layer and the sentence."""
    try:
        found = trace(parse_chain(json.dumps(rows)), shape)
    except InvalidInput as refusal:
        return None, int(str(refusal).split()[1]), str(refusal)
    return [(list(layer.output), layer.parameters) for layer in found.layers], 0, ""


def refused_whatever_comes(row: dict) -> bool:
    """Return whether torch refuses the layer itself, on an input as large as can be wished."""
    return torch_walk([row], (row.get("groups", 1) * 4, 200, 200))[1] == 1


def test_the_command_says_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    draw = random.Random(SEED + 1)
    codes = set()
    for _ in range(100):
        rows, shape = random_chain(draw)
        wanted, stopped = torch_walk(rows, shape)
        code = main(["sizes", json.dumps(rows), "--input", "x".join(map(str, shape)), "--json"])
        said = capsys.readouterr()
        codes.add(code)
        assert code == (2 if stopped else 0)
        if code == 0:
            assert [(row["output"], row["parameters"]) for row in json.loads(said.out)["layers"]] == wanted
        else:
            assert said.err.count("\n") == 1
            assert "layer " in said.err
    assert codes == {0, 2}
