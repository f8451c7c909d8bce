"""One layer as a PyTorch script, with the picture's own numbers where they are few."""

from core.conv.example import Example
from core.conv.layers import Size
from core.export.parts import N_, Part, Say, script

MAX_WRITTEN = 64
"""Most numbers of an input, and most weights, that the script writes out."""

Nested = float | tuple["Nested", ...]


def layer_script(example: Example, say: Say = str) -> str:
    """Return a PyTorch script that prints a layer's output shape, and the output's numbers when they are few.

    Args:
        example: the layer and its input.
        say: translates the comments.

    >>> layer_script(Example()).splitlines()[4]
    'layer = nn.Conv2d(1, 1, kernel_size=3, stride=1, padding=0)'
    """
    written = _few(example)
    code = f"layer = {_call(example)}\n"
    if written and example.operation == "conv":
        weight = _tensor(tuple(example.weights(number) for number in range(example.filters)), "weight")
        biases = [example.filter_bias(number) for number in range(example.filters)]
        code += f"weight = {weight}\nwith torch.no_grad():  # the picture's, not learned ones\n"
        code += f"    layer.weight.copy_(weight)\n    layer.bias.copy_(torch.tensor({biases}))\n"
    channels, height, width = example.input
    x = f"torch.rand(size=(1, {channels}, {height}, {width}))"
    if written:
        x = _tensor((tuple(example.input_channel(channel) for channel in range(channels)),), "X")
    use = f'X = {x}\nY = layer(X)\nprint(layer.__class__.__name__, "output shape:\\t", Y.shape)\n'
    return script(
        (
            Part(N_("The layer"), "", code),
            Part(N_("Its input and output: (samples, channels, rows, columns)"), "", use + "print(Y)\n" * written),
        ),
        say,
    )


def _few(example: Example) -> bool:
    rows, columns = example.axes
    weights = example.filters * example.reads * rows.kernel * columns.kernel if example.operation == "conv" else 0
    inputs = example.channels * example.height * example.width
    return max(inputs, weights) <= MAX_WRITTEN and example.drawn > 0


def _call(example: Example) -> str:
    given: dict[str, object] = {name: _one(getattr(example, name)) for name in ("kernel_size", "stride", "padding")}
    if example.operation == "conv":
        given |= {"dilation": example.dilation} if example.dilation > 1 else {}
        given |= {"groups": example.groups} if example.groups > 1 else {}
        return f"nn.Conv2d({example.channels}, {example.filters}, {_keywords(given)})"
    given |= {"ceil_mode": True} if example.ceil_mode else {}
    if example.operation == "maxpool":
        return f"nn.MaxPool2d({_keywords(given)})"
    given |= {} if example.count_include_pad else {"count_include_pad": False}
    return f"nn.AvgPool2d({_keywords(given)})"


def _one(size: Size) -> Size:
    return size[0] if isinstance(size, tuple) and size[0] == size[1] else size


def _tensor(values: Nested, name: str) -> str:
    """Return a four-dimensional tensor as Python, one row of numbers a line under the other."""
    indent = " " * len(f"{name} = torch.tensor([")
    return f"torch.tensor({_nested(values, 4, indent)}, dtype=torch.float32)"


def _nested(values: Nested, depth: int, indent: str) -> str:
    assert isinstance(values, tuple)
    if depth == 1:
        return str(list(values))
    inner = f",\n{indent}".join(_nested(value, depth - 1, indent + " ") for value in values)
    return f"[{inner}]"


def _keywords(given: dict[str, object]) -> str:
    return ", ".join(f"{name}={value}" for name, value in given.items())
