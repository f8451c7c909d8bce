"""The app as it would be if Streamlit served its files itself: what benchmarks/arrival.py compares with."""

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import Route

from tests.browser.conftest import ROOT
from ui import components, digit_files, server

app = st.App(
    ROOT / "pages" / "index.py",
    lifespan=server.lifespan,
    middleware=[Middleware(server.ResponseHeaders)],
    routes=[Route("/health", server.health), components.route(), digit_files.route()],
)
