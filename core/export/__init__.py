"""The current settings as a runnable PyTorch script."""
