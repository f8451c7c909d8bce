"""Numbers and names as a visitor reads them."""

import math


def plain(value: float) -> str:
    """Return a number with four places, or as a power of ten where those would say nothing.

    >>> plain(-0.25), plain(2.6e-9), plain(float("nan"))
    ('−0.2500', '2.60e−9', 'NaN')
    """
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "∞" if value > 0 else "−∞"
    if value == 0 or 1e-3 <= abs(value) < 1e5:
        text = "0" if value == 0 else f"{value:.4f}"
    else:
        digits, exponent = f"{value:.2e}".split("e")
        text = f"{digits}e{int(exponent)}"
    return text.replace("-", "−")


def subscript(value: int) -> str:
    """Return a whole number as subscripts.

    >>> subscript(12)
    '₁₂'
    """
    return str(value).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))


def escaped(text: str) -> str:
    r"""Return a visitor's text so that Markdown shows it as it is.

    >>> escaped("a*b")
    'a\\*b'
    """
    return "".join(f"\\{letter}" if letter in r"\`*_{}[]()#+-.!|<>~$:" else letter for letter in text)
