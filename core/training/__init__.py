"""One training as an iterator: settings, updates, looks, changes, checkpoints; it knows nothing of threads."""
