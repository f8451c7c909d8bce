"""Lesson 4, LeNet-5: each module is one thing that its page shows."""
