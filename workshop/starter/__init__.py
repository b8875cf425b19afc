"""How the built-in model is built."""
