"""Pictures of runs that go on, sent to all who watch over a WebSocket: no script runs for them.

``hub`` looks at the watched runs and makes each picture once, ``frames`` writes it as bytes, ``socket`` speaks to the
browsers, whose side is ui/components/live.js.
"""
