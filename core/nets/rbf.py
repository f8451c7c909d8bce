"""LeNet-5's outputs of 1998: how far F6's 84 values are from a picture of each digit (LeCun et al. 1998, II.B).

Each of the ten outputs is the squared distance to a fixed pattern of 7×12 pixels, +1 ink and −1 paper: eq. 7. What is
minimised is eq. 9, the distance to the right pattern, in competition with the others and with a constant j. The paper's
figure 3 shows its patterns; these ones were drawn for this course after the same rule. The paper leaves j open; here it
is 20, a quarter of the distance of a blank answer (all values 0) from any pattern, which is 84.
"""

import torch
from torch import nn

AMPLITUDE, SLOPE = 1.7159, 2 / 3  # appendix A: f(±1) = ±1, where the curve bends most
RUBBISH = 20.0  # j of eq. 9
HEIGHT, WIDTH = 12, 7

_DRAWN = """
.......  .......  .......  .......  .......  .......  .......  .......  .......  .......
..###..  ...#...  .####..  .####..  ....##.  #######  ..####.  #######  .#####.  .#####.
.##.##.  ..##...  ##..##.  ##..##.  ...###.  ##.....  .##....  #######  ##...##  ##...##
##...##  .###...  .....##  .....##  ..####.  ##.....  ##.....  .....##  ##...##  ##...##
##...##  ...#...  .....##  .....##  .##.##.  ##.....  ##.....  ....##.  ##...##  ##...##
##...##  ...#...  .....##  ..####.  ##..##.  ######.  ##.###.  ....##.  .#####.  ##..###
##...##  ...#...  ....##.  ..####.  ##..##.  .....##  ###..##  ...##..  .#####.  .###.##
##...##  ...#...  ...##..  .....##  #######  .....##  ##...##  ...##..  ##...##  .....##
##...##  ...#...  ..##...  .....##  #######  .....##  ##...##  ..##...  ##...##  .....##
.##.##.  ...#...  .##....  ##..##.  ....##.  ##...##  .##.##.  ..##...  ##...##  ....##.
..###..  .#####.  #######  .####..  ....##.  .#####.  ..###..  ..##...  .#####.  .####..
.......  .......  .......  .......  .......  .......  .......  .......  .......  .......
"""


def _patterns() -> torch.Tensor:
    rows = [line.split() for line in _DRAWN.strip().splitlines()]
    ink = [[letter == "#" for row in rows for letter in row[digit]] for digit in range(10)]
    return torch.tensor(ink).float() * 2 - 1


PATTERNS = _patterns()
"""float32 (10, 84): ±1, the digits 0 to 9, each 12 rows of 7 pixels. Never written to."""


class ScaledTanh(nn.Module):
    """f(a) = 1.7159 tanh(2a/3): eq. 6 and appendix A. The patterns' ±1 are values that it reaches with ease."""

    def forward(self, sums: torch.Tensor) -> torch.Tensor:
        """Return values between −1.7159 and 1.7159, of the same shape."""
        return AMPLITUDE * torch.tanh(SLOPE * sums)


class Rbf(nn.Module):
    """Ten distances, with nothing to learn: y_i = Σ_j (x_j − w_ij)², eq. 7.

    The answer is the digit at the *smallest* distance. Everything else in this project takes the largest output, so
    −y_i is returned.
    """

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        """Return −y, float32 (B, 10), for F6's values float32 (B, 84)."""
        patterns = PATTERNS.to(features.device)
        return -(features.unsqueeze(1) - patterns).square().sum(dim=2)


def competitive_loss(outputs: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    """Return eq. 9: the mean of y_D + log(e^(−j) + Σ_i e^(−y_i)), where D is the right digit.

    This is cross-entropy with an eleventh answer, "none of them", whose output is always −j.

    Args:
        outputs: −y, float32 (B, 10), as Rbf returns it.
        labels: int64 (B,).
    """
    none = outputs.new_full((len(outputs), 1), -RUBBISH)
    return nn.functional.cross_entropy(torch.cat([outputs, none], dim=1), labels)


def constant_answer_loss(shares: list[float]) -> float:
    """Return (very nearly) the least loss of a network that ignores its inputs, for given shares of the digits.

    F6 then is the same for every image, and the patterns' weighted mean is nearest to the right ones on average; the
    second term of eq. 9 is close to −j there and hardly moves.

    Args:
        shares: of the digits 0 to 9, summing to 1.
    """
    weights = torch.tensor(shares, dtype=torch.float64)
    patterns = PATTERNS.double()
    distances = (weights @ patterns - patterns).square().sum(dim=1)
    exponents = torch.cat([-distances, torch.tensor([-RUBBISH], dtype=torch.float64)])
    return float(weights @ distances + torch.logsumexp(exponents, dim=0))
