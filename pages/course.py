"""The course's notes from the first section to the last, and where each figure, table and cell is found here."""

import streamlit as st

from ui.course import notes, place
from ui.state import session
from ui.state.controls import once
from ui.text import _

st.title(_("The course"), anchor=False)
st.markdown(_("The notes, section by section: open a line to see on the screen what stands there on paper."))
remark = _("Remark")
for part in notes.parts():
    st.subheader(f"{part.name} · {part.title}", anchor=place.anchor(part.name))
    for section in part.sections:
        with st.container(key=f"course_{part.name}_{section.number}", gap="xxsmall"):
            st.markdown(f"**{section.number}** {section.title}" if section.number else section.title)
            for entry in section.entries:
                label = f":primary[{entry.places}]　{entry.says}" if entry.places else f":primary[{entry.says}]"
                if entry.remark:
                    label = f":gray[:small[{remark}]]　{label}"
                link = place.address(entry) | once(place.PREFIXES[entry.page])
                st.page_link(session.target(entry.page), label=label, help="", width="content", query_params=link)
