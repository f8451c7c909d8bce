"""Why convolution: the theory in short."""

import streamlit as st

from ui.text import _


def draw() -> None:
    """Draw the theory in short."""
    st.markdown(
        _(
            "A fully connected layer flattens the image and forgets which pixels were neighbours. A **convolution** "
            "keeps them: it multiplies a window element by element with the kernel, adds everything up, adds one bias, "
            "and moves on by the stride. The same few weights are used everywhere, so the number of parameters does "
            "not depend on the image's size.\n\n"
            "**Sizes.** The window can travel H + 2P − F pixels; with steps of S that makes (H + 2P − F)/S steps and "
            "one position more, the first. When S does not divide, frameworks round down. With S = 1 and P = (F − 1)/2 "
            "the size stays.\n\n"
            "**Channels.** A filter has as many channels as its input; the channels' products are summed. FN filters "
            "give FN output channels, each with its own bias: FN · (C · F · F + 1) parameters.\n\n"
            "**Pooling** takes the mean or the maximum of a window, channel by channel, without parameters. "
            "OH = H/S holds when the window equals the stride and S divides H; in general the same formula holds."
        )
    )
