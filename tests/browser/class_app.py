"""The app with one page: the class's parts alone, so that many visitors cost little."""

from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import Route

from ui import server

app = st.App(
    Path(__file__).resolve().parent / "class_page.py",
    lifespan=server.lifespan,
    middleware=[Middleware(server.ResponseHeaders)],
    routes=[Route("/health", server.health)],
    on_script_error=server.on_script_error,
)
