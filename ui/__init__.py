"""What pages are built from: text, settings in the URL, the anatomy of a lesson, colours. May import streamlit."""
