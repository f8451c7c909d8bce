"""Kernels over a picture as a PyTorch script."""

from collections.abc import Mapping

from core.conv.filters import Grid
from core.export.mnist_net import class_part
from core.export.parts import N_, Part, Say, device_part, script

_PICTURE = """\
picture = np.asarray(Image.open("picture.png").convert("L"))  # grey, 0 to 255
X = torch.tensor(picture, dtype=torch.float32)[None, None] / 255
"""
_COLOUR = """\
picture = np.asarray(Image.open("picture.png").convert("RGB"))  # red, green and blue, 0 to 255
X = torch.tensor(picture, dtype=torch.float32).permute(2, 0, 1)[None] / 255
"""
_LAYER = """\
layer = nn.Conv2d({channels}, {filters}, kernel_size={kernel_size}, stride={stride}, padding={padding}{more})
with torch.no_grad():  # the picture's, not learned ones
    layer.weight.copy_(torch.tensor([
{rows}    ])[:, None])
{bias}    Y = layer(X)
print(layer.__class__.__name__, "output shape:\\t", Y.shape)
"""
_C1 = """\
model = CNN().to(device)
model.load_state_dict(torch.load("lenet5.pth", weights_only=True))
X = (X - 0.1307) / 0.3081  # as in training
C1 = model.net[:2]  # the first convolution and its tanh
with torch.no_grad():
    Y = C1(X.to(device))
print(C1, "output shape:\\t", Y.shape)
"""
_IN_COLOUR = N_("The picture's three channels, as numbers from 0 to 1: (samples, channels, rows, columns)")
_TITLE = N_("The picture, as grey values from 0 to 1: (samples, channels, rows, columns)")


def picture_script(
    kernels: Mapping[str, Grid],
    stride: int,
    padding: int,
    bias: float | None = None,
    colour: bool = False,
    say: Say = str,
) -> str:
    """Return a script that does to picture.png what the page does.

    Args:
        kernels: name → kernel, all of one size.
        stride: step of the window.
        padding: rings of zeros.
        bias: the same for each; None for none.
        colour: the picture has three channels, and each filter the same kernel in all of them.
        say: translates the comments.
    """
    rows = "".join(
        f"        {[[round(value, 6) for value in row] for row in grid]},  # {name}\n" for name, grid in kernels.items()
    )
    first = next(iter(kernels.values()))
    size = len(first) if len(first) == len(first[0]) else (len(first), len(first[0]))
    code = _LAYER.format(
        channels=3 if colour else 1,
        filters=len(kernels),
        kernel_size=size,
        stride=stride,
        padding=padding,
        more="" if bias is not None else ", bias=False",
        rows=rows,
        bias="" if bias is None else f"    layer.bias.fill_({float(bias)})\n",
    )
    picture = Part(_IN_COLOUR, "", _COLOUR) if colour else Part(_TITLE, "", _PICTURE)
    return script((picture, Part(N_("One filter for each map, and what they find"), "", code)), say)


def trained_script(say: Say = str) -> str:
    """Return a script that puts picture.png through the C1 of the shipped LeNet-5, in lenet5.pth.

    Args:
        say: translates the comments.
    """
    use = Part(N_("LeNet-5's trained first layer, and what it finds"), "", _C1)
    return script((device_part(), Part(_TITLE, "", _PICTURE), class_part("lenet5"), use), say)
