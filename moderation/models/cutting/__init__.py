"""Finds the encoders in a signature that was exported as a whole (decision 0048)."""
