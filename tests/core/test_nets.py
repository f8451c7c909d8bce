"""The course's networks: their numbers, names and first weights."""

from functools import partial

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from benchmarks import _notebook as notebook
from core.errors import InvalidInput
from core.nets.building import build
from core.nets.dropout import Dropout, seed_dropout
from core.nets.initialisation import INITIALISATIONS, LARGE_STD, initialise
from core.nets.lenet import LeNet5
from core.nets.mlp import ACTIVATIONS, Mlp, MlpConfig, mlp

NETWORKS = [
    pytest.param(lambda seed: mlp(MlpConfig(seed=seed)), notebook.one_hot_net, (3,), id="one-hot"),
    pytest.param(partial(build, "mnist-dnn"), notebook.mnist_dnn, (1, 28, 28), id="mnist-dnn"),
    pytest.param(partial(build, "lenet5"), notebook.lenet5, (1, 28, 28), id="lenet5"),
]


@pytest.mark.parametrize(("ours", "theirs", "shape"), NETWORKS)
@pytest.mark.parametrize("seed", [0, 1, 2**40 + 7])
def test_first_weights_and_outputs_equal_the_notebooks_bit_for_bit(ours, theirs, shape, seed):
    torch.manual_seed(seed)
    theirs = theirs()
    model = ours(seed)
    assert [p.shape for p in model.parameters()] == [p.shape for p in theirs.parameters()]
    assert all(torch.equal(a, b) for a, b in zip(model.parameters(), theirs.parameters(), strict=True))
    inputs = torch.rand(4, *shape, generator=torch.Generator().manual_seed(1))
    assert torch.equal(model(inputs), theirs(inputs))


@pytest.mark.parametrize("name", ["one-hot", "mnist-dnn", "lenet5"])
def test_the_global_generator_is_left_alone(name):
    torch.manual_seed(11)
    before = torch.get_rng_state()
    build(name, 3)
    assert torch.equal(torch.get_rng_state(), before)


def test_numbers_of_parameters():
    def count(model: nn.Module) -> int:
        return sum(p.numel() for p in model.parameters())

    # 3·5+5 + 5·5+5 + 5·5+5 + 5·3+3 = 20 + 30 + 30 + 18
    assert count(mlp(MlpConfig())) == MlpConfig().parameters == 98
    # 784·512+512 + 512·256+256 + 256·128+128 + 128·64+64 + 64·10+10
    assert (
        count(build("mnist-dnn"))
        == MlpConfig((784, 512, 256, 128, 64, 10)).parameters
        == 401_920 + 131_328 + 32_896 + 8_256 + 650
    )
    assert count(build("mnist-dnn")) == 575_050
    # 6·25+6 + 16·150+16 + 120·400+120 + 84·120+84 + 10·84+10
    assert count(build("lenet5")) == 156 + 2_416 + 48_120 + 10_164 + 850 == 61_706


def test_names_and_shapes_of_course_2_3():
    found = {name: tuple(p.shape) for name, p in mlp(MlpConfig()).named_parameters()}
    assert found == {
        "net.0.weight": (5, 3),
        "net.0.bias": (5,),
        "net.2.weight": (5, 5),
        "net.2.bias": (5,),
        "net.4.weight": (5, 5),
        "net.4.bias": (5,),
        "net.6.weight": (3, 5),
        "net.6.bias": (3,),
    }
    assert all(p.requires_grad for p in mlp(MlpConfig()).parameters())
    assert all(p.dtype == torch.float32 and p.device.type == "cpu" for p in build("lenet5").parameters())


def test_outputs_of_lenets_layers_are_those_of_course_5():
    shapes = {}
    model = build("lenet5")
    for name, layer in model.net.named_children():
        layer.register_forward_hook(lambda _m, _i, out, name=name: shapes.__setitem__(name, tuple(out.shape[1:])))
    model(torch.zeros(2, 1, 28, 28))
    course = {
        "c1": (6, 28, 28),
        "s2": (6, 14, 14),
        "c3": (16, 10, 10),
        "s4": (16, 5, 5),
        "c5": (120, 1, 1),
        "f6": (84,),
        "out": (10,),
    }
    assert {name: shapes[name] for name in course} == course
    tanh = [name for name, layer in model.net.named_children() if isinstance(layer, nn.Tanh)]
    assert tanh == ["c1_tanh", "c3_tanh", "c5_tanh", "f6_tanh"]


def test_the_mnist_dnn_flattens_images_itself():
    images = torch.rand(3, 1, 28, 28)
    assert torch.equal(build("mnist-dnn", 1)(images), build("mnist-dnn", 1)(images.reshape(3, 784)))


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("initialisation", INITIALISATIONS)
def test_every_entry_of_the_registries_runs_and_trains(activation, initialisation):
    model = mlp(MlpConfig((3, 4, 4, 2), activation, initialisation, seed=5))
    again = mlp(MlpConfig((3, 4, 4, 2), activation, initialisation, seed=5))
    assert all(torch.equal(a, b) for a, b in zip(model.parameters(), again.parameters(), strict=True))
    kinds = [type(layer) for layer in model.net]
    act = type(ACTIVATIONS[activation]())
    assert kinds == [nn.Linear, act, nn.Linear, act, nn.Linear]  # nothing after the output
    outputs = model(torch.rand(6, 3))
    assert outputs.shape == (6, 2)
    outputs.square().sum().backward()
    assert all(p.grad is not None and bool(p.grad.isfinite().all()) for p in model.parameters())


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_only_identity_keeps_a_network_linear(activation):
    low, zero, middle, high = ACTIVATIONS[activation]()(torch.tensor([-1.0, 0.0, 1.0, 2.0]))
    straight = torch.allclose(high - middle, middle - zero) and torch.allclose(zero - low, middle - zero)
    assert straight == (activation == "identity")


def test_initialisations_have_their_papers_spread():
    """On a 400-200 layer: He N(0, 2/400), Xavier U(±√(6/600)), default U(±1/√400)."""

    def layer(name: str) -> nn.Linear:
        return mlp(MlpConfig((400, 200), initialisation=name, seed=1)).net[0]

    assert layer("he").weight.std().item() == pytest.approx((2 / 400) ** 0.5, rel=0.02)
    xavier = layer("xavier").weight.abs()
    assert xavier.max().item() == pytest.approx(0.1, rel=0.01)
    assert xavier.mean().item() == pytest.approx(0.05, rel=0.02)
    default = layer("default").weight.abs()
    assert default.max().item() == pytest.approx(0.05, rel=0.01)
    assert default.mean().item() == pytest.approx(0.025, rel=0.02)
    assert layer("large").weight.std().item() == pytest.approx(LARGE_STD, rel=0.02)
    assert layer("zeros").weight.abs().sum().item() == 0
    for name in ("he", "xavier", "large", "zeros"):
        assert layer(name).bias.abs().sum().item() == 0
    assert 0 < layer("default").bias.abs().max().item() <= 0.05


def test_a_convolutions_fan_in_counts_its_window():
    layer = nn.Conv2d(6, 200, 5)
    initialise(layer, 0)
    assert layer.weight.abs().max().item() == pytest.approx(150**-0.5, rel=0.01)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(1, 40), min_size=2, max_size=16).map(tuple), st.integers(0, 2**63 - 1))
def test_any_widths(widths, seed):
    config = MlpConfig(widths, seed=seed)
    model = mlp(config)
    assert sum(p.numel() for p in model.parameters()) == config.parameters
    assert model(torch.zeros(2, widths[0])).shape == (2, widths[-1])


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"widths": (3,)}, "widths (=3)"),
        ({"widths": ()}, "widths (=)"),
        ({"widths": (3,) * 17}, "2 to 16 layers"),
        ({"widths": (3, 0, 3)}, "layer 1 has 0 neurons"),
        ({"widths": (3, -5, 3)}, "layer 1 has -5 neurons"),
        ({"widths": (3, 5, 4097)}, "layer 2 has 4097 neurons"),
        ({"widths": (3, 2.5, 3)}, "layer 1 has 2.5 neurons"),
        ({"widths": (3, True, 3)}, "layer 1 has True neurons"),
        ({"widths": "3-5-3"}, "layer 0 has 3 neurons"),
        ({"widths": (4096, 4096, 3)}, "16793603 parameters"),
        ({"activation": "swish"}, "activation (=swish)"),
        ({"activations": ("relu", "tanh")}, "2 activations are named (=relu-tanh), but the network has 3"),
        ({"activations": ("relu", "swish", "tanh")}, "activation (=swish)"),
        ({"widths": (3, 3), "activations": ("relu",)}, "has 0 hidden layers"),
        ({"dropout": 0.95}, "dropout (=0.95)"),
        ({"dropout": -0.1}, "dropout (=-0.1)"),
        ({"dropout": float("nan")}, "dropout (=nan)"),
        ({"dropout": True}, "dropout (=True)"),
        ({"batch_norm": 1}, "batch_norm (=1)"),
        ({"activation": ["relu"]}, "activation (=['relu'])"),
        ({"activation": ""}, "relu, leaky_relu, tanh"),
        ({"initialisation": "ones"}, "initialisation (=ones)"),
        ({"initialisation": None}, "initialisation (=None)"),
        ({"seed": -1}, "seed (=-1)"),
        ({"seed": 1.5}, "seed (=1.5)"),
        ({"seed": 2**63}, "seed (=9223372036854775808)"),
    ],
)
def test_a_bad_config_is_refused_when_it_is_made(settings, said):
    with pytest.raises(InvalidInput) as error:
        MlpConfig(**settings)
    assert said in str(error.value)


def test_a_hidden_layer_is_linear_batch_norm_activation_dropout():
    config = MlpConfig((3, 4, 5, 2), activations=("tanh", "gelu"), dropout=0.2, batch_norm=True, seed=3)
    model = mlp(config)
    kinds = [type(layer).__name__ for layer in model.net]
    assert kinds == ["Linear", "BatchNorm1d", "Tanh", "Dropout", "Linear", "BatchNorm1d", "GELU", "Dropout", "Linear"]
    assert sum(p.numel() for p in model.parameters()) == config.parameters == 16 + 8 + 25 + 10 + 12
    # the same numbers are drawn as without them, and batch norm begins as torch's own does
    plain = mlp(MlpConfig((3, 4, 5, 2), seed=3))
    linear, theirs = ([m for m in net.modules() if isinstance(m, nn.Linear)] for net in (model, plain))
    assert all(
        torch.equal(a.weight, b.weight) and torch.equal(a.bias, b.bias) for a, b in zip(linear, theirs, strict=True)
    )
    fresh = nn.BatchNorm1d(4).state_dict()
    assert all(torch.equal(value, fresh[name]) for name, value in model.net[1].state_dict().items())


def test_plain_networks_keep_their_names():
    """Files and notebooks name net.0.weight, net.2.weight, … (course 2.3)."""
    assert list(mlp(MlpConfig((3, 4, 5, 2), activations=("tanh", "relu"))).state_dict()) == [
        f"net.{place}.{kind}" for place in (0, 2, 4) for kind in ("weight", "bias")
    ]


@pytest.mark.parametrize("share", [0.1, 1 / 3, 0.5, 0.9])
def test_dropouts_masks_are_torchs_after_manual_seed(share):
    """All layers draw from one generator, as those of a script draw from the global one."""
    ours = nn.Sequential(Dropout(share, 5), Dropout(share, 5), nn.Linear(5, 5))
    theirs = nn.Sequential(nn.Dropout(share), nn.Dropout(share))
    seed_dropout(ours, 11)
    torch.manual_seed(11)
    for samples in (1, 7, 64, 1000, 7):
        x = torch.randn(samples, 5, generator=torch.Generator().manual_seed(samples))
        assert torch.equal(ours[:2](x), theirs(x))
    before = torch.get_rng_state()
    after = torch.ones(40, 5)
    wanted = theirs(after)
    # another run of the same seed is brought to the same place by drawing again
    again = nn.Sequential(Dropout(share, 5), Dropout(share, 5), nn.Linear(5, 5))
    seed_dropout(again, 11, [(1, 1), (1, 7), (1, 64), (1, 1000), (1, 7)])
    torch.set_rng_state(before)
    assert torch.equal(again[:2](after), wanted)
    assert torch.equal(ours[:2](after), wanted)
    assert torch.equal(ours.eval()[:2](after), after)


def test_dropout_sets_its_share_to_0_and_keeps_the_mean():
    layer = Dropout(0.3, 1000)
    seed_dropout(nn.Sequential(layer, nn.Linear(1, 1)), 0)
    out = layer(torch.ones(200, 1000))
    assert (out == 0).float().mean().item() == pytest.approx(0.3, abs=0.01)
    assert out.mean().item() == pytest.approx(1, abs=0.01)
    assert set(out.unique().tolist()) == {0.0, torch.tensor(1 / 0.7).item()}
    with pytest.raises(RuntimeError, match="seed_dropout"):
        Dropout(0.3, 5)(torch.ones(2, 5))
    assert seed_dropout(mlp(MlpConfig()), 0) is None


def test_building_and_initialising_refuse_the_same():
    for use in (
        lambda: build("lenet5", -1),
        lambda: build("mnist-dnn", 2**63),
        lambda: initialise(Mlp((3, 3)), 0, "ones"),
    ):
        with pytest.raises(InvalidInput):
            use()


def test_a_network_made_directly_is_the_same_class():
    """The meta device of preflight builds the bare classes."""
    with torch.device("meta"):
        assert LeNet5().net.c1.weight.shape == (6, 1, 5, 5)
        assert Mlp((3, 5, 3)).net[0].weight.shape == (5, 3)
