"""Settings and the session: what a page remembers, and what stands in its address."""
