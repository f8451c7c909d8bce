"""ChalkNet's ASGI entry: ``streamlit run app.py``.

The pages' main script is pages/index.py, not this file: with a ``pages`` folder beside the main script Streamlit would
fall back to its old automatic navigation.
"""

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import Route, WebSocketRoute

from ui import components, digit_files, server, static_files
from ui.live import socket

app = st.App(
    Path(__file__).resolve().parent / "pages" / "index.py",
    lifespan=server.lifespan,
    middleware=[Middleware(server.ResponseHeaders), Middleware(static_files.StaticFiles, soon=[components.MODULES])],
    routes=[
        Route("/health", server.health),
        components.route(),
        digit_files.route(),
        WebSocketRoute(server.below_base("chalknet/live"), socket.live),
    ],
    on_script_error=server.on_script_error,
)
