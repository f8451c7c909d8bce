"""An app of parts of the real one, each on a page of its own; scratch_index.py names them."""

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import Route, WebSocketRoute

from ui import components, server
from ui.live import socket

app = st.App(
    Path(__file__).resolve().parent / "scratch_index.py",
    lifespan=server.lifespan,
    middleware=[Middleware(server.ResponseHeaders)],
    routes=[
        Route("/health", server.health),
        components.route(),
        WebSocketRoute(server.below_base("chalknet/live"), socket.live),
    ],
    on_script_error=server.on_script_error,
)
