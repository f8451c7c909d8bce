"""Training as an iterator, evaluation from one place, and the scheduler that interleaves the runs of a class."""
