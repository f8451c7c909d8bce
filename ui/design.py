"""The design language: one palette and the little CSS that config.toml cannot express.

Colours mean one thing in every lesson. The hues are Okabe and Ito's, which colour-blind people can tell apart
(https://jfly.uni-koeln.de/color/); each has a form for light and one for dark ground, made so that text in it reads
at WCAG AA (4.5:1) and marks at 3:1. Colour is never the only sign: shape, line style or a label goes with it.
"""

from functools import cache
from pathlib import Path
from typing import Final

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from ui.state.session import this_run

# name: (on light ground, on dark ground)
PALETTE: Final[dict[str, tuple[str, str]]] = {
    "train": ("#0072B2", "#56B4E9"),
    "validation": ("#A8508A", "#E39CC6"),
    "test": ("#BD4D00", "#FF9A4D"),
    "positive": ("#0072B2", "#56B4E9"),
    "negative": ("#BD4D00", "#FF9A4D"),
    "error": ("#B3261E", "#FF8A80"),
    # The same as in .streamlit/config.toml; a test compares them.
    "text": ("#1B2623", "#E9EEEC"),
    "muted": ("#5A6663", "#A3B0AC"),
    "line": ("#D5DDDA", "#33413D"),
    "ground": ("#FFFFFF", "#111816"),
    "panel": ("#F3F6F5", "#1A2421"),
    "accent": ("#1D6B57", "#389D82"),
}

# Text on the accent: white reads on the light theme's; on the dark theme's, which must itself read on dark ground, not.
ON_ACCENT: Final = ("#FFFFFF", "#06120E")

# One colour per class. Three classes: the course's one-hot data; ten: the digits. Neighbours differ in lightness.
CLASSES_3: Final = (("#0072B2", "#56B4E9"), ("#00795A", "#2EC4A0"), ("#9A6700", "#F0C04A"))
CLASSES_10: Final = (
    ("#0072B2", "#56B4E9"),
    ("#9A6700", "#F0C04A"),
    ("#00795A", "#2EC4A0"),
    ("#BD4D00", "#FF9A4D"),
    ("#A8508A", "#E39CC6"),
    ("#2B7BB0", "#9AD1F5"),
    ("#66750A", "#F0E442"),
    ("#4B4BA8", "#A9A9F5"),
    ("#8A4B2A", "#D9A58A"),
    ("#555F6B", "#B4BDC9"),
)

# A file of our own: Streamlit would fetch an icon named :material/…: from a foreign host.
PAGE_ICON: Final = str(Path(__file__).resolve().parent / "chalk.svg")


def dark() -> bool:
    """Return whether the visitor's theme is dark; light outside a session."""
    if get_script_run_ctx(suppress_warning=True) is None:
        return False
    run = this_run()
    if "dark" not in run:
        run["dark"] = st.context.theme.type == "dark"
    return bool(run["dark"])


def colour(name: str) -> str:
    """Return a colour by its meaning, for the visitor's theme.

    Args:
        name: train, validation, test, positive, negative, error, text, muted, line, ground, panel or accent.
    """
    return PALETTE[name][dark()]


def class_colours(count: int) -> list[str]:
    """Return one colour per class, for the visitor's theme.

    Args:
        count: number of classes, at most 10; three classes have the colours of the one-hot data.
    """
    source = CLASSES_3 if count <= len(CLASSES_3) else CLASSES_10
    return [pair[dark()] for pair in source[:count]]


def class_names(count: int) -> list[str]:
    """Return the names of what class_colours returns, for components: the browser knows them as --ck-name."""
    source = CLASSES_3 if count <= len(CLASSES_3) else CLASSES_10
    return [f"{len(source)}-{at}" for at in range(count)]


def apply() -> None:
    """Add the page's CSS, whose colours --ck-… follow the visitor's theme; pages/index.py calls it once per run."""
    st.html(_style())


@cache
def _style() -> str:
    pairs = PALETTE | {"on-accent": ON_ACCENT}
    for source in (CLASSES_3, CLASSES_10):
        pairs |= {f"{len(source)}-{at}": pair for at, pair in enumerate(source)}
    root = " ".join(f"--ck-{name}: light-dark({light}, {dim});" for name, (light, dim) in pairs.items())
    return f"<style>:root {{ {root} }}{_CSS}</style>"


_CSS: Final = """
.stApp { font-variant-numeric: tabular-nums; }
.stMainBlockContainer { max-width: 1400px; margin-inline: auto; padding-inline: 2.5rem; }
.stAppHeader { background: transparent; }
[data-testid="stLayoutWrapper"]:has(> .st-key-ck_theme, > .st-key-ck_language, > .st-key-ck_reveal) {
  position: absolute; /* nothing to see */
}
@media (min-width: 641px) {
  /* The first screen holds stage and primary button at 1280x720; the menu lies beside the title, not above it. */
  .stMainBlockContainer { padding-top: 1.75rem; }
  .stApp:has([data-testid="stExpandSidebarButton"]) .stMainBlockContainer { padding-top: 3.75rem; }
  /* Streamlit's header lies over the first line: only its buttons take a click. */
  .stAppHeader, .stAppHeader * { pointer-events: none; }
  .stAppHeader :is(button, a), .stAppHeader :is(button, a) * { pointer-events: auto; }
}
.stMarkdown :is(p, li) { text-wrap: pretty; } /* no line of one Chinese character */
[data-testid^="stBaseButton"] p { word-break: keep-all; overflow-wrap: anywhere; } /* nor a label cut after its third */
[data-testid="stCaptionContainer"] { color: var(--ck-muted); opacity: 1; } /* Streamlit's own is below AA */
.st-key-lesson_header h1, .st-key-home_hero h1 {
  padding: 0 0 1rem; /* Streamlit takes 1rem away below */
  line-height: 1.2; text-wrap: balance;
}
.st-key-lesson_question p, .st-key-home_hero .stMarkdown p { font-size: 1.25rem; line-height: 1.4; text-wrap: pretty; }
.st-key-lesson_question p { color: var(--ck-muted); }
.st-key-lesson_place a p { color: var(--ck-muted); }
.st-key-lesson_header:has(.st-key-lenet_network_first) { gap: 0.35rem; }
:is(.st-key-lesson_place, [class*="st-key-course_"]) a :is(p, span) { white-space: normal; } /* whole sentences */
[class*="st-key-lesson_variants"] a { background: none; border: 1px solid var(--ck-line); padding-block: 0.1rem; }
[class*="st-key-lesson_variants"] a p { font-size: 0.8125rem; font-weight: 400; }
[class*="st-key-lesson_variants"] a:hover { border-color: var(--ck-accent); }
.st-key-dnn_scores p, .st-key-lenet_scores p { font-size: 0.9375rem; }
/* "Press Enter to apply" below the field: inside, it would lie on the number. */
.stNumberInput { position: relative; }
.stNumberInput [data-testid="InputInstructions"] { inset: auto 0 -1.1rem auto; line-height: 1rem; }
/* Of one height with and without numbers, remark or button: nothing moves under a finger. */
.st-key-dnn_scores { min-height: 3rem; }
.st-key-dnn_progress, .st-key-lenet_progress { min-height: 3.5rem; justify-content: end; }
.st-key-dnn_remark, .st-key-lenet_remark { min-height: 1.5rem; }
.st-key-dnn_remark button, .st-key-lenet_remark button { min-height: 1.5rem; padding-block: 0; }
.st-key-dnn_remark button p, .st-key-lenet_remark button p { font-size: 0.875rem; text-decoration: underline; }
.st-key-lenet_look button { padding-inline: 0.6rem; }
.st-key-dnn_view button { padding-inline: 0.3rem; }
.st-key-dnn_view button p, .st-key-lenet_look button p { font-size: 0.8125rem; }
.st-key-lesson_guide {
  padding: 0.4rem 0.75rem; border-left: 3px solid var(--ck-accent); border-radius: 0 6px 6px 0;
  background: var(--ck-panel);
}
.st-key-lesson_guide p { font-size: 0.9rem; line-height: 1.4; }
[data-testid="stBaseButton-primary"] { color: var(--ck-on-accent); }
[class*="st-key-home_card_"] { position: relative; }
[class*="st-key-home_card_"]:hover { border-color: var(--ck-accent); }
[class*="st-key-home_card_"] * { position: static; }
[class*="st-key-home_card_"] a, [class*="st-key-home_card_"] a:hover { padding: 0; background: none; }
[class*="st-key-home_card_"] a * { white-space: normal; overflow: visible; }
[class*="st-key-home_card_"] a p { font-size: 1rem; line-height: 1.3; color: var(--ck-accent); }
[class*="st-key-home_card_"] a::after { content: ""; position: absolute; inset: 0; } /* the whole card is the link */
[class*="st-key-home_card_"] .stMarkdown p { font-size: 0.9375rem; line-height: 1.45; }
.st-key-class_give [class*="st-key-class_label"] [role="radiogroup"] {
  display: grid; grid-template-columns: repeat(5, minmax(0, 1fr)); gap: 4px; width: 100%;
}
.st-key-class_give [class*="st-key-class_label"] [role="radiogroup"] button {
  width: 100%; min-width: 0; margin: 0; border-style: solid; border-width: 1px; border-radius: 8px; padding-inline: 0;
}
.st-key-sketch_several { position: relative; width: fit-content; max-width: 100%; }
.st-key-sketch_frames { position: absolute; top: 0; left: 0; pointer-events: none; z-index: 30; }
.ck-drawing { overflow-x: auto; }
.ck-drawing:focus-visible { outline: 3px solid var(--ck-accent); outline-offset: 2px; }
.ck-drawing img { display: block; max-width: none; margin-inline: auto; }
.st-key-sketch_frames img { max-width: 100%; height: auto; margin: 0; }
.ck-legend { display: flex; flex-wrap: wrap; gap: 0.25rem 1.5rem; }
.ck-legend span { display: inline-flex; align-items: center; gap: 0.45rem; }
.ck-legend i { width: 0.8rem; height: 0.8rem; border: 3px solid; border-radius: 2px; }
.ck-scroll { overflow-x: auto; }
.ck-narrow { display: none; } /* what only phones show; they hide .ck-wide */
.ck-facts { width: 100%; max-width: 42rem; border-collapse: collapse; font-size: 0.875rem; line-height: 1.3; }
.ck-facts :is(th, td) { padding: 0.35rem 0.5rem; text-align: end; border: 0; border-bottom: 1px solid var(--ck-line); }
.ck-facts tr > :first-child { text-align: start; }
.ck-facts th { font-weight: 400; }
.ck-facts thead th { color: var(--ck-muted); vertical-align: bottom; }
.ck-table { width: 100%; border-collapse: collapse; font-size: 0.875rem; line-height: 1.25; }
.ck-table th, .ck-table td { padding: 0.16rem 0.5rem; text-align: right; border: 0; white-space: nowrap; }
.ck-table th { font-weight: 600; vertical-align: bottom; }
.ck-table .ck-group { text-align: center; }
.ck-table td b { font-weight: 500; }
.ck-table td:last-child, .ck-table th:last-child { text-align: left; }
.ck-table .ck-gap td { text-align: center; opacity: 0.75; font-size: 0.8rem; padding: 0; }
.ck-table .ck-cut td { border-top: 2px solid currentColor; }
.ck-side { border-collapse: collapse; font-size: 0.875rem; line-height: 1.3; }
.ck-side th, .ck-side td { padding: 0.15rem 0.75rem 0.15rem 0; border: 0; text-align: left; vertical-align: top; }
.ck-side th { font-weight: 400; color: var(--ck-muted); }
.ck-side td { font-weight: 600; white-space: nowrap; }
.ck-words { border-collapse: collapse; font-size: 0.875rem; }
.ck-words td { padding: 0.2rem 0.75rem 0.2rem 0; text-align: left; vertical-align: top; border: 0; }
.ck-words td:first-child { font-family: monospace; white-space: nowrap; }
.ck-epoch { display: flex; gap: 2px; height: 1.1rem; align-items: stretch; }
.ck-epoch i { border-radius: 2px; min-width: 2px; }
.ck-epoch b { line-height: 1rem; padding-inline: 0.3rem; }
@media (max-width: 640px) {
  .stAppHeader { background: var(--ck-ground); } /* text scrolls below it */
  .stMainBlockContainer { padding-inline: 1rem; }
  .st-key-lesson_question p, .st-key-home_hero .stMarkdown p { font-size: 1.1rem; }
  /* A choice beside the lesson's number, the notes' place below, in full. */
  .st-key-lesson_place, [data-testid="stLayoutWrapper"]:has(> .st-key-lesson_place) { display: contents; }
  .st-key-dnn_scores { min-height: 5rem; }
  .st-key-dnn_remark, .st-key-lenet_remark { min-height: 3rem; align-content: start; }
  .ck-table { font-size: 0.75rem; }
  .ck-table th, .ck-table td { padding-inline: 0.2rem; }
  .ck-wide { display: none; }
  .ck-narrow { display: revert; }
  .ck-facts { font-size: 0.8125rem; }
  .ck-facts :is(th, td) { padding-inline: 0.25rem; }
  [role="tablist"] { flex-wrap: wrap; row-gap: 0; } /* all of them in view, not behind an arrow */
  [role="tab"] { height: 2.25rem; }
  /* The toolbar of a table that comes first in a tab stands above it: not on the tabs. */
  [role="tabpanel"] .stElementContainer:first-child:has(.stDataFrame) { margin-top: 2.5rem; }
}
@media (prefers-reduced-motion: reduce) {
  *, *::before, *::after { animation-duration: 0.01ms !important; transition-duration: 0.01ms !important; }
}
"""
