"""Sentences of our own: forms with places to fill, the words that fill them, and a check."""
