"""Torch as the oracle: our sizes are torch's, and we refuse exactly what torch refuses."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.conv.check import module_for, torch_outputs
from core.conv.layers import Activation, AdaptivePool, AvgPool, BatchNorm, Conv, Flatten, Linear, MaxPool
from core.conv.presets import PRESETS
from core.conv.sizes import trace
from core.errors import InvalidInput

torch = pytest.importorskip("torch")
from torch import nn  # noqa: E402

# Torch takes kernel_size 0, dilation 0, negative padding and layers of 0 filters or features; we never do
# (test_conv_sizes.py), so the draws below stay at values that a layer can have.


def pairs(low: int, high: int) -> st.SearchStrategy[int | tuple[int, int]]:
    number = st.integers(low, high)
    return number | st.tuples(number, number)


convs = st.builds(
    dict,
    filters=st.integers(1, 6),
    kernel_size=pairs(1, 6),
    stride=pairs(1, 4),
    padding=pairs(0, 4),
    dilation=pairs(1, 3),
    groups=st.sampled_from([1, 1, 1, 2, 3, 4]),
    bias=st.booleans(),
)
pools = st.builds(
    dict, kernel_size=pairs(1, 6), stride=st.none() | pairs(1, 5), padding=pairs(0, 3), ceil_mode=st.booleans()
)
shapes = st.tuples(st.integers(1, 6), st.integers(1, 14), st.integers(1, 14))


def ours(make, values: dict, shape: tuple[int, int, int]) -> tuple[int, int, int] | None:
    try:
        return trace([make(**values)], shape).output
    except InvalidInput:
        return None


def theirs(make, values: dict, shape: tuple[int, int, int]) -> tuple[int, int, int] | None:
    try:
        return tuple(make(**values)(torch.empty(1, *shape, device="meta")).shape[1:])
    except (RuntimeError, ValueError):
        return None


@settings(max_examples=800, deadline=None)
@given(convs, shapes)
def test_convolution(values: dict, shape: tuple[int, int, int]) -> None:
    def conv(filters: int, **rest: object) -> nn.Module:
        return nn.Conv2d(shape[0], filters, device="meta", **rest)

    mine = ours(Conv, values, shape)
    assert mine == theirs(conv, values, shape)
    if mine:
        (layer,) = trace([Conv(**values)], shape).layers
        assert layer.parameters == sum(p.numel() for p in conv(**values).parameters())
        assert torch_outputs([Conv(**values)], shape)[0][0] == mine


@settings(max_examples=600, deadline=None)
@given(pools, shapes)
def test_average_pooling(values: dict, shape: tuple[int, int, int]) -> None:
    assert ours(AvgPool, values, shape) == theirs(nn.AvgPool2d, values, shape)


@settings(max_examples=600, deadline=None)
@given(pools, pairs(1, 3), shapes)
def test_maximum_pooling(values: dict, dilation: int, shape: tuple[int, int, int]) -> None:
    values = {**values, "dilation": dilation}
    assert ours(MaxPool, values, shape) == theirs(nn.MaxPool2d, values, shape)


links = st.one_of(
    convs.map(lambda values: (Conv, values)),
    pools.map(lambda values: (AvgPool, values)),
    st.tuples(pools, pairs(1, 3)).map(lambda v: (MaxPool, {**v[0], "dilation": v[1]})),
    pairs(1, 20).map(lambda size: (AdaptivePool, {"output_size": size})),
    st.just((BatchNorm, {})),
    st.just((Activation, {"activation": "relu"})),
    st.just((Flatten, {})),
    st.integers(1, 9).map(lambda n: (Linear, {"features": n})),
)


@settings(max_examples=600, deadline=None)
@given(st.lists(links, min_size=1, max_size=6), shapes)
def test_chains(chain: list, shape: tuple[int, int, int]) -> None:
    """Walk torch along: same output at every layer, and a refusal at the same layer."""
    layers: list = []
    x = torch.empty(1, *shape, device="meta")
    for number, (make, values) in enumerate(chain, 1):
        try:
            x = _torch_step(make, values, x)
            shape_now = (*x.shape[1:], 1, 1) if x.dim() == 2 else tuple(x.shape[1:])
        except (RuntimeError, ValueError):
            try:
                layers.append(make(**values))
            except InvalidInput:  # whatever its input were
                return
            with pytest.raises(InvalidInput, match=rf"^layer {number} \({make.kind}\)"):
                trace(layers, shape)
            return
        layers.append(make(**values))
        assert trace(layers, shape).layers[-1].output == shape_now
    ours = [(layer.output, layer.parameters) for layer in trace(layers, shape).layers]
    assert torch_outputs(layers, shape) == ours


def _torch_step(make, values: dict, x):
    if make is Flatten:
        return nn.Flatten()(x)
    if make is Activation:
        return nn.ReLU()(x)
    if make is BatchNorm:
        return (nn.BatchNorm1d if x.dim() == 2 else nn.BatchNorm2d)(x.shape[1], device="meta").eval()(x)
    if make is Linear:
        # Ours and torch's differ here by intent: torch multiplies the last axis alone, whatever the others are.
        if x.dim() == 4 and tuple(x.shape[2:]) != (1, 1):
            raise ValueError("not flat")
        x = x.flatten(1)
        return nn.Linear(x.shape[1], values["features"], device="meta")(x)
    if x.dim() == 2:
        # Torch's own refusal where it has one; its pools would read (batch, features) as one unbatched row.
        raise ValueError("already flat")
    if make is AdaptivePool:
        return nn.AdaptiveAvgPool2d(**values)(x)
    return module_for(make(**values), x.shape[1])(x)


@pytest.mark.parametrize(("size", "output"), [((28, 20), 4), ((9, 7), (2, 3)), ((3, 5), 8), ((6, 6), 1)])
def test_adaptive_pooling_sees_what_torch_sees(size: tuple[int, int], output) -> None:
    """The pixels with a gradient: of one output number, and of a fully connected layer on all of them."""
    pool = AdaptivePool(output)
    row, last = trace([pool, Flatten(), Linear(1)], (1, *size)).layers[::2]
    x = torch.ones(1, 1, *size, requires_grad=True)
    seen = [torch.autograd.grad(y, x, retain_graph=True)[0][0, 0] for y in nn.AdaptiveAvgPool2d(output)(x).flatten()]
    largest = [max(int((grad.sum(1 - i) > 0).sum()) for grad in seen) for i in (0, 1)]
    assert row.receptive_field == tuple(largest)
    assert last.receptive_field == size


@pytest.mark.parametrize("name", ["alexnet", "vgg16"])
def test_presets_are_torchvision_s(name: str) -> None:
    from torchvision import models

    with torch.device("meta"):
        model = getattr(models, name)()
    mine = trace(PRESETS[name].chain, PRESETS[name].input)
    assert mine.parameters == sum(p.numel() for p in model.parameters())
    sizes = [len(p) for p_name, p in model.named_parameters() if p_name.endswith("weight")]
    assert sizes == [layer.output[0] for layer in mine.layers if layer.parameters]


def test_values_that_torch_takes_and_we_refuse() -> None:
    """The stated differences, so that a change in torch is noticed."""
    x = torch.empty(1, 1, 4, 4, device="meta")
    assert tuple(nn.Conv2d(1, 1, 3, dilation=0, device="meta")(x).shape) == (1, 1, 4, 4)
    assert tuple(nn.Conv2d(1, 1, 3, padding=-1, device="meta")(torch.empty(1, 1, 8, 8, device="meta")).shape) == (
        1,
        1,
        4,
        4,
    )
    for values in ({"dilation": 0}, {"padding": -1}):
        with pytest.raises(InvalidInput):
            Conv(1, 3, **values)
