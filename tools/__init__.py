"""Jobs of the repository itself, run by the Makefile; the app imports none of it."""
