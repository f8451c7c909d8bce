"""ES modules joined into one: lesson 2 would ask for twenty-two of ours, each with a kilobyte of headers.

Each becomes a function that runs once, when it is first asked for, so that what a page does not show is not run either.
An import must be ``import { … } from "…"`` and an export ``export function`` or ``export const``, at the start of a
line; anything else is refused, when the app starts.
"""

import re
from collections.abc import Mapping
from posixpath import dirname, join, normpath
from typing import Final

_IMPORT: Final = re.compile(r'^import \{([^}]*)\} from "(\.[^"]+)"$', re.MULTILINE)
_EXPORT: Final = re.compile(r"^export ((?:async )?function\*? (\w+)|const (\w+))", re.MULTILINE)
_OTHER: Final = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)
_HEAD: Final = """\
const made = new Map()
export const load = (name) => made.get(name) ?? made.set(name, modules[name]()).get(name)
const modules = {
"""


def joined(modules: Mapping[str, str]) -> str:
    """Return one module whose ``load(name)`` promises what a module exports.

    Args:
        modules: text of each by its path.

    Raises:
        ValueError: an import or an export is written in another way, or leads nowhere.
    """
    return _HEAD + "".join(f'"{name}": async () => {{\n{_body(name, modules)}}},\n' for name in modules) + "}\n"


def imports(name: str, text: str) -> list[str]:
    """Return the paths of what a module imports."""
    return [normpath(join(dirname(name), path)) for _names, path in _IMPORT.findall(text)]


def _body(name: str, modules: Mapping[str, str]) -> str:
    """Return a module as the body of a function."""

    def fetched(found: re.Match[str]) -> str:
        path = normpath(join(dirname(name), found[2]))
        if path not in modules:
            raise ValueError(f"{name} imports {found[2]}, which is not there")
        return f'const {{{found[1].replace(" as ", ": ")}}} = await load("{path}")'

    text = modules[name]
    exported = ", ".join(function or constant for _what, function, constant in _EXPORT.findall(text))
    text = _EXPORT.sub(r"\1", _IMPORT.sub(fetched, text))
    if other := _OTHER.search(text):
        raise ValueError(f"{name}: {other[0]!r} is neither an import nor an export that can be joined")
    return text.replace("import.meta.url", f'new URL("{name}", import.meta.url).href') + f"return {{ {exported} }}\n"
