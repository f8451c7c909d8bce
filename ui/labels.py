"""What the options of a training are called on the screen, and what is said of them, in every lesson that trains."""

from ui.text import _, once_a_language


@once_a_language
def option_labels() -> dict[str, str]:
    """Return what the options are called on the screen."""
    return {
        "relu": "ReLU",
        "leaky_relu": "LeakyReLU",
        "tanh": "tanh",
        "sigmoid": "sigmoid",
        "gelu": "GELU",
        "identity": _("none (identity)"),
        "mse": _("mean squared error (MSE)"),
        "cross_entropy": _("cross-entropy"),
        "l1": _("mean absolute error (L1)"),
        "smooth_l1": _("smooth L1"),
        "sgd": "SGD",
        "nesterov": "Nesterov",
        "adam": "Adam",
        "adamw": "AdamW",
        "rmsprop": "RMSprop",
        "constant": _("constant"),
        "step": _("halved every quarter"),
        "exponential": _("falling exponentially to 1 %"),
        "cosine": _("falling along a cosine to 0"),
        "default": _("PyTorch's default"),
        "xavier": "Xavier",
        "he": "He",
        "zeros": _("all zeros"),
        "large": _("far too large"),
        "auto": _("compiled if possible"),
        "torch": _("PyTorch alone"),
    }


def engine_help() -> str:
    """Return what the choice of an engine means."""
    return _(
        "The compiled engine is several times faster and gives PyTorch's numbers to rounding; PyTorch's own operations "
        "give those of the notebook and of the script to the last digit."
    )


def optimiser_help() -> str:
    """Return what an optimiser is."""
    return _(
        "How a gradient becomes a step. SGD goes straight down; Nesterov looks ahead along its momentum; Adam, AdamW "
        "and RMSprop also adapt the step of each parameter."
    )


def momentum_help() -> str:
    """Return what momentum is."""
    return _("Share of the last step that is kept: it speeds up along a valley, and overshoots when too large.")
