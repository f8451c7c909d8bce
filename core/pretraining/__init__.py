"""How the weights that the app ships are made."""
