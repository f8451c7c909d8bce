"""The scratch app's pages: the class's parts alone at /, the network's picture at /network, the plane at /plane."""

import streamlit as st

pages = [st.Page(f"{name}_page.py", title=name, url_path=name) for name in ("class", "network", "plane")]
st.navigation(pages, position="hidden").run()
