"""The class's handwriting on the screen: ``give`` beside the board, ``classroom`` for everybody to look at."""
