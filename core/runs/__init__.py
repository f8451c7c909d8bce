"""What a class does with trainings: runs that are interleaved, paused, changed, recorded."""
