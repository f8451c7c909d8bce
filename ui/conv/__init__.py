"""Lesson 3: convolution and pooling."""
