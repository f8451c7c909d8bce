"""A digit to give, and the class: ?digit=7&sample=0 puts MNIST's first seven on the board, ?wall=no leaves it away."""

import streamlit as st

from core import cache
from ui import design, lesson, text
from ui.classroom import give
from ui.classroom.membership import Membership
from ui.state import session
from ui.state.session import parameter, recall, remember

st.set_page_config(layout="wide")
text.switch()
session.enter("class")
design.apply()
st.title("Class")
lesson.wait_for_torch()
member = Membership()


@st.fragment
def board() -> None:
    """Draw the panel with the digit, until it is given."""
    from core.data.grey import denormalise

    picture = None
    if not recall("given"):
        digits = cache.mnist()
        digit, sample = (int(parameter(name) or 0) for name in ("digit", "sample"))
        row = int((digits.test_labels == digit).nonzero()[sample])
        picture = denormalise(digits.test_images[row, 0]).cpu().numpy()
    give.draw(member, picture, lambda: remember("given", True))


board()
if parameter("wall") != "no":
    from ui.classroom import tabs

    tabs.draw(member)
