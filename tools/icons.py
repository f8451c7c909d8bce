"""Leave in Streamlit's icon font the icons that can be shown, 25 of 375 kB: ``python -m tools.icons``.

Needs fonttools and brotli, which nothing else does: ``pip install fonttools brotli``. To be run after an upgrade of
Streamlit and when an icon is added, as a test says then. An icon that is missing is shown as its name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import streamlit
from streamlit.material_icon_names import ALL_MATERIAL_ICONS

ROOT = Path(__file__).resolve().parents[1]
FONTS = ROOT / "ui" / "fonts"
NAMES = FONTS / "icons.txt"
STREAMLIT = Path(streamlit.__file__).parent / "static" / "static"
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789_"


def original() -> Path:
    """Return Streamlit's own font."""
    return next((STREAMLIT / "media").glob("MaterialSymbols-*.woff2"))


def shown() -> set[str]:
    """Return the icons that are named by this app, by Streamlit's scripts, or composed in a module from words in it."""
    found = set()
    for text in (*_texts(STREAMLIT / "js", "js"), *_own()):
        found |= {*re.findall(r":material/(\w+):", text)}
        for start in set(re.findall(r":material/(\w*)\{", text)):
            found |= {start + word for word in _words(text)}
    return found & ALL_MATERIAL_ICONS


def likely() -> set[str]:
    """Return the words that are icons, too: in this app, and in those scripts of Streamlit's that draw icons."""
    drawing = (text for text in _texts(STREAMLIT / "js", "js") if re.search("materialIcons|iconFont|iconValue", text))
    return {word for text in (*drawing, *_own()) for word in _words(text)} & ALL_MATERIAL_ICONS


def _own() -> Iterable[str]:
    return (*_texts(ROOT / "ui", "py"), *_texts(ROOT / "pages", "py"))


def _texts(folder: Path, ending: str) -> list[str]:
    return [path.read_text("utf-8") for path in sorted(folder.rglob(f"*.{ending}"))]


def _words(text: str) -> set[str]:
    return set(re.findall(r"[\"'`]([a-z0-9_]+)[\"'`]", text))


def write(names: set[str]) -> Path:
    """Write the font with these icons, under the name of Streamlit's, and the list of them."""
    from fontTools.subset import Options, Subsetter
    from fontTools.ttLib import TTFont

    font = TTFont(original())
    letter = {glyph: chr(code).lower() for code, glyph in font.getBestCmap().items()}
    glyphs = {}
    for lookup in font["GSUB"].table.LookupList.Lookup:
        for table in (getattr(part, "ExtSubTable", part) for part in lookup.SubTable):
            for first, ligatures in getattr(table, "ligatures", {}).items():
                for each in ligatures:
                    glyphs["".join(letter[glyph] for glyph in (first, *each.Component))] = each.LigGlyph
    there = sorted(names & glyphs.keys())
    options = Options()
    options.layout_features, options.layout_closure = ["*"], False  # else every icon that can be spelt stays
    part = Subsetter(options)
    part.populate(glyphs=[glyphs[name] for name in there], text=LETTERS)
    part.subset(font)
    font.flavor = "woff2"
    for old in FONTS.glob("*.woff2"):
        old.unlink()
    font.save(FONTS / original().name)
    NAMES.write_text("\n".join(there) + "\n", "utf-8")
    return FONTS / original().name


def main() -> None:
    """Write the font and say what is in it."""
    path = write(shown() | likely())
    print(f"{path}: {path.stat().st_size} of {original().stat().st_size} bytes, {len(NAMES.read_text().split())} icons")


if __name__ == "__main__":
    main()
