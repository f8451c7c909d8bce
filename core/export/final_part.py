"""Testing a network on samples that it has never seen, and saving its weights (the notes' 三 3.6 and 3.7)."""

from typing import Final

from core.export.parts import N_, Part

_TEST: Final = """\
def test(model):
{mode}    X, Y = test_Data[:, :{inputs}], test_Data[:, -{outputs}:]
    with torch.no_grad():
        Pred = model(X)
        Pred = nn.functional.one_hot(Pred.argmax(dim=1), {outputs})  # in each row a 1 at the largest number
        return (Pred == Y).all(1).sum().item()  # rows in which every number agrees


correct, total = test(model), len(test_Data)
print(f"test accuracy: {{100 * correct / total}} % ({{correct}} / {{total}})")
"""
TEST_LOSS: Final = """\
def test_loss(model):
    X, Y = {test}
    model.eval()
    with torch.no_grad():
        return loss_fn(model(X), Y).item()


"""
_EXPLAINED: Final = """\
X, Y = {test}
with torch.no_grad():
    errors = (model(X) - Y).square().sum()
r2 = 1 - errors / (Y - Y.mean(dim=0)).square().sum()
print(f"test loss {{test_loss(model):.9g}}, R² {{r2:.4f}}")
"""
SAVE: Final = """\
torch.save(model.state_dict(), "model.pth")
new_model = {network}.to(device)
new_model.load_state_dict(torch.load("model.pth", weights_only=True))
{again}
"""


def test_part(inputs: int, outputs: int, classes: int, *, two_modes: bool, test: str, defined: bool) -> Part:
    """Return the part that tests the network.

    Args:
        inputs: columns of the table that go in.
        outputs: columns of the table that should come out.
        classes: 0 for a regression.
        two_modes: whether the network computes otherwise in training than in testing.
        test: the expression for the test set's inputs and targets, as the loss takes them.
        defined: whether test_loss is there already.
    """
    if classes:
        mode = "    model.eval()\n" if two_modes else ""
        return Part(
            N_("Test on samples that the network has never seen"),
            N_("A sample is answered right when the largest output is at its class. No gradients are needed here."),
            _TEST.format(mode=mode, inputs=inputs, outputs=outputs),
            "In [11]",
        )
    code = "" if defined else TEST_LOSS.format(test=test)
    return Part(
        N_("Test on samples that the network has never seen"),
        N_("R² is the share of the answers' variance that the network explains: 1 is perfect. No gradients needed."),
        code + "model.eval()\n" + _EXPLAINED.format(test=test),
        "In [11]",
    )


def save_part(classes: int) -> Part:
    """Return the part that saves the weights, loads them into a new network and tests again.

    Args:
        classes: 0 for a regression.
    """
    if classes:
        again = 'print(f"the new network: {100 * test(new_model) / total} %")'
    else:
        again = 'print(f"the new network: test loss {test_loss(new_model):.9g}")'
    return Part(
        N_("Save the weights, load them into a new network, test again: the same to the last digit"),
        N_("`weights_only=True`: a file that was changed by somebody cannot run code in here."),
        SAVE.format(network="DNN()", again=again),
        "In [12]-[14]",
    )
