"""Lesson 1's topics: the split, the batches, and overfitting."""
