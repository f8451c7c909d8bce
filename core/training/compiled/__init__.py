"""The compiled engine: a chain of layers becomes a table of instructions that one compiled function works through.

Nothing here imports numba until ``core.training.compiled.cache`` is asked for the machine.
"""
