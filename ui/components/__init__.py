"""Components of our own, one a folder, as ES modules that this app serves, joined into one.

Streamlit makes a module of a component's JavaScript text, with an address in which nothing can be imported from
elsewhere by a relative name. Ours is four lines that import the component's main.js, wherever this app is reached.
"""

import base64
import hashlib
import json
from collections.abc import Callable
from importlib.metadata import distribution
from pathlib import Path
from typing import Any, Final

import streamlit as st
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from ui import server
from ui.joined import joined
from ui.live.frames import Growing
from ui.static_files import FOREVER, SCRIPT, Kept

_HERE: Final = Path(__file__).parent
# Not imported: it registers a component, for which Streamlit has to run.
DRAWABLE: Final = Path(
    str(distribution("streamlit-drawable-canvas").locate_file("streamlit_drawable_canvas/frontend/build"))
)
"""Where streamlit-drawable-canvas has its module and its style."""

_MODULES: Final = {path.relative_to(_HERE).as_posix(): path.read_text("utf-8") for path in sorted(_HERE.rglob("*.js"))}
_STYLES: Final = {path.parent.name: path.read_text("utf-8") for path in sorted(_HERE.glob("*/style.css"))}
_STYLES["board"] = (DRAWABLE / "index-style.css").read_text("utf-8") + _STYLES["board"]
_BASE: Final = (_HERE / "base.css").read_text("utf-8")
_FILES: Final = {
    "all.js": joined(_MODULES)
    + f"export const base = {json.dumps(_BASE)}\nexport const styles = {json.dumps(_STYLES)}\n",
    "drawable_canvas.js": next(DRAWABLE.glob("index-*.js")).read_text("utf-8"),
}
# In the address, so that a browser can keep what it has for good, and asks anew after an upgrade.
_DIGEST: Final = hashlib.sha256(repr(_FILES).encode()).hexdigest()[:16]
_KEPT: Final = {name: Kept(text.encode(), SCRIPT, FOREVER) for name, text in _FILES.items()}
MODULES: Final = f"chalknet/{_DIGEST}/all.js"
"""Where the browser finds all modules but the canvas, and the styles, below the app's address."""

_START: Final = """
export default async (given) => {{
  const {{ base, load, styles }} = await import(new URL("{modules}", document.baseURI).href)
  const [{{ mount }}, part] = await Promise.all([load("mount.js"), load("{name}/main.js")])
  return mount(part, given, [base, styles["{name}"]])
}}
"""


def component(name: str, tag: str = "div", style: str = "") -> Callable[..., Any]:
    """Make the component of a folder: main.js builds and shows it (see mount.js), base.css and style.css dress it.

    Its data are as JSON has them, and bytes or Growing anywhere among them: these arrive as base64.

    Args:
        name: of the folder.
        tag: of the element that holds it.
        style: class of that element; by default the name.
    """
    renderer = st.components.v2.component(
        f"chalknet_{name}",
        html=f'<{tag} id="root" class="{style or name}"></{tag}>\n',
        js=_START.format(modules=MODULES, name=name),
    )
    return lambda *, data, **more: renderer(data=_written(data), **more)


def _written(value: Any) -> Any:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, Growing):
        return _written(value.rows)
    if isinstance(value, dict):
        return {key: _written(entry) for key, entry in value.items()}
    return [_written(entry) for entry in value] if isinstance(value, list | tuple) else value


def route() -> Route:
    """Return the route at which the browser finds the modules, below the path at which Streamlit serves its page."""
    return Route(server.below_base("chalknet/{digest}/{name:path}"), _module)


async def _module(request: Request) -> Kept | PlainTextResponse:
    found = _KEPT.get(request.path_params["name"])
    if found is None or request.path_params["digest"] != _DIGEST:
        return PlainTextResponse("Not found", status_code=404)
    return found
