"""A chain as the notes' class with its ``nn.Sequential``."""

from dataclasses import replace

from core.conv.layers import (
    ACTIVATION_MODULES,
    Activation,
    AdaptivePool,
    AvgPool,
    BatchNorm,
    Chain,
    Conv,
    Flatten,
    Layer,
    Linear,
    MaxPool,
    Size,
    Weighted,
)
from core.conv.sizes import LayerTrace, Shape, takes_row, trace
from core.export.notes_lines import SHAPES, module
from core.export.parts import N_, Part, Say, device_part, script


def sequential_script(chain: Chain, shape: Shape, say: Say = str) -> str:
    """Return a Python script that builds a chain as the notes build theirs, and prints each layer's output shape.

    Args:
        chain: the layers; one that is impossible raises InvalidInput.
        shape: (C, H, W) of the input.
        say: translates the comments.

    >>> print(class_code((Conv(6, 5, padding=2, activation="tanh", name="C1"),), (1, 28, 28)))
    class CNN(nn.Module):
        def __init__(self):
            super().__init__()
            self.net = nn.Sequential(
                nn.Conv2d(1, 6, kernel_size=5, padding=2), nn.Tanh(),  # C1: 6×28×28
            )
    <BLANKLINE>
        def forward(self, x):
            y = self.net(x)
            return y
    <BLANKLINE>
    """
    name = _name(chain)
    cells = ("In [5]", "In [6]", "In [7]") if name == "CNN" else ("In [5]", "", "In [6]")
    # batch norm in training compares samples, so that it needs two
    samples = 2 if any(isinstance(layer, BatchNorm) for layer in chain) else 1
    sizes: tuple[int, ...] = shape
    title = N_("The output's shape after each layer, of one image of random numbers")
    if takes_row(chain, shape):
        sizes, title = shape[:1], N_("The output's shape after each layer, of one sample of random numbers")
    made = f'model = {name}().to(device)\nprint(model)\nprint(sum(p.numel() for p in model.parameters()), "parameters")'
    return script(
        (
            device_part(),
            Part(N_("The network"), "", class_code(chain, shape), cells[0]),
            Part(title, "", SHAPES.format(size=(samples, *sizes), name=name), cells[1]),
            Part(N_("Its first weights, and how many there are"), "", made, cells[2]),
        ),
        say,
    )


def class_code(chain: Chain, shape: Shape) -> str:
    """Return the class of a chain's network alone, see sequential_script."""
    lines = []
    flat = takes_row(chain, shape)
    for row in trace(plain(chain, shape), shape).layers:
        flat = flat or isinstance(row.layer, Flatten)
        comment = f"{row.name}: {'×'.join(map(str, row.output if row.output[1:] != (1, 1) else row.output[:1]))}"
        lines.append(f"{_modules(row, flat)}  # {comment}")
    return module(_name(chain), lines).rstrip() + "\n"


def _name(chain: Chain) -> str:
    return "CNN" if any(isinstance(layer, Conv) for layer in chain) else "DNN"


def plain(chain: Chain, shape: Shape) -> Chain:
    """Return the same chain as ``nn.Sequential`` has it.

    An activation layer after a convolution, fully connected or batch norm layer without one becomes that layer's own,
    and a fully connected layer on a C×1×1 map gets the flatten that torch needs; not the first one, which takes a row.
    """
    found: list[Layer] = []
    flat = takes_row(chain, shape)
    for row in trace(chain, shape).layers:
        layer, last = row.layer, found[-1] if found else None
        if isinstance(layer, Activation) and isinstance(last, Weighted) and last.activation is None:
            found[-1] = replace(last, activation=layer.activation)
            continue
        if isinstance(layer, Linear) and not flat:
            found.append(Flatten())
        flat = flat or isinstance(layer, Flatten | Linear)
        found.append(layer)
    return tuple(found)


def _modules(row: LayerTrace, flat: bool) -> str:
    layer = row.layer
    if isinstance(layer, Activation):
        return _activation(layer.activation)
    if isinstance(layer, Flatten):
        return "nn.Flatten(),"
    if isinstance(layer, AdaptivePool):
        return f"nn.AdaptiveAvgPool2d({_size(layer.output_size)}),"
    if isinstance(layer, AvgPool | MaxPool):
        return _pool(layer)
    if isinstance(layer, BatchNorm):
        own = f"nn.BatchNorm{1 if flat else 2}d({row.input[0]}),"
    else:
        own = _conv(layer, row.input[0]) if isinstance(layer, Conv) else _linear(layer, row.input[0])
    return own if layer.activation is None else f"{own} {_activation(layer.activation)}"


def _activation(name: str) -> str:
    return f"nn.{ACTIVATION_MODULES[name]}({'dim=1' if 'softmax' in name else ''}),"


def _conv(layer: Conv, channels: int) -> str:
    given: dict[str, tuple[Size | None, object]] = {}
    given |= {"stride": (layer.stride, 1), "padding": (layer.padding, 0), "dilation": (layer.dilation, 1)}
    words = [str(channels), str(layer.filters), f"kernel_size={_size(layer.kernel_size)}", *_sizes(given)]
    words += [f"groups={layer.groups}"] if layer.groups > 1 else []
    words += [] if layer.bias else ["bias=False"]
    return f"nn.Conv2d({', '.join(words)}),"


def _linear(layer: Linear, features: int) -> str:
    return f"nn.Linear({features}, {layer.features}{'' if layer.bias else ', bias=False'}),"


def _pool(layer: AvgPool | MaxPool) -> str:
    given: dict[str, tuple[Size | None, object]] = {"stride": (layer.stride, None)}
    given["padding"] = (layer.padding, 0)
    if isinstance(layer, MaxPool):
        given["dilation"] = (layer.dilation, 1)
    words = [f"kernel_size={_size(layer.kernel_size)}", *_sizes(given)]
    words += ["ceil_mode=True"] if layer.ceil_mode else []
    words += ["count_include_pad=False"] if isinstance(layer, AvgPool) and not layer.count_include_pad else []
    return f"nn.{'MaxPool2d' if isinstance(layer, MaxPool) else 'AvgPool2d'}({', '.join(words)}),"


def _sizes(given: dict[str, tuple[Size | None, object]]) -> list[str]:
    return [
        f"{name}={_size(value)}"
        for name, (value, default) in given.items()
        if value not in (default, (default, default))
    ]


def _size(value: Size | None) -> str:
    return str(value[0] if isinstance(value, tuple) and value[0] == value[1] else value)
