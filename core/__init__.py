"""ChalkNet's course as a library: it works without a browser and imports no streamlit (cache.py aside)."""
