"""Lesson 2, the DNN playground: what its page draws."""
