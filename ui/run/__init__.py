"""A training on the page."""
