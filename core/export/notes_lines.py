"""Lines of the notes that the scripts of several lessons have alike. No torch is needed to write them."""

from collections.abc import Iterable
from typing import Final

from core.export.parts import N_

ONE_HOT: Final = """\
generator = torch.Generator().manual_seed({seed})
X1, X2, X3 = torch.rand({samples}, 3, generator=generator).split(1, dim=1)  # input features
Y1 = ((X1 + X2 + X3) < 1).float()  # output features: a one-hot code
Y2 = (((X1 + X2 + X3) >= 1) & ((X1 + X2 + X3) <= 2)).float()
Y3 = ((X1 + X2 + X3) > 2).float()
Data = torch.cat([X1, X2, X3, Y1, Y2, Y3], dim=1)
"""
CSV: Final = """\
with open({file!r}, encoding="utf-8-sig", newline="") as file:
    separator = max(",;\\t", key=file.readline().count)
    file.seek(0)
    names, *rows = [row for row in csv.reader(file, delimiter=separator) if any(cell.strip() for cell in row)]
names = [name.strip() for name in names]
inputs = [names.index(name) for name in {inputs}]
X = torch.tensor([[float(row[at]) for at in inputs] for row in rows])
"""
CSV_COLUMNS: Final = """\
outputs = [names.index(name) for name in {outputs}]
Y = torch.tensor([[float(row[at]) for at in outputs] for row in rows])
"""
CSV_CLASS: Final = """\
column = names.index({output!r})
answers = [{cell} for row in rows]
kinds = sorted(set(answers))
Y = torch.tensor([kinds.index(answer) for answer in answers])
"""
SHAPES: Final = """\
X = torch.rand(size={size})
for layer in {name}().net:
    X = layer(X)
    print(layer.__class__.__name__, "output shape:\\t", X.shape)
"""
_CLASS: Final = """\
class {name}(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(
            {layers}
        )

    def forward(self, x):
        y = self.net(x)
        return y


"""
_AT_HAND: Final = """\
if os.path.isdir(os.environ.get("CHALKNET_DATA", "")):  # a folder with MNIST's four .gz files
    shutil.copytree(os.environ["CHALKNET_DATA"], {raw!r}, dirs_exist_ok=True)
"""
_MIRROR: Final = """\
datasets.MNIST.mirrors.insert(0, {address!r})  # the classroom's copy first, then torchvision's own addresses
"""
_NO_MIRROR: Final = "# No copy in the classroom is known here, so that torchvision downloads from its own addresses.\n"
START_FILE: Final = "first-weights.pth"
START: Final = f"""\
model.load_state_dict(torch.load("{START_FILE}", weights_only=True))  # the first weights, from a file
"""
SHUFFLED: Final = N_("Shuffle the rows and split them into training set and test set")


def module(name: str, layers: Iterable[str]) -> str:
    """Return the code of a network as a class, as the notes write it.

    Args:
        name: of the class.
        layers: lines of its nn.Sequential.
    """
    return _CLASS.format(name=name, layers="\n            ".join(layers))


def mnist_mirrors(address: str, folder: str = "data") -> str:
    """Return the lines that say where MNIST's files come from that are not in torchvision's folder yet.

    Args:
        address: one that has the four files and is asked first; empty: none is known.
        folder: where torchvision keeps its files.
    """
    asked = _MIRROR.format(address=address) if address else _NO_MIRROR
    return asked + _AT_HAND.format(raw=f"{folder}/MNIST/raw")
