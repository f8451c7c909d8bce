"""A bare page of Streamlit: draws a list of calls that was written beforehand, with nothing of this app between.

Run by benchmarks/_bare_app.py; the query parameter ``plan`` names the list.
"""

import streamlit as st

from benchmarks._bare_plan import component, plan

st.set_page_config(page_title="bare", layout="wide")
_steps, _pages = plan(st.query_params["plan"])
_menu = [
    st.Page(lambda: None, title=title, icon=icon or None, url_path=path or "home", default=at == 0)
    for at, (path, title, icon) in enumerate(_pages)
]
_page = st.navigation(_menu, expanded=True) if _menu else None
_links = {each.url_path: each for each in _menu}
_blocks = {(0,): st._main, (1,): st.sidebar, (2,): st._event, (3,): st._bottom}
for _parent, _method, _arguments, _options, _made in _steps:
    if _method == "component":
        with _blocks[_parent]:
            component(_arguments)(**_options)
        continue
    if _method == "page_link":
        _arguments = (_links[_arguments[0]],)  # a page itself: of a file Streamlit asks the disk
    _result = getattr(_blocks[_parent], _method)(*_arguments, **_options)
    if _made:
        _blocks |= zip(_made, _result if _method in ("columns", "tabs") else [_result], strict=True)
