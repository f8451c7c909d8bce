"""Text reads at WCAG AA on every ground that it stands on, in both themes; palette and theme agree."""

import tomllib
from itertools import combinations
from pathlib import Path

import pytest

from ui import design

CONFIG = tomllib.loads((Path(__file__).resolve().parents[2] / ".streamlit" / "config.toml").read_text("utf-8"))
THEMES = (("light", 0), ("dark", 1))


def luminance(colour: str) -> float:
    """Relative luminance, https://www.w3.org/TR/WCAG21/#dfn-relative-luminance."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio, https://www.w3.org/TR/WCAG21/#dfn-contrast-ratio."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_the_formula_is_the_standard_s() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


def grounds(theme: str) -> set[str]:
    main = CONFIG["theme"][theme]
    side = main["sidebar"]
    keys = ("backgroundColor", "secondaryBackgroundColor")
    return {main[key] for key in keys} | {side[key] for key in keys}


@pytest.mark.parametrize(("theme", "index"), THEMES)
@pytest.mark.parametrize("name", ["text", "muted", "train", "validation", "test", "positive", "negative", "error"])
def test_meaningful_colours_read_as_text(theme: str, index: int, name: str) -> None:
    for ground in grounds(theme):
        assert contrast(design.PALETTE[name][index], ground) >= 4.5, (name, ground)


@pytest.mark.parametrize(("theme", "index"), THEMES)
def test_the_theme_s_own_text_links_and_accent_read(theme: str, index: int) -> None:
    colours = CONFIG["theme"][theme]
    for ground in grounds(theme):
        for key in ("textColor", "linkColor", "primaryColor", "codeTextColor"):
            assert contrast(colours[key], ground) >= 4.5, (key, ground)
    assert contrast(design.ON_ACCENT[index], colours["primaryColor"]) >= 4.5
    assert contrast(colours["codeTextColor"], colours["codeBackgroundColor"]) >= 4.5


@pytest.mark.parametrize(("theme", "index"), THEMES)
@pytest.mark.parametrize("classes", [design.CLASSES_3, design.CLASSES_10], ids=["3", "10"])
def test_class_colours_are_seen_and_differ(theme: str, index: int, classes: tuple[tuple[str, str], ...]) -> None:
    colours = [pair[index] for pair in classes]
    assert len(set(colours)) == len(classes)
    for colour in colours:
        assert contrast(colour, CONFIG["theme"][theme]["backgroundColor"]) >= 3
    for one, other in combinations(colours, 2):
        apart = sum(abs(int(one[i : i + 2], 16) - int(other[i : i + 2], 16)) for i in (1, 3, 5))
        assert apart >= 40, (one, other)


@pytest.mark.parametrize(("theme", "index"), THEMES)
def test_palette_and_theme_say_the_same(theme: str, index: int) -> None:
    same = {
        "text": "textColor",
        "ground": "backgroundColor",
        "panel": "secondaryBackgroundColor",
        "line": "borderColor",
        "accent": "primaryColor",
        "train": "blueColor",
        "test": "orangeColor",
        "validation": "violetColor",
        "error": "redColor",
        "muted": "grayColor",
    }
    for name, key in same.items():
        assert design.PALETTE[name][index] == CONFIG["theme"][theme][key], name


def test_nothing_is_loaded_from_or_told_to_foreign_hosts() -> None:
    text = str(CONFIG)
    assert "http" not in text
    assert "fontFaces" not in text
    assert CONFIG["browser"]["gatherUsageStats"] is False
    assert CONFIG["runner"]["postScriptGC"] is False
    assert CONFIG["client"]["showErrorDetails"] == "none"


def test_outside_a_session_colours_are_the_light_ones() -> None:
    assert design.colour("train") == "#0072B2"
    assert len(design.class_colours(3)) == 3
    assert len(design.class_colours(10)) == 10
