"""Scores meet labels, item by item."""
