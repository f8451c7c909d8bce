"""The class's handwriting on the screen: what stands beside the board to give a digit, and the tabs of a class."""
