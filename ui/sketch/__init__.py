"""Lesson 5: a blackboard to write on, what networks make of it, and what they see."""
