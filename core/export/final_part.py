"""Testing a network on samples that it has never seen, and saving its weights (course 2.5 and 2.7)."""

from __future__ import annotations

from typing import Final

from core.export.parts import N_, Part

_RIGHT: Final = '''
def count_right(net):
    """How many test samples the network answers right: its largest output is at the true class."""
    net.eval()
    with torch.no_grad():
        return (net(test_X).argmax(dim=1) == {truth}).sum().item()


right = count_right(net)
print(f"{{right}} of {{len(test_X)}} test samples right: {{right / len(test_X):.4%}}")
'''
TEST_LOSS: Final = '''
def test_loss(net):
    """The loss on the test set, without gradients."""
    net.eval()
    with torch.no_grad():
        return loss_function(net(test_X), test_Y).item()


'''
_EXPLAINED: Final = """\
with torch.no_grad():
    errors = (net(test_X) - test_Y).square().sum()
r2 = 1 - errors / (test_Y - test_Y.mean(dim=0)).square().sum()
print(f"test loss {test_loss(net):.9g}, R² {r2:.4f}")
"""
_SAVE: Final = """\
torch.save(net.state_dict(), "weights.pth")
again = DNN()
again.load_state_dict(torch.load("weights.pth", weights_only=True))
print({test}(again) == {before})
"""


def test_part(classes: int, one_hot: bool, defined: bool) -> Part:
    """Return the part that tests the network.

    Args:
        classes: 0 for a regression.
        one_hot: whether test_Y holds one-hot rows.
        defined: whether test_loss is there already.
    """
    if classes:
        return Part(
            N_("Test on samples that the network has never seen"),
            N_("A sample is answered right when the largest output is at its class. No gradients are needed here."),
            _RIGHT.format(truth="test_Y.argmax(dim=1)" if one_hot else "test_Y").strip(),
        )
    return Part(
        N_("Test on samples that the network has never seen"),
        N_("R² is the share of the answers' variance that the network explains: 1 is perfect. No gradients needed."),
        (("net.eval()\n" if defined else TEST_LOSS + "net.eval()\n") + _EXPLAINED).strip(),
    )


def save_part(classes: int) -> Part:
    """Return the part that saves the weights, loads them into a new network and tests again.

    Args:
        classes: 0 for a regression.
    """
    test, before = ("count_right", "right") if classes else ("test_loss", "test_loss(net)")
    return Part(
        N_("Save the weights, load them into a new network, test again: the same to the last digit"),
        N_("`weights_only=True`: a file that was changed by somebody cannot run code in here."),
        _SAVE.format(test=test, before=before).strip(),
    )
