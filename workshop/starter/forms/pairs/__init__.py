"""Pairs of our own that imply or contradict each other or neither, by function."""
