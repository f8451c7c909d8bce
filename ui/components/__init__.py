"""Components of our own, one a folder, as ES modules that this app serves.

Streamlit makes a module of a component's JavaScript text, with an address in which nothing can be imported from
elsewhere by a relative name. Ours is three lines that import the component's main.js, wherever this app is reached.
"""

import base64
import hashlib
from collections.abc import Callable
from importlib.metadata import distribution
from pathlib import Path
from typing import Any, Final

import streamlit as st
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from ui import server
from ui.live.frames import Growing

_HERE: Final = Path(__file__).parent
# Not imported: it registers a component, for which Streamlit has to run.
DRAWABLE: Final = Path(
    str(distribution("streamlit-drawable-canvas").locate_file("streamlit_drawable_canvas/frontend/build"))
)
"""Where streamlit-drawable-canvas has its module and its style."""

_BASE: Final = (_HERE / "base.css").read_text(encoding="utf-8")
_MODULES: Final = {
    **{path.relative_to(_HERE).as_posix(): path.read_bytes() for path in sorted(_HERE.rglob("*.js"))},
    "drawable_canvas.js": next(DRAWABLE.glob("index-*.js")).read_bytes(),
}
# In the address, so that a browser can keep what it has for good, and asks anew after an upgrade.
_DIGEST: Final = hashlib.sha256(repr(sorted(_MODULES.items())).encode()).hexdigest()[:16]
_START: Final = """
const from = (name) => import(new URL(`chalknet/{digest}/${{name}}`, document.baseURI).href)
export default async (given) => {{
  const [{{ mount }}, part] = await Promise.all([from("mount.js"), from("{name}/main.js")])
  return mount(part, given)
}}
"""


def component(name: str, tag: str = "div", style: str = "", before: str = "") -> Callable[..., Any]:
    """Make the component of a folder: main.js builds and shows it (see mount.js), base.css and style.css dress it.

    Its data are as JSON has them, and bytes or Growing anywhere among them: these arrive as base64.

    Args:
        name: of the folder.
        tag: of the element that holds it.
        style: class of that element; by default the name.
        before: more CSS, which comes before the component's own.
    """
    renderer = st.components.v2.component(
        f"chalknet_{name}",
        html=f'<{tag} id="root" class="{style or name}"></{tag}>\n',
        css=_BASE + before + (_HERE / name / "style.css").read_text(encoding="utf-8"),
        js=_START.format(digest=_DIGEST, name=name),
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


async def _module(request: Request) -> Response:
    found = _MODULES.get(request.path_params["name"])
    if found is None or request.path_params["digest"] != _DIGEST:
        return PlainTextResponse("Not found", status_code=404)
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return Response(found, media_type="text/javascript", headers=headers)
