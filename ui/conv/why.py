"""Why convolution: the theory in short."""

from ui.text import paragraph


def draw() -> None:
    """Draw the theory in short."""
    paragraph(
        "A fully connected layer flattens the image and forgets which pixels were neighbours. A **convolution** "
        "keeps them: it multiplies a window element by element with the kernel, adds everything up, adds one bias, "
        "and moves on by the stride. The same few weights are used everywhere, so the number of parameters does "
        "not depend on the image's size.\n\n"
        "**Kernel and filter.** A kernel is one flat grid of weights, FH × FW, for one channel. A filter is "
        "a pile of C kernels, one for each channel of its input. With one channel they are the same.\n\n"
        "**Why padding.** Each convolution without it takes F − 1 rows and columns away, so that few layers "
        "would fit one after another, and a pixel in the corner is read by one window, one in the middle by "
        "F · F.\n\n"
        "**Sizes.** The window can travel H + 2P − F pixels; with steps of S that makes (H + 2P − F)/S steps and "
        "one position more, the first. When S does not divide, frameworks round down. With S = 1 and P = (F − 1)/2 "
        "the size stays.\n\n"
        "**Channels.** A colour picture has three: red, green and blue light. Sizes are always written in the "
        "order (C, H, W), channels before height and width. A filter has as many channels as its input; the "
        "channels' products are summed. FN filters give FN output channels, each with its own bias, "
        "FN · (C · F · F + 1) parameters: (C, H, W) ⊛ (FN, C, FH, FW) → (FN, OH, OW).\n\n"
        "**Pooling** takes the mean or the maximum of a window, channel by channel, without parameters. "
        "OH = H/S holds when the window equals the stride and S divides H; in general the same formula holds."
    )
