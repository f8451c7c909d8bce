"""Looking inside LeNet-5: every number against the network's own, against sums by hand, and against autograd."""

import threading

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import InvalidInput
from core.inspect_cnn.ablation import without
from core.inspect_cnn.attribution import grad_cam, saliency
from core.inspect_cnn.cell import explain
from core.inspect_cnn.layers import blocks, layer_table, walk
from core.inspect_cnn.maps import look_inside
from core.nets.building import build
from core.nets.networks import DIGITS
from core.nets.pretrained import pretrained
from core.nets.rbf import PATTERNS

ALL = DIGITS
LENETS = tuple(name for name in ALL if name != "mnist-dnn")
SHAPES = {"c1": (6, 28, 28), "s2": (6, 14, 14), "c3": (16, 10, 10), "s4": (16, 5, 5), "c5": (120, 1, 1)}
SHAPES |= {"f6": (84,), "out": (10,)}
DNN = {"h1": (512,), "h2": (256,), "h3": (128,), "h4": (64,), "out": (10,)}


def network(name, seed=3):
    return build(name, seed).eval().requires_grad_(False)


@pytest.fixture(scope="module")
def image():
    """A 7 of sorts: bright strokes and dark paper, normalised."""
    picture = torch.full((1, 28, 28), -0.4242)
    picture[0, 6:9, 6:20] = 2.5
    picture[0, 8:23, 15:18] = 2.1
    return picture + 0.05 * torch.randn(1, 28, 28, generator=torch.Generator().manual_seed(0))


# --- maps ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ALL)
def test_maps_are_the_network_s_own(name, image):
    model = network(name)
    maps = look_inside(model, image)
    assert {layer: tuple(values.shape) for layer, values in maps.items()} == (DNN if name == "mnist-dnn" else SHAPES)
    assert torch.equal(maps["out"], model(image[None])[0])
    seen = {}
    net = dict(model.net.named_children())
    for block in blocks(model):
        hook = lambda _m, _i, out, at=block.name: seen.__setitem__(at, out[0].clone())  # noqa: E731
        (block.activation or net[block.prefix.removeprefix("net.")]).register_forward_hook(hook)
    model(image[None])
    assert all(torch.equal(values, seen[layer]) for layer, values in maps.items())
    assert blocks(model)[-1].activation_name == ""


def test_activations_lie_between_sums_and_values(image):
    for name, function in {
        "lenet5": torch.tanh,
        "lenet5-sigmoid": torch.sigmoid,
        "lenet5-relu-max": torch.relu,
    }.items():
        found = list(walk(network(name), image[None]))
        for block, _inputs, sums, values in found:
            assert torch.equal(values, function(sums) if block.activation_name else sums)
        assert [bool(block.activation_name) for block, *_ in found] == [True, False, True, False, True, True, False]


def test_only_one_digit_is_looked_at(image):
    for wrong in (torch.zeros(2, 1, 28, 28), torch.zeros(1, 27, 28), torch.zeros(28 * 28)):
        with pytest.raises(InvalidInput, match="28×28"):
            look_inside(network("lenet5"), wrong)


# --- the table -------------------------------------------------------------------------------------------------------


def test_table_of_course_5():
    rows = {row.name: row for row in layer_table("lenet5")}
    assert list(rows) == ["in", *SHAPES]
    assert {name: row.output for name, row in rows.items()} == {"in": (1, 28, 28)} | SHAPES
    assert [row.parameters for row in rows.values()] == [0, 156, 0, 2_416, 0, 48_120, 10_164, 850]
    c1, s2, c3 = rows["c1"], rows["s2"], rows["c3"]
    assert (c1.filters, c1.window, c1.stride, c1.padding, c1.activation) == ((6, 1, 5, 5), (5, 5), 1, 2, "tanh")
    assert (s2.kind, s2.filters, s2.window, s2.stride, s2.activation) == ("average pooling", (), (2, 2), 2, "")
    assert (c3.kind, c3.filters, c3.padding) == ("convolution", (16, 6, 5, 5), 0)
    # 25·6·28·28 + 150·16·100 + 400·120 + 120·84 + 84·10
    assert [row.multiply_adds for row in rows.values()] == [0, 117_600, 0, 240_000, 0, 48_000, 10_080, 840]


@pytest.mark.parametrize("name", ALL)
def test_tables_of_the_others(name):
    rows = layer_table(name)
    assert sum(row.parameters for row in rows) == sum(p.numel() for p in network(name).parameters())
    assert rows[0].output == ((1, 32, 32) if name == "lenet5-32" else (1, 28, 28))
    assert rows[-1].output == (10,)
    if name == "lenet5-rbf":
        assert (rows[-1].kind, rows[-1].parameters, rows[-1].multiply_adds) == ("rbf", 0, 840)
    if name == "lenet5-relu-max":
        assert (rows[2].kind, rows[1].activation) == ("max pooling", "relu")


# --- one cell --------------------------------------------------------------------------------------------------------


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_cell_s_sum_is_what_the_layer_returns(data):
    name = data.draw(st.sampled_from(ALL))
    model = network(name)
    image = torch.randn(1, 28, 28, generator=torch.Generator().manual_seed(data.draw(st.integers(0, 999))))
    layer, _inputs, sums, values = data.draw(st.sampled_from(list(walk(model, image[None]))))
    place = tuple(data.draw(st.integers(0, size - 1)) for size in values[0].shape)
    cell = explain(model, image, layer.name, *place)
    assert (cell.layer, cell.kind, cell.activation) == (layer.name, layer.kind, layer.activation_name)
    assert (cell.sum, cell.value) == (float(sums[0][place]), float(values[0][place]))
    if layer.kind == "max pooling":
        assert cell.sum == float(cell.window.max())
        assert (cell.filter, cell.products, cell.channel_sums, cell.bias) == (None,) * 4
    elif layer.kind == "average pooling":
        assert cell.sum == pytest.approx(float(cell.window.mean()), abs=1e-6)
    elif layer.kind == "rbf":
        assert cell.sum == pytest.approx(-float(cell.channel_sums.sum()), rel=1e-5)
        assert torch.equal(cell.filter, PATTERNS[place[0]])
    else:
        assert torch.equal(cell.products, cell.window * cell.filter)
        by_hand = sum(
            x * w for x, w in zip(cell.window.flatten().tolist(), cell.filter.flatten().tolist(), strict=True)
        )
        assert cell.sum == pytest.approx(by_hand + cell.bias, abs=2e-6 * max(1, len(cell.filter.flatten()) / 100))
        assert cell.sum == pytest.approx(float(cell.channel_sums.sum()) + cell.bias, abs=1e-5)
        assert torch.equal(
            cell.filter, dict(model.named_parameters())[_prefix(model, layer.name) + ".weight"][place[0]]
        )


def _prefix(model, layer):
    return next(block.prefix for block in blocks(model) if block.name == layer)


def test_a_window_at_the_edge_is_padded_with_zeros(image):
    model = network("lenet5")
    corner = explain(model, image, "c1", 3, 0, 27)
    assert (corner.top, corner.left, corner.window.shape, corner.filter.shape) == (-2, 25, (1, 5, 5), (1, 5, 5))
    assert corner.window[0, :2].eq(0).all()
    assert corner.window[0, :, 3:].eq(0).all()
    assert torch.equal(corner.window[0, 2:, :3], image[0, :3, 25:])
    framed = explain(network("lenet5-32"), image, "c1", 3, 0, 27)
    assert (framed.top, framed.left) == (0, 27)
    assert framed.window[0, :2].eq(framed.window[0, 0, 0]).all()
    assert framed.window[0, 0, 0] == pytest.approx(-0.4242, abs=1e-4)


def test_windows_of_deeper_layers_lie_in_the_layer_before(image):
    model = network("lenet5")
    maps = look_inside(model, image)
    c3 = explain(model, image, "c3", 7, 2, 4)
    assert torch.equal(c3.window, maps["s2"][:, 2:7, 4:9])
    assert c3.channel_sums.shape == (6,)
    s4 = explain(model, image, "s4", 7, 2, 4)
    assert torch.equal(s4.window, maps["c3"][7:8, 4:6, 8:10])
    c5 = explain(model, image, "c5", 100)
    assert torch.equal(c5.window, maps["s4"])
    assert torch.equal(explain(model, image, "f6", 5).window, maps["c5"].flatten())


@pytest.mark.parametrize(
    ("layer", "place"),
    [("c1", (6, 0, 0)), ("c1", (0, 28, 0)), ("c1", (0, 0, -1)), ("f6", (84,)), ("f6", (0, 1, 0)), ("c1", (0.5, 0, 0))],
)
def test_cells_that_are_not_there(layer, place, image):
    with pytest.raises(InvalidInput, match="cells"):
        explain(network("lenet5"), image, layer, *place)


def test_layers_that_are_not_there(image):
    for call in (
        lambda: explain(network("lenet5"), image, "c9", 0),
        lambda: explain(network("mnist-dnn"), image, "c1", 0),
        lambda: without(network("mnist-dnn"), "c1", [0]),
    ):
        with pytest.raises(InvalidInput, match="no layer"):
            call()


# --- saliency and Grad-CAM -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ALL)
def test_saliency_is_the_size_of_the_gradient(name, image):
    model = network(name)
    pixels = image[None].clone().requires_grad_()
    model(pixels)[0, 4].backward()
    found = saliency(model, image, 4)
    assert torch.equal(found, pixels.grad[0, 0].abs())
    assert not any(value.requires_grad for value in model.parameters())


@pytest.mark.parametrize("name", LENETS)
def test_grad_cam_is_the_paper_s(name, image):
    """Selvaraju et al. 2017, eq. 1 and 2, written out."""
    model = network(name)
    seen = {}
    block = next(block for block in blocks(model) if block.name == "c3")
    hook = block.activation.register_forward_hook(lambda _m, _i, out: seen.setdefault("maps", out))
    logit = model(image[None].clone().requires_grad_())[0, 7]
    maps = seen["maps"]
    (gradient,) = torch.autograd.grad(logit, maps)
    hook.remove()
    coarse = torch.relu((gradient.mean(dim=(2, 3), keepdim=True) * maps).sum(dim=1, keepdim=True))
    side = 32 if name == "lenet5-32" else 28
    fine = torch.nn.functional.interpolate(coarse, size=(side, side), mode="bilinear")[0, 0]
    wanted = fine[2:-2, 2:-2] if side == 32 else fine
    found = grad_cam(model, image, 7)
    assert found.shape == (28, 28)
    assert torch.allclose(found, wanted.detach(), atol=1e-6)
    assert found.min() >= 0


@pytest.mark.parametrize("name", LENETS)
def test_captum_finds_the_same(name, image):
    from captum.attr import LayerGradCam, Saliency

    model = build(name, 3).eval()
    layer = next(block for block in blocks(model) if block.name == "c3").activation
    pixels = image[None].clone().requires_grad_()
    assert torch.equal(saliency(model, image, 7), Saliency(model).attribute(pixels, target=7)[0, 0])
    coarse = LayerGradCam(model, layer).attribute(pixels, target=7, relu_attributions=True).detach()
    edge = 2 if name == "lenet5-32" else 0
    fine = torch.nn.functional.interpolate(coarse, size=(28 + 2 * edge,) * 2, mode="bilinear")[0, 0]
    assert torch.allclose(grad_cam(model, image, 7), fine[edge : 28 + edge, edge : 28 + edge], atol=1e-6)


def test_grad_cam_needs_maps_with_a_place(image):
    with pytest.raises(InvalidInput, match="no layer c3"):
        grad_cam(network("mnist-dnn"), image, 0)
    for digit in (-1, 10, 1.0, True):
        with pytest.raises(InvalidInput, match="0 … 9"):
            saliency(network("lenet5"), image, digit)


def test_a_shared_network_is_left_alone_while_others_use_it(image):
    """Grad-CAM hooks a layer: of its own copy."""
    model = pretrained("lenet5")
    wanted = grad_cam(model, image, 3), model(image[None])
    failures = []

    def use():
        agree = [
            torch.equal(grad_cam(model, image, 3), wanted[0]) and torch.equal(model(image[None]), wanted[1])
            for _ in range(15)
        ]
        failures.extend(at for at, fine in enumerate(agree) if not fine)

    threads = [threading.Thread(target=use) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert not any(module._forward_hooks for module in model.modules())


# --- without a filter ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ALL)
def test_a_silent_channel_is_zero_and_the_others_are_as_before(name, image):
    model = network(name)
    for layer in blocks(model)[:-1]:
        silent = without(model, layer.name, [1, 4])
        before, after = look_inside(model, image)[layer.name], look_inside(silent, image)[layer.name]
        assert after[[1, 4]].eq(0).all()
        others = [channel for channel in range(len(before)) if channel not in (1, 4)]
        assert torch.equal(after[others], before[others])
        sums = [next(s for b, _i, s, _v in walk(each, image[None]) if b.name == layer.name) for each in (model, silent)]
        assert torch.equal(*sums) or not layer.activation
    assert torch.equal(without(model, "c1" if name in LENETS else "h1", ())(image[None]), model(image[None]))
    assert not any(module._forward_hooks for module in model.modules())


def test_without_a_filter_is_the_filter_set_to_zero_where_the_activation_of_0_is_0(image):
    model, other = network("lenet5"), network("lenet5")
    other.net.c3.weight[6] = 0
    other.net.c3.bias[6] = 0
    assert torch.equal(without(model, "c3", [6])(image[None]), other(image[None]))


@pytest.mark.parametrize(("layer", "channels"), [("c1", [6]), ("c1", [-1]), ("f6", [84]), ("c1", [1.0]), ("out", [0])])
def test_channels_that_are_not_there(layer, channels, image):
    with pytest.raises(InvalidInput):
        without(network("lenet5"), layer, channels)
