"""The server of bare pages: same start, same middleware and same libraries in memory as the app's own."""

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import Route

from ui import server

app = st.App(
    Path(__file__).resolve().parent / "_bare_page.py",
    lifespan=server.lifespan,
    middleware=[Middleware(server.ResponseHeaders)],
    routes=[Route("/health", server.health)],
)
