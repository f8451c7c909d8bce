"""Placeholder until this lesson is written."""

import streamlit as st

st.title("1")
