"""The scratch app's pages: the class's parts alone at /, the others at their names."""

import streamlit as st

pages = [st.Page(f"{name}_page.py", title=name, url_path=name) for name in ("class", "curves", "network", "plane")]
st.navigation(pages, position="hidden").run()
